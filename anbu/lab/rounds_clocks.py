"""The clocks of a made-up city, counted in the database: what `recount` does, a city in seconds.

`anbu bench rounds` holds a part of them against `recount` itself.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from anbu.care.rounds.rules import BINS, FIRST_HOUR, REFUSING, USUAL
from anbu.lab.rounds_bare import in_no_hurry

AT_ONCE = 5_000  # homes whose log is counted in one statement: sorted in memory, within the timeout

HOURS = ", ".join(
    f"count(*) FILTER (WHERE kind = 'call' AND hour = {FIRST_HOUR + nth}{{and_}})"
    for nth in range(BINS)
)
# Nothing of a made-up log was put right, so every row holds.
COUNT = f"""
WITH log AS (
    SELECT household_id, kind, result, at, is_real,
        extract(hour FROM at AT TIME ZONE 'Asia/Seoul')::int AS hour,
        max(at) FILTER (WHERE is_real) OVER w AS reached,
        max(at) FILTER (WHERE result = 'reached') OVER w AS met
    FROM rounds_contact WHERE household_id = ANY(%(homes)s) WINDOW w AS (PARTITION BY household_id)
), counted AS (
    SELECT household_id, max(reached) AS contact_at,
        max(kind) FILTER (WHERE at = reached) AS contact_kind,
        max(at) FILTER (WHERE kind = 'visit' AND result = 'reached') AS visit_at,
        max(at) AS tried_at,
        count(*) FILTER (WHERE NOT is_real AND (reached IS NULL OR at > reached)) AS tries,
        min(at) FILTER (WHERE result = 'declined' AND (met IS NULL OR at > met)) AS refuses_at,
        ARRAY[{HOURS.format(and_="")}] AS tried,
        ARRAY[{HOURS.format(and_=" AND is_real")}] AS answered
    FROM log GROUP BY household_id
)
UPDATE rounds_standing s SET
    contact_at = c.contact_at, contact_kind = coalesce(c.contact_kind, ''),
    visit_at = c.visit_at, tried_at = c.tried_at, tries = c.tries,
    refuses_since = (c.refuses_at AT TIME ZONE 'Asia/Seoul')::date,
    tried_by_hour = c.tried, answered_by_hour = c.answered
FROM counted c WHERE c.household_id = s.household_id
"""  # nosec B608 - our own hours, counted
DUES = """
WITH paces (tier, every, visit, bound) AS (
    SELECT * FROM unnest(%(tiers)s::text[], %(every)s::int[], %(visit)s::int[], %(bound)s::int[])
),
last AS (
    SELECT s.household_id, p.every, p.visit, p.bound,
        greatest(s.began_on, (s.contact_at AT TIME ZONE 'Asia/Seoul')::date) AS reached,
        greatest(s.began_on, (s.visit_at AT TIME ZONE 'Asia/Seoul')::date) AS met
    FROM rounds_standing s JOIN people_household h ON h.id = s.household_id
    JOIN paces p ON p.tier = CASE WHEN s.refuses_since IS NULL THEN h.tier ELSE 'none' END
)
UPDATE rounds_standing s SET due_on = l.reached + l.every, bound_on = l.reached + l.bound,
    visit_due_on = CASE WHEN l.visit > 0 THEN l.met + l.visit END
FROM last l WHERE l.household_id = s.household_id
"""
SHIPPED = {**USUAL, "none": REFUSING}
PACES: dict[str, Any] = {
    "tiers": list(SHIPPED),
    "every": [one.every_days for one in SHIPPED.values()],
    "visit": [one.visit_days for one in SHIPPED.values()],
    "bound": [one.bound_days for one in SHIPPED.values()],
}


def count_clocks(homes: Sequence[UUID]) -> None:
    """Count the clocks of these homes from the log, some thousands at a time.

    What is due is set for everybody, by the cadences that are shipped.
    """
    for first in range(0, len(homes), AT_ONCE):
        with in_no_hurry(), connection.cursor() as cursor:
            cursor.execute(COUNT, {"homes": list(homes[first : first + AT_ONCE])})
    with in_no_hurry(), connection.cursor() as cursor:
        cursor.execute(DUES, PACES)
        cursor.execute("ANALYZE rounds_standing")
