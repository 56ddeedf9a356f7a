"""In which order a day's tasks come: calls at the hour they are answered, doors as they are walked.

A visit stands in two people's days, so its place is about the minute at which it comes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from .. import rules
from ..rules.planning import VISIT_MIN, day_order
from .facts import Facts

WALKS_FROM, WALKS_UNTIL = 13 * 60, 18 * 60  # minutes of the day: mornings are for calls
AHEAD_MIN = 30  # so long before the first promise a pair is on its way
OFFICE = rules.Address("")  # of an office no number of a road is known
DISTANCES: rules.Distances[rules.Address] = rules.ByAddress()


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A task with where it stands in the day."""

    task: rules.Task
    place: int
    walk_min: int


def lay_out(known: Facts, plan: rules.Plan) -> dict[UUID, Laid]:
    """Return the tasks of a plan, those of other dongs' people left out, with their places."""
    laid: dict[UUID, Laid] = {}
    doors: dict[frozenset[int], list[rules.Task]] = defaultdict(list)
    others: dict[int, list[rules.Task]] = defaultdict(list)
    for task in plan.tasks:
        if task.partner is not None:
            doors[frozenset((task.worker, task.partner))].append(task)
        else:
            others[task.worker].append(task)
    mine = {one.home for one in known.people} | set(known.rows)
    for tasks in doors.values():
        if any(task.home in mine for task in tasks):
            laid |= {one.task.home: one for one in walked(tasks, known.addresses)}
    for tasks in others.values():
        laid |= {one.task.home: one for one in _called(tasks)}
    return {home: one for home, one in laid.items() if home in mine}


def walked(tasks: Sequence[rules.Task], addresses: Mapping[UUID, str]) -> Iterable[Laid]:
    """Return a pair's visits in the order of the shortest walk, promises kept."""
    ordered = sorted(tasks, key=day_order)
    promised = [task.at for task in ordered if task.at is not None]
    begins = min([WALKS_FROM, *(at - AHEAD_MIN for at in promised)])
    doors = [
        rules.Door(
            at=rules.read_address(addresses.get(task.home, "")),
            minutes=VISIT_MIN,
            promised=task.at,
        )
        for task in ordered
    ]
    way = rules.walk(OFFICE, doors, DISTANCES, begins=begins, ends=max(WALKS_UNTIL, begins + 60))
    clock = begins
    for nth, on_foot in zip(way.order, way.minutes, strict=True):
        task = ordered[nth]
        clock += on_foot
        yield Laid(task=task, place=max(clock, task.at or 0), walk_min=on_foot)
        clock = max(clock, task.at or 0) + VISIT_MIN


def _called(tasks: Sequence[rules.Task]) -> Iterable[Laid]:
    """Return a worker's own tasks: what was promised at its time, all else at its hour."""
    counted: dict[int, int] = defaultdict(int)
    for task in sorted(tasks, key=day_order):
        begins = task.at if task.at is not None else task.hour * 60
        yield Laid(task=task, place=begins + counted[begins], walk_min=0)
        counted[begins] += 1
