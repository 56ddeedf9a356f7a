"""Who of some dongs comes on a day, and how many minutes each may be given."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from .. import rules
from ..models import DayOff, Worker
from ..queries.minutes import minutes_by_day
from ..rules import after, first_of
from ..rules.turns import Minutes


def team_of(
    dongs: Collection[int], day: date, holidays: Collection[date]
) -> tuple[tuple[rules.Worker, ...], dict[int, Minutes]]:
    """Return who of these dongs comes on this day, and what each may be given."""
    rows = list(
        Worker.objects.filter(dong__in=dongs, ended_at=None, staff__is_active=True).order_by("id")
    )
    ids = [row.pk for row in rows]
    off = set(DayOff.objects.filter(worker__in=ids, day=day).values_list("worker_id", flat=True))
    worked = _worked(ids, day)
    never: dict[int, set[UUID]] = defaultdict(set)
    for worker, home in Worker.never.through.objects.filter(worker__in=ids).values_list(
        "worker_id", "household_id"
    ):
        never[worker].add(home)
    minutes = {
        row.pk: Minutes(allowed=0, planned=0)
        if row.pk in off
        else rules.minutes_on(
            day,
            worked[row.pk],
            key=min(row.pk, row.partner_id or row.pk),
            month_min=row.month_min,
            holidays=holidays,
        )
        for row in rows
    }
    team = tuple(
        rules.Worker(
            id=row.pk,
            dong=row.dong_id,
            minutes=minutes[row.pk].planned,
            may_visit=may_visit(row, day),
            partner=row.partner_id,
            never=frozenset(never[row.pk]),
        )
        for row in rows
    )
    return team, minutes


def may_visit(worker: Worker, day: date) -> bool:
    """Say whether training and screening of a worker hold on this day."""
    return all(
        until is not None and until >= day
        for until in (worker.trained_until, worker.screened_until)
    )


def _worked(workers: Sequence[int], day: date) -> dict[int, list[tuple[date, int]]]:
    """Return (day, minutes) of the month of this day, and of its week."""
    monday = day - timedelta(days=day.weekday())
    since = min(first_of(day), monday)
    return minutes_by_day(workers=workers, since=since, until=after(first_of(day)))
