"""Who of some dongs comes on a day, and how many minutes each may be given."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from uuid import UUID

from django.db import connection

from anbu.care.places.rules import SEOUL

from .. import rules
from ..models import DayOff, Worker
from ..rules.turns import Minutes

# Minutes by worker and day; a log that was put right counts no more, a visit counts for both.
WORKED = """
SELECT who, (at AT TIME ZONE 'Asia/Seoul')::date AS day, sum(minutes)
FROM (
    SELECT worker_id AS who, id, at, minutes FROM rounds_contact
    WHERE worker_id = ANY(%(workers)s) AND at >= %(since)s
    UNION ALL
    SELECT partner_id, id, at, minutes FROM rounds_contact
    WHERE partner_id = ANY(%(workers)s) AND at >= %(since)s
) told
WHERE NOT EXISTS (SELECT FROM rounds_contact c WHERE c.replaces = told.id AND c.id <> told.id)
GROUP BY 1, 2 ORDER BY 1, 2
"""


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
    monday = date.fromordinal(day.toordinal() - day.weekday())
    since = datetime.combine(min(day.replace(day=1), monday), time(), SEOUL)
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(WORKED, {"workers": list(workers), "since": since})
        for worker, on, minutes in cursor.fetchall():
            found[worker].append((on, int(minutes)))
    return found
