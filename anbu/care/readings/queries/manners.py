"""When and by what a machine may ask: the policy's word, and the person's own before it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from anbu.care.people import queries as people

from ..rules import KOREA, Asking, quiet_ends
from .policies import patience_of, policies_in_force


def manners(*, households: Collection[UUID], now: datetime) -> dict[UUID, Asking]:
    """Return how each of these homes is asked, if it is asked at `now`. Names nobody."""
    policies = patience_of(households=households, policies=policies_in_force(now=now))
    wishes = people.asking(households=households)
    found = {}
    for home, policy in policies.items():
        asking, wish = policy.asking, wishes.get(home)
        if wish is not None and wish.quiet_from is not None and wish.quiet_until is not None:
            asking = replace(asking, quiet_from=wish.quiet_from, quiet_until=wish.quiet_until)
        if wish is not None and wish.by:
            asking = replace(asking, by=wish.by)
        found[home] = asking
    return found


def may_ask_at(*, households: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Return when each home may be asked what does not press: at its own hour, never in the quiet.

    The hour a person prefers counts for one day; a moment in the past means now.
    """
    wishes = people.asking(households=households)
    found = {}
    for home, asking in manners(households=households, now=now).items():
        at = quiet_ends(asking, now) or now
        wish = wishes.get(home)
        if wish is not None and wish.hour is not None:
            here = now.astimezone(KOREA)
            hour = here.replace(hour=wish.hour, minute=0, second=0, microsecond=0)
            if here.hour != wish.hour:
                hour = hour if hour > here else hour + timedelta(days=1)
                at = hour if quiet_ends(asking, hour) is None else at
        found[home] = at
    return found
