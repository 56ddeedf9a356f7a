"""Two records of one person become one, and two again if that was wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Actor

from ..models import Contact, Household, Person
from ..queries import LISTS, for_actor
from ..rules import find_phone
from .changing import UnknownHome

# What the kept record takes from the other where it has nothing itself.
FILLED_HOME = ("unit", "postcode", "building", "door_note", "key_holder", "hazard_note")
FILLED_PERSON = ("phone", "birth_day", "health_note")


@transaction.atomic
def join_homes(
    *, kept: UUID, gone: UUID, by: Actor, now: datetime
) -> tuple[dict[str, Any], list[int]]:
    """Let one record leave into the other; return what was filled in and which contacts copied."""
    within = for_actor(by, LISTS).households.filter(left_at=None)
    homes = within.select_for_update(of=("self",)).in_bulk([kept, gone])
    if len(homes) < 2:
        raise UnknownHome
    stays, leaves = homes[kept], homes[gone]
    filled, copied = _fill(stays, leaves), _copy_contacts(stays, leaves)
    leaves.left_at, leaves.merged_into = now, stays
    leaves.save(update_fields=["left_at", "merged_into"])
    record(by=by.name, verb="join_households", at=now, household=kept, gone=str(gone))
    record(by=by.name, verb="join_households", at=now, household=gone, into=str(kept))
    return filled, copied


@transaction.atomic
def part_homes(
    *,
    kept: UUID,
    gone: UUID,
    filled: dict[str, Any],
    copied: Sequence[int],
    by: Actor,
    now: datetime,
) -> None:
    """Undo a joining: the record that left comes back, what was filled in and copied goes."""
    within = for_actor(by, LISTS).households.select_for_update(of=("self",))
    homes = within.in_bulk([kept, gone])
    if len(homes) < 2:
        raise UnknownHome
    stays, comes_back = homes[kept], homes[gone]
    _unfill(stays, filled)
    Contact.objects.filter(household=stays, id__in=copied).delete()
    comes_back.left_at = comes_back.merged_into = None
    comes_back.save(update_fields=["left_at", "merged_into"])
    record(by=by.name, verb="part_households", at=now, household=kept, back=str(gone))
    record(by=by.name, verb="part_households", at=now, household=gone, out_of=str(kept))


def _fill(kept: Household, gone: Household) -> dict[str, Any]:
    here, there = Person.objects.get(household=kept), Person.objects.get(household=gone)
    filled: dict[str, Any] = {}
    for row, source, fields in ((kept, gone, FILLED_HOME), (here, there, FILLED_PERSON)):
        missing = [f for f in fields if not getattr(row, f) and getattr(source, f)]
        for field in missing:
            filled[field] = getattr(source, field)
            setattr(row, field, filled[field])
        row.save(update_fields=missing)
    return filled


def _unfill(kept: Household, filled: dict[str, Any]) -> None:
    """Empty what was filled in, unless somebody has written something else there since."""
    here = Person.objects.get(household=kept)
    for row, fields in ((kept, FILLED_HOME), (here, FILLED_PERSON)):
        same = [f for f in fields if f in filled and getattr(row, f) == filled[f]]
        for field in same:
            setattr(row, field, "")
        row.save(update_fields=same)


def _copy_contacts(kept: Household, gone: Household) -> list[int]:
    known = {find_phone(c.phone) for c in Contact.objects.filter(household=kept)}
    last = Contact.objects.filter(household=kept).aggregate(last=Max("rank"))["last"] or 0
    copied = []
    for contact in Contact.objects.filter(household=gone).order_by("rank", "id"):
        if find_phone(contact.phone) in known:
            continue
        last += 1
        contact.pk, contact.household, contact.rank = None, kept, last
        contact.save(force_insert=True)
        copied.append(contact.pk)
    return copied
