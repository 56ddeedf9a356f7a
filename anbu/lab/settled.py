"""Homes that were watched long before the city's last days, so that their past can be asked."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from anbu.care.readings import jobs
from anbu.lab.city import City
from anbu.lab.habits import DAY_S, HOUR_S, SEOUL_AHEAD_S

PAST = timedelta(days=61)  # four weeks are learned from, the rest is measured
MOST = 30  # homes; each has some 1,500 readings more

type Speak = Callable[[City, float, float], tuple[int, int]]


def chosen(city: City) -> list[int]:
    """Return the places of these homes in the city: of the planner's dong first, nobody who falls.

    Only hourly devices: a plug's two months are many rows, or full of holes when thinned, and a
    rule can be measured only where the record is whole.
    """
    dong = city.homes[0].place.dong
    well = [
        home.index
        for home in city.homes
        if home.falls_at is None
        and not home.recordings
        and all(machine.interval_s == HOUR_S for machine in home.machines)
    ]
    near = [index for index in well if city.homes[index].place.dong == dong]
    return sorted([*near, *(index for index in well if index not in set(near))][:MOST])


def live(city: City, *, now: datetime, until: datetime, speak: Speak) -> tuple[int, int]:
    """Let their devices speak day by day up to `until`; return messages and readings."""
    # A morning file tells of the day before: the first day of the past has one more before it.
    jobs.make_partitions(now=now - PAST - timedelta(days=2) + jobs.BACK)
    homes = tuple(city.homes[index] for index in chosen(city))
    messages = readings = 0
    for from_at, until_at in _days(now - PAST, until):
        said, values = speak(replace(city, homes=homes), from_at, until_at)
        messages, readings = messages + said, readings + values
    return messages, readings


def _days(first: datetime, last: datetime) -> Iterator[tuple[float, float]]:
    """Yield the days of Seoul between two moments, the last one as far as it goes."""
    at, end = first.timestamp(), last.timestamp()
    while at < end:
        midnight = ((at + SEOUL_AHEAD_S) // DAY_S + 1) * DAY_S - SEOUL_AHEAD_S
        yield at, min(midnight, end)
        at = midnight
