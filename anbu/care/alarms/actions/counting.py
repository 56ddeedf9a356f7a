"""Looking through the whole city once for all pages that show its figures."""

from dataclasses import asdict, astuple
from datetime import datetime, timedelta

from django.db import transaction

from anbu.care.foundation.rules import machine
from anbu.care.people import queries as people
from anbu.care.people.queries import LISTS
from anbu.care.readings.queries import feed_facts

from ..models import CityCount, CityFeeds
from ..queries.city import count

COUNTS = machine("clock")
ANEW_AFTER = timedelta(seconds=50)  # so that of several clocks one counts each minute
FEEDS_ANEW_AFTER = timedelta(seconds=8)


@transaction.atomic
def count_city(*, now: datetime) -> bool:
    """Count the city's homes if nobody has for a minute; return False, there is no more to do."""
    if CityCount.objects.filter(counted_at__gt=now - ANEW_AFTER, counted_at__lte=now).exists():
        return False
    homes = people.for_actor(COUNTS, LISTS).households.filter(left_at=None)
    found = asdict(count(homes, at=now))
    CityCount.objects.update_or_create(id=1, defaults={**found, "counted_at": now})
    return False


@transaction.atomic
def look_at_feeds(*, now: datetime) -> bool:
    """See what came last from each provider, if nobody has for some seconds; return False."""
    if CityFeeds.objects.filter(looked_at__gt=now - FEEDS_ANEW_AFTER, looked_at__lte=now).exists():
        return False
    facts = [astuple(each) for each in feed_facts()]
    CityFeeds.objects.update_or_create(id=1, defaults={"facts": facts, "looked_at": now})
    return False
