"""What another cadence would mean: who would be past its bound, how many contacts, whose hours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .cadence import Cadence
from .planning import CALL_MIN, VISIT_MIN

MONTH_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Asks:
    """What a cadence asks of a month for so many people."""

    calls: float
    visits: float

    @property
    def contacts(self) -> float:
        """Return calls and visits together: a visit is a contact as well."""
        return self.calls + self.visits

    @property
    def minutes(self) -> float:
        """Return the minutes of workers, counted as the daily plan counts; two go to a visit."""
        return self.calls * CALL_MIN + self.visits * 2 * VISIT_MIN

    def __add__(self, other: "Asks") -> "Asks":
        return Asks(calls=self.calls + other.calls, visits=self.visits + other.visits)


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """A change of cadence for one tier: what is so today, and what would be."""

    people: int  # who follow it
    past: tuple[int, int]  # of them past the bound today: now, with the change
    asks: tuple[Asks, Asks]  # of a month, of these people: now, with the change
    need_min: tuple[int, int]  # of a month, of everybody of the round here: now, with the change
    there_min: int  # the minutes a month that workers here may work

    @property
    def over_min(self) -> int:
        """Return by how much the change would need more than there is; 0: it fits."""
        return max(0, self.need_min[1] - self.there_min)


def asks_of(cadence: Cadence, people: int) -> Asks:
    """Return what a cadence asks of a month if everybody answers at once."""
    visits = MONTH_DAYS / cadence.visit_days if cadence.visit_days else 0.0
    contacts = MONTH_DAYS / cadence.every_days
    return Asks(calls=max(0.0, contacts - visits) * people, visits=visits * people)


def past_of(cadence: Cadence, by_last: Mapping[date, int], today: date) -> int:
    """Return how many are past a bound, by the day of their last contact."""
    bound = timedelta(days=cadence.bound_days)
    return sum(n for last, n in by_last.items() if last + bound < today)


def meaning_of(
    *,
    before: Cadence,
    after: Cadence,
    by_last: Mapping[date, int],
    others: Iterable[tuple[Cadence, int]],
    there_min: int,
    today: date,
) -> Meaning:
    """Return what a change means.

    Args:
        by_last: whom it concerns, by the day of their last contact.
        others: everybody else of the round here, by the cadence they follow.
    """
    people = sum(by_last.values())
    rest = sum((asks_of(cadence, n).minutes for cadence, n in others), 0.0)
    asks = asks_of(before, people), asks_of(after, people)
    return Meaning(
        people=people,
        past=(past_of(before, by_last, today), past_of(after, by_last, today)),
        asks=asks,
        need_min=(round(rest + asks[0].minutes), round(rest + asks[1].minutes)),
        there_min=there_min,
    )
