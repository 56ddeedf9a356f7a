"""What was not taken in of one home, because nobody there agreed to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff
from anbu.sources import Reason

from ..models import Device, Quarantine


@dataclass(frozen=True, kw_only=True, slots=True)
class Unheard:
    """How many messages were refused for want of consent, and when the last one came."""

    messages: int
    last_at: datetime | None


def unheard(*, household: UUID, since: datetime, seen_by: Staff) -> Unheard:
    """Return what was refused of this home since a moment. One query."""
    home = people.within_sight(seen_by=seen_by).filter(id=household)
    codes = Device.objects.filter(household__in=home.values("id")).values("code")
    found = Quarantine.objects.filter(
        device__in=codes, reason=str(Reason.NO_CONSENT), received_at__gte=since
    ).aggregate(n=Count("id"), last=Max("received_at"))
    return Unheard(messages=found["n"], last_at=found["last"])
