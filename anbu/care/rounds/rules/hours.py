"""At which hour this person answers: learned from what was tried, and said with its reason.

The chance of an hour is a Beta-binomial mean. What few tries say is drawn towards what the whole
round says of that hour, by as many tries as `WEIGHT` (empirical Bayes shrinkage; Casella 1985,
The American Statistician 39(2)); a person of whom nothing is known is called when people answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FIRST_HOUR, LAST_HOUR = 9, 18  # calls of a round: from 9:00 until 18:00
BINS = LAST_HOUR - FIRST_HOUR  # one an hour
WEIGHT = 6.0  # so many tries of this person weigh as much as everybody's. Ours.
# What the round begins with, before it has any tries of its own. Ours, flat but for the meal.
BEGIN_RATE = 0.62
SURE_TRIES = 4  # from so many tries in an hour on, the hour is said to be this person's own

type Rates = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class BestHour:
    """The hour at which somebody most probably answers, and from what that is known."""

    hour: int
    chance: float
    tries: int  # of this person in this hour
    answered: int
    is_own: bool  # known of this person; else it is what the whole round shows

    @property
    def until(self) -> int:
        """Return the end of this hour."""
        return self.hour + 1


def everybody(tries: npt.ArrayLike, answered: npt.ArrayLike) -> Rates:
    """Return the chance of an answer in each hour over the whole round.

    Args:
        tries, answered: counts, shape (BINS,).
    """
    n, k = np.asarray(tries, float), np.asarray(answered, float)
    return (k + WEIGHT * BEGIN_RATE) / (n + WEIGHT)


def chances(tries: npt.ArrayLike, answered: npt.ArrayLike, prior: Rates) -> Rates:
    """Return the chance of an answer for each person and hour.

    Args:
        tries, answered: counts, shape (people, BINS) or (BINS,).
        prior: what `everybody` returns, shape (BINS,).

    Returns:
        The same shape as the counts; 0 to 1.
    """
    n, k = np.asarray(tries, float), np.asarray(answered, float)
    return (k + WEIGHT * prior) / (n + WEIGHT)


def best_hour(
    tries: Sequence[int],
    answered: Sequence[int],
    prior: Rates,
    *,
    from_hour: int = FIRST_HOUR,
    until_hour: int = LAST_HOUR,
) -> BestHour:
    """Return the best hour from `from_hour` on and before `until_hour`; the earlier of equals."""
    rates = chances(tries, answered, prior)
    open_ones = range(max(from_hour, FIRST_HOUR), min(until_hour, LAST_HOUR))
    if not open_ones:
        open_ones = range(FIRST_HOUR, LAST_HOUR)
    hour = max(open_ones, key=lambda h: (rates[h - FIRST_HOUR], -h))
    n, k = tries[hour - FIRST_HOUR], answered[hour - FIRST_HOUR]
    return BestHour(
        hour=hour,
        chance=float(rates[hour - FIRST_HOUR]),
        tries=n,
        answered=k,
        is_own=n >= SURE_TRIES,
    )


def best_hours(
    tries: npt.ArrayLike, answered: npt.ArrayLike, prior: Rates, *, from_hour: int = FIRST_HOUR
) -> npt.NDArray[np.int64]:
    """Return the best hour of many people at once, as `best_hour` has it of one.

    Args:
        tries, answered: counts, shape (people, BINS).
    """
    first = from_hour - FIRST_HOUR if FIRST_HOUR <= from_hour < LAST_HOUR else 0
    rates = chances(tries, answered, prior)[:, first:]
    return np.argmax(rates, axis=1) + first + FIRST_HOUR


def counted(outcomes: Mapping[int, tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Return tries and answers an hour, from {hour: (tries, answered)}."""
    tries = [outcomes.get(hour, (0, 0))[0] for hour in range(FIRST_HOUR, LAST_HOUR)]
    answered = [outcomes.get(hour, (0, 0))[1] for hour in range(FIRST_HOUR, LAST_HOUR)]
    return tries, answered
