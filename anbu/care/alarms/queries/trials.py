"""What a proposed 단계표 would have made of the alarms of the past."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anbu.care.people import queries as people
from anbu.care.places import queries as places
from anbu.care.places.queries import Calendar
from anbu.care.places.rules import on_duty
from anbu.care.staff.models import Staff

from ..models import Alarm, Protocol, Step
from ..rules import (
    CRISES,
    Case,
    Heard,
    Outcome,
    Outlook,
    Past,
    Shifts,
    State,
    Sum,
    climbable,
    replay,
    shift_of,
    shifts,
    summed,
    thaw,
    weight,
)
from .book import Book, book_in_force, document_of, entries_of, moment_of, services_in_order
from .figures import SEES_THE_CITY
from .protocols import may_choose
from .sight import visible

MOST_ALARMS = 10_000  # of the past, the newest: a second's arithmetic
MOST_SHOWN = 20
OF_ALARM = (
    "id",
    "number",
    "household_id",
    "household__tier",
    "household__dong__district__name",
    "kind",
    "ladder",
    "confirms",
    "raised_at",
    "sign_returned_at",
    "closed_at",
    "outcome",
)


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One alarm that would have gone otherwise."""

    household: UUID
    alarm: UUID
    number: str
    raised_at: datetime
    outcome: str
    may_open: bool
    old: Outlook
    new: Outlook
    how: str  # shift_of


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What the document would have made of the alarms of some days."""

    since: datetime
    until: datetime
    days: int
    closed: int  # alarms of these days that are over, in the reader's area
    chosen: int  # of them, for which this document says the course
    cut: bool  # only the newest were reckoned
    old: Sum
    new: Sum
    moved: Shifts
    changed: tuple[Changed, ...]  # the most first


@dataclass(frozen=True, kw_only=True)
class _Reckoned:
    row: Any
    old: Outlook
    new: Outlook
    nights: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class _Around:
    """What is known of the homes of some alarms."""

    services: dict[UUID, tuple[str, ...]]
    with_phone: set[UUID]
    with_contacts: set[UUID]
    calendar: Calendar


def trial(*, protocol: UUID, days: int, seen_by: Staff, now: datetime) -> Trial | None:
    """Reckon the alarms of these days on the document's ladders; None: not for this reader."""
    row = Protocol.objects.filter(id=protocol).first() if may_choose(seen_by=seen_by) else None
    if row is None:
        return None
    since = now - timedelta(days=days)
    alarms = _area(seen_by).filter(raised_at__gte=since, raised_at__lt=now, closed_at__lte=now)
    told = alarms.exclude(outcome=Outcome.TEST).order_by("-raised_at", "id")
    rows = list(told.values_list(*OF_ALARM, named=True)[: MOST_ALARMS + 1])
    cut = len(rows) > MOST_ALARMS
    book = _with(row, book_in_force(now=now))
    found = _reckoned(rows[:MOST_ALARMS], book, row.pk, seen_by, now)
    pairs = [(each.old, each.new) for each in found]
    return Trial(
        since=since,
        until=now,
        days=days,
        closed=min(len(rows), MOST_ALARMS),
        chosen=len(found),
        cut=cut,
        old=summed([old for old, _ in pairs], nightly=[each.nights[0] for each in found]),
        new=summed([new for _, new in pairs], nightly=[each.nights[1] for each in found]),
        moved=shifts(pairs),
        changed=_changed(found, seen_by),
    )


def _area(seen_by: Staff) -> QuerySet[Alarm]:
    if seen_by.role in SEES_THE_CITY:
        return Alarm.objects.all()
    return Alarm.objects.filter(household__in=people.within_sight(seen_by=seen_by))


def _with(row: Protocol, book: Book) -> Book:
    """Return the book as it would be with this version in force."""
    others = [entry for entry in book.entries if entry.name != row.name]
    own = entries_of(row.pk, document_of(row), row.version)
    return Book(ladders=book.ladders, entries=(*others, *own))


def _reckoned(
    rows: Sequence[Any], book: Book, protocol: UUID, seen_by: Staff, now: datetime
) -> list[_Reckoned]:
    """Reckon those alarms whose course the document would say, on both ladders."""
    homes = {row.household_id for row in rows}
    sight = people.seen(seen_by=seen_by)
    phones = sight.people.filter(household__in=homes).exclude(phone="")
    contacts = sight.contacts.filter(household__in=homes)
    around = _Around(
        services=services_in_order(households=homes),
        with_phone=set(phones.values_list("household_id", flat=True)),
        with_contacts=set(contacts.values_list("household_id", flat=True)),
        calendar=places.calendar(now),
    )
    chosen = []
    for row in rows:
        course = book.choose(_case(row, around))
        if course.protocol == protocol:
            chosen.append((row, course))
    lives = _lives([row for row, _ in chosen])
    found = []
    for row, course in chosen:
        past = lives[row.id]
        rungs = climbable(
            course.rungs,
            has_phone=row.household_id in around.with_phone,
            has_contacts=row.household_id in around.with_contacts,
        )
        old = replay(thaw(row.ladder), past, confirms=row.confirms)
        new = replay(rungs, past, confirms=course.confirms)
        nights = tuple(_by_night(one, past, around.calendar) for one in (old, new))
        found.append(_Reckoned(row=row, old=old, new=new, nights=(nights[0], nights[1])))
    return found


def _case(row: Any, around: _Around) -> Case:
    day, hour = moment_of(row.raised_at, around.calendar)
    return Case(
        kind=row.kind,
        services=around.services.get(row.household_id, ()),
        tier=row.household__tier,
        district=row.household__dong__district__name,
        day=day,
        hour=hour,
    )


def _by_night(outlook: Outlook, past: Past, calendar: Calendar) -> int:
    """Return how many calls fall into the hours of the centre."""
    at = (past.began_at + span for span in outlook.calls)
    return sum(on_duty(each, calendar.holidays, calendar.hours) == "centre" for each in at)


def _lives(rows: Sequence[Any]) -> dict[UUID, Past]:
    """Return what is known of how these alarms went, from their timelines. One query."""
    steps = Step.objects.filter(alarm__in=[row.id for row in rows]).filter(
        Q(kind=Step.Kind.CALL) | Q(kind=Step.Kind.STATE)
    )
    by_alarm: dict[UUID, list[Any]] = defaultdict(list)
    for step in steps.order_by("at", "id").values_list("alarm_id", "at", "kind", "detail"):
        by_alarm[step[0]].append(step)
    return {row.id: _life(row, by_alarm[row.id]) for row in rows}


def _life(row: Any, steps: Sequence[Any]) -> Past:
    began = next((at for _, at, _, told in steps if "began" in told), row.raised_at)
    calls = tuple(
        Heard(after=at - began, to_home=told["whom"] == "home", result=told["result"])
        for _, at, kind, told in steps
        if kind == Step.Kind.CALL
    )
    out = {str(State.DISPATCHED), str(State.JOINT)}
    went = any(told.get("to") in out for _, _, kind, told in steps if kind == Step.Kind.STATE)
    told_by_call = any(call.result in ("safe", "help") for call in calls)
    sign = row.sign_returned_at
    came = max(sign - began, timedelta()) if sign is not None and sign < row.closed_at else None
    by_itself = not (went or told_by_call) and (sign is None or sign >= row.closed_at)
    by_machine = row.outcome == Outcome.ANSWERED_BY_SIGN
    return Past(
        began_at=began,
        calls=calls,
        sign_after=row.closed_at - began if by_machine else came,
        found_after=row.closed_at - began if by_itself and not by_machine else None,
        is_crisis=row.outcome in CRISES,
    )


def _changed(found: Sequence[_Reckoned], seen_by: Staff) -> tuple[Changed, ...]:
    """Return the alarms that change most; a name stands in none of them."""
    moved = [each for each in found if weight(each.old, each.new)]
    moved.sort(key=lambda each: (-weight(each.old, each.new), each.row.number))
    shown = moved[:MOST_SHOWN]
    ids = [each.row.id for each in shown]
    open_to = set(visible(seen_by=seen_by).filter(id__in=ids).values_list("id", flat=True))
    return tuple(
        Changed(
            household=each.row.household_id,
            alarm=each.row.id,
            number=each.row.number,
            raised_at=each.row.raised_at,
            outcome=each.row.outcome,
            may_open=each.row.id in open_to,
            old=each.old,
            new=each.new,
            how=shift_of(each.old.person, each.new.person),
        )
        for each in shown
    )
