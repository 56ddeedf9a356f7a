"""Telling colleagues on duty that something waits: written with the deed, sent after it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.types import JSONValue

from anbu.care.staff.models import Shift
from anbu.channels.port import Letter, Port, Retry, Sent
from anbu.channels.push import Gone

from ..models import Notice, Subscription
from ..rules import Heard, Kind, Then, filled, read_shipped, then, wait_s

NOTIFY = "effects.notify"
EXPIRES = timedelta(minutes=5)  # later a person on duty has seen it, or the ladder has climbed
EXPIRED_AT_ONCE = 100
TOO_LATE = "제때 보내지 못함"


def notify_duty(*, posts: Mapping[int, int], cause: UUID, now: datetime) -> None:
    """Tell everybody on duty at these posts how many signals wait there: one notice a browser.

    Call it in the transaction of the deed. Two queries where nobody asked to be told.
    """
    if not posts or not settings.PUSH_CONTACT:
        return
    on_duty = Shift.objects.filter(ended_at=None, post__in=list(posts), staff__is_active=True)
    seats = dict(on_duty.values_list("staff_id", "post_id"))
    told = Subscription.objects.filter(ended_at=None, staff__in=seats).order_by("id")
    template = read_shipped()[Kind.DUTY]
    notices = [
        Notice(
            subscription=one,
            cause=cause,
            text=filled(template, {"건수": str(posts[seats[one.staff_id]])}),
            queued_at=now,
        )
        for one in told
    ]
    if notices:
        Notice.objects.bulk_create(notices)
        rows: list[dict[str, JSONValue]] = [{"notice_id": str(one.id)} for one in notices]
        jobs.configure_task(NOTIFY, queue="messages").batch_defer(*rows)


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
    row = Notice.objects.select_for_update().filter(id=notice_id, status=Notice.Status.QUEUED)
    row.update(status=status, settled_at=now, failure=failure[:120])
