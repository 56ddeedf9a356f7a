"""One person's round: the clock, the log, what was promised, what help came of it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Contact, Link, Promise, Standing
from ..rules import BestHour, days_past
from .hours import answer_hours

AT_ONCE = 20


@dataclass(frozen=True, kw_only=True)
class ClockCard:
    """The one clock of contact, as a page shows it."""

    worker: str
    contact_at: datetime | None
    contact_kind: str
    contact_by: str
    visit_at: datetime | None
    tries: int
    due_on: date
    visit_due_on: date | None
    bound_on: date
    days_past: int
    refuses_since: date | None
    began_on: date
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ContactLine:
    """One row of the log, also one that does not hold any more."""

    id: UUID
    at: datetime
    kind: str
    result: str
    mood: str
    heard: tuple[str, ...]
    note: str
    minutes: int
    next_on: date | None
    who: str
    partner: str
    told_at: datetime
    is_put_right: bool  # a later row says otherwise
    puts_right: bool
    is_mine: bool  # may put it right


@dataclass(frozen=True, kw_only=True)
class PromiseLine:
    """A word given: kept, open or past its day."""

    on: date
    way: str
    made_at: datetime
    kept: bool
    ended: bool


@dataclass(frozen=True, kw_only=True)
class LinkLine:
    """Help that was brought about."""

    on: date
    kind: str
    what: str
    amount_krw: int
    who: str


@dataclass(frozen=True, kw_only=True)
class PersonRound:
    """Everything the tab shows."""

    clock: ClockCard | None
    contacts: tuple[ContactLine, ...]
    more: UUID | None  # the last shown, where there are older ones
    promises: tuple[PromiseLine, ...]
    links: tuple[LinkLine, ...]
    best: BestHour | None  # when they answer, and from what that is known


def person_round(
    *, household: UUID, before: UUID | None = None, seen_by: Staff, now: datetime
) -> PersonRound | None:
    """Return one person's round, the newest contact first; None where one may not know of them."""
    if not people.seen(seen_by=seen_by).households.filter(pk=household).exists():
        return None
    rows, more = _contacts(household, before)
    names = _names({row.by for row in rows})
    gone = _put_right(rows)
    return PersonRound(
        clock=_clock(household, now),
        contacts=tuple(_line(row, names, row.pk in gone, seen_by) for row in rows),
        more=more,
        promises=_promises(household),
        links=_links(household),
        best=answer_hours(households=[household], seen_by=seen_by).get(household),
    )


def _contacts(household: UUID, before: UUID | None) -> tuple[list[Contact], UUID | None]:
    rows = Contact.objects.filter(household=household)
    last = rows.filter(pk=before).values_list("at", "pk").first() if before else None
    if last is not None:
        rows = rows.filter(Q(at__lt=last[0]) | Q(at=last[0], pk__lt=last[1]))
    some = rows.select_related("worker__staff", "partner__staff").order_by("-at", "-pk")
    found = list(some[: AT_ONCE + 1])
    return found[:AT_ONCE], found[AT_ONCE - 1].pk if len(found) > AT_ONCE else None


def _put_right(rows: list[Contact]) -> set[UUID]:
    hands = {row.pk: row.by for row in rows}
    later = Contact.objects.filter(replaces__in=list(hands)).values_list("pk", "replaces", "by")
    return {of for pk, of, by in later if of is not None and pk != of and hands.get(of) == by}


def _clock(household: UUID, now: datetime) -> ClockCard | None:
    row = Standing.objects.filter(pk=household).select_related("worker__staff").first()
    if row is None:
        return None
    last = (
        Contact.objects.filter(household=household, at=row.contact_at, is_real=True)
        .select_related("worker__staff")
        .order_by("pk")
        .last()
        if row.contact_at
        else None
    )
    return ClockCard(
        worker=row.worker.staff.name if row.worker else "",
        contact_at=row.contact_at,
        contact_kind=row.contact_kind,
        contact_by=_who(last, _names({last.by})) if last else "",
        visit_at=row.visit_at,
        tries=row.tries,
        due_on=row.due_on,
        visit_due_on=row.visit_due_on,
        bound_on=row.bound_on,
        days_past=days_past(row.bound_on, now.astimezone(SEOUL).date()),
        refuses_since=row.refuses_since,
        began_on=row.began_on,
        ended_at=row.ended_at,
    )


def _names(hands: set[str]) -> dict[str, str]:
    """Return the names of the staff among these hands; a machine has none."""
    ids = {int(hand[6:]) for hand in hands if hand.startswith("staff:") and hand[6:].isdecimal()}
    found = Staff.objects.filter(pk__in=ids).values_list("pk", "name")
    return {f"staff:{pk}": name for pk, name in found}


def _who(row: Contact, names: dict[str, str]) -> str:
    return row.worker.staff.name if row.worker else names.get(row.by, "")


def _line(row: Contact, names: dict[str, str], is_gone: bool, seen_by: Staff) -> ContactLine:
    return ContactLine(
        id=row.pk,
        at=row.at,
        kind=row.kind,
        result=row.result,
        mood=row.mood,
        heard=tuple(row.heard),
        note=row.note,
        minutes=row.minutes,
        next_on=row.next_on,
        who=_who(row, names),
        partner=row.partner.staff.name if row.partner else "",
        told_at=row.told_at,
        is_put_right=is_gone,
        puts_right=row.replaces is not None,
        is_mine=row.by == seen_by.actor and row.worker_id is None and not is_gone,
    )


def _promises(household: UUID) -> tuple[PromiseLine, ...]:
    rows = Promise.objects.filter(household=household).order_by("-on", "-pk")[:AT_ONCE]
    return tuple(
        PromiseLine(
            on=row.on,
            way=row.way,
            made_at=row.made_at,
            kept=row.kept_by_id is not None,
            ended=row.ended_at is not None,
        )
        for row in rows
    )


def _links(household: UUID) -> tuple[LinkLine, ...]:
    rows = Link.objects.filter(household=household).select_related("worker__staff", "made_by")
    return tuple(
        LinkLine(
            on=row.on,
            kind=row.kind,
            what=row.what,
            amount_krw=row.amount_krw,
            who=row.worker.staff.name if row.worker else row.made_by.name,
        )
        for row in rows.order_by("-on", "-pk")[:AT_ONCE]
    )
