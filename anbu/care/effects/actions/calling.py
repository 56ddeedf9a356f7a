"""Telling colleagues by name, whether they are on duty or not: on their own browsers."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app as jobs
from procrastinate.types import JSONValue

from ..models import Notice, Subscription
from .notices import NOTIFY


def call_people(*, staff: Collection[int], words: str, cause: UUID, now: datetime) -> None:
    """Tell these colleagues on every browser they asked to be told on. The words name nobody.

    Call it in the transaction of the deed; what goes out goes after it.
    """
    if not staff or not settings.PUSH_CONTACT:
        return
    asked = Subscription.objects.filter(
        ended_at=None, staff__in=list(staff), staff__is_active=True
    ).order_by("id")
    notices = [Notice(subscription=one, cause=cause, text=words, queued_at=now) for one in asked]
    if notices:
        Notice.objects.bulk_create(notices)
        rows: list[dict[str, JSONValue]] = [{"notice_id": str(one.id)} for one in notices]
        jobs.configure_task(NOTIFY, queue="messages").batch_defer(*rows)
