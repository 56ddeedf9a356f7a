"""Counting the hours that are over, home by home: what pictures of the past are drawn from.

An hour is counted from its readings and signs and written over what stood there, so a step that
is taken twice, or breaks off, counts nothing twice. What comes later than CLOSED_AFTER leaves a
row, and the hours it belongs to are counted anew.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from django.db import connection, transaction
from numpy.typing import NDArray
from psycopg import sql

from anbu.kernel import hours

from ..models import Feed, RollLook
from ..rules import KOREA, OLDEST, moment
from . import arrays

HOUR = timedelta(hours=1)
# From so long after its end on, what comes of an hour is written down as late; it is counted when
# nothing that came before can still be on its way to disk (a transaction lasts minutes at most).
CLOSED_AFTER = timedelta(minutes=10)
COUNTED_AFTER = 2 * CLOSED_AFTER
AT_ONCE = 200  # homes in one step
LONGEST = timedelta(days=1)  # counted in one go

NOTE = """
INSERT INTO readings_latehours (household_id, begins_at, ends_at)
SELECT id, to_timestamp(first * 3600), to_timestamp(past * 3600)
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[]) AS u (id, first, past)
"""
TAKE = """
DELETE FROM readings_latehours WHERE id IN (
    SELECT id FROM readings_latehours ORDER BY id LIMIT %b FOR UPDATE SKIP LOCKED)
RETURNING household_id, begins_at, ends_at
"""
SIGNS = """
SELECT s.feed_id, extract(epoch FROM s.at)::bigint / 3600,
       bit_or(1 << (extract(epoch FROM s.at)::bigint %% 3600 / 300)::int)::int,
       count(*), max(s.strength)
FROM unnest(%b::uuid[], %b::timestamptz[], %b::timestamptz[]) AS u (id, begins_at, ends_at)
CROSS JOIN LATERAL (
    SELECT feed_id, date_trunc('second', at) AS at, strength FROM sign
    WHERE household_id = u.id AND at >= u.begins_at AND at < u.ends_at
      AND at >= %b::timestamptz AND at < %b::timestamptz) s
GROUP BY 1, 2
"""
HEARD = """
SELECT f.id, extract(epoch FROM date_trunc('second', r.at))::bigint / 3600, count(DISTINCT r.at)
FROM unnest(%b::uuid[], %b::timestamptz[], %b::timestamptz[]) AS u (id, begins_at, ends_at)
JOIN readings_feed f ON f.household_id = u.id
CROSS JOIN LATERAL (
    SELECT at FROM reading
    WHERE device_id = f.device_id AND channel = f.channel AND value <> 'NaN'
      AND at >= u.begins_at AND at < u.ends_at
      AND at >= %b::timestamptz AND at < %b::timestamptz) r
GROUP BY 1, 2
"""
KNOWN = """
SELECT d.feed_id, d.lived_on, d.cells
FROM readings_feed f JOIN readings_feedday d ON d.feed_id = f.id
WHERE f.household_id = ANY(%b::uuid[]) AND d.lived_on BETWEEN %b::date AND %b::date
"""
WRITE = """
INSERT INTO readings_feedday (feed_id, lived_on, cells)
SELECT * FROM unnest(%b::bigint[], %b::date[], %b::bytea[])
ON CONFLICT (feed_id, lived_on) DO UPDATE SET cells = EXCLUDED.cells
"""
OLDEST_DAY = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = %s::regclass AND inhrelid::regclass::text ~ '_[0-9]{8}$' ORDER BY 1
"""
IS_THERE = sql.SQL("SELECT EXISTS (SELECT FROM {})")
WITHOUT_A_DAY = sql.SQL("SELECT date_trunc('hour', min(at)) FROM {}")

type Span = tuple[datetime, datetime]


def note_late(
    cursor: psycopg.Cursor[Any],
    households: NDArray[np.void],
    lived: NDArray[np.float64],
    at: NDArray[np.float64],
    now: datetime,
) -> None:
    """Leave a row for each home of which something came that belongs to closed hours.

    `households` [N] are 16 bytes each; `lived` and `at` [N] the beginning and end of what came
    [s since 1970].
    """
    first, last = (np.floor(moments / 3600).astype(np.int64) for moments in (lived, at))
    late = (first + 1) * 3600 + CLOSED_AFTER.total_seconds() <= now.timestamp()
    if not late.any():
        return
    ids, where = np.unique(households[late], return_inverse=True)
    begins = np.full(len(ids), np.iinfo(np.int64).max)
    past = np.zeros(len(ids), np.int64)
    np.minimum.at(begins, where.reshape(-1), first[late])
    np.maximum.at(past, where.reshape(-1), last[late] + 1)
    columns = (arrays.ids([bytes(one) for one in ids]), arrays.ints(begins), arrays.ints(past))
    cursor.execute(NOTE, list(columns))


@transaction.atomic
def roll_next(*, now: datetime) -> bool:
    """Count hours that are over in some homes, and late ones anew; say if there were any.

    One worker counts at a time: another finds nothing to do.
    """
    look = _look(now)
    if look is None:
        return False
    with connection.wrap_database_errors, arrays.cursor(connection.connection) as cursor:
        late = _late(cursor, now)
        if late:
            _count(cursor, late)
        return _go_on(cursor, look, now) or bool(late)


def _look(now: datetime) -> RollLook | None:
    rows = RollLook.objects.select_for_update(skip_locked=True).filter(id=1)
    look = rows.first()
    if look is None and not RollLook.objects.filter(id=1).exists():
        first = RollLook(id=1, rolled_until=_oldest(now))
        RollLook.objects.bulk_create([first], ignore_conflicts=True)
        look = rows.first()
    return look


def _oldest(now: datetime) -> datetime:
    """Return the first day of which anything is kept: a city that watched before is caught up."""
    found = [_due(now)]
    with connection.cursor() as cursor:
        for parent in ("reading", "sign"):
            cursor.execute(OLDEST_DAY, [parent])
            for (part,) in cursor.fetchall():
                cursor.execute(IS_THERE.format(sql.Identifier(part)))
                if cursor.fetchone()[0]:
                    found.append(datetime.strptime(part[-8:], "%Y%m%d").replace(tzinfo=UTC))
                    break
            cursor.execute(WITHOUT_A_DAY.format(sql.Identifier(f"{parent}_default")))
            found += [at for (at,) in cursor.fetchall() if at]
    return min(found)


def _due(now: datetime) -> datetime:
    """Return the end of the last hour that can be counted."""
    at = now - COUNTED_AFTER
    return at.replace(minute=0, second=0, microsecond=0)


def _late(cursor: psycopg.Cursor[Any], now: datetime) -> dict[UUID, Span]:
    """Take the oldest rows away and return the hours they name, one stretch a home."""
    oldest = now - OLDEST - LONGEST - HOUR  # nothing older is taken in
    found: dict[UUID, Span] = {}
    for home, begins, ends in cursor.execute(TAKE, [AT_ONCE], binary=True).fetchall():
        known = found.get(home, (begins, ends))
        found[home] = min(known[0], max(begins, oldest)), max(known[1], ends)
    return found


def _go_on(cursor: psycopg.Cursor[Any], look: RollLook, now: datetime) -> bool:
    """Count the present stretch in the next homes; begin the next one when all are counted."""
    if look.ends_at is None:
        if look.rolled_until >= _due(now):
            return False
        look.ends_at, look.after = min(_due(now), look.rolled_until + LONGEST), None
    feeds = Feed.objects.order_by("household_id")
    if look.after is not None:
        feeds = feeds.filter(household_id__gt=look.after)
    homes = list(feeds.values_list("household_id", flat=True).distinct()[:AT_ONCE])
    if homes:
        _count(cursor, dict.fromkeys(homes, (look.rolled_until, look.ends_at)))
        look.after = homes[-1]
    else:
        look.rolled_until, look.ends_at, look.after = look.ends_at, None, None
    look.save(update_fields=["rolled_until", "ends_at", "after"])
    return True


def _count(cursor: psycopg.Cursor[Any], spans: dict[UUID, Span]) -> None:
    """Count these homes' hours from what is kept and write them over what stood there."""
    begins, ends = [one[0] for one in spans.values()], [one[1] for one in spans.values()]
    asked = [list(spans), begins, ends, min(begins), max(ends)]
    signs = cursor.execute(SIGNS, asked, binary=True).fetchall()
    heard = cursor.execute(HEARD, asked, binary=True).fetchall()
    days = _known(cursor, spans)
    before = {key: hours.pack(day) for key, day in days.items()}
    for feed, hour, marks, count, strength in signs:
        cell = _cell(days, feed, hour)
        hours.put_signs(cell, marks=marks, signs=count, strength=strength)
    for feed, hour, values in heard:
        hours.put_heard(_cell(days, feed, hour), values)
    told = {key: hours.pack(day) for key, day in days.items()}
    _write(cursor, ((*key, row) for key, row in told.items() if before.get(key) != row))


def _known(
    cursor: psycopg.Cursor[Any], spans: dict[UUID, Span]
) -> dict[tuple[int, date], hours.Cells]:
    """Return what stands there already, with the hours that are counted anew at nought."""
    homes = dict(Feed.objects.filter(household__in=list(spans)).values_list("id", "household_id"))
    first = _place(_hour(min(begins for begins, _ in spans.values())))[0]
    last = _place(_hour(max(ends for _, ends in spans.values())))[0]
    found: dict[tuple[int, date], hours.Cells] = defaultdict(hours.nothing)
    rows = cursor.execute(KNOWN, [list(spans), first, last], binary=True).fetchall()
    for feed, day, row in rows:
        cells = hours.unpack(row)
        begins, ends = spans[homes[feed]]
        for hour in range(_hour(begins), _hour(ends)):
            at, nth = _place(hour)
            if at == day:
                cells[nth] = 0
        found[feed, day] = cells
    return found


def _cell(days: dict[tuple[int, date], hours.Cells], feed: int, hour: int) -> np.void:
    day, nth = _place(hour)
    cell: np.void = days[feed, day][nth]
    return cell


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600


def _place(hour: int) -> tuple[date, int]:
    """Return the day of Seoul, and which of its hours, of an hour since 1970."""
    here = moment(hour * 3600).astimezone(KOREA)
    return here.date(), here.hour


def _write(cursor: psycopg.Cursor[Any], rows: Iterable[tuple[int, date, bytes]]) -> None:
    columns = list(zip(*sorted(rows), strict=True))
    if columns:
        cursor.execute(WRITE, [list(column) for column in columns])
