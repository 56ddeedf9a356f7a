"""The life-sign strip (생활신호 띠) of a home: what was heard, and what could not be."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from anbu.care.people.queries import within_sight
from anbu.care.staff.models import Staff
from anbu.kernel import signs
from anbu.kernel.silence import judge

from ..models import Feed, Gap, Rhythm, Watch
from ..rules import blind_after, moment, slot_of
from .columns import homes_of

AHEAD_HOURS = 6
ENOUGH_SEEN = 3  # hours of one slot before its chance is worth a picture


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """One feed of a home. Minutes count from the strip's start."""

    name: str
    label: str
    freshness_s: float | None  # None: never heard
    marks: tuple[tuple[float, float], ...]  # (minute, strength 0-1)
    blind: tuple[tuple[float, float], ...]  # (from minute, until minute)


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    start: datetime
    now: datetime
    due: datetime | None
    level: int | None  # the alarms above fill it in
    rhythm: tuple[float, ...]  # chance of a sign in each hour shown and 6 to come; () = unknown
    lanes: tuple[Lane, ...]
    silent_from: datetime | None
    missing_hours: float  # hours of the silence in which this home usually shows signs


SIGNS = """
SELECT household_id, feed_id, extract(epoch FROM at)::float8, strength FROM sign
WHERE household_id = ANY(%s) AND at > %s AND at <= %s ORDER BY at
"""


def strips(
    *, households: Collection[UUID], now: datetime, hours: int = 72, seen_by: Staff
) -> dict[UUID, Strip]:
    """Return the strip of each of these homes that this person's area holds. Six queries."""
    homes = list(
        within_sight(seen_by=seen_by).filter(id__in=households).values_list("id", flat=True)
    )
    start = now - timedelta(hours=hours)
    marks: dict[int, list[tuple[float, float]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SIGNS, [homes, start, now])
        for _, feed, at, strength in cursor.fetchall():
            marks[feed].append(((at - start.timestamp()) / 60, strength))
    gaps: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for gap in Gap.objects.filter(
        feed__household__in=homes, ended_at__gt=start, began_at__lt=now
    ).order_by("began_at", "id"):
        span = _minute(gap.began_at, start), _minute(min(gap.ended_at, now), start)
        gaps[gap.feed_id].append((max(span[0], 0.0), span[1]))
    lanes: dict[UUID, list[Lane]] = defaultdict(list)
    feeds = Feed.objects.select_related("device").filter(
        household__in=homes, device__revoked_at=None
    )
    for feed in feeds.order_by("channel", "id"):
        lanes[feed.household_id].append(_lane(feed, marks[feed.pk], gaps[feed.pk], start, now))
    rhythms = {row.household_id: row for row in Rhythm.objects.filter(household__in=homes)}
    watches = list(Watch.objects.filter(household__in=homes).order_by("household_id"))
    _, due, _ = judge(homes_of(watches), now.timestamp())
    return {
        watch.household_id: _strip(
            watch,
            None if due[row] != due[row] else moment(due[row]),
            tuple(lanes[watch.household_id]),
            rhythms.get(watch.household_id),
            start,
            now,
        )
        for row, watch in enumerate(watches)
    }


def _lane(
    feed: Feed,
    marks: Sequence[tuple[float, float]],
    gaps: list[tuple[float, float]],
    start: datetime,
    now: datetime,
) -> Lane:
    channel = signs.BY_CODE[feed.channel]
    end = _minute(now, start)
    fresh = None if feed.last_at is None else max(0.0, now.timestamp() - feed.last_at)
    longest = blind_after(
        feed.device.interval,
        feed.device.lag,
        intervals=settings.BLIND_INTERVALS,
        at_least_s=settings.BLIND_AT_LEAST_S,
    )
    if fresh is None or fresh > longest:  # the hole that is still open
        since = 0.0 if feed.last_at is None else _minute(moment(feed.last_at), start)
        gaps = [*gaps, (max(since, 0.0), end)]
    return Lane(
        name=channel.name,
        label=channel.label,
        freshness_s=fresh,
        marks=tuple(marks),
        blind=tuple(gaps),
    )


def _strip(
    watch: Watch,
    due: datetime | None,
    lanes: tuple[Lane, ...],
    rhythm: Rhythm | None,
    start: datetime,
    now: datetime,
) -> Strip:
    silent_from = None
    if watch.silent_since is not None:
        since = max(watch.last_sign or 0.0, watch.confirmed or 0.0)
        silent_from = moment(since)
    chances = _chances(rhythm)
    shown = int((now - start) / timedelta(hours=1)) + AHEAD_HOURS
    return Strip(
        start=start,
        now=now,
        due=due,
        level=None,
        rhythm=tuple(
            chances[slot_of(start + timedelta(hours=hour, minutes=30))] for hour in range(shown)
        )
        if chances
        else (),
        lanes=lanes,
        silent_from=silent_from,
        missing_hours=_missing(chances, silent_from, now),
    )


def _chances(rhythm: Rhythm | None) -> tuple[float, ...]:
    """Return the chance of a sign in each of the 48 slots, () while too little was seen."""
    if rhythm is None or sum(seen >= ENOUGH_SEEN for seen in rhythm.seen[:24]) < 24:
        return ()
    counts = list(zip(rhythm.signs, rhythm.seen, strict=True))
    weekday = [sign / seen for sign, seen in counts[:24]]
    weekend = [
        sign / seen if seen >= ENOUGH_SEEN else weekday[hour]
        for hour, (sign, seen) in enumerate(counts[24:])
    ]
    return tuple(weekday + weekend)


def _missing(chances: tuple[float, ...], since: datetime | None, now: datetime) -> float:
    if since is None or not chances:
        return 0.0
    hours = int((now - since) / timedelta(hours=1))
    middles = (since + timedelta(hours=hour, minutes=30) for hour in range(min(hours, 24 * 35)))
    return sum(chances[slot_of(middle)] for middle in middles)


def _minute(at: datetime, start: datetime) -> float:
    return (at - start).total_seconds() / 60
