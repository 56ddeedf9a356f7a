"""Whom nobody reached in time: when the dong is told, and when the district."""

from collections.abc import Mapping
from datetime import date, timedelta

from .cadence import days_past

# So many days after the bound somebody is still not reached: the district is told. Ours.
UP_AFTER: Mapping[str, int] = {"high": 3, "mid": 7, "low": 14}


def is_late(bound: date, today: date) -> bool:
    """Say whether the dong is to know of this person by name."""
    return days_past(bound, today) > 0


def goes_up(tier: str, bound: date, today: date) -> bool:
    """Say whether the district is to know as well."""
    return days_past(bound, today) > UP_AFTER[tier]


def up_bound(tier: str, today: date) -> date:
    """Return the last bound of this tier that goes up today."""
    return today - timedelta(days=UP_AFTER[tier] + 1)
