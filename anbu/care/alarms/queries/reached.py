"""Who was reached by whoever answered a signal: for the one clock of contact, a room above."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from ..models import Step
from ..rules import Outcome, Result

# An end by which somebody saw or heard the person themselves.
MET = (Outcome.SAFE_CALL, Outcome.SAFE_VISIT, Outcome.RESCUED, Outcome.TAKEN_TO_HOSPITAL)
SPOKE = (Result.SAFE, Result.HELP)


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Somebody answering a signal spoke with the person, or saw them."""

    id: int  # of the step
    household: UUID
    at: datetime
    by: str  # as traces call them


def reached_since(*, since: datetime) -> tuple[Reached, ...]:
    """Return who was reached since a moment, the oldest first. For a machine; one query.

    What a sign or a text said is no voice: only calls to the home and ends by somebody's eyes.
    """
    spoke = Q(kind=Step.Kind.CALL, detail__whom="home", detail__result__in=list(map(str, SPOKE)))
    met = Q(kind=Step.Kind.CLOSED, detail__outcome__in=list(map(str, MET)))
    lately = Q(alarm__closed_at=None) | Q(alarm__closed_at__gt=since)
    steps = Step.objects.filter(lately, spoke | met, at__gt=since).order_by("at", "id")
    rows = steps.values_list("id", "alarm__household_id", "at", "by_id")
    return tuple(
        Reached(id=key, household=home, at=at, by=f"staff:{by}" if by else "system:alarms")
        for key, home, at, by in rows
    )
