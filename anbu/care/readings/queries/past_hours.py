"""What each feed of one home said hour by hour, and when it could not be seen: looked back at."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Q

from anbu.care.people.queries import seen
from anbu.care.staff.models import Staff
from anbu.kernel import signs

from ..models import Feed, Finding, Gap, sight_lasts
from ..rules import moment
from .rolled import counted, hour_at

HEARD = """
SELECT f.id, date_trunc('hour', r.at), count(DISTINCT r.at)
FROM readings_feed f CROSS JOIN LATERAL (
    SELECT at FROM reading WHERE device_id = f.device_id AND channel = f.channel
      AND value <> 'NaN' AND at >= %s AND at < %s) r
WHERE f.household_id = %s GROUP BY 1, 2
"""
SIGNS = """
SELECT feed_id, date_trunc('hour', at), count(*) FROM sign
WHERE household_id = %s AND at >= %s AND at < %s GROUP BY 1, 2
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeardHour:
    """One hour of a feed in which it said something."""

    begins_at: datetime
    signs: int
    values: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedPast:
    """One feed of a home, as it was then: also one that is gone now."""

    id: int
    name: str  # of the channel
    hours: tuple[HeardHour, ...]  # in order
    blind: tuple[tuple[datetime, datetime], ...]  # nothing could be seen through it


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the learned clock found then."""

    at: datetime
    level: str  # watch | alarm | blind


def feeds_past(
    *, household: UUID, since: datetime, until: datetime, seen_by: Staff
) -> tuple[FeedPast, ...]:
    """Return each feed this home had in these whole hours. Six queries.

    A home that has left is still told of, to whom it was within reach.
    """
    homes = seen(seen_by=seen_by).households.filter(id=household).values_list("id", flat=True)
    if household not in homes:
        return ()
    told = _told(household, since, until)
    holes: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    gaps = Gap.objects.filter(
        feed__household=household, ended_at__gt=since, began_at__lt=until
    ).order_by("began_at", "id")
    for feed, began, ended in gaps.values_list("feed_id", "began_at", "ended_at"):
        holes[feed].append((max(began, since), min(ended, until)))
    then = Q(device__revoked_at=None) | Q(device__revoked_at__gt=since)
    feeds = Feed.objects.filter(then, household=household, device__enrolled_at__lt=until)
    return tuple(
        FeedPast(
            id=feed.pk,
            name=signs.BY_CODE[feed.channel].name,
            hours=tuple(
                HeardHour(begins_at=at, signs=one[0], values=one[1])
                for (of, at), one in sorted(told.items())
                if of == feed.pk
            ),
            blind=tuple(holes[feed.pk] + _last_hole(feed, since, until)),
        )
        for feed in feeds.select_related("device").order_by("channel", "id")
    )


def _told(
    household: UUID, since: datetime, until: datetime
) -> dict[tuple[int, datetime], tuple[int, int]]:
    """Return of each feed and hour how many signs and how many values there were."""
    found: dict[tuple[int, datetime], tuple[int, int]] = {}
    known = counted(households=[household], since=since, now=until)
    for day in known.days:
        for nth in np.flatnonzero((day.cells["heard"] > 0) | (day.cells["signs"] > 0)).tolist():
            at = hour_at(day.on, nth)
            if at < until:
                cell = day.cells[nth]
                found[day.feed, at] = (int(cell["signs"]), int(cell["heard"]))
    with connection.cursor() as cursor:
        later = max(known.until, since)
        cursor.execute(HEARD, [later, until, household])
        for feed, at, values in cursor.fetchall():
            found[feed, at] = (0, values)
        cursor.execute(SIGNS, [household, later, until])
        for feed, at, n in cursor.fetchall():
            found[feed, at] = (n, found.get((feed, at), (0, 0))[1])
    return found


def _last_hole(feed: Feed, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return the hole that nothing has ended, or that its device's end began."""
    begins = feed.device.enrolled_at if feed.last_at is None else moment(feed.last_at)
    lasts = timedelta(seconds=sight_lasts(feed.device.interval, feed.device.lag))
    gone = feed.device.revoked_at
    if begins + lasts >= until and (gone is None or gone >= until):
        return []
    begins = begins if begins + lasts < until else until
    if gone is not None:
        begins = min(begins, gone)
    return [(max(begins, since), until)] if begins < until else []


def found_past(
    *, household: UUID, since: datetime, until: datetime, seen_by: Staff
) -> tuple[Found, ...]:
    """Return what the learned clock found of this home then, in order. Two queries."""
    homes = seen(seen_by=seen_by).households.filter(id=household)
    rows = Finding.objects.filter(household__in=homes, at__gte=since, at__lt=until)
    return tuple(
        Found(at=row.at, level=Finding.Level(row.level).name.lower())
        for row in rows.order_by("at", "level", "id")
    )
