"""Counting the whole city once for all pages that show its figures."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now

from anbu.care.foundation.rules import machine
from anbu.care.people import queries as people
from anbu.care.people.queries import LISTS

from ..models import CityCount
from ..queries.city import count

COUNTS = machine("clock")
ANEW_AFTER = timedelta(seconds=50)  # so that of several clocks one counts each minute


@transaction.atomic
def count_city(*, now: datetime) -> bool:
    """Count the city's homes if nobody has for a minute; return False, there is no more to do."""
    if CityCount.objects.filter(counted_at__gt=Now() - ANEW_AFTER).exists():
        return False
    homes = people.for_actor(COUNTS, LISTS).households.filter(left_at=None)
    found = asdict(count(homes, at=now))
    CityCount.objects.update_or_create(id=1, defaults={**found, "counted_at": Now()})
    return False
