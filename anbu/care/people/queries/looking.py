"""Which pages stand open to whom, and what for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anbu.care.foundation.actions import acting
from anbu.care.foundation.rules import Actor, Purpose, machine
from anbu.care.staff.models import Staff

from ..models import Bait, Contact, Household, Opening, Person
from ..rules import Term, terms

GLASS_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class OpeningCard:
    """One page that stands open."""

    id: int
    household: UUID
    purpose: Purpose
    opened_at: datetime
    until: datetime

    @property
    def is_broken_glass(self) -> bool:
        """Return whether it lies beyond what this person may open by right."""
        return self.purpose.kind == "break_glass"


@dataclass(frozen=True, kw_only=True)
class GlassLine:
    """Somebody broke the glass of a home of this post."""

    id: int
    household: UUID
    by: str
    office: str
    reason: str
    opened_at: datetime
    until: datetime
    seen_at: datetime | None


def opening_of(*, household: UUID, seen_by: Staff, now: datetime) -> OpeningCard | None:
    """Return what this person opened this page for, while that lasts. One query."""
    rows = _mine(seen_by, now).filter(household=household)
    # Broken glass first: it alone reaches beyond the area and to a protected address.
    found = sorted(rows, key=lambda row: (row.kind == Opening.Kind.BREAK_GLASS, row.until, row.pk))
    return _card(found[-1]) if found else None


def broken_glass(*, seen_by: Staff, now: datetime) -> tuple[OpeningCard, ...]:
    """Return whose glass this person has broken and may still look through. One query."""
    rows = _mine(seen_by, now).filter(kind=Opening.Kind.BREAK_GLASS)
    return tuple(_card(row) for row in rows.order_by("until", "id"))


def glass_told(*, seen_by: Staff, since: datetime) -> tuple[GlassLine, ...]:
    """Return who broke the glass of this person's post, the newest first. One query."""
    if seen_by.post_id is None or not seen_by.is_active:
        return ()
    rows = Opening.objects.filter(
        kind=Opening.Kind.BREAK_GLASS, told_post=seen_by.post_id, opened_at__gt=since
    ).select_related("staff__organisation")
    return tuple(
        GlassLine(
            id=row.pk,
            household=row.household_id,
            by=row.staff.name,
            office=row.staff.organisation.name if row.staff.organisation else "",
            reason=row.reason,
            opened_at=row.opened_at,
            until=row.until,
            seen_at=row.seen_by_post_at,
        )
        for row in rows.order_by("-opened_at", "-id")[:GLASS_SHOWN]
    )


def glass_unseen(*, seen_by: Staff) -> int:
    """Return how many of them nobody of the post has said to have seen. One query."""
    if seen_by.post_id is None or not seen_by.is_active:
        return 0
    return Opening.objects.filter(
        kind=Opening.Kind.BREAK_GLASS, told_post=seen_by.post_id, seen_by_post_at=None
    ).count()


def the_only_one(*, name: str, where: str, seen_by: Staff) -> UUID | None:
    """Return the one home of the whole city that bears this name and this telephone or road.

    For who breaks the glass. None and several are one answer: nobody finds people by trying.
    """
    if not seen_by.is_active:
        return None
    asked = terms(where)
    if not name.strip() or not asked or any(term.kind == "initials" for term in asked):
        return None
    with acting(machine("break_glass")):
        homes = Household.objects.filter(left_at=None, people__name=name.strip())
        for term in asked:
            homes = homes.filter(_at(term))
        found = list(homes.order_by("id").values_list("id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def openings_to_review(*, seen_by: Staff) -> QuerySet[Opening]:
    """Return what others opened without a task; only who reviews looking may know."""
    rows = Opening.objects.exclude(kind=Opening.Kind.TASK).exclude(staff=seen_by)
    return rows if seen_by.role == Staff.Role.PRIVACY_OFFICER else rows.none()


def baits(*, seen_by: Staff) -> QuerySet[Bait]:
    """Return the homes that nobody has any business at; only who reviews looking may know."""
    rows = Bait.objects.filter(removed_at=None).select_related("household__dong__district")
    return rows if seen_by.role == Staff.Role.PRIVACY_OFFICER else rows.none()


def made_up(*, actor: Actor) -> frozenset[UUID]:
    """Return the homes that are nobody's, for a machine that weighs looks or counts homes."""
    if not actor.is_machine:
        return frozenset()
    with acting(actor):  # the wall shows them to nobody else
        return frozenset(
            Bait.objects.filter(removed_at=None).values_list("household_id", flat=True)
        )


def _at(term: Term) -> Q:
    """Return the condition of a home with this telephone number or on this road, no name."""
    if term.kind != "phone":
        return Q(find_address__begins=term.key)
    persons = Person.objects.filter(find_phone__begins=term.key)
    contacts = Contact.objects.filter(find_phone__begins=term.key)
    return Q(id__in=persons.values("household")) | Q(id__in=contacts.values("household"))


def _mine(seen_by: Staff, now: datetime) -> QuerySet[Opening]:
    return Opening.objects.filter(staff=seen_by, opened_at__lte=now, until__gt=now)


def _card(row: Opening) -> OpeningCard:
    kind, _, ref = row.task.partition(":")
    purpose = (
        Purpose(kind, ref)  # type: ignore[arg-type]  # a wrong kind raises
        if row.kind == Opening.Kind.TASK
        else Purpose(row.kind, str(row.pk), row.reason)  # type: ignore[arg-type]
    )
    return OpeningCard(
        id=row.pk,
        household=row.household_id,
        purpose=purpose,
        opened_at=row.opened_at,
        until=row.until,
    )
