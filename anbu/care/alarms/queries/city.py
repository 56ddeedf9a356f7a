"""The figures of a whole city: how many homes it has, and how fresh each provider's readings are.

Counting 110,000 homes takes longer than the page that shows the figure, and many pages show it:
the clock counts once for all (docs/decisions/0035). What it left is believed for a short while.
An area is small, and counted when it is asked for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from anbu.care.people import queries as people
from anbu.care.people.models import Household
from anbu.care.readings.models import Watch
from anbu.care.readings.queries import FeedFacts, FeedHealth, feed_facts, health_of
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of

from ..models import CityCount, CityFeeds

# What is older was left by a clock that stands still, or by a rehearsal's that runs ahead, and what
# is younger than now by one that was set back: then the page counts for itself.
GOOD_FOR = timedelta(minutes=3)
FEEDS_GOOD_FOR = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Homes of an area that have not left; of them those with a device, and those at night."""

    homes: int
    watched: int
    nights: int


def counted(*, seen_by: Staff, now: datetime) -> Counted:
    """Return how many homes this person's area has: one question for who sees the whole city."""
    kept = _kept(seen_by, now)
    return kept or count(people.within_sight(seen_by=seen_by), at=now)


def households(*, seen_by: Staff, now: datetime) -> int:
    """Return how many homes this person's area has, whether watched or not. Two questions."""
    kept = _kept(seen_by, now)
    return kept.homes if kept else people.within_sight(seen_by=seen_by).count()


def _kept(seen_by: Staff, now: datetime) -> Counted | None:
    """Return what the clock counted, if this person sees the whole city and it is fresh."""
    if actor_of(seen_by).reach.kind != "city":
        return None
    fresh = CityCount.objects.filter(counted_at__gt=now - GOOD_FOR, counted_at__lte=now)
    found = fresh.values("homes", "watched", "nights").first()
    return Counted(**found) if found else None


def count(homes: QuerySet[Household], *, at: datetime) -> Counted:
    """Count these homes one by one. Three questions."""
    return Counted(
        homes=homes.count(),
        watched=Watch.objects.filter(household__in=homes).count(),
        nights=people.night_consents(homes=homes, at=at),
    )


def feeds(*, now: datetime) -> list[FeedHealth]:
    """Return how fresh each provider's readings are, as the clock saw them seconds ago.

    One question. Too old is what is said of a reading, never too fresh.
    """
    seen = CityFeeds.objects.filter(looked_at__gt=now - FEEDS_GOOD_FOR, looked_at__lte=now)
    kept = seen.values_list("facts", flat=True).first()
    facts = feed_facts() if kept is None else [FeedFacts(*each) for each in kept]
    return health_of(facts, now=now)
