"""Opening the lists that name people, each look with its trace."""

from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.people.queries import LISTS
from anbu.care.staff.models import Staff

from ..queries.overdue import Overdue, overdue
from ..queries.refusals import RefusalRow, refusals


@transaction.atomic
def open_overdue(*, seen_by: Staff, now: datetime, first: int = 0) -> Overdue:
    """Return whom nobody reached in time, and write down whose homes were shown to whom."""
    found = overdue(seen_by=seen_by, now=now, first=first)
    if found.rows:
        homes = sorted(row.household for row in found.rows)
        record(by=seen_by.actor, verb="list_overdue", at=now, homes=homes, purpose=LISTS)
    return found


@transaction.atomic
def open_refusals(*, seen_by: Staff, now: datetime) -> tuple[RefusalRow, ...]:
    """Return who refuses, and write down whose homes were shown to whom."""
    rows = refusals(seen_by=seen_by)
    if rows:
        homes = sorted(row.household for row in rows)
        record(by=seen_by.actor, verb="list_refusals", at=now, homes=homes, purpose=LISTS)
    return rows
