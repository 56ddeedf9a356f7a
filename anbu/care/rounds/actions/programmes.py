"""Programmes: making them, signing people up, and writing down who was there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import NotHere
from anbu.care.people.rules import clean
from anbu.care.staff.models import Staff

from ..models import Contact, Programme, SignUp
from ..queries.offices import district_of, dongs_of
from ..queries.programmes import ProgrammePage, agrees, taken, visible
from ..queries.programmes import programme as _programme
from ..rules import (
    Kind,
    NotAllowed,
    ProgrammeKind,
    Result,
    attendance_id,
    check_programme,
    is_real,
)
from .links import check_home
from .standing import write_real

FURTHEST = timedelta(days=366)
MAKES = (Staff.Role.PLANNER, Staff.Role.OFFICER)


class UnknownProgramme(NotHere):
    """There is no such programme, or not for this person."""


@transaction.atomic
def make(
    *,
    kind: str,
    name: str,
    place: str,
    begins_at: datetime,
    minutes: int,
    capacity: int,
    dong_only: bool = False,
    by: Staff,
    now: datetime,
) -> Programme:
    """Make a programme of the district; `dong_only`: for one's own dong alone."""
    district = district_of(seen_by=by)
    if district is None or by.role not in MAKES:
        raise NotAllowed("모임은 동과 구청에서 만듭니다.")
    if kind not in set(ProgrammeKind):
        raise NotAllowed("어떤 모임인지 골라 주세요.")
    check_programme(minutes=minutes, capacity=capacity)
    if not now < begins_at <= now + FURTHEST:
        raise NotAllowed("모임은 지금부터 1년 안의 때로 정해 주세요.")
    row = Programme.objects.create(
        district_id=district,
        dong_id=next(iter(dongs_of(seen_by=by))) if dong_only and by.dong_id else None,
        kind=kind,
        name=clean(name, what="모임 이름", at_most=60, needed=True),
        place=clean(place, what="모이는 곳", at_most=80, needed=True),
        begins_at=begins_at,
        minutes=minutes,
        capacity=capacity,
        made_at=now,
        made_by=by,
    )
    record(by=by.actor, verb="make_programme", at=now, programme=str(row.pk), kind=kind)
    return row


@transaction.atomic
def call_off(*, programme: UUID, why: str, by: Staff, now: datetime) -> None:
    """Call a programme off; who signed up stays to be told."""
    row = _lock(programme, by)
    if row.begins_at <= now:
        raise NotAllowed("이미 시작한 모임입니다.")
    row.cancelled_why = clean(why, what="취소하는 까닭", at_most=120, needed=True)
    row.cancelled_at = now
    row.save(update_fields=["cancelled_at", "cancelled_why"])
    record(by=by.actor, verb="call_off_programme", at=now, programme=str(row.pk))


@transaction.atomic
def sign_up(*, programme: UUID, household: UUID, says_yes: bool, by: Staff, now: datetime) -> None:
    """Let somebody come along; who comes after the last place waits.

    Only who agreed to the care corps, or says yes just now.
    """
    row = _lock(programme, by)
    check_home(household, by)
    if by.role == Staff.Role.OFFICER:
        raise NotAllowed("신청은 맡은 동에서 받습니다.")
    if row.dong_id is not None and row.dong_id not in dongs_of(seen_by=by):
        raise UnknownProgramme(str(programme))
    if row.begins_at <= now:
        raise NotAllowed("이미 시작한 모임입니다.")
    if not says_yes and not agrees(household, seen_by=by, now=now):
        raise NotAllowed("돌봄단에 동의하지 않은 분입니다. 본인이 오겠다고 했을 때만 신청됩니다.")
    if SignUp.objects.filter(programme=row, household=household, withdrawn_at=None).exists():
        raise NotAllowed("이미 신청한 분입니다.")
    SignUp.objects.create(
        programme=row, household_id=household, said_yes=says_yes, made_at=now, made_by=by
    )
    _trace("sign_up", row, household, by, now, said_yes=says_yes)


@transaction.atomic
def withdraw(*, programme: UUID, household: UUID, by: Staff, now: datetime) -> None:
    """Let somebody not come after all: who waits longest has the place."""
    row = _lock(programme, by)
    guest = _guest(row, household, by)
    if guest.came is not None:
        raise NotAllowed("출석을 이미 적은 분입니다.")
    guest.withdrawn_at = now
    guest.save(update_fields=["withdrawn_at"])
    _trace("withdraw_sign_up", row, household, by, now)


@transaction.atomic
def tell_attendance(
    *, programme: UUID, household: UUID, came: bool, by: Staff, now: datetime
) -> None:
    """Write down whether somebody was there; told again it is put right, and counted once.

    Being there is a row of the log like any other, under an id that follows from programme and
    home. What puts it right is a row too, by the same hand: the programme's.
    """
    row = _lock(programme, by)
    if row.begins_at > now:
        raise NotAllowed("모임이 시작한 뒤에 출석을 적을 수 있습니다.")
    guest = _guest(row, household, by)
    if guest.came is came:
        return
    if came:
        _check_seat(row, guest)
    if came or guest.contact is not None:
        _write(row, guest, came, now)
    guest.came = came
    guest.save(update_fields=["came", "contact", "times_told"])
    _trace("tell_attendance", row, household, by, now, came=came, contact=str(guest.contact))


def _write(row: Programme, guest: SignUp, came: bool, now: datetime) -> None:
    result = Result.REACHED if came else Result.NO_ANSWER
    contact = Contact(
        id=attendance_id(row.pk, guest.household_id, guest.times_told),
        household_id=guest.household_id,
        kind=Kind.PROGRAMME,
        result=result,
        is_real=is_real(result),
        note="",
        at=row.begins_at,
        by=f"programme:{row.pk}",
        told_at=now,
        replaces=guest.contact,
    )
    write_real([contact], now=now)
    guest.contact = contact.id
    guest.times_told += 1


@transaction.atomic
def open_programme(*, programme: UUID, seen_by: Staff, now: datetime) -> ProgrammePage:
    """Return one programme with its guests, and write down whose names were shown."""
    found = _programme(programme=programme, seen_by=seen_by, now=now)
    if found is None:
        raise UnknownProgramme(str(programme))
    shown = {guest.household for guest in found.guests} | {id for id, _name in found.others}
    if shown:
        record(
            by=seen_by.actor,
            verb="list_guests",
            at=now,
            homes=sorted(shown),
            programme=str(programme),
        )
    return found


def _check_seat(row: Programme, guest: SignUp) -> None:
    """Who waits for a place may come too: somebody else did not. Nobody sits beyond the room."""
    if taken(row.pk, but=guest.pk) >= row.capacity:
        raise NotAllowed("자리가 다 찼습니다. 오지 않은 분을 먼저 적어 주세요.")


def _guest(row: Programme, household: UUID, by: Staff) -> SignUp:
    check_home(household, by)
    if by.role == Staff.Role.OFFICER:
        raise NotAllowed("출석은 맡은 동에서 적습니다.")
    rows = SignUp.objects.select_for_update(of=("self",)).filter(
        programme=row, household=household, withdrawn_at=None
    )
    guest = rows.first()
    if guest is None:
        raise NotAllowed("신청한 분이 아닙니다.")
    return guest


def _lock(programme: UUID, by: Staff) -> Programme:
    """Return a programme that stands, held until the deed is done: places are given one by one."""
    rows = visible(seen_by=by).select_for_update(of=("self",))
    row = rows.filter(pk=programme).first()
    if row is None or not by.is_active:
        raise UnknownProgramme(str(programme))
    if row.cancelled_at is not None:
        raise NotAllowed("취소한 모임입니다.")
    return row


def _trace(
    verb: str, row: Programme, household: UUID, by: Staff, now: datetime, **detail: Any
) -> None:
    record(by=by.actor, verb=verb, at=now, household=household, programme=str(row.pk), **detail)
