"""A colleague's own browser asks to be told, and no longer."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Refused, has_resident_number
from anbu.care.staff.models import Staff
from anbu.channels.push import Device

from ..models import Subscription

MOST = 5  # browsers of one person; the oldest ends when a sixth comes
NAME = 40


class BadDevice(Refused):
    """What a browser told is no subscription at a push service that we know."""


@transaction.atomic
def subscribe(
    *, endpoint: str, public: str, secret: str, name: str, by: Staff, now: datetime
) -> None:
    """Let this browser be told of what comes to the post its owner is on duty at."""
    try:
        if len(endpoint) > 500 or has_resident_number(name):
            raise ValueError
        Device.read(endpoint=endpoint, public=public, secret=secret, hosts=settings.PUSH_HOSTS)
    except ValueError:
        raise BadDevice("이 브라우저의 알림은 받을 수 없습니다.") from None
    Staff.objects.select_for_update().get(id=by.pk)
    open_ones = Subscription.objects.filter(ended_at=None)
    open_ones.filter(endpoint=endpoint).update(ended_at=now)  # a browser changes its owner
    mine = open_ones.filter(staff=by).order_by("-began_at", "-id").values_list("id", flat=True)
    Subscription.objects.filter(id__in=list(mine)[MOST - 1 :]).update(ended_at=now)
    made = Subscription.objects.create(
        staff=by,
        endpoint=endpoint,
        public=public,
        secret=secret,
        name=" ".join(name.split())[:NAME],
        began_at=now,
    )
    record(by=by.actor, verb="subscribe", at=now, subscription=made.pk)


@transaction.atomic
def end_subscription(*, subscription: int, by: Staff, now: datetime) -> None:
    """Let one of one's own browsers be told no more."""
    found = Subscription.objects.filter(id=subscription, staff=by, ended_at=None)
    if found.update(ended_at=now):
        record(by=by.actor, verb="end_subscription", at=now, subscription=subscription)
