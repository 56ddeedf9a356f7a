"""How many minutes somebody of the round has worked, by the day: one rule for plans and lists.

The books (`months`) read the same rows one by one, for each must be traceable there; a test holds
the two against each other.
"""

from collections.abc import Collection
from datetime import date, datetime, time

from django.db import connection

from anbu.care.foundation.actions import acting
from anbu.care.foundation.rules import machine
from anbu.care.places.rules import SEOUL

BOOKS = machine("rounds-books")  # adds up hours; it hands out minutes and ids, no household

# A row holds unless the same hand put it right. What a partner told of a home, day and kind counts
# only where the worker told nothing of it: a visit by two is told by one of them, or by both.
# Worker by worker, by the index: a statement that names many would read the month of a whole city.
WORKED = """
WITH own AS (
    SELECT w.id AS who, c.* FROM unnest(%(workers)s::bigint[]) AS w (id) CROSS JOIN LATERAL (
        SELECT (at AT TIME ZONE 'Asia/Seoul')::date AS day, household_id, kind, minutes
        FROM rounds_contact t
        WHERE t.worker_id = w.id AND t.at >= %(since)s AND t.at < %(until)s AND NOT EXISTS (
            SELECT FROM rounds_contact r WHERE r.replaces = t.id AND r.by = t.by AND r.id <> t.id)
        OFFSET 0) c
), beside AS (
    SELECT w.id AS who, c.* FROM unnest(%(workers)s::bigint[]) AS w (id) CROSS JOIN LATERAL (
        SELECT (at AT TIME ZONE 'Asia/Seoul')::date AS day, household_id, kind, minutes
        FROM rounds_contact t
        WHERE t.partner_id = w.id AND t.at >= %(since)s AND t.at < %(until)s AND NOT EXISTS (
            SELECT FROM rounds_contact r WHERE r.replaces = t.id AND r.by = t.by AND r.id <> t.id)
        OFFSET 0) c
)
SELECT who, day, sum(minutes)::int FROM (
    SELECT who, day, minutes FROM own
    UNION ALL
    SELECT b.who, b.day, b.minutes FROM beside b
    LEFT JOIN (SELECT DISTINCT who, day, household_id, kind FROM own) o
        USING (who, day, household_id, kind)
    WHERE o.who IS NULL
) told
GROUP BY 1, 2 ORDER BY 1, 2
"""


def minutes_by_day(
    *, workers: Collection[int], since: date, until: date
) -> dict[int, list[tuple[date, int]]]:
    """Return (day, minutes) of each worker, from a day until before another. One query.

    Also work at homes that another dong looks after meanwhile; no household is handed out.
    """
    begins, ends = (datetime.combine(day, time(), SEOUL) for day in (since, until))
    found: dict[int, list[tuple[date, int]]] = {worker: [] for worker in workers}
    with acting(BOOKS), connection.cursor() as cursor:
        cursor.execute(WORKED, {"workers": list(workers), "since": begins, "until": ends})
        for worker, day, minutes in cursor.fetchall():
            found[worker].append((day, minutes))
    return found
