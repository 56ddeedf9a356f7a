"""Who is dark at night, and why: the homes nobody would come to before the office opens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.sql import SQL

from anbu.care.foundation.rules import machine
from anbu.care.people import queries as people
from anbu.care.people.rules import KINDS, STANDS
from anbu.care.staff.models import Staff

AT_ONCE = 100
COUNTS = machine("coverage")


class Dark(StrEnum):
    """Why nobody would come at night, the gravest first. A home has one reason."""

    NO_DEVICE = "no_device"
    NO_CONSENT = "no_consent"
    NO_NIGHT = "no_night"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    UNSEEN = "unseen"


SEEN = "seen"


@dataclass(frozen=True, kw_only=True)
class DongDark:
    """One dong: how many homes, and how many are dark for each reason."""

    dong: int
    district: str
    name: str
    homes: int
    dark: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many are dark."""
        return sum(self.dark.values())


@dataclass(frozen=True, kw_only=True)
class DarkHome:
    household: UUID
    name: str
    birth_year: int
    sex: str
    tier: str
    district: str
    dong: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Coverage:
    dongs: tuple[DongDark, ...]  # the darkest first
    homes: int
    dark: Mapping[str, int]
    rows: tuple[DarkHome, ...]
    has_more: bool


# One pass over the homes in sight and their consents; the dark ones are listed from the same pass.
# Asked home by home, six questions for each of 110,000 homes took more than twice as long.
JUDGED = """
WITH near (household_id, dong_id, tier) AS ({near}),
agreed AS (
    SELECT c.household_id, bool_or({night} AND {stands}) AS nights,
           bool_or({monitoring} AND {stands}) AS watched,
           bool_or({night} AND c.withdrawn_at <= %(at)s) AS withdrawn,
           bool_or({night} AND c.until <= %(at)s) AS expired
    FROM people_consent c GROUP BY c.household_id
),
judged AS MATERIALIZED (
    SELECT h.household_id AS id, h.dong_id, h.tier, CASE
        WHEN w.household_id IS NULL THEN 'no_device'
        WHEN a.watched IS NOT TRUE THEN 'no_consent'
        WHEN a.nights AND b.household_id IS NOT NULL THEN 'unseen'
        WHEN a.nights THEN 'seen'
        WHEN a.withdrawn THEN 'withdrawn'
        WHEN a.expired THEN 'expired'
        ELSE 'no_night' END AS why
    FROM near h LEFT JOIN agreed a USING (household_id)
    LEFT JOIN readings_watch w USING (household_id)
    LEFT JOIN alarms_blindness b ON b.household_id = h.household_id AND b.ended_at IS NULL
)
"""
RISK = "CASE tier WHEN 'high' THEN 0 WHEN 'mid' THEN 1 ELSE 2 END"
COUNTED = """
SELECT json_agg(counts) FROM (
    SELECT j.dong_id, d.name, p.name AS district, j.why, j.n
    FROM (SELECT dong_id, why, count(*) AS n FROM judged GROUP BY dong_id, why) j
    JOIN places_dong d ON d.id = j.dong_id JOIN places_district p ON p.id = d.district_id
    ORDER BY j.dong_id, j.why
) counts
"""
NAMED = """
SELECT json_agg(named) FROM (
    SELECT few.*, n.name, n.birth_year, n.sex FROM (
    SELECT j.id, j.tier, j.why, d.code, d.name AS dong, p.name AS district
    FROM judged j JOIN places_dong d ON d.id = j.dong_id
    JOIN places_district p ON p.id = d.district_id
    WHERE j.why <> 'seen' AND (%(dong)s::bigint IS NULL OR j.dong_id = %(dong)s)
      AND %(why)s IN ('', j.why)
    ORDER BY {risk}, code, id LIMIT %(most)s OFFSET %(after)s
    ) few LEFT JOIN people_person n ON n.household_id = few.id ORDER BY {risk}, code, id
) named
"""


WHOLE = SQL("{judged} SELECT ({counted}), ({named})")


def coverage(
    *, dong: int | None, why: str, after: int = 0, seen_by: Staff, now: datetime
) -> Coverage:
    """Return who is dark at night, counted by dong, and some of them by name. Two queries."""
    counts, named = _asked(seen_by, now, dong=dong, why=why, after=after)
    dongs = _counted(counts or ())
    rows = tuple(_dark(each) for each in named or ())
    return Coverage(
        dongs=tuple(sorted(dongs, key=lambda each: (-each.total, each.district, each.name))),
        homes=sum(each.homes for each in dongs),
        dark={reason: sum(each.dark.get(reason, 0) for each in dongs) for reason in Dark},
        rows=rows[:AT_ONCE],
        has_more=len(rows) > AT_ONCE,
    )


def _asked(seen_by: Staff, now: datetime, **chosen: Any) -> tuple[Any, Any]:
    """Return counts by dong and reason, and the dark homes by name, of the reader's area."""
    real = people.within_sight(seen_by=seen_by).exclude(id__in=people.made_up(actor=COUNTS))
    near, values = real.values_list("id", "dong_id", "tier").query.sql_with_params()
    named = {f"near_{nth}": value for nth, value in enumerate(values)}
    told = {**named, **_terms("night"), **_terms("monitoring")}
    statement = WHOLE.format(
        judged=SQL(JUDGED).format(
            near=SQL(near % tuple(f"%({name})s" for name in named)),
            stands=SQL(STANDS.format(at="%(at)s")),
            night=SQL(_of("night")),
            monitoring=SQL(_of("monitoring")),
        ),
        counted=SQL(COUNTED),
        named=SQL(NAMED).format(risk=SQL(RISK)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**told, **chosen, "at": now, "most": AT_ONCE + 1})
        counts, homes = cursor.fetchone()
    return counts, homes


def _terms(kind: str) -> dict[str, str]:
    """Return the values of one line of the consent form."""
    terms = KINDS[kind]
    told = {"recipient": terms.recipient, "aim": terms.aim, "window": terms.window}
    return {f"{kind}_{name}": str(value) for name, value in told.items()}


def _of(kind: str) -> str:
    """Return the condition that a consent `c` is of this line."""
    names = ("recipient", "aim", "window")
    return "(" + " AND ".join(f'c."{name}" = %({kind}_{name})s' for name in names) + ")"


def _counted(counts: Iterable[Mapping[str, Any]]) -> list[DongDark]:
    found: dict[int, dict[str, Any]] = {}
    for row in counts:
        told = {"district": row["district"], "name": row["name"], "homes": 0, "dark": {}}
        each = found.setdefault(row["dong_id"], told)
        each["homes"] += row["n"]
        if row["why"] != SEEN:
            each["dark"][row["why"]] = row["n"]
    return [DongDark(dong=dong, **told) for dong, told in found.items()]


def _dark(row: Mapping[str, Any]) -> DarkHome:
    return DarkHome(
        household=UUID(row["id"]),
        name=row["name"] or "",
        birth_year=row["birth_year"] or 0,
        sex=row["sex"] or "",
        tier=row["tier"],
        district=row["district"],
        dong=row["dong"],
        why=row["why"],
    )
