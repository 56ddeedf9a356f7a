"""What the clock does for the register."""

from datetime import datetime

from . import actions


def take_import_step(*, now: datetime) -> bool:
    """Bring in or take back the next rows."""
    return actions.take_step(now=now)


def forget_cells(*, now: datetime) -> bool:
    """Forget what stood in files and was not brought in."""
    return actions.forget_cells(now=now)


def find_doubles(*, now: datetime) -> bool:
    """Search for people who stand twice, if somebody asked."""
    return actions.find_doubles(now=now)


def escalate_transfers(*, now: datetime) -> bool:
    """Tell the districts of hand-overs that nobody answered."""
    return actions.escalate_next(now=now)
