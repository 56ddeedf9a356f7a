"""Asking what could have been seen earlier, writing it down, and signing it by two people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from anbu.care.foundation.actions import act_as, record
from anbu.care.foundation.rules import Purpose, new_id
from anbu.care.people.rules import check_reason, clean
from anbu.care.places import queries as places
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Alarm, FieldJob, LookBack, LookBackNote, Step
from ..queries.look_backs import (
    LookBackPage,
    LookBackRow,
    look_back,
    look_backs,
    look_backs_seen,
)
from ..queries.sheets import Paper
from ..rules import (
    LEARNT_LENGTH,
    LOOK_BACK_DAYS,
    NOTE_OF_LOOK_BACK,
    NotAllowed,
    UnknownAlarm,
    asks_to_look_back,
    check_learnt,
    check_second,
    found_at,
    who_looks_back,
    working_days_on,
)
from .ledger import CLOCK, SYSTEM

AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class LookBackSheet(Paper):
    """A look back on paper."""

    page: LookBackPage


def ask_to_look_back(alarm: Alarm, *, now: datetime) -> None:
    """Ask for a look back, if this alarm ended so. Part of the deed that ends it."""
    found = _found(alarm, now)
    if asks_to_look_back(alarm.outcome, last_sign_at=alarm.last_sign_at, found_at=found):
        _open(alarm, found=found, reason="", by=None, now=now)


@transaction.atomic
def open_look_back(*, number: str, reason: str, by: Staff, now: datetime) -> UUID:
    """Open a look back at any signal that has ended; return the signal."""
    _check(by)
    told = check_reason(reason)
    alarm = Alarm.objects.filter(number=number.strip(), closed_at__isnull=False).first()
    if alarm is None or alarm.closed_at is None:
        raise NotAllowed("그런 번호로 끝난 신호가 없습니다. 번호를 다시 확인해 주세요.")
    if LookBack.objects.filter(alarm=alarm).exists():
        raise NotAllowed("이 신호는 이미 돌아보고 있습니다. 아래 목록에서 찾아 주세요.")
    _open(alarm, found=_found(alarm, alarm.closed_at), reason=told, by=by, now=now)
    return alarm.pk


@transaction.atomic
def list_look_backs(*, seen_by: Staff, now: datetime) -> tuple[LookBackRow, ...]:
    """Return what is looked back at, and write down who asked."""
    rows = look_backs(seen_by=seen_by, now=now)
    if rows:
        alarms = [str(row.alarm) for row in rows]
        record(by=seen_by.actor, verb="list_look_backs", at=now, alarms=alarms)
    return rows


@transaction.atomic
def see_look_back(*, alarm_id: UUID, by: Staff, now: datetime) -> LookBackPage:
    """Return one look back, and write down who opened it."""
    page = look_back(alarm_id=alarm_id, seen_by=by, now=now)
    if page is None:
        raise UnknownAlarm(str(alarm_id))
    _trace("open_look_back", alarm_id, by, now)
    return page


@transaction.atomic
def print_look_back(*, alarm_id: UUID, reason: str, by: Staff, now: datetime) -> LookBackSheet:
    """Put a look back on paper: no name, no address, no telephone stands in it."""
    page = look_back(alarm_id=alarm_id, seen_by=by, now=now)
    if page is None:
        raise UnknownAlarm(str(alarm_id))
    told, id = check_reason(reason), new_id()
    code = f"L{now.astimezone(SEOUL):%y%m%d}-{id.hex[-4:].upper()}"
    _trace("print_look_back", alarm_id, by, now, reason=told, sheet=code)
    return LookBackSheet(
        page=page,
        code=code,
        reason=told,
        printed_by=by.name,
        office=by.post.name if by.post else "",
        printed_at=now,
    )


@transaction.atomic
def take_look_back(*, alarm_id: UUID, by: Staff, now: datetime) -> None:
    """Answer for it oneself, instead of whoever did; what was written must be signed anew."""
    row = _lock(alarm_id, by)
    if row.owner_staff_id == by.pk:
        raise NotAllowed("이미 맡고 있습니다.")
    row.owner_staff, row.owner_post = by, None
    row.save(update_fields=["owner_staff", "owner_post"])
    _trace("take_look_back", alarm_id, by, now)


@transaction.atomic
def write_look_back(
    *,
    alarm_id: UUID,
    missed: Sequence[str],
    missed_words: str,
    changes: Sequence[str],
    change_words: str,
    by: Staff,
    now: datetime,
) -> None:
    """Write and sign, as its owner, what could have been seen earlier and what is to change."""
    row = _lock(alarm_id, by)
    if row.owner_staff_id != by.pk:
        raise NotAllowed("이 돌아보기를 맡은 사람만 결과를 적습니다.")
    check_learnt(missed, changes)
    row.missed, row.changes = list(missed), list(changes)
    row.missed_words = clean(
        missed_words, what="더 일찍 알 수 있었던 것", at_most=LEARNT_LENGTH, needed=True
    )
    row.change_words = clean(change_words, what="바꿀 것", at_most=LEARNT_LENGTH, needed=True)
    row.written_by, row.written_at, row.version = by, now, row.version + 1
    row.save()
    _trace("write_look_back", alarm_id, by, now, version=row.version)


@transaction.atomic
def sign_look_back(*, alarm_id: UUID, version: int, by: Staff, now: datetime) -> None:
    """Sign, as the second person, what stands there: `version` is what they have read."""
    row = _lock(alarm_id, by)
    check_second(written_by=row.written_by_id, signer=by.pk)
    if version != row.version:
        raise NotAllowed("그사이 결과가 다시 쓰였습니다. 다시 읽고 서명해 주세요.")
    row.signed_by, row.signed_at = by, now
    row.save(update_fields=["signed_by", "signed_at"])
    _trace("sign_look_back", alarm_id, by, now, version=version)


@transaction.atomic
def add_to_look_back(*, alarm_id: UUID, text: str, by: Staff, now: datetime) -> None:
    """Add a line to a signed result: what became of a change, or an error in it."""
    row = look_backs_seen(seen_by=by).filter(alarm=alarm_id).first()
    if row is None:
        raise UnknownAlarm(str(alarm_id))
    if row.signed_at is None:
        raise NotAllowed("두 사람이 서명한 뒤에 덧붙일 수 있습니다.")
    told = clean(text, what="덧붙일 말", at_most=NOTE_OF_LOOK_BACK, needed=True)
    LookBackNote.objects.create(look_back=row, text=told, added_by=by, added_at=now)
    _trace("add_to_look_back", alarm_id, by, now)


@transaction.atomic
def hand_on_look_backs(*, now: datetime) -> bool:
    """Give to somebody else what nobody answers for any more: they left, or there was nobody."""
    act_as(CLOCK)
    gone = Q(owner_staff=None) | Q(owner_staff__is_active=False)
    gone |= ~Q(owner_staff__role=Staff.Role.SUPERVISOR)
    rows = (
        LookBack.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(gone, signed_at=None)
        .order_by("due_at", "id")[:AT_ONCE]
    )
    moved = [row for row in rows if _hand_on(row, now)]
    return bool(moved)


def _hand_on(row: LookBack, now: datetime) -> bool:
    owner = _owner(row.alarm_id)
    post = None if owner else places.centre()
    if owner is None and row.owner_staff_id is None:
        return False  # there is nobody yet: the post has it
    row.owner_staff_id, row.owner_post_id = owner, post
    row.save(update_fields=["owner_staff", "owner_post"])
    record(by=SYSTEM, verb="hand_on_look_back", at=now, alarm=str(row.alarm_id), to=owner)
    return True


def _open(
    alarm: Alarm, *, found: datetime, reason: str, by: Staff | None, now: datetime
) -> LookBack:
    known = places.calendar(now)
    owner = by.pk if by else _owner(alarm.pk)
    row = LookBack.objects.create(
        alarm=alarm,
        last_sign_at=alarm.last_sign_at,
        found_at=found,
        reason=reason,
        opened_by=by,
        opened_at=now,
        due_at=working_days_on(now, LOOK_BACK_DAYS, holidays=known.holidays, hours=known.hours),
        owner_staff_id=owner,
        owner_post_id=None if owner else places.centre(),
    )
    record(
        by=by.actor if by else SYSTEM,
        verb="ask_to_look_back",
        at=now,
        household=alarm.household_id,
        purpose=Purpose("review", str(alarm.pk), reason) if by else None,
        alarm=str(alarm.pk),
        owner=owner,
    )
    return row


def _found(alarm: Alarm, closed_at: datetime) -> datetime:
    came = FieldJob.objects.filter(alarm=alarm, done_at__isnull=False, arrived_at__isnull=False)
    arrivals = came.order_by("arrived_at", "id").values_list("arrived_at", flat=True)
    return found_at([at for at in arrivals if at is not None], closed_at=closed_at)


def _owner(alarm: UUID) -> int | None:
    """Return the supervisor who was not there and has the fewest open; None: there is none."""
    able = Staff.objects.filter(role=Staff.Role.SUPERVISOR, is_active=True)
    waiting = LookBack.objects.filter(signed_at=None, owner_staff__isnull=False)
    steps = Step.objects.filter(alarm=alarm, by__isnull=False)
    return who_looks_back(
        list(able.order_by("pk").values_list("pk", flat=True)),
        open_of=Counter(waiting.order_by("id").values_list("owner_staff", flat=True)),
        involved=set(steps.order_by("id").values_list("by", flat=True)),
    )


def _check(by: Staff) -> None:
    if not by.is_active or by.role != Staff.Role.SUPERVISOR:
        raise UnknownAlarm("no supervisor")


def _lock(alarm_id: UUID, by: Staff) -> LookBack:
    rows = look_backs_seen(seen_by=by).select_for_update(of=("self",))
    row = rows.filter(alarm=alarm_id).first()
    if row is None:
        raise UnknownAlarm(str(alarm_id))
    if row.signed_at is not None:
        raise NotAllowed("두 사람이 서명한 결과는 바꿀 수 없습니다. 덧붙여 주세요.")
    return row


def _trace(
    verb: str, alarm: UUID, by: Staff, now: datetime, *, reason: str = "", **told: Any
) -> None:
    home = Alarm.objects.values_list("household", flat=True).get(id=alarm)
    purpose = Purpose("review", str(alarm), reason)
    record(
        by=by.actor,
        verb=verb,
        at=now,
        household=home,
        purpose=purpose,
        alarm=str(alarm),
        **told,
    )
