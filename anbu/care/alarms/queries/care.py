"""Whom one is to ask how they are. Nobody else sees it, and nobody who lives anywhere is named."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from anbu.care.staff.models import Staff

from ..models import Care
from ..rules import CareState

SHOWN_AFTER = timedelta(days=30)  # what was settled stays to be read so long


@dataclass(frozen=True, kw_only=True)
class CareRow:
    """One colleague, and what has come of asking them."""

    id: UUID
    whom: str  # "": whoever stood at the door, known by their role alone
    role: str  # rules.AgentKind of who stood at the door, or "" where nobody said
    number: str  # of the signal
    outcome: str
    state: str
    note: str
    asked_at: datetime
    due_at: datetime
    settled_at: datetime | None
    is_late: bool
    is_handed_on: bool


def cares(*, seen_by: Staff, now: datetime) -> tuple[CareRow, ...]:
    """Return whom this person is to ask, and whom they asked lately; what is due first on top."""
    wanted = Q(state=CareState.ASKED) | Q(settled_at__gt=now - SHOWN_AFTER)
    rows = (
        Care.objects.filter(wanted, owner_staff=seen_by)
        .select_related("whom", "job", "alarm")
        .order_by("settled_at", "due_at", "id")
    )
    found = sorted(rows, key=lambda row: (row.settled_at is not None, row.due_at, row.id))
    return tuple(_row(row, now) for row in found)


def cares_waiting(*, seen_by: Staff) -> int:
    """Count whom this person is still to ask; it costs nothing who is never asked to."""
    if seen_by.role not in (Staff.Role.SUPERVISOR, Staff.Role.PLANNER):
        return 0
    return Care.objects.filter(state=CareState.ASKED, owner_staff=seen_by).count()


def _row(row: Care, now: datetime) -> CareRow:
    return CareRow(
        id=row.id,
        whom=row.whom.name if row.whom else "",
        role=row.job.kind if row.job else "",
        number=row.alarm.number,
        outcome=row.alarm.outcome,
        state=row.state,
        note=row.note,
        asked_at=row.asked_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        is_late=row.settled_at is None and row.due_at <= now,
        is_handed_on=row.handed_on > 0,
    )
