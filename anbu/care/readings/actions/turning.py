"""Turning the learned clocks: half hours that are over are closed, and deadlines come out.

The state holds the next half hour to close, and is written in the transaction that closes it: a
turn that is lost is turned again from the same readings. Inside a half hour only the greatest
value counts, so readings may be asked for again and again.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from django.db import connection, transaction
from numpy.typing import NDArray

from anbu.care.people.queries import away_now, away_since
from anbu.care.places.rules import SEOUL_S
from anbu.kernel import detector, state
from anbu.kernel.clock import NOTHING, Readings
from anbu.kernel.evidence import LATE_S, SLOT_S, heard_by_the_slot
from anbu.kernel.policy import Policy
from anbu.kernel.running import Trace
from anbu.kernel.silence import State, judge
from anbu.kernel.state import NEVER

from ..models import Feed, LearnedClock, Watch
from ..queries.columns import homes_of
from ..queries.learned import CHECKIN, MADE_SURE, FeedRow, columns
from ..queries.policies import patience_of, policies_in_force
from ..rules import OLDEST, Detector, Patience, moment
from . import arrays
from .counting import Counted, count
from .keeping import Kept, keep, standing, write_deadlines, write_findings
from .shown import Enrolled, Turn, shown
from .weeks import note_weeks

AT_ONCE = 1000  # homes in one turn: their watches are locked for about half a second
NEW_AT_ONCE = 50  # a new clock first lives through the readings of the last five weeks

MISSING = """
SELECT w.household_id FROM readings_watch w
WHERE NOT EXISTS (SELECT FROM readings_learnedclock c WHERE c.household_id = w.household_id)
ORDER BY w.household_id LIMIT %s
"""
CLAIM = """
SELECT w.household_id FROM readings_learnedclock c
JOIN readings_watch w ON w.household_id = c.household_id
WHERE c.turn_at <= %s AND (c.state = '') = %s ORDER BY c.turn_at, c.household_id LIMIT %s
FOR NO KEY UPDATE OF w SKIP LOCKED
"""
HEARD = """
SELECT r.device_id, r.channel, extract(epoch FROM r.at)::float8, r.value
FROM unnest(%b::int[], %b::timestamptz[]) AS d (id, since)
CROSS JOIN LATERAL (
    SELECT device_id, channel, at, value FROM reading
    WHERE device_id = d.id AND at > d.since AND at <= %b) r
"""


def wind_next(*, now: datetime) -> bool:
    """Give homes a learned clock, whoever judges them; say if any was missing.

    A home judged by the city's fixed patience has one too: its groups are counted from it.
    """
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [AT_ONCE])
        homes = [row[0] for row in cursor.fetchall()]
    LearnedClock.objects.bulk_create(
        [LearnedClock(household_id=home, turn_at=now) for home in homes], ignore_conflicts=True
    )
    return bool(homes)


def turn_next(*, now: datetime) -> bool:
    """Close the half hours that are over, some homes at once; say if there were any."""
    return _turn_some(now, is_new=False, limit=AT_ONCE) or _turn_some(
        now, is_new=True, limit=NEW_AT_ONCE
    )


@transaction.atomic
def _turn_some(now: datetime, *, is_new: bool, limit: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, is_new, limit])
        homes = [row[0] for row in cursor.fetchall()]
    if not homes:
        return False
    watches = list(Watch.objects.filter(household__among=homes).order_by("household_id"))
    turn(watches=watches, now=now, arm=True)
    return True


def turn(*, watches: Sequence[Watch], now: datetime, arm: bool) -> dict[UUID, Turn]:
    """Turn the clocks of watches the caller has locked, and return what each shows.

    `arm`: let the sweep look when a deadline passes. Homes without a learned clock are left out.
    """
    ids = [watch.household_id for watch in watches]
    clocks = LearnedClock.objects.filter(household__among=ids).values_list(*Kept._fields)
    kept = {row[0]: Kept._make(row) for row in clocks}
    mine = [watch for watch in watches if watch.household_id in kept]
    if not mine:
        return {}
    ids = [watch.household_id for watch in mine]
    policies = patience_of(households=ids, policies=policies_in_force(now=now))
    enrolled = _enrolled(ids)
    lags = [timedelta(seconds=watch.lag_s) for watch in mine]
    longest = [max((row.lag for row in enrolled[home]), default=timedelta()) for home in ids]
    homes, feeds, feed_ids = columns(
        ids,
        [bytes(kept[home].state) for home in ids],
        [[row.feed for row in enrolled[home]] for home in ids],
        [watch.blind_after_s - lag.total_seconds() for watch, lag in zip(mine, lags, strict=True)],
    )
    since = {home: kept[home].closed_until or now - OLDEST - timedelta(days=1) for home in ids}
    patience = [policies[home] for home in ids]
    policy = _policy(patience, mine)
    with connection.wrap_database_errors, arrays.cursor(connection.connection) as cursor:
        readings = _heard(cursor, ids, enrolled, since, feed_ids, feeds, mine, now)
        closed: list[Trace] = []
        still_open: list[Trace] = []
        ripe = np.minimum(_local(now, longest), _let_go(homes, ids, since))
        homes, feeds, rows = _close(homes, feeds, readings, ripe, policy, trace=closed)
        weeks = note_weeks(cursor, ids, [bytes(kept[home].week) for home in ids], closed)
        closings = standing(len(ids), homes, feeds, feed_ids, longest, now)
        write_findings(cursor, ids, patience, rows, now)
        ahead = _local(now, lags)
        if (ripe < _local(now)).any():  # what is shown waits for no meter
            feeds["open"] = np.nan
            homes, feeds, early = _close(
                homes, feeds, readings, ahead, policy, all_heard=True, trace=still_open
            )
            rows = np.concatenate([rows, early])
        turns = shown(
            mine, homes, feeds, policy, patience, lags, longest, enrolled, rows, still_open
        )
        before = [Counted(bytes(kept[home].lately), kept[home].counted_in) for home in ids]
        counted = count(cursor, ids, before, closed, still_open, now)
        keep(cursor, [kept[home] for home in ids], closings, weeks, counted)
        away = away_now(households=ids, now=now)
        write_deadlines(cursor, ids, turns, _due(mine, now), now, arm=arm, away=away)
    return dict(zip(ids, turns, strict=True))


def _due(watches: Sequence[Watch], now: datetime) -> list[datetime | None]:
    """Return when each home rings by the fixed clock, None while it cannot be seen."""
    state, due, _ = judge(homes_of(watches), now.timestamp())
    return [
        None if State.BLIND in State(one) else moment(at + watch.lag_s)
        for one, at, watch in zip(state.tolist(), due.tolist(), watches, strict=True)
    ]


def _enrolled(homes: Sequence[UUID]) -> dict[UUID, list[Enrolled]]:
    found: dict[UUID, list[Enrolled]] = defaultdict(list)
    rows = Feed.objects.filter(household__among=homes, device__revoked_at=None).order_by("id")
    for home, device, lag, feed, channel, interval_s in rows.values_list(
        "household_id", "device_id", "device__lag", "id", "channel", "interval_s"
    ):
        row = FeedRow(id=feed, channel=channel, interval_s=max(round(interval_s), 1))
        found[home].append(Enrolled(device, lag, row))
    return {home: _heard_by_the_slot(found[home]) for home in homes}


def _heard_by_the_slot(rows: list[Enrolled]) -> list[Enrolled]:
    feeds = [row.feed for row in rows]
    heard = heard_by_the_slot([f.channel for f in feeds], [f.interval_s for f in feeds])
    return [row for row, is_heard in zip(rows, heard, strict=True) if is_heard]


def _policy(patience: Sequence[Patience], watches: Sequence[Watch]) -> Policy:
    return Policy(
        theta=np.array([one.theta for one in patience]),
        watch=np.array([one.asking.watch for one in patience]),
        fixed_s=np.array([watch.patience_s for watch in watches]),
        learned=np.array([one.detector is Detector.LEARNED for one in patience]),
    )


def _heard(
    cursor: psycopg.Cursor[Any],
    ids: Sequence[UUID],
    enrolled: dict[UUID, list[Enrolled]],
    since: dict[UUID, datetime],
    feed_ids: Sequence[int],
    feeds: state.Feeds,
    watches: Sequence[Watch],
    now: datetime,
) -> Readings:
    """Return what was said since each home's last closed half hour, and who made sure of whom."""
    index: dict[tuple[int, int], int] = {}
    devices: dict[int, datetime] = {}
    place = {feed: nth for nth, feed in enumerate(feed_ids) if feed != MADE_SURE}
    for home in ids:
        for row in enrolled[home]:
            index[row.device, row.feed.channel] = place[row.feed.id]
            devices[row.device] = since[home]
    rows = cursor.execute(
        HEARD, [list(devices), list(devices.values()), now], binary=True
    ).fetchall()
    heard = [
        (index[device, channel], round(at), value)
        for device, channel, at, value in rows
        if (device, channel) in index
    ]
    sure = np.flatnonzero(feeds["channel"] == CHECKIN)
    sure = sure[[feed_ids[nth] == MADE_SURE for nth in sure.tolist()]]
    for nth, watch in zip(sure.tolist(), watches, strict=True):
        if watch.confirmed is not None and watch.confirmed > since[watch.household_id].timestamp():
            heard.append((nth, round(watch.confirmed), 1.0))
    if not heard:
        return NOTHING
    feed, at, value = zip(*heard, strict=True)
    return Readings(np.array(feed), np.array(at), np.array(value, float))


def _local(now: datetime, lags: Sequence[timedelta] = (timedelta(),)) -> NDArray[np.int64]:
    """Return the moments so long ago in local seconds."""
    return np.array([int((now - lag).timestamp()) + SEOUL_S for lag in lags])


def _let_go(
    homes: state.Homes, ids: Sequence[UUID], since: dict[UUID, datetime]
) -> NDArray[np.int64]:
    """Tell the kernel of each home's first absence that is not closed yet, in place.

    The kernel knows of one at a time: return until when each home may be closed in this turn.
    """
    known = away_since(since=since, seen_by=None)
    until = np.full(len(ids), np.iinfo(np.int64).max)
    for nth, home in enumerate(ids):
        away = known.get(home, [])
        first = [_local(away[0].begins_at)[0], _local(away[0].until)[0]] if away else 2 * [NEVER]
        homes["absent_from"][nth], homes["absent_until"][nth] = first
        if len(away) > 1:
            until[nth] = -(-first[1] // SLOT_S) * SLOT_S + LATE_S
    return until


def _close(
    homes: state.Homes,
    feeds: state.Feeds,
    readings: Readings,
    until: NDArray[np.int64],
    policy: Policy,
    *,
    all_heard: bool = False,
    trace: list[Trace] | None = None,
) -> tuple[state.Homes, state.Feeds, NDArray[np.void]]:
    """Let the homes' own time pass until so many local seconds and hear what was said by then.

    A file that comes in the morning must find its half hours open: they stay so for the longest
    lag in the home. `all_heard`: hear also what is newer, and let time pass as far.
    """
    home = feeds["home"][readings.feed]
    part = np.full(len(home), all_heard) | (readings.at + homes["offset_s"][home] <= until[home])
    ripe = Readings(readings.feed[part], readings.at[part], readings.value[part])
    _let_time_pass(homes, feeds, ripe, until)
    return detector.hear(homes, feeds, ripe, policy, trace=trace)


def _let_time_pass(
    homes: state.Homes, feeds: state.Feeds, readings: Readings, local: NDArray[np.int64]
) -> None:
    """Put the homes' own time on the present, in place; a home never heard has none yet."""
    has = homes["watermark"] != NEVER
    has[feeds["home"][readings.feed]] = True
    homes["watermark"] = np.where(has, np.maximum(homes["watermark"], local), NEVER)
