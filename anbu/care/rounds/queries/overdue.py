"""Whom nobody reached in time, by name: the longest first, with who goes today or why nobody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import Standing, Task, Unplaced
from ..rules import Left, Way, days_past
from ..rules.clock import day_of

MOST = 50  # on one page


@dataclass(frozen=True, kw_only=True)
class OverdueRow:
    """One person past the bound."""

    household: UUID
    name: str
    age: int
    sex: str
    tier: str
    place: str
    phone: str
    bound_on: date
    days_past: int
    contact_at: datetime | None
    tries: int  # in vain since
    refuses_since: date | None
    goes: str  # the worker of today; "": nobody
    way: str
    left: str  # why nobody goes
    told_late_at: datetime | None
    told_late_up_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """One page of those past the bound, and how many there are."""

    rows: tuple[OverdueRow, ...]
    whole: int


def overdue(*, seen_by: Staff, now: datetime, first: int = 0) -> Overdue:
    """Return whom nobody reached in time, of this person's area. Seven questions."""
    today = day_of(now)
    known = _late(seen_by, today)
    shown = list(known[first : first + MOST])
    homes = people.homes(households=[row.household_id for row in shown], seen_by=seen_by)
    goes, left = _today(list(homes), today)
    rows = []
    for row in shown:
        home = homes.get(row.household_id)
        if home is None:
            continue
        who, way = goes.get(home.id, ("", ""))
        rows.append(
            OverdueRow(
                household=home.id,
                name=home.name,
                age=today.year - home.birth_year,
                sex=home.sex,
                tier=home.tier,
                place=home.place,
                phone=home.phone,
                bound_on=row.bound_on,
                days_past=days_past(row.bound_on, today),
                contact_at=row.contact_at,
                tries=row.tries,
                refuses_since=row.refuses_since,
                goes=who,
                way=way,
                left=left.get(home.id, ""),
                told_late_at=row.told_late_at,
                told_late_up_at=row.told_late_up_at,
            )
        )
    return Overdue(rows=tuple(rows), whole=known.count())


def _late(seen_by: Staff, today: date) -> QuerySet[Standing]:
    near = people.within_sight(seen_by=seen_by)
    rows = Standing.objects.filter(ended_at=None, bound_on__lt=today, household__in=near)
    return rows.order_by("bound_on", "household_id")


def _today(
    homes: Collection[UUID], today: date
) -> tuple[dict[UUID, tuple[str, Way]], dict[UUID, Left]]:
    tasks = Task.objects.filter(household__among=homes, day=today).select_related("worker__staff")
    goes = {row.household_id: (row.worker.staff.name, Way(row.way)) for row in tasks}
    left = Unplaced.objects.filter(household__among=homes, day=today)
    return goes, {row.household_id: Left(row.reason) for row in left}
