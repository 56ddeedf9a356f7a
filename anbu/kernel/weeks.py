"""A week of a home in 54 bytes: in which hours of the day there were signs, and how it looked.

What goes in are the half hours the learned clock closes anyway (running.Trace): seen or not, and
the bin of the strongest sign. A week is a local Monday 00:00 to Sunday 24:00; week 1 began on
Monday 1970-01-05. Everything is whole numbers, so live and replay give the same bytes.
"""

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.evidence import DAY_SLOTS, FIXED_BIN

VERSION = 1
SLOTS = 7 * DAY_SLOTS
NO_WEEK = -1
SIGN_BIN = FIXED_BIN  # a sign here: a step 1.4 times what the home's own machines make
WELL_SEEN = 32  # slots of a day
IV_UNIT = 50
_WAKES = 8  # slots: a person's day is cut at 04:00, not at midnight
_OUT = 8  # still slots in a row between 09:00 and 18:00, with signs before and after

WEEK = np.dtype(
    [
        ("signs", "u1", 24),  # half hours with a sign, by hour of the day: 0-14
        ("seen", "u1", 24),  # half hours that were seen, by hour of the day: 0-14
        ("days", "u1"),  # well-seen days
        ("first", "u1"),  # median slot of a day's first sign, 0 = 04:00; 255 = no such day
        ("last", "u1"),  # and of its last
        ("still", "u1"),  # longest seen stillness [slots]
        ("out", "u1"),  # days with a long stillness by day: perhaps out of the house
        ("iv", "u1"),  # intradaily variability, times IV_UNIT
    ]
)
RUNNING = np.dtype([("week", "<i4"), ("signs", "u1", SLOTS // 8), ("seen", "u1", SLOTS // 8)])

Weeks = NDArray[np.void]
Bools = NDArray[np.bool_]


def week_of(slot: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """Return the number of the week of local half hours since 1970."""
    return (np.asarray(slot) // DAY_SLOTS + 3) // 7


def first_slot(week: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """Return the local half hour since 1970 with which a week begins."""
    return (np.asarray(week) * 7 - 3) * DAY_SLOTS


def new_running(n: int) -> Weeks:
    """Return `n` homes of which no half hour has been closed yet."""
    rows = np.zeros(n, RUNNING)
    rows["week"] = NO_WEEK
    return rows


def note(
    running: Weeks,
    home: NDArray[np.integer],
    slot: NDArray[np.int64],
    bins: NDArray[np.integer],
    seen: Bools,
) -> tuple[NDArray[np.int64], NDArray[np.int64], Weeks]:
    """Write closed half hours into the running weeks, in place; return the weeks that are over.

    `home` [K] numbers the rows of `running`; `slot` local half hours since 1970; `bins` as in
    evidence.bins_of. A half hour of a week that is over already is left out. Returned are home,
    number of the week and summary of each week of which a later one has begun.
    """
    week = week_of(slot)
    over: list[tuple[NDArray, NDArray, Weeks]] = []
    for number in np.unique(week).tolist():
        part = week == number
        which = np.unique(home[part])
        ended = which[(running["week"][which] != NO_WEEK) & (running["week"][which] < number)]
        if len(ended):
            over.append((ended, running["week"][ended].astype(np.int64), _of_bits(running[ended])))
        begun = which[running["week"][which] < number]
        running["signs"][begun], running["seen"][begun] = 0, 0
        running["week"][begun] = number
        part &= running["week"][home] == number
        at = slot[part] - first_slot(number)
        for name, true in (("signs", seen[part] & (bins[part] >= SIGN_BIN)), ("seen", seen[part])):
            bits = running[name]
            np.bitwise_or.at(
                bits, (home[part][true], at[true] // 8), (1 << (at[true] % 8)).astype(np.uint8)
            )
            running[name] = bits
    if not over:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, WEEK)
    homes, numbers, rows = (np.concatenate(column) for column in zip(*over, strict=True))
    return homes, numbers, rows


def _of_bits(running: Weeks) -> Weeks:
    unpacked = (
        np.unpackbits(running[name], axis=1, bitorder="little").astype(bool)
        for name in ("signs", "seen")
    )
    return summarise(*unpacked)


def summarise(signs: Bools, seen: Bools) -> Weeks:
    """Return one row per home of N x 336 half hours from Monday 00:00."""
    signs = signs & seen
    rows = np.zeros(len(signs), WEEK)
    for name, cells in (("signs", signs), ("seen", seen)):
        rows[name] = cells.reshape(-1, 7, 24, 2).sum((1, 3))
    by_day = (np.roll(cells, -_WAKES, axis=1).reshape(-1, 7, DAY_SLOTS) for cells in (signs, seen))
    sign_days, seen_days = by_day
    well = seen_days.sum(2) >= WELL_SEEN
    rows["days"] = well.sum(1)
    alive = well & sign_days.any(2)
    rows["first"] = _median(sign_days.argmax(2), alive)
    rows["last"] = _median(DAY_SLOTS - 1 - sign_days[:, :, ::-1].argmax(2), alive)
    rows["still"] = np.minimum(_still(signs, seen), 255)
    light = slice(18 - _WAKES, 36 - _WAKES)
    long = _still(
        sign_days[:, :, light].reshape(-1, 18), seen_days[:, :, light].reshape(-1, 18)
    ).reshape(-1, 7)
    before = sign_days[:, :, : light.start].any(2)
    after = sign_days[:, :, light.stop - _OUT // 2 :].any(2)
    rows["out"] = (well & (long >= _OUT) & before & after).sum(1)
    rows["iv"] = _iv(signs, seen)
    return rows


def _median(of: NDArray[np.int64], known: Bools) -> NDArray[np.uint8]:
    held = np.sort(np.where(known, of, DAY_SLOTS), axis=1)
    n = known.sum(1)
    middle = held[np.arange(len(of)), np.maximum(n - 1, 0) // 2]
    return np.where(n > 0, middle, 255).astype(np.uint8)


def _still(signs: Bools, seen: Bools) -> NDArray[np.int64]:
    """Return the longest run of seen slots without a sign; what is not seen is left out."""
    total = np.cumsum(seen & ~signs, axis=1)
    base = np.maximum.accumulate(np.where(signs, total, 0), axis=1)
    longest: NDArray[np.int64] = (total - base).max(1)
    return longest


def _iv(signs: Bools, seen: Bools) -> NDArray[np.uint8]:
    """Return the intradaily variability (Witting 1990): how broken up the hours of a day are.

    Mean square of the change from hour to hour over the variance of the hours; about 0 for a
    smooth wave, about 2 for noise. Hours not wholly seen are left out, with both their changes.
    """
    hours, whole = signs.reshape(-1, 168, 2).sum(2), seen.reshape(-1, 168, 2).all(2)
    n = np.maximum(whole.sum(1), 1)
    total, square = (hours * whole).sum(1), (hours**2 * whole).sum(1)
    spread = (square * n - total**2) / n**2
    pairs = whole[:, 1:] & whole[:, :-1]
    change = (np.diff(hours, axis=1) ** 2 * pairs).sum(1) / np.maximum(pairs.sum(1), 1)
    iv = np.where(spread > 0, change / np.maximum(spread, 1e-9), 0)
    return np.minimum(np.rint(IV_UNIT * iv), 255).astype(np.uint8)


def pack(week: Weeks) -> bytes:
    """Return a version byte and one row (shape 1 or none): 55 bytes."""
    return bytes([VERSION]) + week.tobytes()


def unpack(stored: bytes) -> Weeks:
    """Return one row; a version not known raises."""
    if stored[0] != VERSION:
        raise ValueError(f"week version {stored[0]}, this kernel knows {VERSION}")
    return np.frombuffer(stored[1:], WEEK).copy()
