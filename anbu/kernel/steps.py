"""From values to signs: what each feed of some homes showed in some slots of one local day.

All arrays here are M feeds x C half-hour columns; `first` is the column's slot of the day, `live`
says which columns are being closed for the feed's home. Values are float32, so a value kept in
the state and one fresh from a batch are the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.evidence import (
    COUNTS,
    FIXED_BIN,
    FROZEN_S,
    PAIR_SLOTS,
    PAIRS,
    RISES,
    SEES,
    SLOT_S,
    STUCK_S,
    ZERO_IS_DEAD,
    bins_of,
    floors,
    is_nought,
    paired,
    sorted_by,
)
from anbu.kernel.state import Feeds

_RARELY = 51  # of 255: a meter that repeats fewer than a fifth of its values does so seldom
# A channel that showed nothing but machines for two weeks sees no person, until it shows one.
_MACHINES_ONLY_DAYS, _PERSON_BIN = 14, 3
_BLOCK, _SLOW_BLOCK = 8, 12  # slots of a "quietest hours" block; 6 h where a value takes an hour
_WELL_SEEN = 0.7  # of a block


@dataclass(frozen=True)
class Shown:
    """What the feeds showed."""

    bins: NDArray[np.int64]  # of the strongest sign
    seen: NDArray[np.bool_]
    changed: NDArray[np.bool_]  # a sign for the city's rule, which takes a step alone for life


def read(feeds: Feeds, values: NDArray, *, day: NDArray, first: int, live: NDArray) -> Shown:
    """Judge the values of one stretch and carry every feed's state forward, in place.

    `values` NaN = nothing came; `day` [M] = slot of local midnight of each feed's stretch.
    """
    channel, cover = feeds["channel"], np.maximum(1, -(-feeds["interval_s"] // SLOT_S))
    dead_at_nought = ZERO_IS_DEAD[channel]
    values = np.where(live & ~is_nought(channel[:, None], values), values, np.float32(np.nan))
    came = ~np.isnan(values)
    slots = day[:, None] + first + np.arange(values.shape[1])
    before, before_slot = _before(came, values, slots, feeds)
    near = (before_slot >= 0) & (slots - before_slot <= np.maximum(2, cover + 1)[:, None])
    step = np.where(came & near, values - before, np.float32(np.nan))

    stuck = _stuck(feeds, came, step == 0, dead_at_nought)
    alive = came & ~stuck
    last_alive = np.maximum.accumulate(np.where(alive, slots, -1), axis=1)
    last_alive = np.maximum(last_alive, feeds["last_alive"][:, None])
    held = (last_alive >= 0) & (slots - last_alive < cover[:, None])
    bins = bins_of(channel, np.where(alive, values, np.nan), step, feeds["machine"])
    bins = np.where(alive, bins, 0)
    changed = bins >= FIXED_BIN
    pairs = _in_company(feeds, np.where(alive, step, np.float32(np.nan)), live)
    rows = np.flatnonzero(PAIRS[channel])
    bins[rows] = sorted_by(channel[rows], pairs, feeds["pair"][rows])
    best = np.where(alive, bins + 1, 0).max(1)
    feeds["today_best"] = np.maximum(feeds["today_best"], best)
    machines_only = (feeds["still_days"] >= _MACHINES_ONLY_DAYS)[:, None]
    bins = np.where(machines_only & (bins < _PERSON_BIN), 0, bins)
    seen = live & ((held & SEES[channel][:, None] & ~machines_only) | (bins > 0) | changed)

    _machines(feeds, np.where(alive, step, np.float32(np.nan)), pairs, cover, first, live)
    has = came.any(1)
    end = came.shape[1] - 1 - np.argmax(came[:, ::-1], axis=1)
    rows = np.arange(len(feeds))
    feeds["last_value"] = np.where(has, values[rows, end], feeds["last_value"])
    feeds["last_slot"] = np.where(has, slots[rows, end], feeds["last_slot"])
    feeds["last_alive"] = last_alive[:, -1]
    return Shown(bins, seen, changed)


def _before(
    came: NDArray, values: NDArray, slots: NDArray, feeds: Feeds
) -> tuple[NDArray, NDArray]:
    """Return the value before each cell and its slot (-1 = none)."""
    column = np.arange(came.shape[1])
    newest = np.maximum.accumulate(np.where(came, column, -1), axis=1)
    newest = np.concatenate([np.full((len(came), 1), -1), newest[:, :-1]], axis=1)
    rows = np.arange(len(came))[:, None]
    carried = newest < 0
    before = np.where(carried, feeds["last_value"][:, None], values[rows, newest])
    return before, np.where(carried, feeds["last_slot"][:, None], slots[rows, newest])


def _stuck(feeds: Feeds, came: NDArray, same: NDArray, watched: NDArray) -> NDArray:
    """Say which values only repeat a frozen reading, and count repeats in the feeds."""
    if not watched.any():
        return np.zeros_like(came)
    nth = np.cumsum(came, axis=1)
    fresh = came & ~same
    base = np.maximum.accumulate(np.where(fresh, nth, 0), axis=1)
    run = np.where(base > 0, nth - base, feeds["repeats"][:, None] + nth)
    often = feeds["usual_repeats"] >= _RARELY
    limit = np.where(often, STUCK_S, FROZEN_S) // np.maximum(feeds["interval_s"], 1)
    feeds["repeats"] = np.minimum(run[:, -1], 60_000)
    feeds["today_repeats"] += (same & came).sum(1).astype(np.uint8)
    feeds["today_values"] += came.sum(1).astype(np.uint8)
    stuck: NDArray = came & same & (run >= limit[:, None]) & watched[:, None]
    return stuck


def _in_company(feeds: Feeds, step: NDArray, live: NDArray) -> NDArray:
    """Return the paired size of each step of the feeds that need company, and keep the newest."""
    rows = np.flatnonzero(PAIRS[feeds["channel"]])
    if not len(rows):
        return np.zeros((0, step.shape[1]), np.float32)
    # as kept in the state: a size must not depend on whether it was
    size = np.nan_to_num(np.abs(step[rows])).astype(np.float16).astype(np.float32)
    begin = np.argmax(live[rows], axis=1)
    end = live.shape[1] - np.argmax(live[rows, ::-1], axis=1)
    before = np.concatenate([np.zeros((len(rows), PAIR_SLOTS), np.float32), size], axis=1)
    every, just = np.arange(len(rows))[:, None], np.arange(PAIR_SLOTS)
    before[every, begin[:, None] + just] = feeds["recent"][rows]
    recent = feeds["recent"]
    recent[rows] = before[every, end[:, None] + just]
    feeds["recent"] = recent
    return paired(size, before)


def _machines(
    feeds: Feeds, step: NDArray, pairs: NDArray, cover: NDArray, first: int, live: NDArray
) -> None:
    """Note the greatest step of each block; a block well seen may be the day's quietest."""
    rising = RISES[feeds["channel"]] & ~COUNTS[feeds["channel"]]
    company = np.cumsum(PAIRS[feeds["channel"]]) - 1  # row of `pairs`
    last = first + step.shape[1]
    for size, of in ((_BLOCK, cover < 2), (_SLOW_BLOCK, cover >= 2)):
        rows = np.flatnonzero(rising & of)
        if not len(rows):
            continue
        paired_rows = rows[PAIRS[feeds["channel"][rows]]]
        for start in range(first // size * size, last, size):
            part = slice(max(start - first, 0), min(start + size, last) - first)
            known = ~np.isnan(step[:, part])
            _greatest(feeds, "block_edge", rows, np.maximum(step[rows, part], 0), known[rows])
            _greatest(
                feeds,
                "block_pair",
                paired_rows,
                pairs[company[paired_rows], part],
                known[paired_rows],
            )
            feeds["block_n"][rows] += known[rows].sum(1).astype(np.uint8)
            if start + size <= last:
                done = rows[live[rows, start + size - 1 - first]]
                enough = feeds["block_n"][done] >= _WELL_SEEN * size / cover[done]
                for day, block in (("day_edge", "block_edge"), ("day_pair", "block_pair")):
                    quiet = np.where(enough, feeds[block][done], np.float32(np.nan))
                    feeds[day][done] = np.fmin(feeds[day][done], quiet)
                    feeds[block][done] = np.nan
                feeds["block_n"][done] = 0


def _greatest(feeds: Feeds, block: str, rows: NDArray, size: NDArray, known: NDArray) -> None:
    greatest = np.where(known, size, -1).max(1)
    greatest = np.where(greatest >= 0, greatest, np.float32(np.nan)).astype(np.float32)
    feeds[block][rows] = np.fmax(feeds[block][rows], greatest)


def end_day(feeds: Feeds, *, absent: NDArray[np.bool_]) -> None:
    """Fold the day into what is known of each feed's machines, in place.

    A day of a registered absence [M] proves nothing about who is seen.
    """
    feeds["machine"] = _usual(feeds, "levels", "day_edge")
    feeds["pair"] = _usual(feeds, "pairs", "day_pair")
    share = 255 * feeds["today_repeats"].astype(np.int64) // np.maximum(feeds["today_values"], 1)
    limit = STUCK_S // np.maximum(feeds["interval_s"], 1)
    fair = (feeds["today_values"] > 0) & (feeds["repeats"] < np.minimum(limit, 6))
    blended = (3 * feeds["usual_repeats"].astype(np.int64) + share) // 4
    feeds["usual_repeats"] = np.where(fair, blended, feeds["usual_repeats"])
    machine_day = (feeds["today_best"] > 0) & ~absent & ~COUNTS[feeds["channel"]]
    still = np.where(
        feeds["today_best"] > _PERSON_BIN, 0, feeds["still_days"] + machine_day.astype(np.uint8)
    )
    feeds["still_days"] = np.minimum(still, 200)
    feeds["today_best"] = 0
    feeds["day_edge"] = feeds["day_pair"] = np.nan
    feeds["today_repeats"], feeds["today_values"] = 0, 0


def _usual(feeds: Feeds, ring: str, today: str) -> NDArray[np.float64]:
    """Return the median of the quietest blocks of the days kept, today's added in place."""
    known = ~np.isnan(feeds[today])
    levels = feeds[ring]
    levels[known, :-1] = levels[known, 1:]
    levels[known, -1] = feeds[today][known]
    feeds[ring] = levels
    held = np.sort(levels.astype(np.float64), axis=1)
    n = (~np.isnan(held)).sum(1)
    rows = np.arange(len(feeds))
    middle = (held[rows, np.maximum(n - 1, 0) // 2] + held[rows, np.minimum(n // 2, 13)]) / 2
    floor = floors(feeds["channel"], feeds["interval_s"])
    usual: NDArray[np.float64] = np.where(n >= 3, np.fmax(floor, middle), 2 * floor)
    return usual
