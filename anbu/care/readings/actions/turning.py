"""Turning the learned clocks: half hours that are over are closed, and deadlines come out.

The state holds the next half hour to close, and is written in the transaction that closes it: a
turn that is lost is turned again from the same readings. Inside a half hour only the greatest
value counts, so readings may be asked for again and again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from django.db import connection, transaction
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from anbu.kernel import detector, running, state
from anbu.kernel.clock import NOTHING, Readings
from anbu.kernel.evidence import LATE_S, SLOT_S
from anbu.kernel.policy import Policy
from anbu.kernel.signs import BY_CODE
from anbu.kernel.state import ALARMED, NEVER, WATCHED

from ..models import Feed, LearnedClock, Watch
from ..queries.learned import CHECKIN, MADE_SURE, FeedRow, columns, stored
from ..queries.policies import patience_of, policies_in_force
from ..rules import OLDEST, Detector, Patience, moment
from . import arrays

AT_ONCE = 1000  # homes in one turn: their watches are locked for about half a second
NEW_AT_ONCE = 50  # a new clock first lives through the readings of the last five weeks
SEOUL_S = 32_400

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
KEEP = """
UPDATE readings_learnedclock c
SET state = u.state, closed_until = u.closed_until, turn_at = u.turn_at, version = version + 1
FROM unnest(%b::uuid[], %b::bytea[], %b::timestamptz[], %b::timestamptz[])
    AS u (id, state, closed_until, turn_at)
WHERE c.household_id = u.id
"""
FOUND = """
INSERT INTO readings_finding (household_id, level, at, facts, found_at)
SELECT u.*, %b::timestamptz
FROM unnest(%b::uuid[], %b::int[], %b::timestamptz[], %b::jsonb[]) AS u
ON CONFLICT DO NOTHING
"""
DEADLINES = """
UPDATE readings_watch w
SET policy_id = u.policy, watch_at = u.watch_at, alarm_at = u.alarm_at, blind_at = u.blind_at,
    check_at = CASE WHEN u.look_at IS NULL THEN w.check_at
                    ELSE LEAST(COALESCE(w.check_at, u.look_at), u.look_at) END
FROM unnest(%b::uuid[], %b::bigint[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[],
            %b::timestamptz[]) AS u (id, policy, watch_at, alarm_at, blind_at, look_at)
WHERE w.household_id = u.id
"""


@dataclass(slots=True)
class Turn:
    """What a home's learned clock shows at this moment, with everything heard so far."""

    patience: Patience
    lag: timedelta  # how old its newest reading is when all is well
    recheck: timedelta  # when a reading that must confirm a deadline can be there
    is_asked: bool
    is_alarmed: bool
    is_blind: bool
    watch_at: datetime | None  # by the data's own clock: when it became, or will become, true
    alarm_at: datetime | None
    blind_at: datetime | None
    last_sign_at: datetime | None
    last_channel: int
    facts: dict[str, Any]

    def looks(self, now: datetime) -> list[datetime]:
        """Return the moments at which something may become true."""
        if self.patience.detector is not Detector.LEARNED or self.is_blind:
            return []
        coming = [
            (self.watch_at, self.is_asked or self.is_alarmed),
            (self.alarm_at, self.is_alarmed),
            (self.blind_at, False),
        ]
        # A deadline that passed waits for the reading that shows the home was in sight.
        return [max(at + self.lag, now + self.recheck) for at, over in coming if at and not over]


def wind_next(*, now: datetime) -> bool:
    """Give homes a learned clock, once a policy asks for one anywhere; say if any was missing."""
    if not any(p.detector is Detector.LEARNED for p in policies_in_force(now=now)):
        return False
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
    watches = list(Watch.objects.filter(household__in=homes).order_by("household_id"))
    turn(watches=watches, now=now, arm=True)
    return True


def turn(*, watches: Sequence[Watch], now: datetime, arm: bool) -> dict[UUID, Turn]:
    """Turn the clocks of watches the caller has locked, and return what each shows.

    `arm`: let the sweep look when a deadline passes. Homes without a learned clock are left out.
    """
    kept = dict(
        LearnedClock.objects.filter(
            household__in=[watch.household_id for watch in watches]
        ).values_list("household_id", "state")
    )
    closed = dict(
        LearnedClock.objects.filter(household__in=kept).values_list("household_id", "closed_until")
    )
    mine = [watch for watch in watches if watch.household_id in kept]
    if not mine:
        return {}
    ids = [watch.household_id for watch in mine]
    policies = patience_of(households=ids, policies=policies_in_force(now=now))
    enrolled = _enrolled(ids)
    lags = [min((row.lag for row in enrolled[home]), default=timedelta()) for home in ids]
    homes, feeds, feed_ids = columns(
        ids,
        [bytes(kept[home]) for home in ids],
        [[row.feed for row in enrolled[home]] for home in ids],
        [watch.blind_after_s - lag.total_seconds() for watch, lag in zip(mine, lags, strict=True)],
    )
    since = {home: closed[home] or now - OLDEST - timedelta(days=1) for home in ids}
    seconds = np.array([int((now - lag).timestamp()) + SEOUL_S for lag in lags])
    patience = [policies[home] for home in ids]
    policy = _policy(patience, mine)
    with connection.wrap_database_errors, arrays.cursor(connection.connection) as cursor:
        readings = _heard(cursor, ids, enrolled, since, feed_ids, feeds, mine, now)
        _let_time_pass(homes, feeds, readings, seconds)
        homes, feeds, rows = detector.hear(homes, feeds, readings, policy)
        turns = _shown(mine, homes, feeds, policy, patience, lags, enrolled, rows)
        _keep(cursor, ids, homes, feeds, feed_ids, lags, now)
        _write_findings(cursor, ids, patience, rows, now)
        _write_deadlines(cursor, ids, turns, now, arm=arm)
    return dict(zip(ids, turns, strict=True))


@dataclass(frozen=True, slots=True)
class _Enrolled:
    device: int
    lag: timedelta
    feed: FeedRow


def _enrolled(homes: Sequence[UUID]) -> dict[UUID, list[_Enrolled]]:
    found: dict[UUID, list[_Enrolled]] = defaultdict(list)
    rows = Feed.objects.filter(household__in=homes, device__revoked_at=None).order_by("id")
    for home, device, lag, feed, channel, interval_s in rows.values_list(
        "household_id", "device_id", "device__lag", "id", "channel", "interval_s"
    ):
        row = FeedRow(id=feed, channel=channel, interval_s=max(round(interval_s), 1))
        found[home].append(_Enrolled(device, lag, row))
    return found


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
    enrolled: dict[UUID, list[_Enrolled]],
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


def _let_time_pass(
    homes: state.Homes, feeds: state.Feeds, readings: Readings, local: NDArray[np.int64]
) -> None:
    """Put the homes' own time on the present, in place; a home never heard has none yet."""
    has = homes["watermark"] != NEVER
    has[feeds["home"][readings.feed]] = True
    homes["watermark"] = np.where(has, np.maximum(homes["watermark"], local), NEVER)


def _shown(
    watches: Sequence[Watch],
    homes: state.Homes,
    feeds: state.Feeds,
    policy: Policy,
    patience: Sequence[Patience],
    lags: Sequence[timedelta],
    enrolled: dict[UUID, list[_Enrolled]],
    rows: NDArray[np.void],
) -> list[Turn]:
    """Say what is true now: half hours still open are judged by what was heard so far."""
    past, _ = detector.provisional(homes, feeds, policy)
    ahead = homes.copy()  # the running half hour as if it were over
    ahead["watermark"] += np.where(homes["watermark"] != NEVER, SLOT_S, 0)
    ahead, open_rows = detector.provisional(ahead, feeds, policy)
    here = homes["watermark"] - homes["offset_s"]
    from_past, from_ahead = detector.deadlines(past, policy), detector.deadlines(ahead, policy)
    sign_now = ahead["last_sign"] > past["last_sign"]
    seen_now = ahead["unseen_s"] == 0
    newest = _newest(np.concatenate([rows, open_rows]), here)
    running_late = _ahead_of(open_rows, here)
    limit = homes["blind_after_s"]
    blind = (past["unseen_s"] >= limit) & (ahead["unseen_s"] >= limit)
    found = []
    for nth, watch in enumerate(watches):
        rings = {}
        for level, flag in ((running.WATCH, WATCHED), (running.ALARM, ALARMED)):
            rings[level] = bool(ahead["flags"][nth] & flag) and (nth, level) not in running_late
        rings[running.SIGHTLESS] = bool(blind[nth])
        at: dict[int, datetime | None] = {}
        for level, name, fresh in (
            (running.WATCH, "watch_at", sign_now),
            (running.ALARM, "alarm_at", sign_now),
            (running.SIGHTLESS, "blind_at", seen_now),
        ):
            row = newest.get((nth, level))
            if rings[level]:
                lag = lags[nth]
                known = getattr(watch, name)
                at[level] = (
                    moment(int(row["at"]))
                    if row is not None
                    else known - lag
                    if known
                    else moment(int(here[nth]))
                )
            else:
                when = int((from_ahead if fresh[nth] else from_past)[name][nth])
                at[level] = None if when == NEVER else moment(when)
        quickest = min((one.feed.interval_s for one in enrolled[watch.household_id]), default=60)
        last = int(ahead["last_sign"][nth])
        row = newest.get((nth, running.ALARM if rings[running.ALARM] else running.WATCH))
        found.append(
            Turn(
                patience=patience[nth],
                lag=lags[nth],
                recheck=timedelta(seconds=min(max(quickest, 60), SLOT_S)),
                is_asked=rings[running.WATCH],
                is_alarmed=rings[running.ALARM],
                is_blind=rings[running.SIGHTLESS],
                watch_at=at[running.WATCH],
                alarm_at=at[running.ALARM],
                blind_at=at[running.SIGHTLESS],
                last_sign_at=None if last == NEVER else moment(last - SEOUL_S),
                last_channel=int(ahead["last_channel"][nth]),
                facts={} if row is None else facts_of(row),
            )
        )
    return found


def _newest(rows: NDArray[np.void], here: NDArray[np.int64]) -> dict[tuple[int, int], np.void]:
    """Return the newest row of each home and level that is true already."""
    rows = rows[rows["at"] <= here[rows["home"]]]
    return {(int(row["home"]), int(row["level"])): row for row in rows[np.argsort(rows["at"])]}


def _ahead_of(rows: NDArray[np.void], here: NDArray[np.int64]) -> set[tuple[int, int]]:
    """Return home and level of rows that will be true later in the running half hour."""
    rows = rows[rows["at"] > here[rows["home"]]]
    return {(int(row["home"]), int(row["level"])) for row in rows}


def facts_of(row: np.void) -> dict[str, Any]:
    """Return what a row of the kernel says, in plain values."""
    bits = int(row["unseeing"])
    last = int(row["last_sign"])
    return {
        "by": "patience" if row["rule"] == running.BY_PATIENCE else "record",
        "gap_s": int(row["gap_s"]),
        "long_s": int(row["long_s"]),
        "usual": round(float(row["usual"]), 3),
        "last_sign": None if last == NEVER else last,
        "last_channel": int(row["last_channel"]),
        "unseeing": [code for code in BY_CODE if bits >> code & 1],
    }


def _keep(
    cursor: psycopg.Cursor[Any],
    ids: Sequence[UUID],
    homes: state.Homes,
    feeds: state.Feeds,
    feed_ids: Sequence[int],
    lags: Sequence[timedelta],
    now: datetime,
) -> None:
    starts = np.searchsorted(feeds["home"], np.arange(len(ids) + 1))
    states: list[bytes] = []
    closed: list[datetime | None] = []
    turn_at: list[datetime] = []
    for nth in range(len(ids)):
        part = slice(int(starts[nth]), int(starts[nth + 1]))
        slot = int(homes["slot"][nth])
        if slot == NEVER:
            states.append(b"")
            closed.append(None)
            turn_at.append(now + timedelta(seconds=SLOT_S))
            continue
        kept = feeds[part].copy()
        kept["open"] = np.nan  # open half hours are read again from the readings
        states.append(stored(homes[nth : nth + 1], feed_ids[part], kept))
        until = moment(slot * SLOT_S - SEOUL_S)
        closed.append(until)
        turn_at.append(until + timedelta(seconds=SLOT_S + LATE_S) + lags[nth])
    cursor.execute(KEEP, [list(ids), states, closed, turn_at])


def _write_findings(
    cursor: psycopg.Cursor[Any],
    ids: Sequence[UUID],
    patience: Sequence[Patience],
    rows: NDArray[np.void],
    now: datetime,
) -> None:
    told = [row for row in rows if patience[row["home"]].detector is Detector.LEARNED]
    if not told:
        return
    cursor.execute(
        FOUND,
        [
            now,
            [ids[row["home"]] for row in told],
            [int(row["level"]) for row in told],
            [moment(int(row["at"])) for row in told],
            [Jsonb(facts_of(row)) for row in told],
        ],
    )


def _write_deadlines(
    cursor: psycopg.Cursor[Any],
    ids: Sequence[UUID],
    turns: Sequence[Turn],
    now: datetime,
    *,
    arm: bool,
) -> None:
    columns: list[list[Any]] = [[] for _ in range(5)]
    for turned in turns:
        is_learned = turned.patience.detector is Detector.LEARNED
        times = (turned.watch_at, turned.alarm_at, turned.blind_at)
        columns[0].append(turned.patience.id if is_learned else None)
        for column, at in zip(columns[1:4], times, strict=True):
            column.append(at + turned.lag if is_learned and at else None)
        columns[4].append(min(turned.looks(now), default=None) if arm else None)
    cursor.execute(DEADLINES, [list(ids), *columns])
