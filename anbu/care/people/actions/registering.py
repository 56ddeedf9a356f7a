"""Writing down a household, its person and its contacts, and what they agreed to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record, record_each
from anbu.care.foundation.models import Trace
from anbu.care.places.models import Dong

from ..models import Consent, Contact, Household, Person
from ..rules import BadInput, clean, clean_phone
from .consents import new_consent

BIRTH_DAY = re.compile(r"(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    name: str
    birth_year: int
    sex: str  # f | m
    phone: str = ""
    health_note: str = ""
    birth_day: str = ""  # MMDD, only where needed


@dataclass(frozen=True, kw_only=True)
class NewContact:
    name: str
    relation: str
    phone: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NewHousehold:
    dong: str  # code
    address: str
    tier: str
    patience_hours: int
    person: NewPerson
    contacts: Sequence[NewContact] = ()
    unit: str = ""
    postcode: str = ""
    building: str = ""
    door_note: str = ""
    key_holder: str = ""
    hazard_note: str = ""
    consents: Sequence[str] = ()  # kinds agreed to on the same day
    obtained_how: str = ""


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
    home = NewHousehold(
        dong=dong,
        address=address,
        tier=tier,
        patience_hours=patience_hours,
        person=person,
        contacts=contacts,
        unit=unit,
        building=building,
        door_note=door_note,
        key_holder=key_holder,
        hazard_note=hazard_note,
    )
    (made,) = register_households(homes=[home], by=by, now=now)
    return made


@transaction.atomic
def register_households(*, homes: Sequence[NewHousehold], by: str, now: datetime) -> list[UUID]:
    """Write down many households at once, in their order, all or nothing."""
    codes = {home.dong for home in homes}
    rows = Dong.objects.filter(code__in=codes, valid_until=None).order_by("valid_from")
    places = {dong.code: dong for dong in rows}
    made = [(_household(home, places, now), home) for home in homes]
    Household.objects.bulk_create(household for household, _ in made)
    Person.objects.bulk_create(_person(household, home.person, now) for household, home in made)
    Contact.objects.bulk_create(
        contact for household, home in made for contact in _contacts(household, home.contacts)
    )
    Consent.objects.bulk_create(
        new_consent(household, kind, home.obtained_how, by, now)
        for household, home in made
        for kind in home.consents
    )
    ids = [household.id for household, _ in made]
    record_each(by=by, verb="register_household", at=now, households=ids)
    return ids


@transaction.atomic
def unregister(*, household: UUID, by: str, now: datetime) -> None:
    """Take back a household that was written down by mistake and that nobody has touched since.

    Whatever stands on it (a device, a consent, an alarm, a past) keeps it: ProtectedError.
    """
    home = Household.objects.select_for_update().get(id=household)
    deeds = Trace.objects.filter(household=household, kind=Trace.Kind.WRITE)
    if deeds.exclude(verb="register_household").exists():
        raise BadInput("이미 손댄 가구라 되돌릴 수 없습니다.")
    Contact.objects.filter(household=home).delete()
    Person.objects.filter(household=home).delete()
    home.delete()
    record(by=by, verb="unregister_household", at=now, household=household)


def _household(home: NewHousehold, places: Mapping[str, Dong], now: datetime) -> Household:
    if home.dong not in places:
        raise BadInput("이 행정동 코드를 찾을 수 없습니다.")
    if home.tier not in Household.Tier.values:
        raise BadInput("위험군을 골라 주세요.")
    if not 1 <= home.patience_hours <= 72:
        raise BadInput("기다리는 시간은 1시간에서 72시간까지 정할 수 있습니다.")
    return Household(
        dong=places[home.dong],
        address=clean(home.address, what="주소", at_most=120, needed=True),
        unit=clean(home.unit, what="동·호수", at_most=60),
        postcode=clean(home.postcode, what="우편번호", at_most=5),
        building=clean(home.building, what="건물", at_most=80),
        door_note=clean(home.door_note, what="출입 방법", at_most=200),
        key_holder=clean(home.key_holder, what="열쇠", at_most=120),
        hazard_note=clean(home.hazard_note, what="주의할 점", at_most=120),
        tier=home.tier,
        patience_hours=home.patience_hours,
        registered_at=now,
    )


def _person(household: Household, person: NewPerson, now: datetime) -> Person:
    if not 1900 <= person.birth_year <= now.year:
        raise BadInput("태어난 해를 네 자리로 적어 주세요.")
    if person.birth_day and not BIRTH_DAY.fullmatch(person.birth_day):
        raise BadInput("태어난 날을 네 자리(월일)로 적어 주세요.")
    if person.sex not in ("f", "m"):
        raise BadInput("성별을 골라 주세요.")
    return Person(
        household=household,
        name=clean(person.name, what="이름", at_most=40, needed=True),
        birth_year=person.birth_year,
        birth_day=person.birth_day,
        sex=person.sex,
        phone=clean_phone(person.phone),
        health_note=clean(person.health_note, what="건강", at_most=300),
    )


def _contacts(household: Household, contacts: Sequence[NewContact]) -> list[Contact]:
    return [
        Contact(
            household=household,
            rank=rank,
            name=clean(contact.name, what="연락할 사람 이름", at_most=40, needed=True),
            relation=clean(contact.relation, what="관계", at_most=20, needed=True),
            phone=clean_phone(contact.phone, what="연락할 사람 전화번호", needed=True),
            note=clean(contact.note, what="연락할 사람 메모", at_most=120),
        )
        for rank, contact in enumerate(contacts, start=1)
    ]
