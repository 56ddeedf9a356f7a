"""What is told at a desk: a log without a telephone of ours, and help that was brought about."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.actions import acting, record
from anbu.care.foundation.rules import NotHere, machine, new_id
from anbu.care.people import queries as people
from anbu.care.people.models import Household
from anbu.care.people.rules import clean
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Contact, Link, Worker
from ..queries.offices import LOOKS, dongs_of
from ..rules import (
    Heard,
    Kind,
    LinkKind,
    Mood,
    NotAllowed,
    Result,
    check_amount,
    check_contact,
    crisis_in,
    is_real,
)
from ..rules.events import MOST_MINUTES, NOTE_LENGTH, WHAT_LENGTH
from .standing import write_real

FROM_A_DESK = (Kind.CALL, Kind.VISIT, Kind.ALONG, Kind.MESSAGE, Kind.NOTE, Kind.NEIGHBOUR)
OLDEST = timedelta(days=31)  # what was longer ago belongs to a month that is signed
FURTHEST = timedelta(days=92)


class UnknownHome(NotHere):
    """There is no such home, or not for this person."""


@transaction.atomic
def tell(
    *,
    household: UUID,
    kind: str,
    result: str,
    mood: str = "",
    heard: Collection[str] = (),
    note: str = "",
    at: datetime,
    minutes: int = 0,
    next_on: date | None = None,
    replaces: UUID | None = None,
    by: Staff,
    now: datetime,
) -> Contact:
    """Write down that somebody of the office tried to reach a person, and what came of it.

    `replaces`: a log of the same hand that this one puts right; the older row stays in the book.
    """
    _check_home(household, by)
    if kind not in FROM_A_DESK or result not in set(Result):
        raise NotAllowed("무엇으로 연락했고 어떻게 되었는지 골라 주세요.")
    said = {Heard(each) for each in heard if each in set(Heard)}
    check_contact(Kind(kind), Result(result), Mood(mood) if mood else None, said)
    _check_times(at, next_on, minutes, now)
    _check_own(replaces, household, by)
    row = Contact(
        id=new_id(),
        household_id=household,
        kind=kind,
        result=result,
        mood=mood,
        heard=sorted(said),
        note=clean(note, what="메모", at_most=NOTE_LENGTH),
        at=at,
        minutes=minutes,
        next_on=next_on,
        by=by.actor,
        told_at=now,
        replaces=replaces,
    )
    row.is_real = is_real(Result(result))
    write_real([row], now=now)
    _cry(row, by, now)
    record(
        by=by.actor,
        verb="tell_contact",
        at=now,
        household=household,
        contact=str(row.id),
        kind=kind,
        result=result,
        replaces=str(replaces) if replaces else None,
    )
    return row


@transaction.atomic
def add_link(
    *,
    household: UUID,
    kind: str,
    what: str,
    amount_krw: int,
    on: date,
    worker: int | None = None,
    by: Staff,
    now: datetime,
) -> Link:
    """Write down help that was brought about, by the city's three kinds; a worker's, or our own."""
    _check_home(household, by)
    if kind not in set(LinkKind):
        raise NotAllowed("공적급여·긴급복지·민간자원 가운데 하나를 골라 주세요.")
    check_amount(amount_krw)
    today = now.astimezone(SEOUL).date()
    if not today - timedelta(days=366) <= on <= today:
        raise NotAllowed("연계한 날은 오늘까지 1년 안의 날이어야 합니다.")
    known = Worker.objects.filter(dong__in=dongs_of(seen_by=by))
    if worker is not None and not known.filter(pk=worker).exists():
        raise NotAllowed("우리 동의 돌봄단원을 골라 주세요.")
    link = Link.objects.create(
        household_id=household,
        kind=kind,
        what=clean(what, what="무엇을 연계했나", at_most=WHAT_LENGTH, needed=True),
        amount_krw=amount_krw,
        on=on,
        worker_id=worker,
        made_at=now,
        made_by=by,
    )
    record(
        by=by.actor,
        verb="add_link",
        at=now,
        household=household,
        link=link.pk,
        kind=kind,
        amount_krw=amount_krw,
    )
    return link


def _cry(row: Contact, by: Staff, now: datetime) -> None:
    """Let the control room know at once what cannot wait; a person there decides."""
    signs = crisis_in(row.note)
    if not signs and Heard.CRISIS not in row.heard:
        return
    with acting(machine("rounds"), now=now):
        alarms.raise_crisis(
            event=row.id,
            household=row.household_id,
            signs=signs,
            words=row.note,
            at_stake=Heard.CRISIS in row.heard,
            heard_by=by.name,
            at=row.at,
            now=now,
        )


def check_home(household: UUID, by: Staff) -> Household:
    """Return a home of this person's rounds.

    Raises:
        UnknownHome: there is none, or not for this person.
    """
    found = people.within_sight(seen_by=by).filter(pk=household).first()
    if found is None or not by.is_active or by.role not in LOOKS:
        raise UnknownHome(str(household))
    return found


def _check_home(household: UUID, by: Staff) -> None:
    check_home(household, by)
    if by.role == Staff.Role.OFFICER:
        raise NotAllowed("안부 기록과 연계는 맡은 동에서 적습니다.")


def _check_times(at: datetime, next_on: date | None, minutes: int, now: datetime) -> None:
    if not now - OLDEST <= at <= now:
        raise NotAllowed("연락한 때는 지난 31일 안이어야 합니다.")
    today = now.astimezone(SEOUL).date()
    if next_on is not None and not today <= next_on <= today + FURTHEST:
        raise NotAllowed("다음에 연락할 날은 오늘부터 석 달 안이어야 합니다.")
    if not 0 <= minutes <= MOST_MINUTES:
        raise NotAllowed("걸린 시간은 4시간을 넘을 수 없습니다.")


def _check_own(replaces: UUID | None, household: UUID, by: Staff) -> None:
    if replaces is None:
        return
    mine = Contact.objects.filter(pk=replaces, household=household, by=by.actor)
    if not mine.exists():
        raise NotAllowed("자기가 적은 기록만 바로잡을 수 있습니다.")
    if Contact.objects.filter(replaces=replaces, by=by.actor).exists():
        raise NotAllowed("이미 바로잡은 기록입니다. 바로잡은 것을 다시 바로잡아 주세요.")
