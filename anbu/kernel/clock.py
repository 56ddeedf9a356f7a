"""Readings go in, slots are closed: the same for every cutting of a stream.

A slot is closed LATE_S after its end, by the newest stamp of the home or by `now`; until then it
stays open and rows may come in any order, twice, or late.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import days, running, steps
from anbu.kernel.evidence import DAY_SLOTS, LATE_S, OPEN_SLOTS, SEES, SLOT_S
from anbu.kernel.policy import Policy
from anbu.kernel.state import NEVER, Feeds, Homes

AHEAD_S = 120  # a stamp this far ahead of `now` is a clock gone wrong


@dataclass(frozen=True)
class Readings:
    """K readings: index of feed, end of interval [UTC s, whole], value (NaN = "no data")."""

    feed: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float64]


NOTHING = Readings(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def take(
    homes: Homes, feeds: Feeds, readings: Readings, now: int | None
) -> tuple[NDArray, NDArray, NDArray]:
    """Return all values of slots still open: those kept from before and the new ones."""
    home = feeds["home"][readings.feed]
    local = readings.at + homes["offset_s"][home]
    ok = np.ones(len(local), bool) if now is None else readings.at <= now + AHEAD_S
    np.maximum.at(homes["watermark"], home[ok], local[ok])
    if now is not None:
        started = homes["watermark"] != NEVER
        ahead = np.maximum(homes["watermark"], now + homes["offset_s"])
        homes["watermark"] = np.where(started, ahead, NEVER)
    new = (homes["slot"] == NEVER) & (homes["watermark"] != NEVER)
    if new.any():
        earliest = np.full(len(homes), np.iinfo(np.int64).max)
        np.minimum.at(earliest, home[ok], local[ok])
        start = (earliest - LATE_S) // SLOT_S // DAY_SLOTS * DAY_SLOTS
        homes["slot"] = np.where(new, start, homes["slot"])
    slot = (local - 1) // SLOT_S
    ok &= ~np.isnan(readings.value) & (slot >= homes["slot"][home])
    held_feed, held_at = np.nonzero(~np.isnan(feeds["open"]))
    base = homes["slot"][feeds["home"][held_feed]]
    held_slot = base + (held_at - base) % OPEN_SLOTS
    value = np.concatenate(
        [feeds["open"][held_feed, held_at], readings.value[ok].astype(np.float32)]
    )
    feeds["open"] = np.nan
    return (
        np.concatenate([held_feed, readings.feed[ok]]),
        np.concatenate([held_slot, slot[ok]]),
        value,
    )


def keep_open(feeds: Feeds, feed: NDArray, slot: NDArray, value: NDArray) -> None:
    order = np.argsort(value, kind="stable")  # the greatest is written last
    held = feeds["open"]
    held[feed[order], slot[order] % OPEN_SLOTS] = value[order]
    feeds["open"] = held


def close(
    homes: Homes,
    feeds: Feeds,
    target: NDArray,
    values: tuple[NDArray, NDArray, NDArray],
    policy: Policy,
    rows: list[NDArray[np.void]],
    trace: list[running.Trace] | None,
) -> None:
    """Close all slots before `target`, one local day of every home at a time."""
    feed, slot, value = values
    nth_day = slot // DAY_SLOTS - (homes["slot"] // DAY_SLOTS)[feeds["home"][feed]]
    order = np.lexsort((value, nth_day))
    feed, slot, value, nth_day = feed[order], slot[order], value[order], nth_day[order]
    bounds = np.searchsorted(nth_day, np.arange(nth_day[-1] + 2 if len(nth_day) else 1))
    nth = 0
    while (which := np.flatnonzero(homes["slot"] < target)).size:
        part = slice(*bounds[nth : nth + 2]) if nth + 1 < len(bounds) else slice(0, 0)
        if len(which) == len(homes):
            _close_day(
                homes,
                feeds,
                which,
                target,
                (feed[part], slot[part], value[part]),
                policy,
                rows,
                trace,
            )
        else:
            its = np.flatnonzero(np.isin(feeds["home"], which))
            some, some_feeds = homes[which], feeds[its]
            some_feeds["home"] = np.searchsorted(which, some_feeds["home"])
            row = np.searchsorted(its, feed[part])
            _close_day(
                some,
                some_feeds,
                which,
                target[which],
                (row, slot[part], value[part]),
                policy.of(which),
                rows,
                trace,
            )
            some_feeds["home"] = which[some_feeds["home"]]
            homes[which], feeds[its] = some, some_feeds
        nth += 1


def _close_day(
    homes: Homes,
    feeds: Feeds,
    index: NDArray,
    target: NDArray,
    values: tuple[NDArray, NDArray, NDArray],
    policy: Policy,
    rows: list[NDArray[np.void]],
    trace: list[running.Trace] | None,
) -> None:
    """Close the slots of the current local day of each home, up to its target."""
    start = homes["slot"].copy()
    day = start // DAY_SLOTS * DAY_SLOTS
    end = np.minimum(target, day + DAY_SLOTS)
    first, last = int((start - day).min()), int((end - day).max())
    column = np.arange(first, last)
    live = (column >= (start - day)[:, None]) & (column < (end - day)[:, None])

    feed, slot, value = values
    grid = np.full((len(feeds), last - first), np.nan, np.float32)
    grid[feed, slot % DAY_SLOTS - first] = value
    of = feeds["home"]
    shown = steps.read(feeds, grid, day=day[of], first=first, live=live[of])
    sight = _of_homes(homes, feeds, shown)

    ends = (day[:, None] + column + 1) * SLOT_S
    away = (homes["absent_from"] != NEVER)[:, None] & (
        (ends > homes["absent_from"][:, None]) & (ends - SLOT_S < homes["absent_until"][:, None])
    )
    seen = sight.seen & ~away
    sight = running.Sight(
        np.where(seen, sight.bins, 0), sight.channel, seen, sight.unseeing, sight.changed & seen
    )
    running.run(
        homes, index, ends, sight, live=live, away=away, policy=policy, rows=rows, trace=trace
    )
    days.learn(homes, sight.bins, seen, live, first)
    homes["slot"] = end
    done = np.flatnonzero(end == day + DAY_SLOTS)
    absent = (homes["absent_from"] != NEVER) & (
        (homes["absent_from"] < end * SLOT_S) & (homes["absent_until"] > day * SLOT_S)
    )
    if len(done) == len(homes):
        days.end(homes)
        steps.end_day(feeds, absent=absent[of])
    elif len(done):
        some = homes[done]
        days.end(some)
        homes[done] = some
        its = np.flatnonzero(np.isin(of, done))
        some = feeds[its]
        steps.end_day(some, absent=absent[of[its]])
        feeds[its] = some


def _of_homes(homes: Homes, feeds: Feeds, shown: steps.Shown) -> running.Sight:
    """Fuse the feeds of each home: strongest bin, its channel, seen by any, who cannot see."""
    shape = (len(homes), shown.bins.shape[1])
    having, starts = np.unique(feeds["home"], return_index=True)
    coded = shown.bins * 16 + np.where(
        (shown.bins > 0) | shown.changed, feeds["channel"][:, None], 0
    )
    best, seen = np.zeros(shape, np.int64), np.zeros(shape, bool)
    unseeing, changed = np.zeros(shape, np.int64), np.zeros(shape, bool)
    if len(having):
        best[having] = np.maximum.reduceat(coded, starts, axis=0)
        seen[having] = np.logical_or.reduceat(shown.seen, starts, axis=0)
        changed[having] = np.logical_or.reduceat(shown.changed, starts, axis=0)
        bit = (1 << feeds["channel"].astype(np.int64))[:, None] * SEES[feeds["channel"]][:, None]
        sees = np.bitwise_or.reduceat(bit * shown.seen, starts, axis=0)
        unseeing[having] = np.bitwise_or.reduceat(bit, starts, axis=0) & ~sees
    return running.Sight(best // 16, best % 16, seen, unseeing, changed)
