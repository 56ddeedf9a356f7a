"""What a planner changes in a day, and what that costs, told before it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import acting, record
from anbu.care.people import queries as people
from anbu.care.people.actions import UnknownHome
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff

from .. import rules
from ..models import Task, Unplaced, Worker
from ..queries.day import mark_of
from ..rules.changing import Person, check_change, takes
from ..rules.planning import Cost, because_of
from .facts import CLOCK, Facts, as_rule, facts, is_stranger, prior
from .planning import lock, planned, write

PLANNERS = (Staff.Role.PLANNER, Staff.Role.SUPERVISOR)


@transaction.atomic
def cost_of_change(
    *, home: UUID, day: date, worker: Worker | None, way: str, by: Staff, now: datetime
) -> Cost:
    """Return what a change would cost: minutes, unknown faces, left, past. Nothing is written."""
    with _opened(home, day, by, now) as known:
        _check(known, home, worker, rules.Way(way), now)
        cost = rules.cost(planned(_with(known, home, worker, rules.Way(way)))) - _cost(known)
    record(
        by=by.actor, verb="look_round_change", at=now, household=home, **_told(day, worker, cost)
    )
    return cost


@transaction.atomic
def change_task(
    *,
    home: UUID,
    day: date,
    worker: Worker | None,
    way: str,
    by: Staff,
    now: datetime,
    seen: str = "",
) -> Cost:
    """Give a home of a day to a worker by another way, or (None) to nobody; return what it cost.

    The rest of the dong's undone day is planned around it, at once.

    Args:
        seen: `mark_of` what the page showed; where somebody was faster, nothing is changed.
    """
    with _opened(home, day, by, now) as known:
        row = known.rows.get(home)
        if seen and seen != mark_of(row):
            raise rules.NotAllowed("다른 분이 먼저 바꾸었습니다. 바뀐 것을 보고 다시 골라 주세요.")
        _check(known, home, worker, rules.Way(way), now)
        before = _cost(known)
        changed = _with(known, home, worker, rules.Way(way))
        plan = planned(changed)
        _set(known, changed, home, by)
        write(changed, plan)
        cost = rules.cost(plan) - before
    record(
        by=by.actor, verb="change_round_task", at=now, household=home, way=way,
        was=mark_of(row), **_told(day, worker, cost),
    )  # fmt: skip
    return cost


@transaction.atomic
def let_plan(*, home: UUID, day: date, by: Staff, now: datetime) -> None:
    """Take back what was set by hand: the plan decides again."""
    dong, district = _dong_of(home, by)
    lock(district)
    with acting(CLOCK):
        Task.objects.filter(household=home, day=day, done_by=None).update(set_by=None)
        Unplaced.objects.filter(household=home, day=day).delete()
        known = facts(dongs=[dong], district=district, day=day, hours=prior(), now=now)
        write(known, planned(known))
    record(by=by.actor, verb="let_round_plan", at=now, household=home, day=day.isoformat())


@contextmanager
def _opened(home: UUID, day: date, by: Staff, now: datetime) -> Iterator[Facts]:
    """Open the day of a home's dong, locked, as our machine sees it: also who helps from beside."""
    dong, district = _dong_of(home, by)
    lock(district)
    with acting(CLOCK):
        yield facts(dongs=[dong], district=district, day=day, hours=prior(), now=now)


def _dong_of(home: UUID, by: Staff) -> tuple[int, int]:
    """Return dong and district of a home that this person plans for."""
    if by.role not in PLANNERS or not by.is_active:
        raise rules.NotAllowed("동 담당자가 계획을 바꿉니다.")
    near = people.within_sight(seen_by=by).filter(id=home)
    dong = near.values_list("dong_id", flat=True).first()
    if dong is None:
        raise UnknownHome(str(home))
    return dong, places.districts_of([dong])[dong]


def _check(known: Facts, home: UUID, worker: Worker | None, way: rules.Way, now: datetime) -> None:
    if home not in known.rows and Task.objects.filter(household=home, day=known.day).exists():
        raise rules.NotAllowed("이미 연락했거나 다녀온 집입니다.")
    if worker is None:
        return
    team = {one.id: one for one in known.workers}
    ids = [worker.pk] if way != rules.Way.VISIT else [worker.pk, worker.partner_id]
    if any(one not in team for one in ids if one is not None):
        raise rules.NotAllowed("이 자치구에서 지금 일하는 단원이 아닙니다.")
    who = [(team[one], _left(known, one, home)) for one in ids if one is not None]
    due = {one.home: one for one in known.people}.get(home)
    consents = home in people.agreed(households=[home], kind="monitoring", at=now)
    away = bool(due and due.away) or bool(people.away_now(households=[home], now=now))
    able = [one.id for one in known.workers if one.may_visit]
    check_change(Person(home=home, consents=consents, is_away=away), way, who, may_visit=able)


def _left(known: Facts, worker: int, home: UUID) -> int:
    """Return the minutes of a worker's day beside what is done or fixed [minutes]."""
    fixed = (t for t in known.fixed if worker in (t.worker, t.partner) and t.home != home)
    return known.minutes[worker].allowed - sum(task.minutes for task in fixed)


def _with(known: Facts, home: UUID, worker: Worker | None, way: rules.Way) -> Facts:
    """Return these facts with a home set by hand: to somebody, or to nobody."""
    fixed = tuple(task for task in known.fixed if task.home != home)
    dues = tuple(
        replace(one, off=worker is None) if one.home == home else one for one in known.people
    )
    if worker is None:
        rows = {key: row for key, row in known.rows.items() if key != home}
        return replace(known, fixed=fixed, people=dues, rows=rows)
    due = next((one for one in dues if one.home == home), None)
    task = rules.Task(
        home=home,
        worker=worker.pk,
        partner=worker.partner_id if way == rules.Way.VISIT else None,
        way=way,
        because=because_of(due, known.day, known.next_day) if due else rules.Because.DUE,
        minutes=takes(way),
        at=due.promise if due else None,
        hour=due.hour if due else rules.FIRST_HOUR + 1,
        is_stranger=due is not None and due.usual not in (None, worker.pk, worker.partner_id),
    )
    return replace(known, fixed=(*fixed, task), people=dues)


def _set(known: Facts, changed: Facts, home: UUID, by: Staff) -> None:
    """Write the row set by hand, and let the facts hold it."""
    task = next((one for one in changed.fixed if one.home == home), None)
    if task is None:
        Task.objects.filter(household=home, day=known.day, done_by=None).delete()
        if any(one.home == home for one in known.people):
            left, _ = Unplaced.objects.update_or_create(
                household_id=home,
                day=known.day,
                defaults={"reason": str(rules.Left.BY_HAND), "set_by": by},
            )
            changed.unplaced[home] = left
        return
    row, _ = Task.objects.update_or_create(
        household_id=home,
        day=known.day,
        defaults={
            "worker_id": task.worker,
            "partner_id": task.partner,
            "way": str(task.way),
            "because": str(task.because),
            "minutes": task.minutes,
            "at": task.at,
            "hour": task.hour,
            "set_by": by,
        },
    )
    changed.rows[home] = row


def _cost(known: Facts) -> Cost:
    """Return what the day costs as it stands in the tables."""
    usual = {one.home: one.usual for one in known.people}
    own = [as_rule(row) for row in known.rows.values()]
    others = [task for task in known.fixed if task.home not in known.rows]
    tasks = tuple(replace(task, is_stranger=is_stranger(task, usual)) for task in (*own, *others))
    bounds = {one.home: one.bound for one in known.people}
    past = {home: late for home, on in bounds.items() if (late := rules.days_past(on, known.day))}
    left = {home: rules.Left(row.reason) for home, row in known.unplaced.items()}
    return rules.cost(rules.Plan(day=known.day, tasks=tasks, left=left, past=past))


def _told(day: date, worker: Worker | None, cost: Cost) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "worker": worker.pk if worker else None,
        "minutes": cost.minutes,
        "strangers": cost.strangers,
        "left": cost.left,
        "past": cost.past,
    }
