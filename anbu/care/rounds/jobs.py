"""What the clock calls: deadlines of visits, the days of a round, who takes part."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import OperationalError

from .actions import asking, escalating, hearing, members, paces, replanning
from .actions.watching import end_next_visits, watch_next_visits

log = structlog.get_logger()


def watch_visits(now: datetime) -> bool:
    """Tell of visits whose time is over, and end those of which a person said how they ended."""
    more = _patiently(watch_next_visits, now)
    return _patiently(end_next_visits, now) or more


def plan_days(now: datetime) -> bool:
    """Take up what was asked for, and plan what must be planned."""
    asked = _patiently(asking.take_up_wishes, now)
    ended = _patiently(asking.end_asked, now)
    return _patiently(replanning.plan_next, now) or asked or ended


def tell_late(now: datetime) -> bool:
    """End what one person's pace was for so long, and tell of whom nobody reached in time."""
    ended = _patiently(paces.end_next_paces, now)
    return _patiently(escalating.tell_next_late, now) or ended


def follow_members(now: datetime) -> bool:
    """Let who takes part have a clock of contact, and end the clock of who does not any more."""
    return _patiently(members.follow_enrolments, now)


def hear_others(now: datetime) -> bool:
    """Put on the one clock of contact what the centre and calling machines have heard."""
    return _patiently(hearing.hear_others, now)


def _patiently(step: Callable[..., bool], now: datetime) -> bool:
    try:
        return step(now=now)
    except OperationalError as error:  # a lock held too long: the row is still due
        log.warning("sweep_step_postponed", step=step.__name__, error=str(error).split("\n")[0])
        return False
