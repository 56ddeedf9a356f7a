"""Slow decline: has the rhythm of a home shrunk, shifted or flattened over the last weeks?

Never an alarm. The last 4 weeks are held against the home's own 12 before them, by what
actigraphy knows of failing rhythms: fewer signs; the day begins later or earlier; less difference
between day and night (relative amplitude of the 10 most and 5 least active hours: Witting et al.
1990, Van Someren et al. 1999). A change must be large, shown by all recent weeks but one, and rare
among all ways to choose as many of these weeks (an exact permutation test). Hours that were not
seen count for nothing; what all homes of a city do in a week (season, holiday) is taken off first.
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.weeks import Weeks

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RECENT, BASE = 4, 12  # weeks
SPAN = RECENT + BASE
LEAST_RECENT, LEAST_BASE = 3, 8  # usable weeks among them
SHRINK, SHIFT, FLATTEN = 0, 1, 2
KINDS = ("shrink", "shift", "flatten")
LEAST_CITY = 50  # homes from which a season can be read

# Chosen on recorded homes: docs/detection.md, "Slow decline".
LEAST = np.array([0.22, 1.5, 0.2])  # log of the ratio of signs; hours; loss of relative amplitude
RARE = np.array([0.002, 0.006, 0.002])  # share of all choices of weeks
STEADY = 0.5  # of LEAST

_USABLE_DAYS = 4  # well-seen days of a usable week
_AWAY_SLOTS = 96  # two days without a sign: somebody was away, and nobody's rhythm shows
_HOUR_SEEN = 3  # half hours of 14, or the hour is filled in from the home's other weeks
_HOURS_KNOWN = 20
_FLOOR = 0.25  # half hours a day: keeps a home with hardly any sign from large ratios
_HARMONICS = 3  # of the usual day: what is finer is chance
_RHYTHM = 0.12  # share of the first harmonic below which a day has no time to move
_TWO_SIDED = np.array([False, True, False])
_AT_ONCE = 1000  # homes x 1,820 choices in memory


@dataclass(frozen=True)
class Judged:
    """N homes x 3 kinds."""

    change: Floats  # log of signs lost; hours later (+) or earlier (-); amplitude lost
    steady: Floats  # what all recent weeks but one show at least
    rarity: Floats  # share of all choices of weeks that show as much; 1 = cannot be judged
    is_due: Bools


def measures(weeks: Weeks) -> Floats:
    """Return what each week (N x W rows of weeks.WEEK) says of each kind, N x W x 3.

    Log of half hours with a sign a day; hours later than this home's mean day; relative
    amplitude. NaN = the week, or of a home without day and night its time, cannot be used.
    """
    seen = weeks["seen"].astype(float)
    known = seen >= _HOUR_SEEN
    usable = (weeks["days"] >= _USABLE_DAYS) & (known.sum(2) >= _HOURS_KNOWN)
    usable &= weeks["still"] < _AWAY_SLOTS
    known &= usable[:, :, None]
    share = np.where(known, weeks["signs"] / np.maximum(seen, 1), 0.0)
    usual = share.sum(1) / np.maximum(known.sum(1), 1)
    share = np.where(known, share, usual[:, None, :])
    said = [np.log(2 * share.sum(2) + _FLOOR), _later(share, usual), _amplitude(share)]
    return np.where(usable[:, :, None], np.stack(said, axis=2), np.nan)


def _later(share: Floats, usual: Floats) -> Floats:
    """Return by how many hours each week's day comes later than the usual one.

    To the first order a day that comes later by t is the usual day minus t times its slope; how
    high the day is does not matter, since a day around the clock is at right angles to its slope.
    """
    waves = np.fft.rfft(usual, axis=1)
    waves[:, 0] = waves[:, _HARMONICS + 1 :] = 0
    slope = np.fft.irfft(2j * np.pi / 24 * np.arange(waves.shape[1]) * waves, 24, axis=1)
    later = -np.einsum("nwh,nh->nw", share, slope) / np.maximum((slope**2).sum(1), 1e-9)[:, None]
    has_rhythm = np.abs(waves[:, 1]) >= _RHYTHM * np.maximum(usual.sum(1), 1e-9)
    return np.where(has_rhythm[:, None], later, np.nan)


def _amplitude(share: Floats) -> Floats:
    """Return (M10 - L5) / (M10 + L5) of each week's mean day."""
    twice = np.concatenate([np.zeros_like(share[:, :, :1]), share, share], axis=2)
    total = np.cumsum(twice, axis=2)
    most = (total[:, :, 10:34] - total[:, :, :24]).max(2) / 10
    least = (total[:, :, 5:29] - total[:, :, :24]).min(2) / 5
    relative: Floats = (most - least) / (most + least + _FLOOR / 24)
    return relative


def season(said: Floats) -> Floats | None:
    """Return what all homes do in common in each week (1 x W x 3), or None for too few homes.

    The median over the homes of how far each is in that week from its own middle.
    """
    if len(said) < LEAST_CITY:
        return None
    away = said - _middle(said, axis=1)
    common = _middle(away, axis=0)
    enough = np.isfinite(away).sum(0, keepdims=True) >= LEAST_CITY
    return np.where(enough, common, 0.0)


def _middle(of: Floats, *, axis: int) -> Floats:
    """Return the median along an axis without NaN, kept as an axis of 1; NaN = nothing known."""
    held, n = np.sort(of, axis=axis), np.isfinite(of).sum(axis, keepdims=True)
    low = np.take_along_axis(held, np.maximum(n - 1, 0) // 2, axis)
    high = np.take_along_axis(held, np.minimum(n // 2, of.shape[axis] - 1), axis)
    return np.where(n > 0, (low + high) / 2, np.nan)


def judge(weeks: Weeks, *, common: Floats | None = None) -> Judged:
    """Judge N homes by their last SPAN weeks (N x SPAN rows of weeks.WEEK, the newest last).

    A week of which nothing is known is a row of noughts. `common` as from `season`.
    """
    said = measures(weeks) - (0.0 if common is None else common)
    change, steady = np.zeros((len(weeks), 3)), np.zeros((len(weeks), 3))
    rarity, rare = np.ones((len(weeks), 3)), np.tile(RARE, (len(weeks), 1))
    for kind in range(3):
        usable = np.isfinite(said[:, :, kind])
        patterns, of = np.unique(usable, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            recent, base = int(pattern[BASE:].sum()), int(pattern[:BASE].sum())
            if recent < LEAST_RECENT or base < LEAST_BASE:
                continue
            rows = np.flatnonzero(of.ravel() == number)
            # of few weeks there are few choices: the rarest of all is then rare enough
            rare[rows, kind] = max(RARE[kind], 1.01 / len(_choices(recent + base, recent)))
            for start in range(0, len(rows), _AT_ONCE):
                some = rows[start : start + _AT_ONCE]
                found = _test(said[some][:, pattern, kind], recent, kind)
                change[some, kind], steady[some, kind], rarity[some, kind] = found
    large = np.where(_TWO_SIDED, np.abs(change), change)
    is_due = (large >= LEAST) & (steady >= STEADY * LEAST) & (rarity <= rare)
    return Judged(change, steady, rarity, is_due)


def _test(said: Floats, recent: int, kind: int) -> tuple[Floats, Floats, Floats]:
    """Return change, steadiness and rarity [N] of N homes x weeks that can be used."""
    chosen = _choices(said.shape[1], recent)
    late, early = chosen / recent, (1 - chosen) / (said.shape[1] - recent)
    sign = 1.0 if kind == SHIFT else -1.0  # later is more, shrinking and flattening are less
    moved = sign * (said @ (late - early).T)
    change = moved[:, 0]
    each = sign * (said[:, -recent:] - (said @ early[0])[:, None])
    if _TWO_SIDED[kind]:
        each, moved = each * np.sign(change)[:, None], np.abs(moved)
    rarity = (moved >= moved[:, :1] - 1e-9).mean(1)
    return change, np.sort(each, axis=1)[:, 1], rarity


@cache
def _choices(n: int, recent: int) -> Floats:
    """Return every way to choose `recent` of `n` weeks (rows of 0 and 1), the last weeks first."""
    ways = [tuple(range(n - recent, n))]
    ways += [way for way in combinations(range(n), recent) if way != ways[0]]
    chosen = np.zeros((len(ways), n))
    for row, way in enumerate(ways):
        chosen[row, list(way)] = 1
    return chosen
