"""What a telephone told and no rule could take: it waits for a person of the worker's dong."""

from dataclasses import dataclass
from datetime import datetime

from anbu.care.staff.models import Staff

from ..models import Unread
from .offices import dongs_of

MOST = 50
SHOWN = 400  # letters of what came


@dataclass(frozen=True, kw_only=True)
class UnreadRow:
    """One thing told, as it came."""

    id: int
    worker: str
    why: str
    said: str
    raw: str
    told_at: datetime


def unread(*, seen_by: Staff) -> tuple[UnreadRow, ...]:
    """Return what nobody has looked at yet, the oldest first; a planner's own dong alone."""
    if seen_by.role != Staff.Role.PLANNER:
        return ()
    rows = Unread.objects.filter(worker__dong__in=dongs_of(seen_by=seen_by), seen_at=None)
    return tuple(
        UnreadRow(
            id=row.pk,
            worker=row.worker.staff.name,
            why=row.why,
            said=row.said,
            raw=row.raw[:SHOWN],
            told_at=row.told_at,
        )
        for row in rows.select_related("worker__staff").order_by("told_at", "pk")[:MOST]
    )
