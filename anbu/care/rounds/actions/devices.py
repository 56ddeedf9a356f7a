"""The telephone in a worker's hand: its half of a key, and the pack of a day: decision 0053."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.places.rules import SEOUL
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff

from ..models import Device, Worker
from ..queries.pack import Pack, pack_of
from ..rules import NotAllowed

HALF = 32  # bytes of each half of a key
KEY_LIFE = timedelta(hours=12)  # after the telephone was last heard of
AT_ONCE = 200  # keys that one sweep forgets


class NoRound(NotAllowed):
    """Raised when somebody of the care corps goes round nowhere."""

    def __init__(self) -> None:
        super().__init__("아직 돌봄단원으로 등록되지 않았습니다. 동주민센터에 물어봐 주세요.")


class KeyGone(NotAllowed):
    """Raised when a telephone speaks whose half of the key is forgotten."""

    def __init__(self) -> None:
        super().__init__("이 전화의 열쇠가 사라졌습니다. 다시 로그인해 주세요.")


@dataclass(frozen=True, kw_only=True)
class Halves:
    """What the server gives a telephone on unlocking. Held in memory, or wrapped by a number."""

    device: UUID
    key_half: bytes  # opens what the telephone keeps of today
    out_half: bytes  # opens what it has still to send, also after the other half is gone
    until: datetime
    last_seq: int


@transaction.atomic
def bring_device(*, worker: Worker, device: UUID | None = None, now: datetime) -> Device:
    """Take up this telephone: the one named, where it is this worker's, else a new one.

    One telephone opens at a time: the keys of the worker's others are forgotten. One that the
    office had cut off is taken up again by who has signed in anew: what it has to send is theirs.
    """
    rows = worker.devices.select_for_update()
    held = rows.filter(pk=device).first() if device else None
    if held is None:
        held = Device(worker=worker, made_at=now, out_half=secrets.token_bytes(HALF))
    if held.key_half is None or held.key_ends_at <= now:
        held.key_half = secrets.token_bytes(HALF)
    held.seen_at, held.key_ends_at, held.ended_at = now, now + KEY_LIFE, None
    held.save()
    rows.exclude(pk=held.pk).filter(key_half__isnull=False).update(key_half=None, key_ends_at=now)
    record(by=worker.staff.actor, verb="bring_device", at=now, device=str(held.pk))
    return held


def unlock(*, by: Staff, device: UUID | None, now: datetime) -> Halves:
    """Hand the server's halves to a worker who has signed in."""
    held = bring_device(worker=going_round(by), device=device, now=now)
    assert held.key_half is not None
    assert held.out_half is not None
    return Halves(
        device=held.pk,
        key_half=bytes(held.key_half),
        out_half=bytes(held.out_half),
        until=held.key_ends_at,
        last_seq=held.last_seq,
    )


@transaction.atomic
def hear_from(*, by: Staff, device: UUID, now: datetime) -> Device:
    """Write down that a telephone was heard of: its key lives twelve hours from here.

    Raises:
        KeyGone: it is nobody's of this worker, or its key is forgotten.
    """
    rows = going_round(by).devices.select_for_update().filter(pk=device, ended_at=None)
    held = rows.filter(key_half__isnull=False, key_ends_at__gt=now).first()
    if held is None:
        raise KeyGone
    held.seen_at, held.key_ends_at = now, now + KEY_LIFE
    held.save(update_fields=["seen_at", "key_ends_at"])
    return held


@transaction.atomic
def take_pack(*, by: Staff, device: UUID, now: datetime) -> tuple[Pack, datetime]:
    """Hand out today's pack, and until when its key lives; whose homes were in it is written."""
    held = hear_from(by=by, device=device, now=now)
    day = now.astimezone(SEOUL).date()
    pack = pack_of(worker=held.worker, day=day, now=now)
    record(
        by=by.actor,
        verb="list_pack",
        at=now,
        homes=pack.homes,
        purpose=Purpose("visit", f"round-{day.isoformat()}"),
        device=str(device),
        doors=[str(home) for home in pack.doors],
    )
    return pack, held.key_ends_at


@transaction.atomic
def end_shift(*, by: Staff, device: UUID, now: datetime) -> None:
    """End the day: the half here goes, and what the telephone keeps of today is noise."""
    rows = going_round(by).devices.filter(pk=device, key_half__isnull=False)
    if rows.update(key_half=None, key_ends_at=now):
        record(by=by.actor, verb="end_round_day", at=now, device=str(device))


@transaction.atomic
def cut_off(*, worker: Worker, by: Staff, now: datetime) -> None:
    """Make a lost telephone worthless: the halves here go at once, every session ends.

    What lies in it is noise from here on, and it is told so when it speaks next. What it has still
    to send is taken in once the worker has signed in on it again.
    """
    rows = worker.devices.select_for_update().filter(ended_at=None).order_by("id")
    gone = [str(each) for each in rows.values_list("pk", flat=True)]
    worker.devices.filter(pk__in=gone).update(key_half=None, key_ends_at=now, ended_at=now)
    staffing.end_sessions(staff=worker.staff_id, by=by.actor, now=now)
    record(by=by.actor, verb="cut_off_telephone", at=now, worker=worker.pk, devices=gone)


def is_cut_off(device: UUID) -> bool:
    """Say whether a telephone was cut off, also to one whose session is over."""
    return Device.objects.filter(pk=device, ended_at__isnull=False).exists()


@transaction.atomic
def forget_keys(*, now: datetime) -> bool:
    """Forget the halves of telephones that were not heard of for twelve hours."""
    due = Device.objects.select_for_update(skip_locked=True).filter(
        key_half__isnull=False, key_ends_at__lte=now
    )
    gone = list(due.order_by("key_ends_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    if not gone:
        return False
    Device.objects.filter(pk__in=gone).update(key_half=None)
    record(
        by=machine("rounds").name,
        verb="forget_keys",
        at=now,
        devices=[str(each) for each in gone],
    )
    return True


def going_round(by: Staff) -> Worker:
    """Return this person as one who goes round.

    Raises:
        NoRound: nobody has taken them on, or they have ended.
    """
    rows = Worker.objects.filter(staff=by, ended_at=None).select_related("staff", "dong")
    worker = rows.first() if by.is_active else None
    if worker is None:
        raise NoRound
    return worker
