"""One cause for many homes: a region, a provider or a gateway that fell silent together.

Before a single alarm leaves, these questions are asked of every group in every half hour: did far
fewer life signs come than these homes usually show (healthy noughts in a power cut); did many
members stop being seen in the same slot (a feed, a gateway, part of a vendor's devices); did too
many homes become unusually silent on one day (part of a vendor's devices sending healthy
noughts); is it over? All counts are whole numbers, so live and replay agree.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

WINDOW = 8  # slots: 4 h
LIKELY = 1e-5  # a silence of the group less likely than this has one cause
MOST = 0.4  # of the signs expected: half a city silent for its own reasons is no power cut
TRUST = 0.8  # of the signs expected: homes are not independent of weather and holidays
AT_ONCE, PART = 2, 0.25  # members that stop in one slot: at least so many, and this share
OVER = 0.5  # signs are back at this share of what is usual, or so many of the lost are seen
# An ordinary home becomes unusually silent (score 0.85) one to three times a month: once in twenty
# windows of 12 h. This question needs many homes: 30 % of a group is seen from 40 members on.
STORM_WINDOW, STORM_SHARE, STORM_AT_LEAST = 24, 0.05, 5


class Cause(IntEnum):
    """Which question a group answered with yes."""

    SILENT = 1
    STOPPED = 2
    HUSHED = 3


# slots between the beginning and the earliest moment each cause can be recognised
ONSET = {Cause.SILENT: WINDOW, Cause.STOPPED: 2, Cause.HUSHED: STORM_WINDOW}


@dataclass(frozen=True)
class Facts:
    """Per group and slot (G x S), whole numbers."""

    members: NDArray[np.int64]  # homes that report at all
    expected: NDArray[np.int64]  # signs usual in the window, in thousandths, homes in sight only
    came: NDArray[np.int64]  # homes with a sign, summed over the window
    stopped: NDArray[np.int64]  # members not seen for the second slot: they stopped together
    missing: NDArray[np.int64]  # members out of sight now
    rose: NDArray[np.int64]  # members that became unusually silent within STORM_WINDOW


def lower_tail(came: NDArray, mean: NDArray) -> NDArray[np.float64]:
    """Return an upper bound of P(X <= came) for Poisson X (Chernoff), 1 above the mean."""
    k, m = np.asarray(came, float), np.maximum(np.asarray(mean, float), 1e-9)
    ratio = np.where(k > 0, k * np.log(np.maximum(k, 1e-9) / m), 0.0)
    return np.where(k < m, np.exp(-(m - k) - ratio), 1.0)


def upper_tail(of: NDArray, n: NDArray, share: float) -> NDArray[np.float64]:
    """Return an upper bound of P(X >= of) for binomial X of n and share (Chernoff)."""
    n = np.maximum(np.asarray(n, float), 1.0)
    part = np.clip(np.asarray(of, float) / n, 1e-9, 1 - 1e-9)
    distance = part * np.log(part / share) + (1 - part) * np.log((1 - part) / (1 - share))
    return np.where(part > share, np.exp(-n * distance), 1.0)


def silent_together(facts: Facts) -> NDArray[np.bool_]:
    """Say where a group showed far fewer signs than its homes usually do."""
    mean = TRUST * facts.expected / 1000
    few = facts.came < MOST * facts.expected / 1000
    return few & (lower_tail(facts.came, mean) < LIKELY) & (facts.members >= 3)


def stopped_together(facts: Facts) -> NDArray[np.bool_]:
    """Say where many members went out of sight in the same slot."""
    return (facts.stopped >= AT_ONCE) & (facts.stopped >= PART * facts.members)


def hushed_together(facts: Facts) -> NDArray[np.bool_]:
    """Say where more members became unusually silent than chance would have it."""
    unlikely = upper_tail(facts.rose, facts.members, STORM_SHARE) < LIKELY
    many: NDArray[np.bool_] = unlikely & (facts.rose >= STORM_AT_LEAST)
    return many


def causes(facts: Facts, *, whole_hour: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the Cause recognised in each group and slot, 0 = none."""
    found = np.where(hushed_together(facts), int(Cause.HUSHED), 0)
    found = np.where(silent_together(facts) & whole_hour, int(Cause.SILENT), found)
    return np.where(stopped_together(facts), int(Cause.STOPPED), found)


def over(facts: Facts) -> NDArray[np.bool_]:
    """Say where nothing of a common cause is left."""
    # a still night ends nothing: where no sign is usual, none has come back
    signs_back = (facts.came > 0) & (facts.came >= OVER * facts.expected / 1000)
    seen_again = facts.missing < np.maximum(AT_ONCE, PART * facts.members)
    calm: NDArray[np.bool_] = signs_back & seen_again & ~hushed_together(facts)
    return calm


def windows(
    per_slot: NDArray, carried: NDArray | None = None, *, width: int = WINDOW
) -> NDArray[np.int64]:
    """Return sums over `width` slots; `carried` are the width - 1 slots before (else noughts)."""
    before = np.zeros((len(per_slot), width - 1), np.int64) if carried is None else carried
    total = np.cumsum(np.concatenate([np.zeros_like(before[:, :1]), before, per_slot], axis=1), 1)
    sums: NDArray[np.int64] = total[:, width:] - total[:, :-width]
    return sums
