"""Writing down what a turn of the learned clocks brought: states, findings and deadlines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from anbu.care.places.rules import SEOUL_S
from anbu.kernel import state
from anbu.kernel.evidence import LATE_S, SLOT_S
from anbu.kernel.state import NEVER

from ..queries.learned import stored
from ..rules import Detector, Patience, moment
from .counting import Counted
from .shown import Turn, facts_of

KEEP = """
UPDATE readings_learnedclock c
SET state = u.state, closed_until = u.closed_until, turn_at = u.turn_at, week = u.week,
    lately = u.lately, counted_in = u.counted_in, version = version + 1
FROM unnest(%b::uuid[], %b::bytea[], %b::timestamptz[], %b::timestamptz[], %b::bytea[], %b::bytea[],
            %b::jsonb[]) AS u (id, state, closed_until, turn_at, week, lately, counted_in)
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
    check_at = LEAST(w.check_at, u.look_at,
                     CASE WHEN w.policy_id IS DISTINCT FROM u.policy THEN %b::timestamptz END)
FROM unnest(%b::uuid[], %b::bigint[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[],
            %b::timestamptz[]) AS u (id, policy, watch_at, alarm_at, blind_at, look_at)
WHERE w.household_id = u.id
"""


class Kept(NamedTuple):
    """A learned clock as it was read: columns of LearnedClock, without an object for each."""

    household_id: UUID
    state: bytes
    closed_until: datetime | None
    turn_at: datetime
    week: bytes
    lately: bytes
    counted_in: list[int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock as it is kept: after the last half hour that no late row can reach."""

    state: bytes
    closed_until: datetime | None
    turn_at: datetime


def standing(
    size: int,
    homes: state.Homes,
    feeds: state.Feeds,
    feed_ids: Sequence[int],
    lags: Sequence[timedelta],
    now: datetime,
) -> list[Standing]:
    """Return so many clocks as they stand, with the moment at which each is turned next."""
    starts = np.searchsorted(feeds["home"], np.arange(size + 1)).tolist()
    kept = feeds.copy()
    kept["open"] = np.nan  # open half hours are read again from the readings
    found = []
    for nth, slot in enumerate(homes["slot"].tolist()):
        part = slice(starts[nth], starts[nth + 1])
        if slot == NEVER:
            found.append(Standing(b"", None, now + timedelta(seconds=SLOT_S)))
            continue
        until = moment(slot * SLOT_S - SEOUL_S)
        found.append(
            Standing(
                state=stored(homes[nth : nth + 1], feed_ids[part], kept[part]),
                closed_until=until,
                turn_at=until + timedelta(seconds=SLOT_S + LATE_S) + lags[nth],
            )
        )
    return found


def keep(
    cursor: psycopg.Cursor[Any],
    before: Sequence[Kept],
    clocks: Sequence[Standing],
    weeks: Sequence[bytes],
    counted: Sequence[Counted],
) -> None:
    """Keep those clocks that stand otherwise than before, with week and counts of each."""
    rows = [
        (one.household_id, now.state, now.closed_until, now.turn_at, week, its.rows, its.groups)
        for one, now, week, its in zip(before, clocks, weeks, counted, strict=True)
        if _is_news(one, now, week, its)
    ]
    if rows:
        *columns, groups = (list(column) for column in zip(*rows, strict=True))
        cursor.execute(KEEP, [*columns, [Jsonb(one) for one in groups]])


def _is_news(one: Kept, now: Standing, week: bytes, counted: Counted) -> bool:
    return (now.closed_until, now.turn_at, now.state, week, counted.rows, counted.groups) != (
        one.closed_until,
        one.turn_at,
        bytes(one.state),
        bytes(one.week),
        bytes(one.lately),
        one.counted_in,
    )


def write_findings(
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


def write_deadlines(
    cursor: psycopg.Cursor[Any],
    ids: Sequence[UUID],
    turns: Sequence[Turn],
    due: Sequence[datetime | None],
    now: datetime,
    *,
    arm: bool,
    away: Collection[UUID],
) -> None:
    """Write when what will be true if nothing comes; `due` by the fixed clock, which stands behind.

    Nothing is expected of an absent home. Who is judged otherwise from now on is looked at: what
    is true by the new policy may have been so for long.
    """
    columns: list[list[Any]] = [[] for _ in range(5)]
    for home, turned, patience_ends in zip(ids, turns, due, strict=True):
        is_learned = turned.patience.detector is Detector.LEARNED
        columns[0].append(turned.patience.id if is_learned else None)
        if not is_learned or home in away:
            for column in columns[1:]:
                column.append(None)
            continue
        watch, alarm, blind = (
            at + turned.lag if at else None
            for at in (turned.watch_at, turned.alarm_at, turned.blind_at)
        )
        alarm = min((at for at in (alarm, patience_ends) if at), default=None)
        columns[1].append(watch)
        columns[2].append(alarm)
        columns[3].append(blind)
        columns[4].append(min(turned.looks(now), default=None) if arm else None)
    cursor.execute(DEADLINES, [now if arm else None, list(ids), *columns])
