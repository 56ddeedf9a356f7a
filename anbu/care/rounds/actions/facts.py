"""What the day of some dongs is planned from: read in a few questions, however many people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.places import queries as places
from anbu.care.places.models import Dong

from .. import rules
from ..models import Task, Unplaced
from ..rules.hours import Rates
from ..rules.turns import Minutes
from .dues import Known, as_dues, due_on
from .team import team_of

CLOCK = machine("rounds")
NEAR = 4  # dongs of the district that are asked for help
PRIOR = "SELECT {} FROM rounds_standing WHERE ended_at IS NULL".format(
    ", ".join(
        f"coalesce(sum({column}[{nth}]), 0)"
        for column in ("tried_by_hour", "answered_by_hour")
        for nth in range(1, rules.BINS + 1)
    )
)  # nosec B608 - our own columns, counted


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that one part of a city's day is planned from."""

    day: date
    next_day: date
    dongs: frozenset[int]  # whose people are placed
    workers: tuple[rules.Worker, ...]  # of the whole district
    minutes: Mapping[int, Minutes]
    people: tuple[rules.Due, ...]
    fixed: tuple[rules.Task, ...]  # set by hand, or of another dong's people
    rows: dict[UUID, Task]  # of these dongs, not done: what may change
    unplaced: dict[UUID, Unplaced]
    neighbours: Mapping[int, tuple[int, ...]]
    addresses: Mapping[UUID, str]


def prior() -> Rates:
    """Return how the whole city answers in each hour."""
    people.for_actor(CLOCK, Purpose("machine", "rounds"))
    with connection.cursor() as cursor:
        cursor.execute(PRIOR)
        counts = cursor.fetchone()
    return rules.everybody(counts[: rules.BINS], counts[rules.BINS :])


def facts(
    *, dongs: Collection[int], district: int, day: date, hours: Rates, now: datetime
) -> Facts:
    """Read what the day of these dongs of one district is planned from.

    The caller holds the district's lock: what may change is locked row by row as well.
    """
    sight = people.for_actor(CLOCK, Purpose("machine", "rounds"))
    holidays = places.calendar(now).holidays
    next_day = rules.next_round_day(day, holidays)
    places_of = {dong.pk: dong for dong in _dongs(district)}
    workers, minutes = team_of(list(places_of), day, holidays)
    rows = _rows(dongs, workers, day)
    unplaced = {
        row.household_id: row
        for row in Unplaced.objects.select_for_update(of=("self",))
        .filter(day=day, household__dong__in=dongs)
        .order_by("pk")
    }
    done = {row.household_id for row in rows if row.done_by_id is not None}
    mine = {row.household_id: row for row in rows if _is_of(row, dongs) and not row.done_by_id}
    fixed = [
        as_rule(row)
        for row in rows
        if row.done_by_id is None and (row.set_by_id is not None or not _is_of(row, dongs))
    ]
    due = [one for one in due_on(dongs, day, next_day, mine) if one.home not in done]
    usual = {one.home: one.usual for one in due}
    return Facts(
        day=day,
        next_day=next_day,
        dongs=frozenset(dongs),
        workers=workers,
        minutes=minutes,
        people=as_dues(due, sight, mine, unplaced, day, hours, now),
        fixed=tuple(replace(one, is_stranger=is_stranger(one, usual)) for one in fixed),
        rows=mine,
        unplaced=unplaced,
        neighbours=_neighbours(list(places_of.values())),
        addresses={} if not due else _addresses(sight, due, fixed),
    )


def _dongs(district: int) -> list[Dong]:
    return list(Dong.objects.filter(district=district, valid_until=None).order_by("id"))


def _neighbours(dongs: Sequence[Dong]) -> dict[int, tuple[int, ...]]:
    def apart(one: Dong, other: Dong) -> float:
        return (one.lat - other.lat) ** 2 + (0.8 * (one.lon - other.lon)) ** 2  # cos 37.5°

    return {
        one.pk: tuple(
            other.pk
            for other in sorted(dongs, key=lambda each: (apart(one, each), each.pk))[: NEAR + 1]
            if other.pk != one.pk
        )
        for one in dongs
    }


def _rows(dongs: Collection[int], workers: Sequence[rules.Worker], day: date) -> list[Task]:
    """Return the day's tasks of these dongs' people and of these workers, locked."""
    ids = [worker.id for worker in workers]
    near = Q(household__dong__in=dongs) | Q(worker__in=ids) | Q(partner__in=ids)
    rows = Task.objects.select_for_update(of=("self",)).filter(near, day=day)
    return list(rows.select_related("household").order_by("pk"))


def _is_of(row: Task, dongs: Collection[int]) -> bool:
    return row.household.dong_id in dongs


def is_stranger(task: rules.Task, usual: Mapping[UUID, int | None]) -> bool:
    """Say whether somebody hears a voice they do not know."""
    return usual.get(task.home) not in (None, task.worker, task.partner)


def as_rule(row: Task) -> rules.Task:
    """Return a row of the day as the rules read it."""
    return rules.Task(
        home=row.household_id,
        worker=row.worker_id,
        partner=row.partner_id,
        way=rules.Way(row.way),
        because=rules.Because(row.because),
        minutes=row.minutes,
        at=row.at,
        hour=row.hour,
        is_stranger=False,
    )


def _addresses(sight: Any, due: Sequence[Known], fixed: Sequence[rules.Task]) -> dict[UUID, str]:
    homes = {one.home for one in due} | {task.home for task in fixed}
    rows = sight.households.filter(id__among=homes)
    return dict(rows.values_list("id", "address"))
