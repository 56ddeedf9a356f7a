"""A month or a week as a Korean calendar shows it: Sunday first."""

from collections.abc import Collection
from datetime import date, timedelta

SUNDAY, SATURDAY = 6, 5


def weeks_of(first: date, last: date) -> tuple[tuple[date, ...], ...]:
    """Return the whole weeks, Sunday first, that hold these days."""
    day = first - timedelta(days=(first.weekday() + 1) % 7)
    found = []
    while day <= last:
        found.append(tuple(day + timedelta(days=n) for n in range(7)))
        day += timedelta(days=7)
    return tuple(found)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def is_free(day: date, holidays: Collection[date]) -> bool:
    """Say whether a calendar writes this day in red: a Sunday, or a holiday."""
    return day.weekday() == SUNDAY or day in holidays
