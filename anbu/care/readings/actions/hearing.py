"""Between the rows and the kernel: what was said moves feeds and silence clocks, set by set."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
from django.conf import settings
from numpy.typing import NDArray

from anbu.kernel import signs
from anbu.kernel.evidence import is_coarse
from anbu.kernel.silence import Feeds, Homes, Readings, State, hear, holes, judge, lived_at
from anbu.sources import Message, Refusal

from ..queries.columns import feeds_columns, homes_columns
from ..rules import stamp_trouble
from . import arrays
from .rolling import note_late

Said = Sequence[tuple[int, Message | Refusal]]  # (device id, message)

# In id order, so that two batches never wait for each other crosswise. A home's clock also guards
# the home's feeds: whoever moves a feed holds the clock.
LOCK = """
SELECT household_id, extract(epoch FROM check_at)::float8,
       silent_since IS NOT NULL OR asked_since IS NOT NULL, blind_since IS NOT NULL,
       patience_s, blind_after_s, lag_s, last_seen, last_sign, last_channel, unseen_s, confirmed
FROM readings_watch WHERE household_id = ANY(%b) ORDER BY household_id FOR NO KEY UPDATE
"""
FEEDS = """
SELECT id, device_id, household_id, channel, interval_s, last_at, last_value, last_sign, same_since
FROM readings_feed WHERE device_id = ANY(%b::bigint[]) ORDER BY id
"""
MOVE_FEEDS = """
UPDATE readings_feed f
SET last_at = u.at, last_value = u.value, last_sign = NULLIF(u.sign, 'NaN'),
    same_since = NULLIF(u.since, 'NaN')
FROM unnest(%b::bigint[], %b::float8[], %b::float8[], %b::float8[], %b::float8[])
    AS u (id, at, value, sign, since)
WHERE f.id = u.id
"""
MOVE_CLOCKS = """
UPDATE readings_watch w
SET last_seen = u.seen, last_sign = NULLIF(u.sign, 'NaN'), last_channel = NULLIF(u.channel, 0)::int,
    unseen_s = u.unseen, confirmed = NULLIF(u.confirmed, 'NaN'),
    check_at = to_timestamp(NULLIF(u.check_at, 'NaN'))
FROM unnest(%b::uuid[], %b::float8[], %b::float8[], %b::float8[], %b::float8[], %b::float8[],
            %b::float8[]) AS u (id, seen, sign, channel, unseen, confirmed, check_at)
WHERE w.household_id = u.id
"""
WRITE_GAPS = """
INSERT INTO readings_gap (feed_id, began_at, ended_at)
SELECT id, to_timestamp(began), to_timestamp(ended)
FROM unnest(%b::bigint[], %b::float8[], %b::float8[]) AS u (id, began, ended)
"""

# Binary COPY: each column with its length before it. PostgreSQL counts microseconds from 2000.
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
EPOCH_S = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
READING_ROW = np.dtype(
    [("columns", ">i2"), ("l1", ">i4"), ("device", ">i4"), ("l2", ">i4"), ("channel", ">i2")]
    + [("l3", ">i4"), ("at", ">i8"), ("l4", ">i4"), ("received_at", ">i8")]
    + [("l5", ">i4"), ("value", ">f4")]
)
SIGN_ROW = np.dtype(
    [("columns", ">i2"), ("l1", ">i4"), ("household", "V16"), ("l2", ">i4"), ("feed", ">i4")]
    + [("l3", ">i4"), ("at", ">i8"), ("l4", ">i4"), ("strength", ">f4")]
)
type Floats = NDArray[np.float64]


def lock_clocks(
    cursor: psycopg.Cursor[Any], households: Collection[bytes]
) -> dict[bytes, tuple[Any, ...]]:
    """Lock the silence clocks of these homes; homes without one are left out."""
    if not households:
        return {}
    rows = cursor.execute(LOCK, [arrays.ids(households)], binary=True).fetchall()
    return {row[0]: row for row in rows}


def hear_batch(
    cursor: psycopg.Cursor[Any],
    clocks: dict[bytes, tuple[Any, ...]],
    said: Said,
    now: datetime,
) -> None:
    """Store the readings and move the feeds and clocks they belong to."""
    if not said:
        return
    feed_rows = cursor.execute(
        FEEDS, [arrays.ints(list({device for device, _ in said}))], binary=True
    ).fetchall()
    index = {(row[1], row[3]): nth for nth, row in enumerate(feed_rows)}
    heard = _enrolled(said, index, now.timestamp())
    if not heard:
        return
    feed, at, value = (np.array(column) for column in zip(*heard, strict=True))
    readings = Readings(feed, at.astype(float), value.astype(float))
    ids = list(dict.fromkeys(row[2] for row in feed_rows))
    place = {household: nth for nth, household in enumerate(ids)}
    rows = [clocks[household] for household in ids]
    homes = homes_columns([row[4:] for row in rows])
    feeds = feeds_columns([place[row[2]] for row in feed_rows], [row[3:] for row in feed_rows])
    moved_homes, moved_feeds, is_sign = hear(homes, feeds, readings)
    _copy_readings(cursor, feed_rows, feeds, readings, now)
    _copy_signs(cursor, feed_rows, feeds, readings, is_sign)
    _write_gaps(cursor, feed_rows, feeds, readings)
    _note_late(cursor, feed_rows, feeds, readings, now)
    _move_feeds(cursor, feed_rows, feeds, moved_feeds)
    _move_clocks(cursor, ids, rows, homes, moved_homes, now)


def _enrolled(
    said: Said, index: dict[tuple[int, int], int], now: float
) -> list[tuple[int, float, float]]:
    """Return (feed, at, value) of what was said on enrolled channels; the rest is not kept."""
    heard = []
    for device, message in said:
        assert isinstance(message, Message)
        for reading in message.readings:
            at = min(reading.at, now)
            if at < reading.at and reading.value != reading.value:
                continue  # "no data" of an hour to come says nothing
            if message.sos is not None and stamp_trouble(reading.at, now):
                at = now  # the cry of a device with a wrong clock counts when it arrives
            feed = index.get((device, reading.channel))
            if feed is not None:
                heard.append((feed, at, reading.value))
    return heard


def _microseconds(seconds: Floats) -> NDArray[np.int64]:
    return np.rint((seconds - EPOCH_S) * 1e6).astype(np.int64)


def _copy(cursor: psycopg.Cursor[Any], into: str, rows: NDArray[Any]) -> None:
    with cursor.copy(f"COPY {into} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(HEAD + rows.tobytes() + TAIL)


def _copy_readings(
    cursor: psycopg.Cursor[Any],
    feed_rows: Sequence[Any],
    feeds: Feeds,
    readings: Readings,
    now: datetime,
) -> None:
    rows = np.empty(len(readings.at), READING_ROW)
    rows["columns"] = 5
    rows["l1"], rows["l2"], rows["l3"], rows["l4"], rows["l5"] = 4, 2, 8, 8, 4
    rows["device"] = np.array([row[1] for row in feed_rows])[readings.feed]
    rows["channel"] = feeds.channel[readings.feed]
    rows["at"] = _microseconds(readings.at)
    rows["received_at"] = _microseconds(np.array(now.timestamp()))
    rows["value"] = readings.value
    _copy(cursor, "reading (device_id, channel, at, received_at, value)", rows)


def _copy_signs(
    cursor: psycopg.Cursor[Any],
    feed_rows: Sequence[Any],
    feeds: Feeds,
    readings: Readings,
    is_sign: NDArray[np.bool_],
) -> None:
    if not is_sign.any():
        return
    feed, value = readings.feed[is_sign], readings.value[is_sign]
    rows = np.empty(len(feed), SIGN_ROW)
    rows["columns"] = 4
    rows["l1"], rows["l2"], rows["l3"], rows["l4"] = 16, 4, 8, 4
    rows["household"] = _column_of_ids(feed_rows)[feed]
    rows["feed"] = np.array([row[0] for row in feed_rows])[feed]
    rows["at"] = _microseconds(lived_at(feeds, feed, readings.at[is_sign]))
    rows["strength"] = signs.strength(feeds.channel[feed], value)
    _copy(cursor, "sign (household_id, feed_id, at, strength)", rows)


def _column_of_ids(feed_rows: Sequence[Any]) -> NDArray[np.void]:
    return np.frombuffer(b"".join(row[2] for row in feed_rows), "V16")


def _write_gaps(
    cursor: psycopg.Cursor[Any], feed_rows: Sequence[Any], feeds: Feeds, readings: Readings
) -> None:
    longest = np.where(
        is_coarse(feeds.channel, feeds.interval_s),
        feeds.interval_s + settings.BLIND_AT_LEAST_S,
        np.maximum(settings.BLIND_AT_LEAST_S, settings.BLIND_INTERVALS * feeds.interval_s),
    )
    feed, began, ended = holes(feeds, readings, longest)
    if len(feed):
        ids = [feed_rows[nth][0] for nth in feed]
        cursor.execute(WRITE_GAPS, [ids, began.tolist(), ended.tolist()])


def _note_late(
    cursor: psycopg.Cursor[Any],
    feed_rows: Sequence[Any],
    feeds: Feeds,
    readings: Readings,
    now: datetime,
) -> None:
    """Have the hours counted anew that may be counted already."""
    lived = np.minimum(readings.at, lived_at(feeds, readings.feed, readings.at))
    note_late(cursor, _column_of_ids(feed_rows)[readings.feed], lived, readings.at, now)


def _move_feeds(
    cursor: psycopg.Cursor[Any], feed_rows: Sequence[Any], before: Feeds, after: Feeds
) -> None:
    changed = np.flatnonzero(
        (before.last_at != after.last_at) & ~np.isnan(after.last_at)
        | (before.last_sign != after.last_sign) & ~np.isnan(after.last_sign)
    )
    if len(changed):
        ids = [feed_rows[nth][0] for nth in changed.tolist()]
        columns = (after.last_at, after.last_value, after.last_sign, after.same_since)
        cursor.execute(
            MOVE_FEEDS, [arrays.ints(ids), *(arrays.floats(c[changed]) for c in columns)]
        )


def _move_clocks(
    cursor: psycopg.Cursor[Any],
    ids: list[bytes],
    rows: Sequence[Any],
    before: Homes,
    after: Homes,
    now: datetime,
) -> None:
    """Move the clocks. The next look moves only when it must come earlier than was known."""
    seconds = now.timestamp()
    check_at = np.array([row[1] for row in rows], dtype=float)
    is_silent, is_blind = (np.array([row[n] for row in rows], dtype=bool) for n in (2, 3))
    new_sign = (after.last_sign != before.last_sign) & ~np.isnan(after.last_sign)
    seen = (after.last_seen != before.last_seen) & ~np.isnan(after.last_seen)
    state, _, look_again = judge(after, seconds)
    look_again[np.isinf(look_again)] = np.nan
    # news that was long on its way may bring a silence with it
    came_due = (state & State.SILENT > 0) & ~is_silent
    returned = is_silent & new_sign | is_blind & seen | came_due
    look_again[returned] = np.fmin(look_again, seconds)[returned]
    next_look = np.fmin(check_at, look_again)
    changed = np.flatnonzero(seen | new_sign | (next_look != check_at) & ~np.isnan(next_look))
    if len(changed):
        signs_moved = (after.last_seen, after.last_sign, after.last_channel)
        columns = (*signs_moved, after.unseen_s, after.confirmed, next_look)
        cursor.execute(
            MOVE_CLOCKS,
            [
                arrays.ids([ids[nth] for nth in changed.tolist()]),
                *(arrays.floats(column[changed]) for column in columns),
            ],
        )
