"""Who asked to be told on which browser."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from anbu.care.staff.models import Staff
from anbu.channels.push import Device, Keys, Push

from ..models import Notice, Subscription


@dataclass(frozen=True)
class Told:
    """One browser that is told."""

    id: int
    name: str
    began_at: datetime


def subscriptions_of(*, seen_by: Staff) -> tuple[Told, ...]:
    """Return one's own browsers that are told, the newest first."""
    rows = Subscription.objects.filter(staff=seen_by, ended_at=None).order_by("-began_at", "-id")
    return tuple(Told(row.pk, row.name, row.began_at) for row in rows)


def push_key() -> str:
    """Return our public key at push services, or nothing where Web Push is not set."""
    return Keys.load(settings.PUSH_KEY).public if settings.PUSH_CONTACT else ""


def push_port(*, notice: UUID) -> Push | None:
    """Return the way to the browser of this notice, if Web Push is set."""
    if not settings.PUSH_CONTACT:
        return None
    row = Notice.objects.select_related("subscription").get(id=notice).subscription
    device = Device.at(endpoint=row.endpoint, public=row.public, secret=row.secret)
    return Push(device=device, keys=Keys.load(settings.PUSH_KEY), contact=settings.PUSH_CONTACT)
