"""What the clock calls for the days of a round: planned, planned anew, and whom nobody reached."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import OperationalError

from .actions import asking, escalating, paces, replanning

log = structlog.get_logger()


def plan_days(now: datetime) -> bool:
    """Take up what was asked for, and plan what must be planned."""
    asked = _patiently(asking.take_up_wishes, now)
    ended = _patiently(asking.end_asked, now)
    return _patiently(replanning.plan_next, now) or asked or ended


def tell_late(now: datetime) -> bool:
    """End what one person's pace was for so long, and tell of whom nobody reached in time."""
    ended = _patiently(paces.end_next_paces, now)
    return _patiently(escalating.tell_next_late, now) or ended


def _patiently(step: Callable[..., bool], now: datetime) -> bool:
    try:
        return step(now=now)
    except OperationalError as error:
        # A lock held too long: what is due is still due, the next sweep has it.
        log.warning("sweep_step_postponed", step=step.__name__, error=str(error).split("\n")[0])
        return False
