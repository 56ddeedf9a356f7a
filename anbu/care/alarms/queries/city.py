"""How many homes somebody is responsible for: the figures beside the queue and above the list.

Counting a whole city takes longer than the page they stand on, and they change a few times a day:
the clock counts it once a minute. An area is small, and counted when it is asked for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from anbu.care.people import queries as people
from anbu.care.people.models import Household
from anbu.care.readings.models import Watch
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of

from ..models import CityCount

# A count that is older was left by a clock that stands still: then the page counts for itself.
GOOD_FOR = timedelta(minutes=3)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Homes of an area that have not left; of them those with a device, and those at night."""

    homes: int
    watched: int
    nights: int


def counted(*, seen_by: Staff, now: datetime) -> Counted:
    """Return how many homes this person's area has: one question for who sees the whole city."""
    if actor_of(seen_by).reach.kind == "city":
        fresh = CityCount.objects.filter(counted_at__gt=Now() - GOOD_FOR)
        kept = fresh.values("homes", "watched", "nights").first()
        if kept is not None:
            return Counted(**kept)
    return count(people.within_sight(seen_by=seen_by), at=now)


def count(homes: QuerySet[Household], *, at: datetime) -> Counted:
    """Count these homes one by one. Three questions."""
    return Counted(
        homes=homes.count(),
        watched=Watch.objects.filter(household__in=homes).count(),
        nights=people.night_consents(homes=homes, at=at),
    )
