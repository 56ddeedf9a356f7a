"""Telephone numbers that answered, numbers that are dead, notes about health."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Actor

from ..models import Contact, HealthNote, Person
from ..rules import BadInput, clean
from .changing import _lock


@transaction.atomic
def number_answered(*, household: UUID, contact: int | None, by: str, now: datetime) -> None:
    """Write down that somebody answered at the person's own number, or at a contact's."""
    if contact is None:
        Person.objects.filter(household=household).update(
            phone_confirmed_at=now, phone_dead_since=None
        )
    else:
        Contact.objects.filter(household=household, id=contact).update(
            confirmed_at=now, dead_since=None
        )
    record(by=by, verb="number_answered", at=now, household=household, contact=contact)


@transaction.atomic
def number_is_dead(*, household: UUID, contact: int | None, by: str, now: datetime) -> None:
    """Write down that a number is dead; since when it has been so stays."""
    if contact is None:
        Person.objects.filter(household=household, phone_dead_since=None).update(
            phone_dead_since=now
        )
    else:
        Contact.objects.filter(household=household, id=contact, dead_since=None).update(
            dead_since=now
        )
    record(by=by, verb="number_is_dead", at=now, household=household, contact=contact)


@transaction.atomic
def write_health_note(
    *, household: UUID, text: str, audience: str, by: Actor, now: datetime
) -> None:
    """Write down something about somebody's health, and who may read it."""
    home = _lock(household, by)
    if audience not in HealthNote.Audience.values:
        raise BadInput("누가 볼 수 있는지 골라 주세요.")
    HealthNote.objects.create(
        person=Person.objects.get(household=home),
        audience=audience,
        text=clean(text, what="건강", at_most=300, needed=True),
        written_at=now,
        written_by=by.name,
    )
    record(by=by.name, verb="write_health_note", at=now, household=household, audience=audience)


@transaction.atomic
def end_health_note(*, household: UUID, note: int, by: Actor, now: datetime) -> None:
    """Write down that a note no longer holds; it stays to be read in the past."""
    _lock(household, by)
    ended = HealthNote.objects.filter(id=note, person__household=household, ended_at=None)
    if not ended.update(ended_at=now):
        raise BadInput("적혀 있는 메모가 없습니다.")
    record(by=by.name, verb="end_health_note", at=now, household=household, note=note)
