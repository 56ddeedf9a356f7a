"""What the clock calls: deadlines of visits."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import OperationalError

from .actions.watching import end_next_visits, watch_next_visits

log = structlog.get_logger()


def watch_visits(now: datetime) -> bool:
    """Tell of visits whose time is over, and end those of which a person said how they ended."""
    more = _patiently(watch_next_visits, now)
    return _patiently(end_next_visits, now) or more


def _patiently(step: Callable[..., bool], now: datetime) -> bool:
    try:
        return step(now=now)
    except OperationalError as error:  # a lock held too long: the row is still due
        log.warning("sweep_step_postponed", step=step.__name__, error=str(error).split("\n")[0])
        return False
