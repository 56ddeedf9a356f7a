"""What the clock does for the register."""

from datetime import datetime

from . import actions


def take_import_step(*, now: datetime) -> bool:
    """Bring in or take back the next rows."""
    return actions.take_step(now=now)


def forget_cells(*, now: datetime) -> bool:
    """Forget what stood in files and was not brought in."""
    return actions.forget_cells(now=now)
