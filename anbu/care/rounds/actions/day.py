"""A planner's day: looking at it, asking what a change costs, and changing it."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.staff.models import Staff

from ..models import Worker
from ..queries.day import PlanPage
from ..queries.day import plan_page as _plan_page
from ..queries.offices import worker_of
from ..rules import Cost, NotAllowed, Way
from .changing import change_task, cost_of_change


@transaction.atomic
def open_plan(*, day: date, seen_by: Staff, now: datetime) -> PlanPage:
    """Return the day of a dong worker by worker, and write down whose names were shown."""
    found = _plan_page(day=day, seen_by=seen_by)
    people = [row.person for one in found.days for row in one.rows]
    homes = {person.household for person in people}
    homes |= {row.person.household for row in found.nobody}
    if homes:
        record(by=seen_by.actor, verb="list_plan", at=now, homes=sorted(homes), day=day.isoformat())
    return found


def ask_cost(
    *, home: UUID, day: date, worker: int | None, way: str, by: Staff, now: datetime
) -> Cost:
    """Return what it would cost to give a home to somebody, or (None) to nobody."""
    who = _worker(worker, by)
    return cost_of_change(home=home, day=day, worker=who, way=_way(way), by=by, now=now)


def move(
    *, home: UUID, day: date, worker: int | None, way: str, seen: str, by: Staff, now: datetime
) -> Cost:
    """Give a home to somebody, or take it off; the rest of the day is planned around it."""
    return change_task(
        home=home,
        day=day,
        worker=_worker(worker, by),
        way=_way(way),
        seen=seen,
        by=by,
        now=now,
    )


def _worker(worker: int | None, by: Staff) -> Worker | None:
    return None if worker is None else worker_of(worker, seen_by=by)


def _way(way: str) -> str:
    if way not in set(Way):
        raise NotAllowed("전화인지 방문인지 골라 주세요.")
    return way
