"""Homes on their way from one dong office to another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anbu.care.foundation.rules import Actor, Reach
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of

from ..models import Transfer

OPEN = Q(accepted_at=None, refused_at=None, withdrawn_at=None)


@dataclass(frozen=True, kw_only=True)
class TransferLine:
    """A home on its way. Who receives it sees why it comes, not yet who lives there."""

    id: int
    household: UUID
    out_of: str
    into: str
    reason: str
    sent_at: datetime
    due_at: datetime
    is_late: bool  # the districts have been told
    state: str  # open | accepted | refused | withdrawn
    answer: str


def incoming(*, seen_by: Staff) -> list[TransferLine]:
    """Return the homes sent to this person's area and not yet answered, the oldest first."""
    return _lines(coming_to(actor_of(seen_by)).filter(OPEN).order_by("sent_at", "id"))


def outgoing(*, seen_by: Staff) -> list[TransferLine]:
    """Return the homes this person's area sent away, the newest first."""
    rows = Transfer.objects.filter(_in("out_of", actor_of(seen_by).reach))
    return _lines(rows.order_by("-sent_at", "-id")[:50])


def late_transfers(*, seen_by: Staff) -> list[TransferLine]:
    """Return the hand-overs of this person's area that nobody answered in time."""
    reach = actor_of(seen_by).reach
    rows = Transfer.objects.filter(OPEN, escalated_at__isnull=False)
    return _lines(rows.filter(_in("out_of", reach) | _in("into", reach)).order_by("due_at", "id"))


def coming_to(by: Actor) -> QuerySet[Transfer]:
    """Return the hand-overs that come into this actor's area."""
    return Transfer.objects.filter(_in("into", by.reach))


def _in(side: str, reach: Reach) -> Q:
    match reach.kind:
        case "machine" | "city":
            return Q()
        case "district":
            return Q(**{f"{side}__district__in": reach.ids})
        case "dong":
            return Q(**{f"{side}__in": reach.ids})
    return Q(pk__in=[])


def _lines(rows: QuerySet[Transfer]) -> list[TransferLine]:
    return [
        TransferLine(
            id=row.pk,
            household=row.household_id,
            out_of=f"{row.out_of.district.name} {row.out_of.name}",
            into=f"{row.into.district.name} {row.into.name}",
            reason=row.reason,
            sent_at=row.sent_at,
            due_at=row.due_at,
            is_late=row.escalated_at is not None,
            state=_state(row),
            answer=row.answer,
        )
        for row in rows.select_related("out_of__district", "into__district")
    ]


def _state(row: Transfer) -> str:
    if row.accepted_at:
        return "accepted"
    if row.refused_at:
        return "refused"
    return "withdrawn" if row.withdrawn_at else "open"
