"""Days without contact, as a distribution: a mean would hide the one whom nobody reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EDGES = (3, 7, 14, 30, 61)  # a bin ends with each of these days; the last has no end


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How many people are how many days without a real contact."""

    people: int
    bins: tuple[int, ...]  # one more than EDGES
    median: int | None
    p90: int | None
    longest: int | None


def spread_of(days: Iterable[int]) -> Spread:
    """Return the histogram and the quantiles of these numbers of days."""
    told = sorted(days)
    bins = [0] * (len(EDGES) + 1)
    for each in told:
        bins[sum(each > edge for edge in EDGES)] += 1
    return Spread(
        people=len(told),
        bins=tuple(bins),
        median=_quantile(told, 50),
        p90=_quantile(told, 90),
        longest=told[-1] if told else None,
    )


def _quantile(told: Sequence[int], percent: int) -> int | None:
    """Return the least number that so many of a hundred do not pass; it is one of them."""
    if not told:
        return None
    return told[max(0, -(-len(told) * percent // 100) - 1)]
