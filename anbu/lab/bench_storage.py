"""What life signs cost on disk: rows, indexes, WAL, counted hours, Parquet; and are updates HOT.

Homes with a plug each live some days in fast motion: what they say comes in through the product,
their hours are counted when they are over, and the vacuum comes by each hour of theirs. Bytes do
not depend on how busy the machine is.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from psycopg import sql

from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.care.readings import actions, jobs
from anbu.care.readings.actions import archiving
from anbu.kernel.signs import BY_NAME
from anbu.lab.bench_desk import BY, NothingToMeasure
from anbu.lab.bench_homes import EVERY, POWER, STAND_BY_W, a_home, a_plug, settle
from anbu.sources import Message, Reading

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LUX = BY_NAME["lux"].code
BATCH = 500
BY_DAY, BY_NIGHT = 0.12, 0.01  # chance that ten minutes show somebody
UP_FROM, UP_UNTIL = 7, 23
DAYS_KEPT = {"reading": 90, "sign": 90, "delivery": 36, "readings_feedday": 400}
STATE = ("readings_feed", "readings_watch")

SIZE = """
SELECT coalesce(sum(pg_table_size(relid)), 0)::bigint,
       coalesce(sum(pg_indexes_size(relid)), 0)::bigint
FROM pg_partition_tree(%s::regclass)
"""
PLAIN_SIZE = "SELECT pg_table_size(%s::regclass), pg_indexes_size(%s::regclass)"
WAL = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
UPDATES = """
SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = ANY(%s)
"""
VACUUMED = ("readings_feed", "readings_watch", "readings_feedday", "readings_latehours")


def storage(commit: str, *, homes: int = 500, days: int = 14) -> dict[str, object]:
    """Let so many homes live so many days, and measure what that takes."""
    began = (now() - timedelta(days=days + 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    codes = _enrol(homes, began)
    before, wal = _sizes(), _ask(WAL)[0]
    started = time.process_time()
    wal_of_hours = 0
    readings = 0
    for nth in range(24 * days):
        at = began + nth * HOUR
        for batch in _hour(codes, at):
            actions.take_in(messages=batch, provider="bench", now=at + HOUR)
            readings += sum(len(message.readings) for message in batch)
        wal_of_hours += _count_hours(at + HOUR + timedelta(minutes=25))
        if nth % 24 == 23:
            _say(nth // 24 + 1, days)
    cpu_us = (time.process_time() - started) / readings * 1e6
    wal = _ask(WAL)[0] - wal - wal_of_hours
    after = _sizes()
    if _ask("SELECT count(*) FROM reading")[0] != readings:
        raise NothingToMeasure("not every reading was kept")
    parquet, rows = _archived(began, days)
    home_days = homes * days
    grown = {
        name: [b - a for a, b in zip(before[name], size, strict=True)]
        for name, size in after.items()
    }
    hours = sum(grown["readings_feedday"])
    per_reading = {name: round(sum(size) / readings, 1) for name, size in grown.items()}
    return {
        "name": "storage",
        "value": per_reading["reading"],
        "unit": "bytes a reading, heap and index",
        "n": readings,
        "commit": commit,
        "homes": homes,
        "days": days,
        "readings_per_home_day": round(readings / home_days, 1),
        "signs_per_home_day": round(_ask("SELECT count(*) FROM sign")[0] / home_days, 1),
        "bytes_per_reading": {
            name: {"heap": round(size[0] / readings, 1), "index": round(size[1] / readings, 1)}
            for name, size in grown.items()
        },
        "wal_per_reading": round(wal / readings, 1),
        "hours_bytes_per_home_day": round(hours / home_days, 1),
        "hours_wal_per_home_day": round(wal_of_hours / home_days, 1),
        "parquet_bytes_per_reading": round(parquet / max(rows, 1), 2),
        "hot_share": _hot(),
        "cpu_us_per_reading": round(cpu_us, 1),
    }


def _enrol(homes: int, at: datetime) -> list[str]:
    actions.add_provider(code="bench", name="bench", source="smart_plug", by=BY, now=at)
    dong = places.dongs()[0].code
    settled = settle(
        range(homes),
        home=lambda nth: a_home(dong, nth, patience_hours=36),
        device=lambda nth, home: a_plug(nth, home, channels=("power_w", "lux")),
        at=at,
    )
    return [home.code for home in settled]


def _hour(codes: Sequence[str], at: datetime) -> Iterator[list[Message]]:
    """Yield what all plugs say in one hour, in batches."""
    dice = np.random.default_rng([len(codes), int(at.timestamp())])
    here = (at.hour + 9) % 24
    chance = BY_DAY if UP_FROM <= here < UP_UNTIL else BY_NIGHT
    sun = 120.0 * max(0.0, np.sin((here - 6) / 12 * np.pi))
    for part in range(int(HOUR / EVERY)):
        stamp = (at + (part + 1) * EVERY).timestamp()
        lives = dice.random((2, len(codes))) < chance
        watts = np.round(STAND_BY_W + 0.2 * dice.random(len(codes)) + 70 * lives[0], 1).tolist()
        lux = np.round(sun + 3 * dice.random(len(codes)) + 90 * lives[1]).tolist()
        said = [
            Message(
                id=f"{stamp:.0f}-{nth}",
                device=code,
                readings=(Reading(POWER, stamp, watts[nth]), Reading(LUX, stamp, lux[nth])),
            )
            for nth, code in enumerate(codes)
        ]
        yield from (said[first : first + BATCH] for first in range(0, len(said), BATCH))


def _count_hours(at: datetime) -> int:
    """Count the hours that are over and let the vacuum come by; return the bytes of WAL of it."""
    begun = _ask(WAL)[0]
    while jobs.roll_up_hours(now=at):
        pass
    written = int(_ask(WAL)[0] - begun)
    with connection.cursor() as cursor:
        for table in VACUUMED:
            cursor.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))
    return written


def _archived(began: datetime, days: int) -> tuple[int, int]:
    """Archive whole days; return bytes and readings."""
    size = rows = 0
    with tempfile.TemporaryDirectory(prefix="anbu-archive-") as folder:
        for nth in range(1, days):  # the first and last day of UTC are not whole
            done = archiving.archive_day(
                day=(began + nth * DAY).date(),
                folder=Path(folder),
                key=b"bench",
                by=BY,
                now=now(),
            )
            size, rows = size + done.bytes, rows + done.rows
    return size, rows


def _sizes() -> dict[str, tuple[int, int]]:
    """Return heap (with what is toasted) and indexes of each table [bytes]."""
    found = {name: _ask(SIZE, name) for name in ("reading", "sign")}
    found |= {
        name: _ask(PLAIN_SIZE, name, name)
        for name in ("delivery", "readings_feedday", "readings_feed", "readings_watch")
    }
    return {name: (int(heap), int(index)) for name, (heap, index) in found.items()}


def _hot() -> dict[str, float]:
    """Return which share of the updates of the state touched no index."""
    _ask("SELECT pg_stat_force_next_flush()")
    _ask("SELECT 1")  # what was counted is told at the end of a transaction
    with connection.cursor() as cursor:
        cursor.execute(UPDATES, [[*STATE, "readings_feedday"]])
        rows = cursor.fetchall()
    return {name: round(hot / updates, 3) for name, updates, hot in rows if updates}


def _ask(query: str, *values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return tuple(cursor.fetchone())


def _say(done: int, whole: int) -> None:
    print(f"  days lived: {done} of {whole}", file=sys.stderr)
