"""What the clock calls: the weekly round."""

from datetime import datetime

from .actions import ask_next


def ask_about_last_week(*, now: datetime) -> bool:
    """Ask once a week, early on Monday, whether a rhythm slowly changes in any home."""
    return ask_next(now=now)
