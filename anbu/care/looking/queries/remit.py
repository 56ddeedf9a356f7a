"""Whose looking a reviewer may review, and how a reviewer names staff and homes."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet

from anbu.care.foundation.actions import acting
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.staff.models import Staff


def in_remit(*, seen_by: Staff) -> QuerySet[Staff]:
    """Return whose looking this person may review: nobody's own; a district's, of that district."""
    if seen_by.role != Staff.Role.PRIVACY_OFFICER or not seen_by.is_active:
        return Staff.objects.none()
    others = Staff.objects.exclude(pk=seen_by.pk)
    district = district_of(seen_by=seen_by)
    return others if district is None else others.filter(organisation__district=district)


def district_of(*, seen_by: Staff) -> int | None:
    """Return the district a reviewer is bound to; None: the whole city."""
    return seen_by.organisation.district_id if seen_by.organisation else None


def places_of(homes: Iterable[UUID]) -> dict[UUID, str]:
    """Return each home as a reviewer names it: its dong and the end of its id, never who."""
    ids: Collection[UUID] = set(homes)
    if not ids:
        return {}
    us = machine("review")
    with acting(us):  # a reviewer reaches nobody's home, and need not: the dong is enough
        rows = people.for_actor(us, Purpose("machine", "review")).households.filter(id__in=ids)
        named = rows.values_list("id", "dong__district__name", "dong__name")
        return {id: f"{district} {dong} …{str(id)[-6:]}" for id, district, dong in named}


def office_of(who: Staff) -> str:
    return who.organisation.name if who.organisation else ""
