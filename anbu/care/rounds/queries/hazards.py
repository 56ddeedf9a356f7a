"""What is dangerous at a door, as long as it holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from anbu.care.foundation.rules import Actor, Purpose
from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Hazard


@dataclass(frozen=True, kw_only=True)
class HazardRow:
    """One note, with whether somebody objects."""

    id: int
    household: UUID
    text: str
    made_at: datetime
    made_by: str
    valid_until: date
    appeal: str
    appealed_at: datetime | None
    is_kept: bool  # somebody looked at the objection, and the note stays
    is_mine: bool  # the reader wrote or renewed it: somebody else decides


def hazards_in_force(*, now: datetime) -> QuerySet[Hazard]:
    """Return the notes that hold: not ended, not over. What nobody renews is gone by itself."""
    return Hazard.objects.filter(ended_at=None, valid_until__gte=now.astimezone(SEOUL).date())


def hazard_texts(
    *, households: Collection[UUID], actor: Actor, now: datetime
) -> dict[UUID, tuple[str, ...]]:
    """Return what a worker should know before these doors, as far as they may know of them."""
    sight = people.for_actor(actor, Purpose("visit"))
    near = sight.households.filter(id__in=households)
    rows = hazards_in_force(now=now).filter(household__in=near).order_by("household", "id")
    found: dict[UUID, list[str]] = {}
    for home, text in rows.values_list("household_id", "text"):
        found.setdefault(home, []).append(text)
    return {home: tuple(texts) for home, texts in found.items()}


def hazards_of(*, household: UUID, seen_by: Staff, now: datetime) -> tuple[HazardRow, ...]:
    """Return the notes of one home, as far as this person may know of it."""
    rows = hazards_in_force(now=now).filter(household=household)
    return _rows(rows, seen_by)


def appeals_waiting(*, seen_by: Staff, now: datetime) -> tuple[HazardRow, ...]:
    """Return the notes in this person's sight about which nobody has decided, the oldest first."""
    rows = hazards_in_force(now=now).filter(appealed_at__isnull=False, decided_at=None)
    return _rows(rows, seen_by)


def _rows(rows: QuerySet[Hazard], seen_by: Staff) -> tuple[HazardRow, ...]:
    near = people.within_sight(seen_by=seen_by)
    found = rows.filter(household__in=near).select_related("made_by")
    return tuple(
        HazardRow(
            id=row.pk,
            household=row.household_id,
            text=row.text,
            made_at=row.made_at,
            made_by=row.made_by.name,
            valid_until=row.valid_until,
            appeal=row.appeal,
            appealed_at=row.appealed_at,
            is_kept=row.decided_at is not None,
            is_mine=seen_by.pk in (row.made_by_id, row.renewed_by_id),
        )
        for row in found.order_by("appealed_at", "made_at", "id")
    )
