"""Taking away what is over its time: the run of the table of retention."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from anbu.care.foundation.actions import record

from .retention_table import MONTH, TABLE, Keep

BY = "system:retention"


AT = {
    "alarms": "a.closed_at",
    "concerns": "a.closed_at",
    "blindness": "a.ended_at",
    "assessments": "a.at",
    "requests": "a.replied_at",
    "corrections": "a.replied_at",
}
ADD = """
INSERT INTO places_tally (dong_id, month, data_set, what, n)
SELECT due.dong_id, due.month, %(name)s, due.what, due.n
FROM ({tally}) AS due (dong_id, month, what, n)
ON CONFLICT (dong_id, month, data_set, what) DO UPDATE SET n = places_tally.n + excluded.n
"""
DAYS = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = %(parent)s::regclass AND inhrelid::regclass::text ~ %(shape)s ORDER BY 1
"""


@dataclass(frozen=True)
class Done:
    """What the run took away of one kind of data (or would, in a dry run)."""

    name: str
    before: datetime
    rows: int


def run(*, now: datetime, dry: bool = False) -> list[Done]:
    """Take away what is over its time, kind by kind, and write down that it was done.

    What is counted by dong and month is counted in the same transaction as it goes.
    """
    return [_one(keep, now, dry) for keep in TABLE if keep.days and not keep.by_clock]


@transaction.atomic
def _one(keep: Keep, now: datetime, dry: bool) -> Done:
    assert keep.days is not None
    before = now - timedelta(days=keep.days)
    with connection.cursor() as cursor:
        take = _take_days if keep.parts else _take_rows
        rows = take(cursor, keep, before, dry)
    if not dry:
        until = before.isoformat()
        record(by=BY, verb="run_retention", at=now, data_set=keep.name, rows=rows, before=until)
    return Done(keep.name, before, rows)


def _take_rows(cursor: Any, keep: Keep, before: datetime, dry: bool) -> int:
    values = {"before": before, "name": keep.name}
    cursor.execute(keep.count, values)
    due = int(cursor.fetchone()[0])
    if due and not dry:
        if keep.tally:
            _add(cursor, keep, values, at=AT[keep.name])
        for step in keep.steps:
            cursor.execute(step, values)
    return due


def _take_days(cursor: Any, keep: Keep, before: datetime, dry: bool) -> int:
    """Drop the days that are wholly over; of the rest table, the rows that are."""
    shape = rf"^{keep.parts}_[0-9]{{8}}$"
    cursor.execute(DAYS, {"parent": keep.parts, "shape": shape})
    days = [part for (part,) in cursor.fetchall()]
    over = [part for part in days if _ends(part) <= before]
    due = 0
    for part in (*over, f"{keep.parts}_default"):
        values = {"before": before, "name": keep.name}
        cursor.execute(f"SELECT count(*) FROM {part} WHERE at < %(before)s", values)
        rows = int(cursor.fetchone()[0])
        due += rows
        if dry:
            continue
        if rows:
            _add(cursor, keep, values, at="r.at", part=part)
        if part in over:
            cursor.execute(f"DROP TABLE {part}")
        elif rows:
            cursor.execute(f"DELETE FROM {part} WHERE at < %(before)s", values)
    return due


def _add(cursor: Any, keep: Keep, values: dict[str, Any], *, at: str, part: str = "") -> None:
    tally = keep.tally.format(month=MONTH.format(at=at), part=part)
    cursor.execute(ADD.format(tally=tally), values)


def _ends(part: str) -> datetime:
    """Return when the day of a partition is over; days are cut at midnight UTC."""
    day = date.fromisoformat(part[-8:]) + timedelta(days=1)
    return datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00")
