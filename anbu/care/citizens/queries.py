"""A citizen's own record, in words without the names of staff; and what waits for an answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Func, Q, Value
from django.db.models.functions import TruncDate

from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import Actor, Purpose, Reach
from anbu.care.people import queries as people
from anbu.care.people.queries import for_actor
from anbu.care.people.rules import find_text
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Grant, Staff

from .models import Correction
from .rules import ANSWERS_REQUESTS, Told, Why, is_this, why

OWN = Purpose("citizen")
LOOKED_BACK = timedelta(days=730)  # as long as traces must be kept
MOST = 100
TELLING = ("name", "birth_year", "birth_day", "phone")  # in the order of rules.Told


@dataclass(frozen=True, kw_only=True)
class LookLine:
    """Who looked, as an office and a role, why, how often, and when last."""

    office: str
    role: str
    why: Why
    times: int
    first_on: date
    last_on: date


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is held of one person."""

    name: str
    birth_year: int
    birth_day: str
    sex: str
    phone: str
    address: str
    unit: str
    dong: str
    tier: str
    tier_since: datetime
    health_note: str
    contacts: tuple[people.ContactCard, ...]
    services: tuple[tuple[str, datetime], ...]
    registered_at: datetime


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A kind of consent that stands."""

    kind: str
    given_at: datetime
    obtained_how: str


@dataclass(frozen=True, kw_only=True)
class CorrectionCard:
    id: UUID
    household: UUID
    what: str
    words: str
    asked_at: datetime
    due_on: date
    days_left: int
    reply: str
    reply_words: str
    replied_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class WorkRow:
    """A request to put something right, as who answers it sees it."""

    card: CorrectionCard
    home: people.Home


def citizen(*, person: int, household: UUID) -> Actor:
    """Return somebody who acts for themselves: reaches the own home and nothing else."""
    return Actor(f"citizen:{person}", "citizen", Reach.of("self", [household]))


def home_of(actor: Actor) -> UUID:
    """Return the one home this citizen reaches."""
    return UUID(actor.reach.ids[0])


def found(*, proof: Told, actor: Actor) -> tuple[int, UUID] | None:
    """Return the one person of the register whom this identity is, else None.

    One question whoever it is; what is then compared are a few words, not a person's whole row.
    """
    rows = for_actor(actor, OWN).people.filter(
        find_name=find_text(proof.name),
        birth_year=proof.birth_year,
        household__left_at=None,
    )
    told = rows.order_by("id").values_list("id", "household", *TELLING)
    agreeing = [(id, home) for id, home, *known in told if is_this(Told(*known), proof)]
    return agreeing[0] if len(agreeing) == 1 else None


def held(*, actor: Actor) -> Held | None:
    """Return what is held of this person. Four queries."""
    sight = for_actor(actor, OWN)
    home = sight.households.select_related("dong__district").first()
    person = sight.people.first()
    if home is None or person is None:
        return None
    return Held(
        name=person.name,
        birth_year=person.birth_year,
        birth_day=person.birth_day,
        sex=person.sex,
        phone=person.phone,
        address=home.address,
        unit=home.unit,
        dong=f"{home.dong.district.name} {home.dong.name}",
        tier=home.tier,
        tier_since=home.tier_since or home.registered_at,
        health_note=person.health_note,
        contacts=tuple(
            people.ContactCard(
                id=row.pk,
                rank=row.rank,
                name=row.name,
                relation=row.relation,
                phone=row.phone,
                note="",
            )
            for row in sight.contacts
        ),
        services=tuple(
            (str(row.get_service_display()), row.since)
            for row in sight.enrolments.filter(until=None).order_by("since", "id")
        ),
        registered_at=home.registered_at,
    )


def agreements(*, actor: Actor, now: datetime) -> tuple[Agreed, ...]:
    """Return the consents that stand, one line a kind. One query."""
    rows = for_actor(actor, OWN).consents.filter(people.standing(at=now))
    lines = {
        row.kind: Agreed(kind=row.kind, given_at=row.given_at, obtained_how=row.obtained_how)
        for row in rows.order_by("given_at", "id")
        if row.kind
    }
    return tuple(lines.values())


def looks(*, actor: Actor, now: datetime) -> tuple[LookLine, ...]:
    """Return who looked in the last two years, the latest first. Four queries.

    Machines are left out: they look all the time, and the page says so once.
    """
    rows = list(_counted(home_of(actor), now - LOOKED_BACK))
    seats = _seats({row["by"] for row in rows if row["by"].startswith(STAFF)})
    lines: dict[tuple[str, str, Why], list[tuple[date, int]]] = {}
    for row in rows:
        office, role = _seat(seats.get(row["by"], []), row["on"])
        if row["by"].startswith(AGENT):
            role = AT_THE_DOOR
        key = (office, role, why(row["kind"], row["what_for"]))
        lines.setdefault(key, []).append((row["on"], row["times"]))
    told = [
        LookLine(
            office=office,
            role=role,
            why=what,
            times=sum(times for _on, times in days),
            first_on=min(days)[0],
            last_on=max(days)[0],
        )
        for (office, role, what), days in lines.items()
    ]
    return tuple(sorted(told, key=lambda line: (line.last_on, line.times), reverse=True)[:MOST])


def _counted(household: UUID, since: datetime) -> Iterator[dict[str, Any]]:
    """Yield looks of people at this home and at lists in which it stood, a line a day."""
    looked = Q(household=household, kind__in=[Trace.Kind.READ, Trace.Kind.EXPORT, Trace.Kind.PRINT])
    listed = Q(homes__contains=[household], kind=Trace.Kind.LIST)
    first_word = Func(
        F("purpose"), Value(":"), Value(1), function="split_part", output_field=CharField()
    )
    for condition in (looked, listed):
        looked_by = Q(by__startswith=STAFF) | Q(by__startswith=AGENT)
        rows = Trace.objects.filter(condition, looked_by, at__gte=since)
        yield from map(
            dict,
            rows.order_by()
            .annotate(what_for=first_word, on=TruncDate("at", tzinfo=SEOUL))
            .values("by", "kind", "what_for", "on")
            .annotate(times=Count("id")),
        )


STAFF, AGENT = "staff:", "agent:"  # who holds a link is nobody of ours: alarms.rules.agent
AT_THE_DOOR = "현장에 나간 사람"
Seat = tuple[date, date | None, str, str]  # from, until, office, role


def _seats(actors: set[str]) -> dict[str, list[Seat]]:
    """Return what each of these worked as, and when."""
    ids = [int(each.removeprefix("staff:")) for each in actors]
    seats: dict[str, list[Seat]] = {}
    for row in Grant.objects.filter(staff__in=ids).select_related("organisation").order_by("id"):
        until = row.ended_at.astimezone(SEOUL).date() if row.ended_at else None
        seats.setdefault(f"staff:{row.staff_id}", []).append(
            (
                row.granted_at.astimezone(SEOUL).date(),
                until,
                row.organisation.name if row.organisation else "",
                str(Staff.Role(row.role).label),
            )
        )
    return seats


def _seat(seats: list[Seat], on: date) -> tuple[str, str]:
    """Return the office and role held on a day; the latest one where a day had two."""
    held = [seat for seat in seats if seat[0] <= on and (seat[1] is None or on <= seat[1])]
    return (held or seats or [(on, None, "", "")])[-1][2:]


def own_corrections(*, actor: Actor, now: datetime) -> tuple[CorrectionCard, ...]:
    """Return what this citizen asked to be put right, the newest first. One query."""
    for_actor(actor, OWN)
    rows = Correction.objects.filter(household=home_of(actor)).order_by("-asked_at", "-id")
    return tuple(_card(row, now) for row in rows[:MOST])


def task_at(*, household: UUID, seen_by: Staff) -> Purpose | None:
    """Return the request that waits for this person's answer at this home. One query at most."""
    if seen_by.role not in ANSWERS_REQUESTS:
        return None
    waiting = Correction.objects.filter(household=household, replied_at=None)
    found = waiting.order_by("due_on", "id").values_list("id", flat=True).first()
    return None if found is None else Purpose("case", f"correction-{found}")


def work(*, seen_by: Staff, now: datetime) -> tuple[WorkRow, ...]:
    """Return the requests that wait for an answer in this person's area, the most urgent first."""
    if not seen_by.is_active or seen_by.role not in ANSWERS_REQUESTS:
        return ()
    area = people.within_sight(seen_by=seen_by)
    rows = Correction.objects.filter(household__in=area.values("id"), replied_at=None)
    cards = [_card(row, now) for row in rows.order_by("due_on", "id")[:MOST]]
    homes = people.homes(
        households={card.household for card in cards}, seen_by=seen_by, purpose=Purpose("case")
    )
    return tuple(
        WorkRow(card=card, home=homes[card.household]) for card in cards if card.household in homes
    )


def _card(row: Correction, now: datetime) -> CorrectionCard:
    return CorrectionCard(
        id=row.pk,
        household=row.household_id,
        what=row.what,
        words=row.words,
        asked_at=row.asked_at,
        due_on=row.due_on,
        days_left=(row.due_on - now.astimezone(SEOUL).date()).days,
        reply=row.reply,
        reply_words=row.reply_words,
        replied_at=row.replied_at,
    )
