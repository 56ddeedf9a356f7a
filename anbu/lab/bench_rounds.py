"""How long a city's round takes: planned as a whole, for one worker, counted anew, shown as lists.

`Measured` is made once; each line of PARTS adds its figures. Who adds a part adds a function.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import quantiles
from uuid import UUID

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.places import queries as places
from anbu.care.places.rules import SEOUL
from anbu.care.rounds import actions, rules
from anbu.care.rounds.actions.naming import open_overdue
from anbu.care.rounds.actions.replanning import plan_next
from anbu.care.rounds.actions.standing import recount
from anbu.care.rounds.models import DayOff, Standing, Task, Unplaced, Worker
from anbu.care.staff import actions as staff
from anbu.care.staff.models import Staff
from anbu.lab.bench_desk import NothingToMeasure
from anbu.lab.bench_reports import reports
from anbu.lab.rounds_city import Round, Scale, found

US = machine("bench")
WORKERS_REPLANNED, PAGES, RECOUNTED = 20, 40, 500
CLOCK = (
    "household_id", "contact_at", "contact_kind", "visit_at", "tried_at", "tries", "refuses_since",
    "due_on", "visit_due_on", "bound_on", "tried_by_hour", "answered_by_hour",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the parts measure."""

    scale: Scale
    city: Round
    day: date  # the next one with a round
    at: datetime  # six in the morning of that day
    planner: Staff  # of a dong with a round


def rounds(commit: str, *, homes: int = 70_000) -> dict[str, object]:
    """Make a year of rounds, then plan a day of it and measure what people wait for."""
    scale = Scale.of(homes)
    made_s, city = _timed(lambda: found(scale, seed=1, now=now()))
    told = measured(city, scale)
    figures: dict[str, object] = {"seeded_s": made_s}
    for part in PARTS:
        figures |= part(told)
    return {
        "name": "rounds",
        "value": figures["plan_s"],
        "unit": "s to plan the city's day",
        "commit": commit,
        "people": scale.people,
        "workers": scale.workers,
        "contacts": scale.contacts,
        **figures,
    }


def measured(city: Round, scale: Scale) -> Measured:
    """Return what the parts measure: the next day of a round, and a planner of one dong of it."""
    today = now().astimezone(SEOUL).date()
    day = rules.next_round_day(today, places.calendar(now()).holidays)
    first = Worker.objects.select_related("dong").order_by("id")[0]
    post = places.dong_post(first.dong.code)
    assert post is not None
    planner, _ = staff.add_staff(
        login="bench-rounds", name="측정", role="planner", post=post.id, by=US.name, now=now()
    )
    at = datetime.combine(day, datetime.min.time(), SEOUL) + timedelta(hours=6)
    return Measured(scale=scale, city=city, day=day, at=at, planner=planner)


def counting(told: Measured) -> dict[str, object]:
    """Count a part of the clocks anew from the log; they come to what they were."""
    people.for_actor(US, Purpose("machine", "bench"))
    some = told.city.homes[:: max(1, len(told.city.homes) // RECOUNTED)]
    before = _clocks(some)
    counted_s, _ = _timed(lambda: recount(some, now=now()))
    if _clocks(some) != before:
        raise NothingToMeasure("a clock that was counted anew is another")
    return {"recounted": len(some), "recount_ms_a_home": round(counted_s * 1000 / len(some), 2)}


def _clocks(homes: Sequence[UUID]) -> list[tuple[object, ...]]:
    rows = Standing.objects.filter(household__among=homes).order_by("household_id")
    return list(rows.values_list(*CLOCK))


def planning(told: Measured) -> dict[str, object]:
    """Plan the whole day, and once more when nothing has changed."""
    plan_s, plan = _timed(lambda: actions.plan_city(day=told.day, now=told.at))
    again_s, again = _timed(lambda: actions.plan_city(day=told.day, now=told.at))
    left = Unplaced.objects.filter(day=told.day)
    return {
        "plan_s": plan_s,
        "plan_again_s": again_s,
        "changed_again": again.changed,
        "tasks": plan.tasks,
        "visits": Task.objects.filter(day=told.day, way="visit").count(),
        "left": plan.left,
        "left_why": {why.value: left.filter(reason=why).count() for why in rules.Left},
        "past": plan.past,
    }


def looking(told: Measured) -> dict[str, object]:
    """Look whether anything must be planned anew, when nothing must: what runs every five s."""
    times = [_timed(lambda: plan_next(now=told.at))[0] * 1000 for _ in range(PAGES)]
    return {"look_p95_ms": round(_p95(times[1:]), 1)}


def replanning(told: Measured) -> dict[str, object]:
    """Replan the dong of one worker after another who does not come."""
    busy = Task.objects.filter(day=told.day).values_list("worker_id", flat=True)
    ids = sorted(set(busy))
    some = Worker.objects.filter(pk__in=ids[:: max(1, len(ids) // WORKERS_REPLANNED)])
    times = []
    for worker in some.order_by("id")[:WORKERS_REPLANNED]:
        DayOff.objects.create(
            worker=worker, day=told.day, reason="측정", made_at=told.at, made_by=told.planner
        )
        times.append(
            _timed(lambda w=worker: actions.replan_worker(worker=w, day=told.day, now=told.at))[0]  # type: ignore[misc]
        )
    return {"replan_worker_p95_s": _p95(times), "replan_worker_max_s": max(times)}


def lists(told: Measured) -> dict[str, object]:
    """Open the list of whom nobody reached, of a dong and of the whole city."""
    city, _ = staff.add_staff(
        login="bench-rounds-c", name="측정", role="supervisor", post=places.centre(),
        by=US.name, now=now(),
    )  # fmt: skip
    found_: dict[str, object] = {}
    for name, reader in (("dong", told.planner), ("city", city)):
        times = [
            _timed(lambda r=reader: open_overdue(seen_by=r, now=told.at))[0] * 1000  # type: ignore[misc]
            for _ in range(PAGES)
        ]
        found_[f"overdue_{name}_p95_ms"] = round(_p95(times), 1)
    return found_


def offices(told: Measured) -> dict[str, object]:
    """Open the report pages of a dong and of its district."""
    return reports(told.planner, told.day, told.at)


# Each takes what is measured and returns figures by name; a later one may use what one did before.
PARTS: tuple[Callable[[Measured], dict[str, object]], ...] = (
    counting,
    planning,
    looking,
    replanning,
    lists,
    offices,
)


def _timed[T](work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    done = work()
    return round(time.perf_counter() - began, 3), done


def _p95(times: list[float]) -> float:
    return round(quantiles(times, n=20, method="inclusive")[-1], 3) if len(times) > 1 else times[0]
