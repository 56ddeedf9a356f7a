"""What the clock calls: the weighing of looks."""

from datetime import datetime

from .actions import weigh_next


def weigh_looks(*, now: datetime) -> bool:
    """Look for odd patterns in what was sealed since the last time; say if there was anything."""
    return weigh_next(now=now)
