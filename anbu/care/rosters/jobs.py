"""What the clock calls: holes are looked for, and told before they open."""

from datetime import datetime

import structlog
from django.db import OperationalError

from . import actions

log = structlog.get_logger()


def look_for_holes(now: datetime) -> bool:
    """Go through the coming days of the posts whose turn it is, and tell what must be told."""
    try:
        more = actions.look_at_next_post(now=now)
        return actions.tell_next_holes(now=now) or more
    except OperationalError as error:  # a lock held too long: the row is still due
        log.warning("sweep_step_postponed", step="rosters", error=str(error).split("\n")[0])
        return False
