"""Writing down a household, its person and its contacts, and what they agreed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.places.models import Dong

from .models import Consent, Contact, Household, Person
from .rules import BadInput, clean, clean_phone


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    name: str
    birth_year: int
    sex: str  # f | m
    phone: str = ""
    health_note: str = ""


@dataclass(frozen=True, kw_only=True)
class NewContact:
    name: str
    relation: str
    phone: str
    note: str = ""


@transaction.atomic
def register_household(
    *,
    dong: str,
    address: str,
    tier: str,
    patience_hours: int,
    person: NewPerson,
    contacts: Sequence[NewContact] = (),
    unit: str = "",
    building: str = "",
    door_note: str = "",
    key_holder: str = "",
    hazard_note: str = "",
    by: str,
    now: datetime,
) -> UUID:
    """Write down a household with the person who lives there and whom to ask, all or nothing."""
    place = Dong.objects.filter(code=dong, valid_until=None).order_by("-valid_from").first()
    if place is None:
        raise BadInput("이 행정동 코드를 찾을 수 없습니다.")
    if tier not in Household.Tier.values:
        raise BadInput("위험군을 골라 주세요.")
    if not 1 <= patience_hours <= 72:
        raise BadInput("기다리는 시간은 1시간에서 72시간까지 정할 수 있습니다.")
    household = Household.objects.create(
        dong=place,
        address=clean(address, what="주소", at_most=120, needed=True),
        unit=clean(unit, what="동·호수", at_most=60),
        building=clean(building, what="건물", at_most=80),
        door_note=clean(door_note, what="출입 방법", at_most=200),
        key_holder=clean(key_holder, what="열쇠", at_most=120),
        hazard_note=clean(hazard_note, what="주의할 점", at_most=120),
        tier=tier,
        patience_hours=patience_hours,
        registered_at=now,
    )
    _write_person(household, person, now)
    _write_contacts(household, contacts)
    record(by=by, verb="register_household", at=now, household=household.id, contacts=len(contacts))
    return household.id


@transaction.atomic
def give_consent(*, household: UUID, kind: str, obtained_how: str, by: str, now: datetime) -> None:
    """Write down that this home agreed, how and when; an open consent stays as it is."""
    home = Household.objects.select_for_update().get(id=household)
    if kind not in Consent.Kind.values:
        raise BadInput("동의의 종류를 골라 주세요.")
    if Consent.objects.filter(household=home, kind=kind, withdrawn_at=None).exists():
        return  # agreed already: saying yes twice changes nothing
    Consent.objects.create(
        household=home,
        kind=kind,
        obtained_how=clean(obtained_how, what="동의를 받은 방법", at_most=120, needed=True),
        given_at=now,
    )
    record(by=by, verb="give_consent", at=now, household=household, kind=kind)


@transaction.atomic
def withdraw_consent(*, household: UUID, kind: str, by: str, now: datetime) -> None:
    """Write down that this home no longer agrees; from now on its readings are refused."""
    Household.objects.select_for_update().get(id=household)
    ended = Consent.objects.filter(household_id=household, kind=kind, withdrawn_at=None).update(
        withdrawn_at=now
    )
    if not ended:
        raise BadInput("거둘 동의가 없습니다.")
    record(by=by, verb="withdraw_consent", at=now, household=household, kind=kind)


def _write_person(household: Household, person: NewPerson, now: datetime) -> None:
    if not 1900 <= person.birth_year <= now.year:
        raise BadInput("태어난 해를 네 자리로 적어 주세요.")
    if person.sex not in ("f", "m"):
        raise BadInput("성별을 골라 주세요.")
    Person.objects.create(
        household=household,
        name=clean(person.name, what="이름", at_most=40, needed=True),
        birth_year=person.birth_year,
        sex=person.sex,
        phone=clean_phone(person.phone),
        health_note=clean(person.health_note, what="건강", at_most=300),
    )


def _write_contacts(household: Household, contacts: Sequence[NewContact]) -> None:
    Contact.objects.bulk_create(
        Contact(
            household=household,
            rank=rank,
            name=clean(contact.name, what="연락할 사람 이름", at_most=40, needed=True),
            relation=clean(contact.relation, what="관계", at_most=20, needed=True),
            phone=clean_phone(contact.phone, what="연락할 사람 전화번호", needed=True),
            note=clean(contact.note, what="연락할 사람 메모", at_most=120),
        )
        for rank, contact in enumerate(contacts, start=1)
    )
