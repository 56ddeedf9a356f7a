"""How long a city's round takes: planned as a whole, for one worker, counted anew, shown as lists.

`Measured` is made once; each line of PARTS adds its figures. Who adds a part adds a function.
"""

import os
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.places import queries as places
from anbu.care.rounds import actions, rules
from anbu.care.rounds.actions.naming import open_overdue
from anbu.care.rounds.actions.replanning import plan_next
from anbu.care.rounds.actions.standing import recount
from anbu.care.rounds.models import DayOff, Standing, Task, Unplaced, Worker
from anbu.care.staff import actions as staff
from anbu.lab.bench_desk import NothingToMeasure
from anbu.lab.bench_rounds_desks import desks
from anbu.lab.bench_rounds_measured import US, Measured, measured, told, took
from anbu.lab.bench_rounds_phone import packs, syncs
from anbu.lab.rounds_city import Scale, found

WORKERS_REPLANNED, PAGES, RECOUNTED = 20, 40, 500
CLOCK = (
    "household_id", "contact_at", "contact_kind", "visit_at", "tried_at", "tries", "refuses_since",
    "due_on", "visit_due_on", "bound_on", "tried_by_hour", "answered_by_hour",
)  # fmt: skip


def rounds(commit: str, *, homes: int = 70_000, seeded_s: float | None = None) -> dict[str, object]:
    """Make a year of rounds, then plan a day of it and measure what people wait for.

    `seeded_s`: the city stands already, and took so long to make.
    """
    scale = Scale.of(homes)
    if seeded_s is None:
        seeded_s = float(str(city(commit, homes=homes)["value"]))
    if Standing.objects.count() != scale.people:
        raise NothingToMeasure("the city that was kept is of another size")
    world = measured(scale)
    figures: dict[str, object] = {"seeded_s": seeded_s, "load_before": _load()}
    for part in PARTS:
        figures |= part(world)
    return {
        "name": "rounds",
        "value": figures["plan_s"],
        "unit": "s to plan the city's day",
        "commit": commit,
        "people": scale.people,
        "workers": scale.workers,
        "contacts": scale.contacts,
        **figures,
        "load_after": _load(),
    }


def city(commit: str, *, homes: int = 70_000) -> dict[str, object]:
    """Make a year of rounds and nothing else: a city to measure in more than once."""
    scale = Scale.of(homes)
    spent, _ = took(lambda: found(scale, seed=1, now=now()))
    return {
        "name": "rounds-city",
        "value": round(spent.wall, 1),
        "unit": "s to make the city",
        "commit": commit,
        "people": scale.people,
        "contacts": scale.contacts,
        "cpu_python_s": round(spent.cpu, 1),
        "cpu_database_s": round(spent.database, 1),
    }


def _load() -> list[float]:
    return [round(one, 1) for one in os.getloadavg()]


def counting(world: Measured) -> dict[str, object]:
    """Count a part of the clocks anew from the log; they come to what they were."""
    people.for_actor(US, Purpose("machine", "bench"))
    some = world.homes[:: max(1, len(world.homes) // RECOUNTED)]
    before = _clocks(some)
    spent, _ = took(lambda: recount(some, now=now()))
    if _clocks(some) != before:
        raise NothingToMeasure("a clock that was counted anew is another")
    return {"recounted": len(some), "recount_ms_a_home": round(spent.wall * 1000 / len(some), 2)}


def _clocks(homes: Sequence[UUID]) -> list[tuple[object, ...]]:
    rows = Standing.objects.filter(household__among=homes).order_by("household_id")
    return list(rows.values_list(*CLOCK))


def planning(world: Measured) -> dict[str, object]:
    """Plan the whole day, and once more when nothing has changed."""
    first, plan = took(lambda: actions.plan_city(day=world.day, now=world.at))
    second, again = took(lambda: actions.plan_city(day=world.day, now=world.at))
    left = Unplaced.objects.filter(day=world.day)
    return {
        "plan_s": round(first.wall, 3),
        "plan_cpu_python_s": round(first.cpu, 3),
        "plan_cpu_database_s": round(first.database, 3),
        "plan_again_s": round(second.wall, 3),
        "changed_again": again.changed,
        "tasks": plan.tasks,
        "visits": Task.objects.filter(day=world.day, way="visit").count(),
        "left": plan.left,
        "left_why": {why.value: left.filter(reason=why).count() for why in rules.Left},
        "past": plan.past,
    }


def looking(world: Measured) -> dict[str, object]:
    """Look whether anything must be planned anew, when nothing must: what runs every five s."""
    times = [took(lambda: plan_next(now=world.at))[0] for _ in range(PAGES)]
    return {"look": told(times[1:])}


def replanning(world: Measured) -> dict[str, object]:
    """Replan the dong of one worker after another who does not come."""
    busy = Task.objects.filter(day=world.day).values_list("worker_id", flat=True)
    ids = sorted(set(busy))
    some = Worker.objects.filter(pk__in=ids[:: max(1, len(ids) // WORKERS_REPLANNED)])
    times = []
    for worker in some.order_by("id")[:WORKERS_REPLANNED]:
        DayOff.objects.create(
            worker=worker, day=world.day, reason="측정", made_at=world.at, made_by=world.planner
        )

        def anew(who: Worker = worker) -> object:
            return actions.replan_worker(worker=who, day=world.day, now=world.at)

        times.append(took(anew)[0])
    return {"replan_worker": told(times, "s")}


def lists(world: Measured) -> dict[str, object]:
    """Open the list of whom nobody reached, of a dong and of the whole city."""
    centre, _ = staff.add_staff(
        login="bench-rounds-c", name="측정", role="supervisor", post=places.centre(),
        by=US.name, now=now(),
    )  # fmt: skip
    return {
        f"overdue_{name}": told(
            [took(partial(open_overdue, seen_by=reader, now=world.at))[0] for _ in range(PAGES)]
        )
        for name, reader in (("dong", world.planner), ("city", centre))
    }


# Each takes what is measured and returns figures by name; a later one may use what one did before.
PARTS: tuple[Callable[[Measured], dict[str, object]], ...] = (
    counting,
    planning,
    looking,
    replanning,
    lists,
    desks,
    packs,
    syncs,
)
