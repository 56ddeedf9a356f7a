"""In which order the doors of one pair are walked to."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from math import cos, hypot, radians
from typing import Any, Protocol

from pyvrp import Model
from pyvrp.stop import MaxIterations

METRES_A_DEGREE = 111_320.0  # of latitude; of longitude times its cosine
DETOUR = 1.3  # a street is so much longer than the straight line. Ours; measure it with street data
WALK_M_MIN = 55.0  # metres a minute, 3.3 km/h: walkers over 60, crossings and stairs. Ours.
TRIES = 200  # of the solver; a pair has a handful of doors
SEED = 1  # the same doors make the same walk

type Point = tuple[float, float]  # latitude, longitude [degrees]


class Distances[P](Protocol):
    """How far it is on foot between two places, in whatever way places are written down."""

    def metres(self, one: P, other: P) -> float:
        """Return the way from one to the other [m]."""


class StraightLines:
    """The straight line, lengthened by the usual detour of streets."""

    def metres(self, one: Point, other: Point) -> float:
        """Return the way from one to the other [m]; within a city the earth is flat."""
        north = (other[0] - one[0]) * METRES_A_DEGREE
        east = (other[1] - one[1]) * METRES_A_DEGREE * cos(radians((one[0] + other[0]) / 2))
        return DETOUR * hypot(north, east)


@dataclass(frozen=True, kw_only=True)
class Door[P]:
    """A door to go to, and when somebody is expected there."""

    at: P
    minutes: int  # at the door
    promised: int | None = None  # minute of the day


@dataclass(frozen=True, kw_only=True)
class Walk:
    """The doors in the order in which they are walked to."""

    order: tuple[int, ...]
    metres: float
    minutes: tuple[int, ...]  # on foot before each door
    late: int  # minutes after what was promised, over all doors


EARLY_MIN, LATE_MIN = 10, 10  # a promise is kept within so many minutes
FEW = 2  # doors: both orders are tried, no solver is needed


def walk[P](
    start: P,
    doors: Sequence[Door[P]],
    distances: Distances[P],
    *,
    begins: int = 10 * 60,
    ends: int = 18 * 60,
) -> Walk:
    """Return the shortest walk from an office past every door and back, promises kept.

    Args:
        begins, ends: minutes of the day.
    """
    if not doors:
        return Walk(order=(), metres=0.0, minutes=(), late=0)
    points = [start, *(door.at for door in doors)]
    if len(doors) <= FEW:
        orders = permutations(range(len(doors)))
        walks = [_as_walk(order, points, doors, distances, begins) for order in orders]
        return min(walks, key=lambda one: (one.late, one.metres, one.order))
    return _as_walk(
        _solved(points, doors, distances, begins, ends), points, doors, distances, begins
    )


def _solved[P](
    points: Sequence[P],
    doors: Sequence[Door[P]],
    distances: Distances[P],
    begins: int,
    ends: int,
) -> list[int]:
    """Return which doors, by number, the shortest walk passes, in order."""
    model = Model()
    places = [model.add_location(nth, 0) for nth in range(len(points))]  # edges say how far it is
    office = model.add_depot(places[0], tw_early=begins, tw_late=ends)
    for place, door in zip(places[1:], doors, strict=True):
        early, late = _window(door, begins, ends)
        model.add_client(place, service_duration=door.minutes, tw_early=early, tw_late=late)
    model.add_vehicle_type(1, start_depot=office, end_depot=office, unit_duration_cost=1)
    for a, one in zip(places, points, strict=True):
        for b, other in zip(places, points, strict=True):
            if a is not b:
                way = distances.metres(one, other)
                model.add_edge(a, b, distance=round(way), duration=_minutes(way))
    found = model.solve(MaxIterations(TRIES), seed=SEED, display=False, collect_stats=False)
    return _order(found)


def _window(door: Door[Any], begins: int, ends: int) -> tuple[int, int]:
    if door.promised is None:
        return begins, ends
    return max(begins, door.promised - EARLY_MIN), max(begins, door.promised + LATE_MIN)


def _order(found: object) -> list[int]:
    """Return which doors, by number, the solver's one walk passes, in order."""
    (route,) = found.best.routes()  # type: ignore[attr-defined]
    return [int(visit.idx) for visit in route if visit.is_client()]


def _as_walk[P](
    order: Sequence[int],
    points: Sequence[P],
    doors: Sequence[Door[P]],
    distances: Distances[P],
    begins: int,
) -> Walk:
    at, clock, late = points[0], begins, 0
    total, minutes = 0.0, []
    for door in order:
        way = distances.metres(at, points[door + 1])
        total += way
        minutes.append(_minutes(way))
        clock += minutes[-1]
        promised = doors[door].promised
        if promised is not None:
            late += max(0, clock - promised - LATE_MIN)
            clock = max(clock, promised - EARLY_MIN)
        clock += doors[door].minutes
        at = points[door + 1]
    total += distances.metres(at, points[0])
    return Walk(order=tuple(order), metres=total, minutes=tuple(minutes), late=late)


def _minutes(metres: float) -> int:
    return -int(-metres // WALK_M_MIN)
