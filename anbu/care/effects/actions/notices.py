"""Handing a word to a colleague's browser: written by a ring, sent after it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anbu.channels.port import Letter, Port, Retry, Sent
from anbu.channels.push import Gone

from ..models import Notice, Ring, Subscription
from ..rules import Heard, Then, then, wait_s

NOTIFY = "effects.notify"
EXPIRES = timedelta(minutes=5)  # later a person on duty has seen it, or the ladder has climbed
EXPIRED_AT_ONCE = 100
TOO_LATE = "제때 보내지 못함"


def deliver_notice(*, notice_id: UUID, port: Port, now: datetime, dice: float) -> float | None:
    """Hand one notice to its push service; return in how many seconds to try again, or None."""
    notice = Notice.objects.filter(id=notice_id, status=Notice.Status.QUEUED).first()
    if notice is None:
        return None
    if now - notice.queued_at > EXPIRES:
        _settle(notice_id, Notice.Status.EXPIRED, now, failure=TOO_LATE)
        return None
    answer = port.send(Letter(key=str(notice.id), to="", text=notice.text, kind="push"), at=now)
    if isinstance(answer, Sent):
        _settle(notice_id, Notice.Status.SENT, now)
        return None
    pause = answer.after_s if isinstance(answer, Retry) else 0.0
    heard = Heard.RETRY if isinstance(answer, Retry) else Heard.REFUSED
    if then(heard, tries=notice.tries + 1, is_last=True) is Then.AGAIN:
        Notice.objects.filter(id=notice_id).update(tries=notice.tries + 1, failure=answer.detail)
        return wait_s(notice.tries + 1, dice=dice, asked_pause_s=pause)
    _settle(notice_id, Notice.Status.FAILED, now, failure=answer.detail)
    if isinstance(answer, Gone):
        Subscription.objects.filter(id=notice.subscription_id, ended_at=None).update(ended_at=now)
    return None


def expire_next_notices(*, now: datetime) -> bool:
    """Give up on notices that nobody could send in time."""
    late = Notice.objects.filter(status=Notice.Status.QUEUED, queued_at__lt=now - EXPIRES)
    ids = list(late.order_by("queued_at", "id").values_list("id", flat=True)[:EXPIRED_AT_ONCE])
    for notice_id in ids:
        _settle(notice_id, Notice.Status.EXPIRED, now, failure=TOO_LATE)
    return bool(ids)


@transaction.atomic
def _settle(notice_id: UUID, status: str, now: datetime, failure: str = "") -> None:
    """End a notice, and its ring: sent when one browser has it, else as the last one ended."""
    rows = Notice.objects.select_for_update().filter(id=notice_id, status=Notice.Status.QUEUED)
    notice = rows.first()
    if notice is None:
        return
    notice.status, notice.settled_at, notice.failure = status, now, failure[:120]
    notice.save(update_fields=["status", "settled_at", "failure"])
    queued = Notice.objects.filter(ring=notice.ring_id, status=Notice.Status.QUEUED)
    if notice.ring_id and (status == Notice.Status.SENT or not queued.exists()):
        ring = Ring.objects.filter(id=notice.ring_id, status=Ring.Status.QUEUED)
        ring.update(status=status, settled_at=now, failure=failure[:120])
