"""Through what one home is seen, and when it could not be: asked for once for a whole page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from anbu.care.people.queries import within_sight
from anbu.care.staff.models import Staff
from anbu.kernel import signs

from ..models import Feed, Gap, sight_lasts
from ..rules import KOREA, moment

WEEK_HOURS = 7 * 24


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedCard:
    """One channel of one device, and how well can be seen through it."""

    device: str
    provider: str
    channel: str  # the kernel's name of it
    label: str
    freshness_s: float | None  # None: never heard
    sees: bool
    lag: timedelta  # how old its newest reading is when all is well
    interval_s: float
    last_sign_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Eye:
    """One channel, and when nothing could be seen through it [s since 1970]."""

    card: FeedCard
    enrolled: float
    last: float | None
    lasts_s: float  # how long what it said can be relied on
    holes: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seeing:
    """Through what a home is seen, asked for once for a whole page."""

    since: datetime
    eyes: tuple[Eye, ...]

    @property
    def cards(self) -> tuple[FeedCard, ...]:
        """Return every channel that reports from this home."""
        return tuple(eye.card for eye in self.eyes)

    def blind_hours(self, start: datetime, until: datetime) -> NDArray[np.bool_]:
        """Return for each hour from `start` whether nothing could be seen in most of it."""
        begin, end = start.timestamp(), until.timestamp()
        middle = begin + 3600 * np.arange(-int(-(end - begin) // 3600)) + 1800
        unseen = np.ones(len(middle), bool)
        for eye in self.eyes:
            last = begin if eye.last is None else eye.last
            blind = (middle < eye.enrolled) | (middle > last + eye.lasts_s)
            for began, ended in eye.holes:
                blind |= (middle >= began) & (middle < ended)
            unseen &= blind
        return unseen & (middle <= end)


def seeing(*, household: UUID, since: datetime, seen_by: Staff, now: datetime) -> Seeing:
    """Return through what this home has been seen since then. Two queries."""
    rows = list(
        Feed.objects.filter(
            household__in=within_sight(seen_by=seen_by).filter(id=household),
            device__revoked_at=None,
        )
        .select_related("device__provider")
        .order_by("channel", "id")
    )
    holes: dict[int, list[tuple[float, float]]] = defaultdict(list)
    gaps = Gap.objects.filter(feed__in=[f.pk for f in rows], ended_at__gt=since, began_at__lt=now)
    for number, began, ended in gaps.values_list("feed_id", "began_at", "ended_at"):
        holes[number].append((began.timestamp(), ended.timestamp()))
    return Seeing(
        since=since,
        eyes=tuple(
            Eye(
                card=_feed_card(feed, now),
                enrolled=feed.device.enrolled_at.timestamp(),
                last=feed.last_at,
                lasts_s=sight_lasts(feed.device.interval, feed.device.lag),
                holes=tuple(holes[feed.pk]),
            )
            for feed in rows
        ),
    )


def _feed_card(feed: Feed, now: datetime) -> FeedCard:
    channel = signs.BY_CODE[feed.channel]
    fresh = None if feed.last_at is None else max(0.0, now.timestamp() - feed.last_at)
    return FeedCard(
        device=feed.device.code,
        provider=feed.device.provider.name,
        channel=channel.name,
        label=channel.label,
        freshness_s=fresh,
        sees=fresh is not None and fresh <= sight_lasts(feed.device.interval, feed.device.lag),
        lag=feed.device.lag,
        interval_s=feed.interval_s,
        last_sign_at=None if feed.last_sign is None else moment(feed.last_sign),
    )


def blind_week(*, seen: Seeing, now: datetime) -> tuple[bool, ...]:
    """Return which of the week's 168 hours, Monday's first, nobody could see in two weeks past.

    `seen` since four weeks. No query.
    """
    here = now.astimezone(KOREA).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = here - timedelta(days=here.weekday())
    began = monday - timedelta(days=14)
    enrolled = min((eye.enrolled for eye in seen.eyes), default=None)
    if enrolled is None or enrolled > began.timestamp():
        return (False,) * WEEK_HOURS  # too young a home: a habit of its feeds is not known
    past = seen.blind_hours(began, monday)
    both = past[:WEEK_HOURS] & past[WEEK_HOURS:]
    return tuple(both.tolist())
