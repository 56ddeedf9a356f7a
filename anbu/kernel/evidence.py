"""What each channel can tell about a person, and how strongly: one row per channel.

The learned detector never asks "was there an edge" but "how much bigger was it than what this
home's own machines do in its quietest hours". That ratio is sorted into BINS; the rhythm (see
rhythm.py) says what each bin is worth in this home.

In a whole-house meter one step alone tells little: a boiler, a timer or a change of weather lifts
or lowers the level of a whole house once and for hours. A person makes steps in company. There a
step counts only for as much as another one within the two hours before it: the smaller of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A row of a longer interval says what happened in hours long past: life at its beginning at the
# earliest, and not one such row may be missing.
COARSE_S = 6 * 3600
SLOT_S = 1800  # everything is judged in half hours: the grid of the coarsest common meter
DAY_SLOTS = 48
LATE_S = 7200  # rows may come this much out of order; a slot closes when this has passed
OPEN_SLOTS = 8  # open slots kept per feed: 2 h lateness, the running slot, and spare
PAIR_SLOTS = 4  # a meter's step needs another one in so many slots before it

# Upper edges of the ratio step / machine level. Bin 0 = nothing, bin 6 = a person for certain.
RATIOS = np.array([0.7, 1.0, 1.4, 2.0, 3.0, 5.0])
BINS = len(RATIOS) + 1
CERTAIN = BINS - 1
FIXED_BIN = 3  # a convincing sign, and one for the city's rule: 1.4 times what the machines make


@dataclass(frozen=True)
class Evidence:
    """How far one kind of channel is to be trusted."""

    code: int  # as in signs.CHANNELS
    name: str
    label: str  # Korean, as in a reason sentence
    counts: bool  # an event somebody caused: above nought is certain life
    rises: bool  # a step up may be life
    falls: bool  # a step down may be life too (a meter: somebody switched something off)
    pairs: bool  # a step alone is no life: it needs another one within PAIR_SLOTS
    floor: float  # smallest machine level; per hour of interval for energy
    by_hour: bool  # floor scales with the interval
    most: int  # the strongest bin this channel may reach
    sees: bool  # a row without life proves that nothing happened (else only its signs count)
    zero_is_dead: bool  # an exact nought or a long repeat is a dead feed, not a quiet home


CHANNELS = (
    Evidence(1, "power_w", "전력", False, True, False, False, 8.0, False, CERTAIN, True, False),
    Evidence(2, "energy_wh", "전력량", False, True, True, True, 30.0, True, CERTAIN, True, True),
    # Daylight is a machine too: a room's light may support, never prove.
    Evidence(3, "lux", "조도", False, True, True, False, 20.0, False, 4, True, False),
    Evidence(4, "motion", "움직임", True, False, False, False, 1.0, False, CERTAIN, True, False),
    Evidence(5, "door", "현관문", True, False, False, False, 1.0, False, CERTAIN, True, False),
    Evidence(6, "contact", "문 열림", True, False, False, False, 1.0, False, CERTAIN, True, False),
    Evidence(7, "calls", "통화", True, False, False, False, 1.0, False, CERTAIN, True, False),
    Evidence(8, "sms", "문자", True, False, False, False, 1.0, False, CERTAIN, True, False),
    Evidence(9, "data_kb", "데이터", False, True, False, False, 500.0, False, CERTAIN, True, False),
    Evidence(10, "steps", "걸음", True, False, False, False, 1.0, False, CERTAIN, True, False),
    Evidence(
        11, "checkin", "안부 응답", True, False, False, False, 1.0, False, CERTAIN, False, False
    ),
    Evidence(12, "presence", "대화", True, False, False, False, 1.0, False, CERTAIN, True, False),
    Evidence(13, "screen", "화면 켬", True, False, False, False, 1.0, False, CERTAIN, True, False),
)
BY_NAME = {row.name: row for row in CHANNELS}
BY_CODE = {row.code: row for row in CHANNELS}
_SIZE = max(BY_CODE) + 1


def heard_by_the_slot(channels: Sequence[int], intervals_s: Sequence[float]) -> list[bool]:
    """Say which feeds of one home the learned clock hears.

    It thinks in half hours: a count of a whole day tells it nothing where something finer sees.
    """
    coarse = is_coarse(np.array(channels, int), np.array(intervals_s, float))
    has_finer = bool((SEES[list(channels)] & ~coarse).any())
    return [not has_finer or not each for each in coarse.tolist()]


def _column(of: str, kind: type) -> NDArray:
    column: NDArray = np.zeros(_SIZE, dtype=kind)
    for row in CHANNELS:
        column[row.code] = getattr(row, of)
    return column


# A meter that seldom repeats a value is dead after three hours of one; another (coarse, or a
# standing load), or one of which this is not known, after half a day.
FROZEN_S, STUCK_S = 3 * 3600, 12 * 3600


COUNTS, RISES, FALLS, PAIRS, BY_HOUR, SEES, ZERO_IS_DEAD = (
    _column(of, np.bool_)
    for of in ("counts", "rises", "falls", "pairs", "by_hour", "sees", "zero_is_dead")
)
FLOOR, MOST = _column("floor", np.float64), _column("most", np.int64)


def is_coarse(channel: NDArray, interval_s: NDArray) -> NDArray[np.bool_]:
    """Say whose rows sum up hours; the answer to a question has its moment, however seldom."""
    found: NDArray[np.bool_] = SEES[channel] & (interval_s > COARSE_S)
    return found


def is_nought(channel: NDArray, value: NDArray) -> NDArray[np.bool_]:
    """Say which values [any shape of `channel`] are a nought that means no supply or a dead meter.

    Whoever hears one treats it as "no data".
    """
    found: NDArray[np.bool_] = ZERO_IS_DEAD[channel] & (value <= 0)
    return found


def floors(channel: NDArray, interval_s: NDArray) -> NDArray[np.float64]:
    """Return the smallest machine level of each feed, in its own unit."""
    least: NDArray[np.float64] = FLOOR[channel] * np.where(
        BY_HOUR[channel], interval_s / 3600.0, 1.0
    )
    return least


def bins_of(channel: NDArray, value: NDArray, step: NDArray, machine: NDArray) -> NDArray[np.int64]:
    """Return the bin of each cell (M feeds x C slots); NaN value or step tells nothing.

    `step` is value minus the value before; `machine` [M] the level of the home's own machines.
    """
    up = np.where(RISES[channel][:, None], np.nan_to_num(step), 0.0)
    down = np.where(FALLS[channel][:, None], np.nan_to_num(-step), 0.0)
    found = sorted_by(channel, np.maximum(up, down), machine)
    bins: NDArray[np.int64]
    bins = np.where(COUNTS[channel][:, None], CERTAIN * (np.nan_to_num(value) > 0), found)
    return bins


def sorted_by(channel: NDArray, size: NDArray, machine: NDArray) -> NDArray[np.int64]:
    """Return the bin of each step's size (M x C), measured by what the machines make [M]."""
    ratio = size / machine[:, None]
    bins: NDArray[np.int64]
    bins = np.minimum(np.searchsorted(RATIOS, ratio, side="right"), MOST[channel][:, None])
    return bins


def paired(size: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each step (M x C) the smaller of it and the greatest of PAIR_SLOTS before it.

    `before` (M x PAIR_SLOTS + C) holds the same sizes, led by those of the slots before the first.
    """
    width = size.shape[1]
    others = before[:, :width]
    for nth in range(1, PAIR_SLOTS):
        others = np.maximum(others, before[:, nth : nth + width])
    smaller: NDArray[np.float32] = np.minimum(size, others)
    return smaller
