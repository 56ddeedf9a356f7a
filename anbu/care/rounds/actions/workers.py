"""돌봄단원: taking them on, with whom they visit, until when they may, and when they are away."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.people.rules import clean
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import DayOff, Standing, Worker
from ..queries.offices import CHANGES, UnknownWorker, dongs_of
from ..rules import NotAllowed
from . import devices
from .danger import set_phone

LONGEST_YEARS = 3  # a training that holds longer than this is a slip of the finger
FURTHEST_OFF = timedelta(days=92)


@transaction.atomic
def add(*, login: str, by: Staff, now: datetime) -> Worker:
    """Let an account of the care corps go round in this planner's dong."""
    dong = _own_dong(by)
    staff = Staff.objects.filter(login=login.strip(), is_active=True).first()
    if staff is None or staff.role != Staff.Role.CARE_CORPS:
        raise NotAllowed("돌봄단 역할의 아이디가 아닙니다. 아이디를 다시 확인해 주세요.")
    at = staff.organisation
    if at is None or at.dong_id not in (None, dong) or at.district_id != _district(by):
        raise NotAllowed("다른 동의 돌봄단원입니다.")
    there = Worker.objects.select_for_update().filter(staff=staff).first()
    if there is not None and there.ended_at is None:
        raise NotAllowed("이미 등록된 돌봄단원입니다.")
    worker = there or Worker(staff=staff)
    worker.dong_id, worker.ended_at, worker.partner = dong, None, None
    worker.save()
    _trace("add_worker", worker, by, now)
    return worker


@transaction.atomic
def change(
    *,
    worker: int,
    month_hours: int,
    partner: int | None,
    trained_until: date | None,
    screened_until: date | None,
    by: Staff,
    now: datetime,
) -> None:
    """Write down a worker's hours, partner and papers. Partners are each other's."""
    row = _lock(worker, by)
    if not 1 <= month_hours <= 48:
        raise NotAllowed("한 달 시간은 1시간에서 48시간 사이입니다.")
    latest = now.astimezone(SEOUL).date() + timedelta(days=366 * LONGEST_YEARS)
    if any(day is not None and day > latest for day in (trained_until, screened_until)):
        raise NotAllowed("교육과 확인의 기한은 3년 안의 날이어야 합니다.")
    other = None if partner is None else _lock(partner, by)
    if other is not None and other.pk == row.pk:
        raise NotAllowed("자기 자신과 짝이 될 수 없습니다.")
    _pair(row, other)
    row.month_min = month_hours * 60
    row.trained_until, row.screened_until = trained_until, screened_until
    row.save(update_fields=["month_min", "trained_until", "screened_until", "partner"])
    _trace(
        "change_worker",
        row,
        by,
        now,
        hours=month_hours,
        partner=partner,
        trained_until=trained_until.isoformat() if trained_until else None,
        screened_until=screened_until.isoformat() if screened_until else None,
    )


@transaction.atomic
def add_day_off(*, worker: int, day: date, reason: str, by: Staff, now: datetime) -> None:
    """Write down a day on which a worker does not come; the daily plan leaves them out."""
    row = _lock(worker, by)
    today = now.astimezone(SEOUL).date()
    if not today <= day <= today + FURTHEST_OFF:
        raise NotAllowed("오늘부터 석 달 안의 날을 골라 주세요.")
    why = clean(reason, what="쉬는 까닭", at_most=120, needed=True)
    _off, is_new = DayOff.objects.get_or_create(
        worker=row, day=day, defaults={"reason": why, "made_at": now, "made_by": by}
    )
    if not is_new:
        raise NotAllowed("이미 쉬는 날로 적혀 있습니다.")
    _trace("add_day_off", row, by, now, day=day.isoformat())


@transaction.atomic
def drop_day_off(*, worker: int, day: date, by: Staff, now: datetime) -> None:
    """Write down that a worker comes after all."""
    row = _lock(worker, by)
    gone, _of = DayOff.objects.filter(worker=row, day=day).delete()
    if not gone:
        raise NotAllowed("쉬는 날로 적혀 있지 않습니다.")
    _trace("drop_day_off", row, by, now, day=day.isoformat())


@transaction.atomic
def write_phone(*, worker: int, phone: str, by: Staff, now: datetime) -> None:
    """Write down the number at which a worker is rung who is looked for."""
    set_phone(worker=_lock(worker, by), phone=phone, by=by, now=now)


@transaction.atomic
def cut_off(*, worker: int, sure: bool, by: Staff, now: datetime) -> None:
    """Cut a worker's lost telephone off."""
    row = _lock(worker, by)
    if not sure:
        raise NotAllowed("전화를 잃어버린 것이 맞는지 표시해 주세요.")
    devices.cut_off(worker=row, by=by, now=now)


@transaction.atomic
def end(*, worker: int, by: Staff, now: datetime) -> None:
    """Let a worker go round no more; their neighbours are nobody's until the plan gives them."""
    row = _lock(worker, by)
    _pair(row, None)
    row.ended_at = now
    row.save(update_fields=["ended_at", "partner"])
    left = Standing.objects.filter(worker=row, ended_at=None).update(worker=None)
    _trace("end_worker", row, by, now, neighbours=left)


def _pair(row: Worker, other: Worker | None) -> None:
    """Make two each other's partner; whom they leave has none."""
    for one in filter(None, (row, other)):
        Worker.objects.filter(partner=one).update(partner=None)
    row.partner = other
    if other is not None:
        Worker.objects.filter(pk=other.pk).update(partner=row)


def _own_dong(by: Staff) -> int:
    if not by.is_active or by.role not in CHANGES or by.dong_id is None:
        raise NotAllowed("돌봄단원은 동의 복지플래너가 맡습니다.")
    return by.dong_id


def _district(by: Staff) -> int | None:
    return by.post.dong.district_id if by.post and by.post.dong else None


def _lock(worker: int, by: Staff) -> Worker:
    rows = Worker.objects.select_for_update(of=("self",)).filter(ended_at=None)
    row = rows.filter(pk=worker, dong__in=dongs_of(seen_by=by)).first()
    if row is None:
        raise UnknownWorker
    _own_dong(by)
    return row


def _trace(verb: str, worker: Worker, by: Staff, now: datetime, **detail: Any) -> None:
    record(by=by.actor, verb=verb, at=now, worker=worker.pk, dong=worker.dong_id, **detail)
