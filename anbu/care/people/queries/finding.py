"""Finding a household by what somebody remembers of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anbu.care.staff.models import Staff

from ..models import Contact, Household, Person
from ..rules import Term, terms
from .homes import within_sight


@dataclass(frozen=True, kw_only=True)
class Found:
    """A household as a list shows it."""

    id: UUID
    name: str
    birth_year: int
    sex: str
    district: str
    dong: str
    address: str  # "" where it is protected
    is_protected: bool
    unit: str
    tier: str


@dataclass(frozen=True, kw_only=True)
class Search:
    """The first ones found, and whether there are more."""

    found: tuple[Found, ...]
    has_more: bool


def search(*, text: str, seen_by: Staff, at_most: int = 50) -> Search:
    """Return who bears this name, telephone number or address, in this person's area. One query.

    Each word narrows: the beginning of a name, of a given name, of their first consonants (초성),
    of a road; the end of a telephone number of the person or of a contact.
    """
    asked = terms(text)
    homes = within_sight(seen_by=seen_by)
    for term in asked:
        if term.kind == "text" and len(term.key) == 1:  # 김: a fifth of the city, read in order
            homes = homes.filter(people__find_name__begins=term.key)
        else:
            homes = homes.filter(id__in=_bearing(term))
    rows = list(
        homes.filter(people__isnull=False)
        .order_by("people__find_name", "id")
        .values(*_FOUND)[: at_most + 1]
        if asked
        else ()
    )
    return Search(found=tuple(map(_found, rows[:at_most])), has_more=len(rows) > at_most)


def listed(*, seen_by: Staff, skip: int = 0, at_most: int = 50) -> Search:
    """Return the households of this person's area by name, some at a time. One query."""
    homes = within_sight(seen_by=seen_by).filter(people__isnull=False)
    rows = list(
        homes.order_by("people__find_name", "id").values(*_FOUND)[skip : skip + at_most + 1]
    )
    return Search(found=tuple(map(_found, rows[:at_most])), has_more=len(rows) > at_most)


_FOUND = (
    *("id", "address", "unit", "tier", "is_protected", "dong__name", "dong__district__name"),
    *("people__name", "people__birth_year", "people__sex"),
)


def _bearing(term: Term) -> QuerySet[Any]:
    """Return the ids of homes where this word stands, each part by its own index."""
    if term.kind == "phone":
        persons = Person.objects.filter(find_phone__begins=term.key)
        contacts = Contact.objects.filter(find_phone__begins=term.key)
        return persons.values("household").union(contacts.values("household"), all=True)
    name, given = (
        ("find_initials", "find_given_initials")
        if term.kind == "initials"
        else ("find_name", "find_given")
    )
    persons = Person.objects.filter(
        Q(**{f"{name}__begins": term.key}) | Q(**{f"{given}__begins": term.key})
    )
    if term.kind == "initials":
        return persons.values("household")
    homes = Household.objects.filter(find_address__begins=term.key, is_protected=False)
    return persons.values("household").union(homes.values("id"), all=True)


def _found(row: dict[str, Any]) -> Found:
    return Found(
        id=row["id"],
        name=row["people__name"],
        birth_year=row["people__birth_year"],
        sex=row["people__sex"],
        district=row["dong__district__name"],
        dong=row["dong__name"],
        address="" if row["is_protected"] else row["address"],
        is_protected=row["is_protected"],
        unit="" if row["is_protected"] else row["unit"],
        tier=row["tier"],
    )
