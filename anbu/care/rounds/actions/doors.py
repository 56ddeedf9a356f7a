"""Looking at who is behind a door: each look leaves a trace."""

from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.staff.models import Staff

from ..queries.visits import LateVisit, late_visits


@transaction.atomic
def open_late_visits(*, seen_by: Staff, now: datetime) -> tuple[LateVisit, ...]:
    """Return the visits that go on, and write down whose homes were shown to whom."""
    rows = late_visits(seen_by=seen_by, now=now)
    if rows:
        homes = sorted({row.household for row in rows})
        record(by=seen_by.actor, verb="list_visits", at=now, homes=homes)
    return rows
