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
    FROZEN_S,
    RISES,
    SEES,
    SLOT_S,
    STUCK_S,
    ZERO_IS_DEAD,
    bins_of,
    floors,
    is_nought,
)
from anbu.kernel.state import Feeds

_RARELY = 51  # of 255: a meter that repeats fewer than a fifth of its values does so seldom
# A channel that showed nothing but machines for two weeks sees no person, until it shows one.
_MACHINES_ONLY_DAYS, _PERSON_BIN = 14, 3
_BLOCK, _SLOW_BLOCK = 8, 12  # slots of a "quietest hours" block; 6 h where a value takes an hour
_WELL_SEEN = 0.7  # of a block


@dataclass(frozen=True)
class Shown:
    """What the feeds showed: bin of the strongest sign, and whether the slot was seen."""

    bins: NDArray[np.int64]
    seen: NDArray[np.bool_]


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
    best = np.where(alive, bins + 1, 0).max(1)
    feeds["today_best"] = np.maximum(feeds["today_best"], best)
    machines_only = (feeds["still_days"] >= _MACHINES_ONLY_DAYS)[:, None]
    bins = np.where(machines_only & (bins < _PERSON_BIN), 0, bins)
    seen = live & ((held & SEES[channel][:, None] & ~machines_only) | (bins > 0))

    _machines(feeds, np.where(alive, step, np.float32(np.nan)), cover, first, live)
    has = came.any(1)
    end = came.shape[1] - 1 - np.argmax(came[:, ::-1], axis=1)
    rows = np.arange(len(feeds))
    feeds["last_value"] = np.where(has, values[rows, end], feeds["last_value"])
    feeds["last_slot"] = np.where(has, slots[rows, end], feeds["last_slot"])
    feeds["last_alive"] = last_alive[:, -1]
    return Shown(bins, seen)


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


def _machines(feeds: Feeds, step: NDArray, cover: NDArray, first: int, live: NDArray) -> None:
    """Note the greatest step of each block; a block well seen may be the day's quietest."""
    rising = RISES[feeds["channel"]] & ~COUNTS[feeds["channel"]]
    for size, of in ((_BLOCK, cover < 2), (_SLOW_BLOCK, cover >= 2)):
        rows = np.flatnonzero(rising & of)
        if not len(rows):
            continue
        last = first + step.shape[1]
        for start in range(first // size * size, last, size):
            part = slice(max(start - first, 0), min(start + size, last) - first)
            cells = step[rows, part]
            known = ~np.isnan(cells)
            edge = np.where(known, np.maximum(cells, 0), -1).max(1)
            edge = np.where(edge >= 0, edge, np.float32(np.nan)).astype(np.float32)
            feeds["block_edge"][rows] = np.fmax(feeds["block_edge"][rows], edge)
            feeds["block_n"][rows] += known.sum(1).astype(np.uint8)
            if start + size <= last:
                done = rows[live[rows, start + size - 1 - first]]
                enough = feeds["block_n"][done] >= _WELL_SEEN * size / cover[done]
                quiet = np.where(enough, feeds["block_edge"][done], np.float32(np.nan))
                feeds["day_edge"][done] = np.fmin(feeds["day_edge"][done], quiet)
                feeds["block_edge"][done], feeds["block_n"][done] = np.nan, 0


def end_day(feeds: Feeds, *, absent: NDArray[np.bool_]) -> None:
    """Fold the day into what is known of each feed's machines, in place.

    A day of a registered absence [M] proves nothing about who is seen.
    """
    known = ~np.isnan(feeds["day_edge"])
    levels = feeds["levels"]
    levels[known, :-1] = levels[known, 1:]
    levels[known, -1] = feeds["day_edge"][known]
    feeds["levels"] = levels
    held = np.sort(levels.astype(np.float64), axis=1)
    n = (~np.isnan(held)).sum(1)
    rows = np.arange(len(feeds))
    middle = (held[rows, np.maximum(n - 1, 0) // 2] + held[rows, np.minimum(n // 2, 13)]) / 2
    floor = floors(feeds["channel"], feeds["interval_s"])
    feeds["machine"] = np.where(n >= 3, np.fmax(floor, middle), 2 * floor)
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
    feeds["day_edge"], feeds["today_repeats"], feeds["today_values"] = np.nan, 0, 0
