"""Taking away what is over its time: the run of the table of retention."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from anbu.care.foundation.actions import record

from .retention_table import MONTH, TABLE, Keep

BY = "system:retention"


AT = {
    "alarms": "a.closed_at",
    "concerns": "a.closed_at",
    "errands": "a.closed_at",
    "blindness": "a.ended_at",
    "assessments": "a.at",
    "requests": "a.replied_at",
    "corrections": "a.replied_at",
    "asked": "a.ended_at",
    "contacts": "c.at",
    "links": "l.made_at",
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
COUNTED = """
SELECT EXISTS (SELECT FROM readings_rolllook WHERE rolled_until >= %(ends)s)
   AND NOT EXISTS (SELECT FROM readings_latehours WHERE begins_at < %(ends)s)
"""
ARCHIVED = "SELECT held FROM readings_archivedday WHERE day = %(day)s AND deleted_at IS NULL"
OLD_FILES = """
SELECT day FROM readings_archivedday WHERE day < %(before)s AND deleted_at IS NULL ORDER BY day
"""
FILE_GONE = "UPDATE readings_archivedday SET deleted_at = %(now)s WHERE day = %(day)s"


@dataclass(frozen=True)
class Done:
    """What the run took away of one kind of data (or would, in a dry run)."""

    name: str
    before: datetime
    rows: int
    waits: tuple[str, ...] = ()  # days that are over their time and stay, and why


def run(*, now: datetime, dry: bool = False) -> list[Done]:
    """Take away what is over its time, kind by kind, and write down that it was done.

    What is counted by dong and month is counted in the same transaction as it goes.
    """
    return [_one(keep, now, dry) for keep in TABLE if keep.days and not keep.by_clock]


@transaction.atomic
def _one(keep: Keep, now: datetime, dry: bool) -> Done:
    assert keep.days is not None
    before = now - timedelta(days=keep.days)
    waits: tuple[str, ...] = ()
    with connection.cursor() as cursor:
        if keep.parts:
            rows, waits = _take_days(cursor, keep, before, dry)
        elif keep.files:
            rows = _take_files(cursor, before, now, dry)
        else:
            rows = _take_rows(cursor, keep, before, dry)
    if not dry:
        told: dict[str, Any] = {"rows": rows, "before": before.isoformat()}
        told |= {"waits": waits} if waits else {}
        record(by=BY, verb="run_retention", at=now, data_set=keep.name, **told)
    return Done(keep.name, before, rows, waits)


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


def _take_days(cursor: Any, keep: Keep, before: datetime, dry: bool) -> tuple[int, tuple[str, ...]]:
    """Drop the days that are wholly over; of the rest table, the rows that are.

    A day waits until its hours are counted and, where an archive is set, until it lies there.
    Return how many rows went, and which days wait and why.
    """
    shape = rf"^{keep.parts}_[0-9]{{8}}$"
    cursor.execute(DAYS, {"parent": keep.parts, "shape": shape})
    days = [part for (part,) in cursor.fetchall()]
    over = [part for part in days if _ends(part) <= before]
    due, waits = 0, []
    for part in (*over, f"{keep.parts}_default"):
        values = {"before": before, "name": keep.name}
        cursor.execute(f"SELECT count(*) FROM {part} WHERE at < %(before)s", values)
        rows = int(cursor.fetchone()[0])
        if rows and (why := _waits(cursor, keep, part, before, rows)):
            waits.append(f"{part}: {why}")
            continue
        due += rows
        if dry:
            continue
        if rows:
            _add(cursor, keep, values, at="r.at", part=part)
        if part in over:
            cursor.execute(f"DROP TABLE {part}")
        elif rows:
            cursor.execute(f"DELETE FROM {part} WHERE at < %(before)s", values)
    return due, tuple(waits)


def _waits(cursor: Any, keep: Keep, part: str, before: datetime, rows: int) -> str:
    """Say why a day must stay although its time is over; "" where it may go."""
    is_day = part[-8:].isdecimal()
    ends = _ends(part) if is_day else before
    cursor.execute(COUNTED, {"ends": ends})
    if not cursor.fetchone()[0]:
        return "its hours are not counted yet (the role clock does that)"
    if keep.archived and is_day and settings.ARCHIVE is not None:
        day = date.fromisoformat(part[-8:])
        cursor.execute(ARCHIVED, {"day": day})
        held = cursor.fetchone()
        if held is None:
            return "it is not archived yet (anbu archive)"
        if held[0] != rows:
            return "more came since it was archived (anbu archive)"
        if not (settings.ARCHIVE / f"{day}.parquet").exists():
            return f"its file is not in {settings.ARCHIVE} (anbu archive --day {day})"
    return ""


def _take_files(cursor: Any, before: datetime, now: datetime, dry: bool) -> int:
    """Delete the files of the archive whose time is over; return how many days they held."""
    cursor.execute(OLD_FILES, {"before": before.date()})
    days = [day for (day,) in cursor.fetchall()]
    if settings.ARCHIVE is None:
        return 0  # where the files lie is not known here
    for day in [] if dry else days:
        (settings.ARCHIVE / f"{day}.parquet").unlink(missing_ok=True)
        cursor.execute(FILE_GONE, {"day": day, "now": now})
    return len(days)


def _add(cursor: Any, keep: Keep, values: dict[str, Any], *, at: str, part: str = "") -> None:
    tally = keep.tally.format(month=MONTH.format(at=at), part=part)
    cursor.execute(ADD.format(tally=tally), values)


def _ends(part: str) -> datetime:
    """Return when the day of a partition is over; days are cut at midnight UTC."""
    day = date.fromisoformat(part[-8:]) + timedelta(days=1)
    return datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00")
