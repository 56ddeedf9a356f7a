"""Between the rows and the kernel: what was said moves feeds and silence clocks, set by set."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
from django.conf import settings
from numpy.typing import NDArray

from anbu.kernel import signs
from anbu.kernel.evidence import is_coarse
from anbu.kernel.silence import Feeds, Homes, Readings, State, hear, holes, judge, lived_at
from anbu.sources import Message, Reading

from ..queries.columns import (
    FEED_COLUMNS,
    WATCH_COLUMNS,
    as_columns,
    feeds_columns,
    homes_columns,
)
from ..rules import stamp_trouble
from . import arrays
from .rolling import note_late

Said = Sequence[tuple[int, bytes, Message]]  # (device id, its home, message)

# In id order, so that two batches never wait for each other crosswise. A home's clock also guards
# the home's feeds: whoever moves a feed holds the clock.
LOCK = f"""
WITH locked AS MATERIALIZED (
    SELECT * FROM readings_watch WHERE household_id = ANY(%b)
    ORDER BY household_id FOR NO KEY UPDATE
)
SELECT array_agg(household_id),
       array_agg(silent_since IS NOT NULL OR asked_since IS NOT NULL),
       array_agg(blind_since IS NOT NULL),
       array_agg(coalesce(extract(epoch FROM check_at)::float8, 'NaN')), {as_columns(WATCH_COLUMNS)}
FROM locked
"""
FEEDS = f"""
SELECT array_agg(id), array_agg(device_id::bigint), array_agg(place), {as_columns(FEED_COLUMNS)}
FROM (
    SELECT f.*, d.place FROM unnest(%b::bigint[], %b::bigint[]) AS d (id, place)
    JOIN readings_feed f ON f.device_id = d.id ORDER BY f.device_id, f.channel
) f
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
CHANNELS_AT_MOST = 2**16  # a smallint
type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clocks:
    """The locked silence clocks of some homes, as columns."""

    places: Mapping[bytes, int]  # of a home's UUID: where it stands in the columns
    ids: NDArray[np.void]
    is_silent: NDArray[np.bool_]
    is_blind: NDArray[np.bool_]
    check_at: Floats
    homes: Homes


def lock_clocks(cursor: psycopg.Cursor[Any], households: Collection[bytes]) -> Clocks:
    """Lock the silence clocks of these homes; homes without one are left out."""
    row = _one(cursor.execute(LOCK, [arrays.ids(households)], binary=True))
    if row[0] is None:
        row = [np.empty(0, kind) for kind in ("V16", "?", "?", *["f8"] * (len(row) - 3))]
    ids, is_silent, is_blind, check_at, *columns = row
    places = {home: nth for nth, home in enumerate(ids.tolist())}
    return Clocks(places, ids, is_silent, is_blind, check_at, homes_columns(columns))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The feeds of those who spoke, as columns, sorted by device and channel."""

    id: NDArray[np.int64]
    device: NDArray[np.int64]
    feeds: Feeds  # feeds.home: a place in Clocks


def hear_batch(
    cursor: psycopg.Cursor[Any],
    clocks: Clocks,
    said: Said,
    now: datetime,
) -> None:
    """Store the readings and move the feeds and clocks they belong to."""
    if not said:
        return
    place = {device: clocks.places[home] for device, home, _ in said}
    asked = [arrays.ints(list(place)), arrays.ints(list(place.values()))]
    row = _one(cursor.execute(FEEDS, asked, binary=True))
    if row[0] is None:
        return
    enrolled = Enrolled(row[0], row[1], feeds_columns(row[2], row[3:]))
    readings = _readings(said, enrolled, now.timestamp())
    if not len(readings.at):
        return
    homes, feeds = clocks.homes, enrolled.feeds
    moved_homes, moved_feeds, is_sign = hear(homes, feeds, readings)
    _copy_readings(cursor, enrolled, readings, now)
    _copy_signs(cursor, enrolled, clocks.ids, readings, is_sign)
    _write_gaps(cursor, enrolled, readings)
    _note_late(cursor, enrolled, clocks.ids, readings, now)
    _move_feeds(cursor, enrolled, moved_feeds)
    heard = np.zeros(len(clocks.ids), bool)
    heard[feeds.home] = True  # not the homes of messages that came before
    _move_clocks(cursor, clocks, heard, moved_homes, now)


def _one(cursor: psycopg.Cursor[Any]) -> Sequence[Any]:
    row: Sequence[Any] | None = cursor.fetchone()
    assert row is not None
    return row


def _readings(said: Said, enrolled: Enrolled, now: float) -> Readings:
    """Return what was said on enrolled channels; the rest is not kept."""
    flat = [
        part
        for device, _, message in said
        for each in message.readings
        for part in (device, each.channel, _heard_at(message, each, now), each.value)
    ]
    device, channel, at, value = np.array(flat, np.float64).reshape(-1, 4).T
    # "no data" of an hour to come says nothing
    says = ~(np.isnan(value) & (at > now))
    known, key = _key(enrolled.device, enrolled.feeds.channel), _key(device, channel)
    feed = np.minimum(np.searchsorted(known, key), len(known) - 1)
    kept = says & (known[feed] == key)
    return Readings(feed[kept], np.minimum(at, now)[kept], value[kept])


def _heard_at(message: Message, each: Reading, now: float) -> float:
    if message.sos is not None and stamp_trouble(each.at, now):
        return now  # the cry of a device with a wrong clock counts when it arrives
    return each.at


def _key(device: NDArray[Any], channel: NDArray[Any]) -> NDArray[np.int64]:
    """Return one number for a device and a channel, in the order of both."""
    return device.astype(np.int64) * CHANNELS_AT_MOST + channel.astype(np.int64)


def _microseconds(seconds: Floats) -> NDArray[np.int64]:
    return np.rint((seconds - EPOCH_S) * 1e6).astype(np.int64)


def _copy(cursor: psycopg.Cursor[Any], into: str, rows: NDArray[Any]) -> None:
    with cursor.copy(f"COPY {into} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(HEAD + rows.tobytes() + TAIL)


def _copy_readings(
    cursor: psycopg.Cursor[Any], enrolled: Enrolled, readings: Readings, now: datetime
) -> None:
    rows = np.empty(len(readings.at), READING_ROW)
    rows["columns"] = 5
    rows["l1"], rows["l2"], rows["l3"], rows["l4"], rows["l5"] = 4, 2, 8, 8, 4
    rows["device"] = enrolled.device[readings.feed]
    rows["channel"] = enrolled.feeds.channel[readings.feed]
    rows["at"] = _microseconds(readings.at)
    rows["received_at"] = _microseconds(np.array(now.timestamp()))
    rows["value"] = readings.value
    _copy(cursor, "reading (device_id, channel, at, received_at, value)", rows)


def _copy_signs(
    cursor: psycopg.Cursor[Any],
    enrolled: Enrolled,
    homes: NDArray[np.void],
    readings: Readings,
    is_sign: NDArray[np.bool_],
) -> None:
    if not is_sign.any():
        return
    feeds, feed = enrolled.feeds, readings.feed[is_sign]
    rows = np.empty(len(feed), SIGN_ROW)
    rows["columns"] = 4
    rows["l1"], rows["l2"], rows["l3"], rows["l4"] = 16, 4, 8, 4
    rows["household"] = homes[feeds.home[feed]]
    rows["feed"] = enrolled.id[feed]
    rows["at"] = _microseconds(lived_at(feeds, feed, readings.at[is_sign]))
    rows["strength"] = signs.strength(feeds.channel[feed], readings.value[is_sign])
    _copy(cursor, "sign (household_id, feed_id, at, strength)", rows)


def _write_gaps(cursor: psycopg.Cursor[Any], enrolled: Enrolled, readings: Readings) -> None:
    feeds = enrolled.feeds
    longest = np.where(
        is_coarse(feeds.channel, feeds.interval_s),
        feeds.interval_s + settings.BLIND_AT_LEAST_S,
        np.maximum(settings.BLIND_AT_LEAST_S, settings.BLIND_INTERVALS * feeds.interval_s),
    )
    feed, began, ended = holes(feeds, readings, longest)
    if len(feed):
        columns = [arrays.ints(enrolled.id[feed]), arrays.floats(began), arrays.floats(ended)]
        cursor.execute(WRITE_GAPS, columns)


def _note_late(
    cursor: psycopg.Cursor[Any],
    enrolled: Enrolled,
    homes: NDArray[np.void],
    readings: Readings,
    now: datetime,
) -> None:
    """Have the hours counted anew that may be counted already."""
    lived = np.minimum(readings.at, lived_at(enrolled.feeds, readings.feed, readings.at))
    note_late(cursor, homes[enrolled.feeds.home[readings.feed]], lived, readings.at, now)


def _move_feeds(cursor: psycopg.Cursor[Any], enrolled: Enrolled, after: Feeds) -> None:
    before = enrolled.feeds
    changed = np.flatnonzero(
        (before.last_at != after.last_at) & ~np.isnan(after.last_at)
        | (before.last_sign != after.last_sign) & ~np.isnan(after.last_sign)
    )
    if len(changed):
        columns = (after.last_at, after.last_value, after.last_sign, after.same_since)
        ids = arrays.ints(enrolled.id[changed])
        cursor.execute(MOVE_FEEDS, [ids, *(arrays.floats(c[changed]) for c in columns)])


def _move_clocks(
    cursor: psycopg.Cursor[Any],
    clocks: Clocks,
    heard: NDArray[np.bool_],
    after: Homes,
    now: datetime,
) -> None:
    """Move the clocks. The next look moves only when it must come earlier than was known."""
    seconds, before = now.timestamp(), clocks.homes
    new_sign = (after.last_sign != before.last_sign) & ~np.isnan(after.last_sign)
    seen = (after.last_seen != before.last_seen) & ~np.isnan(after.last_seen)
    state, _, look_again = judge(after, seconds)
    look_again[np.isinf(look_again)] = np.nan
    # news that was long on its way may bring a silence with it
    came_due = (state & State.SILENT > 0) & ~clocks.is_silent
    returned = clocks.is_silent & new_sign | clocks.is_blind & seen | came_due
    look_again[returned] = np.fmin(look_again, seconds)[returned]
    next_look = np.fmin(clocks.check_at, look_again)
    moved = seen | new_sign | (next_look != clocks.check_at) & ~np.isnan(next_look)
    changed = np.flatnonzero(heard & moved)
    if len(changed):
        signs_moved = (after.last_seen, after.last_sign, after.last_channel)
        columns = (*signs_moved, after.unseen_s, after.confirmed, next_look)
        ids = arrays.ids(clocks.ids[changed])
        cursor.execute(MOVE_CLOCKS, [ids, *(arrays.floats(c[changed]) for c in columns)])
