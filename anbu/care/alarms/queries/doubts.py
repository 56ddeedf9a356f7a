"""Of whom nobody can say how they are: risk first, with what to try and what was decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from anbu.care.people import queries as people
from anbu.care.people.models import Person
from anbu.care.places.rules import SEOUL
from anbu.care.readings.queries import seen_through
from anbu.care.staff.models import Staff

from ..models import Alarm, Doubt
from ..rules import Plan, plan_b

RISK = {"high": 0, "mid": 1, "low": 2}
MOST = 500  # on one page; the rest stands behind them


@dataclass(frozen=True, kw_only=True)
class PlanB:
    """What to try for one person, and what was decided and done."""

    proposed: str
    through: tuple[str, ...]  # channels that still see the home
    plan: str = ""  # "": nobody has decided
    until: datetime | None = None
    by: str = ""
    reason: str = ""
    is_due: bool = True  # somebody must decide, or decide anew
    reached: str = ""  # how, once somebody knows


@dataclass(frozen=True, kw_only=True)
class DoubtRow:
    id: UUID
    household: UUID
    cause: str
    since: datetime
    name: str
    age: int
    sex: str
    tier: str
    place: str
    phone: str
    alarm: UUID | None
    plan: PlanB


def doubts(*, seen_by: Staff, now: datetime) -> tuple[DoubtRow, ...]:
    """Return the open doubts of this person's area: what is undecided, then risk, then age.

    Five questions, one if there are none.
    """
    near = people.within_sight(seen_by=seen_by)
    rows = Doubt.objects.filter(ended_at=None, household__in=near).select_related("planned_by")
    found = list(rows.order_by("since", "id")[:MOST])
    if not found:
        return ()
    homes = {row.household_id for row in found}
    sight = people.seen(seen_by=seen_by)
    persons = sight.people.filter(household__in=homes).select_related("household__dong")
    person = {each.household_id: each for each in persons}
    open_ = Alarm.objects.filter(household__in=homes, closed_at=None)
    alarms = dict(open_.values_list("household_id", "id"))
    through = seen_through(households=homes, now=now)
    listed = [
        _row(row, person[row.household_id], alarms, through, now)
        for row in found
        if row.household_id in person
    ]
    return tuple(
        sorted(listed, key=lambda r: (not r.plan.is_due, RISK[r.tier], r.since, r.household, r.id))
    )


def undecided(*, seen_by: Staff, now: datetime) -> int:
    """Return how many wait for a person to decide: one question."""
    near = people.within_sight(seen_by=seen_by)
    due = Q(plan="") | Q(until__lte=now)
    return Doubt.objects.filter(due, ended_at=None, household__in=near).count()


def plans(*, persons: Collection[Person], since: datetime, now: datetime) -> dict[UUID, PlanB]:
    """Return plan B for each of these people, whom the caller may see: two questions."""
    homes = [person.household_id for person in persons]
    through = seen_through(households=homes, now=now)
    rows = Doubt.objects.filter(household__in=homes, cause=Doubt.Cause.BLIND)
    newest = rows.filter(Q(ended_at=None) | Q(ended_at__gte=since)).select_related("planned_by")
    known = {row.household_id: row for row in newest.order_by("raised_at", "id")}
    return {
        person.household_id: _plan(known.get(person.household_id), person, through, now)
        for person in persons
    }


def _row(
    row: Doubt,
    person: Person,
    alarms: dict[UUID, UUID],
    through: dict[UUID, tuple[str, ...]],
    now: datetime,
) -> DoubtRow:
    home = person.household
    return DoubtRow(
        id=row.id,
        household=home.id,
        cause=row.cause,
        since=row.since,
        name=person.name,
        age=now.astimezone(SEOUL).year - person.birth_year,
        sex=person.sex,
        tier=home.tier,
        place=" · ".join(part for part in (home.dong.name, home.unit) if part),
        phone=person.phone,
        alarm=alarms.get(home.id),
        plan=_plan(row, person, through, now),
    )


def _plan(
    row: Doubt | None, person: Person, through: dict[UUID, tuple[str, ...]], now: datetime
) -> PlanB:
    channels = through.get(person.household_id, ())
    works = bool(person.phone) and person.phone_dead_since is None
    proposed = plan_b(is_seen_otherwise=bool(channels), phone_works=works)
    if row is None or not (row.plan or row.ended_how):
        return PlanB(proposed=proposed, through=channels)
    return PlanB(
        proposed=proposed,
        through=channels,
        plan=Plan(row.plan) if row.plan else "",
        until=row.until,
        by=row.planned_by.name if row.planned_by else "",
        reason=row.reason,
        is_due=row.ended_at is None and (row.until or datetime.min.replace(tzinfo=UTC)) <= now,
        reached=row.ended_how,
    )
