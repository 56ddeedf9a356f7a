"""A small round: workers of two dongs, their neighbours, and a log, by the real actions."""

from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

from anbu.care.foundation.rules import new_id
from anbu.care.people import actions as people
from anbu.care.people.actions import NewPerson
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.rounds.actions.standing import enrol, write_real
from anbu.care.rounds.models import Contact, Standing, Worker
from anbu.care.rounds.rules import is_real, turn_days
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BY, HERE, MONDAY

TODAY = date(2026, 11, 24)  # a Tuesday
NOON = datetime(2026, 11, 24, 12, tzinfo=SEOUL)
LONG_AGO = MONDAY - timedelta(days=40)
_number = count(1)


def worker(dong: str = HERE, *, partner: Worker | None = None, visits: bool = True) -> Worker:
    """Take on somebody who goes round in a dong."""
    nth = next(_number)
    place = where.find_dong(dong, NOON)
    assert place is not None
    office = where.organisations("dong_office")
    own = next(one for one in office if one.dong == place.name and one.district == place.district)
    staff, _ = staffing.add_staff(
        login=f"dol{nth}", name=f"단원{nth}", role="care_corps", organisation=own.id, by=BY,
        now=LONG_AGO,
    )  # fmt: skip
    until = date(2027, 6, 1) if visits else date(2026, 1, 1)
    row = Worker.objects.create(
        staff=staff,
        dong_id=place.id,
        partner=partner,
        trained_until=until,
        screened_until=until,
    )
    if partner is not None:
        Worker.objects.filter(pk=partner.pk).update(partner=row)
        partner.partner = row
    return row


def comes(dong: str = HERE, *, visits: bool = True) -> Worker:
    """Take on somebody who comes on Tuesdays."""
    while True:
        one = worker(dong, visits=visits)
        if TODAY.weekday() in turn_days(one.pk):
            return one
        Worker.objects.filter(pk=one.pk).update(ended_at=LONG_AGO)


def pair(dong: str = HERE, *, key: int = 1) -> tuple[Worker, Worker]:
    """Take on two who visit together, and who come on a day of this pattern (1: Tuesdays)."""
    while True:
        one = worker(dong)
        other = worker(dong, partner=one)
        if one.pk % 5 == key:
            return one, other
        Worker.objects.filter(pk__in=[one.pk, other.pk]).update(ended_at=LONG_AGO)


def home(
    *,
    dong: str = HERE,
    tier: str = "mid",
    began: date = TODAY - timedelta(days=10),
    usual: Worker | None = None,
    consents: bool = True,
    phone: str = "010-0000-4321",
    address: str = "관악구 은천로00길 12",
) -> UUID:
    """Register somebody of the round."""
    made = people.register_household(
        dong=dong,
        address=address,
        tier=tier,
        patience_hours=24,
        person=NewPerson(name="윤정례", birth_year=1945, sex="f", phone=phone),
        by=BY,
        now=LONG_AGO,
    )
    if consents:
        people.give_consent(
            household=made, kind="monitoring", obtained_how="서면", by=BY, now=LONG_AGO
        )
    enrol(homes=[made], by=BY, now=LONG_AGO, began_on=began, worker=usual)
    return made


def told(
    household: UUID,
    *,
    at: datetime = NOON,
    kind: str = "call",
    result: str = "reached",
    by: Worker | None = None,
    minutes: int = 12,
) -> Contact:
    """Write one row of the log."""
    row = Contact(
        id=new_id(),
        household_id=household,
        kind=kind,
        result=result,
        is_real=is_real(result),  # type: ignore[arg-type]
        mood="good" if result == "reached" else "",
        at=at,
        minutes=minutes,
        worker=by,
        by=by.staff.actor if by else BY,
        told_at=at,
    )
    write_real([row], now=at)
    return row


def standing(household: UUID) -> Standing:
    return Standing.objects.get(household=household)


def officer(login: str, kind: str, district: str = "") -> Staff:
    """Take on an officer of a district (by code), or of the city."""
    (place,) = where.organisations(kind, district)
    return staffing.add_staff(
        login=login, name="정해찬", role="officer", organisation=place.id, by=BY, now=LONG_AGO
    )[0]
