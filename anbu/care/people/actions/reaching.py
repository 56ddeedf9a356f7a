"""Whom to ask, numbers that answered, numbers that are dead, notes about health."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, ProtectedError

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Actor

from ..models import Contact, HealthNote, Person
from ..rules import BadInput, clean, clean_phone
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
def say_number(
    *, household: UUID, contact: int | None, answers: bool, by: Actor, now: datetime
) -> None:
    """Write down whether the person's own number (None) or a contact's is answered."""
    _lock(household, by)
    if contact is not None and not Contact.objects.filter(household=household, id=contact).exists():
        raise BadInput("이 가구의 연락처가 아닙니다.")
    said = number_answered if answers else number_is_dead
    said(household=household, contact=contact, by=by.name, now=now)


@transaction.atomic
def change_phone(*, household: UUID, phone: str, by: Actor, now: datetime) -> None:
    """Write down the person's own number; a new one is unconfirmed and not dead."""
    _lock(household, by)
    Person.objects.filter(household=household).update(
        phone=clean_phone(phone, what="전화번호"), phone_confirmed_at=None, phone_dead_since=None
    )
    record(by=by.name, verb="change_phone", at=now, household=household)


@transaction.atomic
def add_contact(
    *, household: UUID, name: str, relation: str, phone: str, note: str, by: Actor, now: datetime
) -> None:
    """Write down one more person to ask; asked after those there are."""
    home = _lock(household, by)
    last = Contact.objects.filter(household=home).aggregate(last=Max("rank"))["last"]
    Contact.objects.create(
        household=home,
        rank=(last or 0) + 1,
        name=clean(name, what="연락할 사람 이름", at_most=40, needed=True),
        relation=clean(relation, what="관계", at_most=20, needed=True),
        phone=clean_phone(phone, what="연락할 사람 전화번호", needed=True),
        note=clean(note, what="연락할 사람 메모", at_most=120),
    )
    record(by=by.name, verb="add_contact", at=now, household=household)


@transaction.atomic
def remove_contact(*, household: UUID, contact: int, by: Actor, now: datetime) -> None:
    """Take somebody off the list of those to ask: their data is nobody's business any more."""
    home = _lock(household, by)
    try:
        with transaction.atomic():
            gone, _of = Contact.objects.filter(household=home, id=contact).delete()
    except ProtectedError:
        raise BadInput(
            "보낸 문자가 기록에 남아 있어 지울 수 없습니다. 결번으로 적어 주세요."
        ) from None
    if not gone:
        raise BadInput("이 가구의 연락처가 아닙니다.")
    record(by=by.name, verb="remove_contact", at=now, household=household, contact=contact)


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
