"""Looks at the round from a desk: each of them leaves a trace of whose names were shown."""

from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.staff.models import Staff

from ..queries.today import Changed, Coverage, coverage
from ..queries.today import set_by_hand as _set_by_hand


@transaction.atomic
def open_round(*, seen_by: Staff, now: datetime) -> tuple[Coverage, tuple[Changed, ...]]:
    """Return how far today's round is, and what people changed in its plan."""
    found = coverage(seen_by=seen_by, now=now)
    changed = _set_by_hand(seen_by=seen_by, now=now) if found.names else ()
    people = [row.person for row in found.overdue]
    people += [row.person for row in found.left] + [row.person for row in changed]
    shown = {person.household for person in people}
    if shown:
        record(by=seen_by.actor, verb="list_round", at=now, homes=sorted(shown))
    return found, changed
