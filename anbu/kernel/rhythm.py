"""What is usual in this home: the worth of each sign, and the silences it has known.

Two things are learned, both in whole numbers so that any cutting of the stream gives the same
state, bit for bit.

*Worth.* For each hour of the day the share of slots with a sign, and for each bin its share in
life and in the home's quietest four hours of each day ("machines only"). The worth of a slot is
the logarithm of P(seen | machines only) / P(seen | life at this hour), in thousandths: positive
for stillness at a waking hour, nought for stillness at night, very negative for a kettle.

*Record.* The longest silence of each of the last 28 well-seen days, by the wall clock and by
worth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.evidence import BINS, SLOT_S

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DAYS = 28
MEMORY_DAYS = 20  # counts fade by a 20th each day: about the weight of four weeks
UNIT = 256  # one slot, in the fixed-point counts
_EPS = 0.3
_LEAST = 2e-4  # nothing is rarer than once in 5,000 slots: no proof is absolute
_PRIOR_ALIVE = np.array([50, 1, 1, 1, 0.5, 0.5, 0.5]) * _EPS


@dataclass(frozen=True)
class Kind:
    """What homes of one kind have in common, before one is known."""

    name: str
    label: str
    scale: float  # brings theta = 1 to about one false alarm a home-month
    worth_share: float  # of the score that worth makes; the rest is wall-clock silence
    fixed_share: float  # of the wall-clock part that follows the fixed day instead of the record
    learn_days: int


# Shares and scales: chosen on recorded homes, docs/detection.md, "What was chosen".
KINDS = (
    Kind("single", "플러그 1개", 0.89, 0.4, 1.0, 28),
    Kind("multi", "플러그 여러 개", 0.97, 0.4, 0.0, 28),
    Kind("half", "30분 검침", 0.74, 0.4, 0.0, 28),
    Kind("hour", "1시간 검침", 0.76, 0.4, 0.0, 28),
    Kind("dense", "감지기", 0.62, 0.4, 0.0, 7),
)
KIND = {kind.name: i for i, kind in enumerate(KINDS)}
SCALE, WORTH_SHARE, FIXED_SHARE = (
    np.array([getattr(kind, of) for kind in KINDS])
    for of in ("scale", "worth_share", "fixed_share")
)
FIXED_S = 24 * 3600.0  # the fixed day the single plug leans on

# The population's own record while a home is young (counts as two days), and the slack on top.
POP_GAP_S, SLACK_S, CAP_S = 14 * 3600, 6 * 3600, 30 * 3600
POP_WORTH, SLACK_WORTH = 6_000, 6_000


def usual(signs: Ints, seen: Ints, hour: int | slice = slice(None)) -> Floats:
    """Return the share of slots with a sign at each hour (N x 24), shrunk to the day's mean."""
    total, of = signs.sum(1), seen.sum(1)
    mean = (total + 3.5 * _EPS * UNIT) / (of + 53.5 * _EPS * UNIT)
    near_signs = signs + 0.5 * (np.roll(signs, 1, 1) + np.roll(signs, -1, 1))
    near_seen = seen + 0.5 * (np.roll(seen, 1, 1) + np.roll(seen, -1, 1))
    prior = 8.8 * UNIT
    return ((near_signs + prior * mean[:, None]) / (near_seen + prior))[:, hour]


def worth(signs: Ints, seen: Ints, alive: Ints, quiet: Ints) -> tuple[Ints, Ints]:
    """Return the worth [1/1000] of stillness per hour (N x 24) and of a sign (N x 24 x BINS)."""
    share = usual(signs, seen)
    a = alive / UNIT + _PRIOR_ALIVE
    a /= a.sum(1, keepdims=True)
    q = quiet / UNIT
    size = q.sum(1, keepdims=True)
    machine = (q + 2 * _EPS * a + np.array([5.0] + [0] * (BINS - 1))) / (size + 2 * _EPS + 5)
    machine = np.maximum(machine, _LEAST)
    still = np.log(machine[:, :1] / np.maximum(1 - share, _LEAST))
    given_sign = a[:, 1:] / a[:, 1:].sum(1, keepdims=True)
    p_bin = np.maximum(share[:, :, None] * given_sign[:, None, :], _LEAST)
    sign = np.log(machine[:, None, 1:] / p_bin)
    still = np.rint(1000 * np.maximum(still, 0)).astype(np.int64)
    sign = np.rint(1000 * np.minimum(sign, 0)).astype(np.int64)
    return still, np.concatenate([np.zeros_like(sign[:, :, :1]), sign], axis=2)


def record(gaps: Ints, worths: Ints) -> tuple[Ints, Ints]:
    """Return what silence is usual at most: wall clock [s] and worth [1/1000].

    `gaps` [minutes] and `worths` [1/100] are rings of daily peaks (N x DAYS), 0 = day not seen.
    """
    known = (gaps > 0).sum(1)
    gap = np.sort(gaps, axis=1)[:, -2].astype(np.int64) * 60
    gap = np.where(known >= 2, gap, POP_GAP_S)
    long = np.minimum((known * gap + 2 * POP_GAP_S) // (known + 2) + SLACK_S, CAP_S)
    most = np.sort(worths, axis=1)[:, -3].astype(np.int64) * 10
    most = np.where(known >= 3, most, POP_WORTH)
    return long, (known * most + 2 * POP_WORTH) // (known + 2) + SLACK_WORTH


def weights(kind: Ints, long_s: Ints, most: Ints) -> tuple[Floats, Floats]:
    """Return the factors of worth and of wall-clock silence in the score (1 = due at theta 1)."""
    share, fixed = WORTH_SHARE[kind], FIXED_SHARE[kind]
    clock = (1 - fixed) / long_s + fixed / FIXED_S
    return share / most / SCALE[kind], (1 - share) * clock / SCALE[kind]


def fade(counts: Ints) -> Ints:
    """Return counts one day older."""
    return counts - counts // MEMORY_DAYS


def hours_of(slots: Ints) -> Ints:
    """Return the local hour of day of slots."""
    return (slots * SLOT_S // 3600) % 24
