"""One home's devices, clock and days, for the page of a household. None without the area."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Min

from anbu.care.people.queries import within_sight
from anbu.care.staff.models import Staff
from anbu.kernel import rhythm, signs
from anbu.kernel.silence import judge

from ..models import DetectorPolicy, Feed, Gap, LearnedClock, Rhythm, Watch, sight_lasts
from ..rules import KOREA, Detector, moment, usual_silence
from .columns import homes_of
from .learned import chances, restored
from .strips import chances_of

USUAL_DAYS = 28
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


@dataclass(frozen=True, kw_only=True)
class ClockCard:
    """How the silence of this home is judged, and how it stands."""

    due_at: datetime | None  # when it becomes a person's matter if nothing comes
    ask_at: datetime | None  # when a machine asks softly if nothing comes
    silent_since: datetime | None
    blind_since: datetime | None
    last_sign_at: datetime | None
    last_channel: str  # the kernel's name; "" = none yet
    last_label: str
    detector: str  # fixed | learned
    hours: float
    theta: float
    policy: str  # name of the policy file; "" = none is loaded
    version: int
    usual: timedelta | None  # longest silence of 19 days in 20; None: too few days
    days: int  # days seen of the last 28


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day of a home, hour by hour."""

    on: date
    signs: tuple[int, ...]  # of each of the 24 hours
    blind: tuple[bool, ...]  # hours in which nothing could be seen
    first: int | None  # minute of the day of the first sign after 04:00, None = none


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What the learned clock knows of a home, and the usual week."""

    weekday: tuple[float, ...]  # chance of a sign in each hour; () = not known yet
    weekend: tuple[float, ...]
    kind: str
    days: int  # days known
    longest: timedelta | None  # what is usual at most
    machine: tuple[tuple[str, str, float], ...]  # channel, label, step its machines make


def clock_card(*, household: UUID, seen_by: Staff, now: datetime) -> ClockCard | None:
    """Return how this home's silence is judged; None where nothing is measured. Five queries."""
    watch = (
        Watch.objects.filter(household__in=within_sight(seen_by=seen_by).filter(id=household))
        .select_related("policy")
        .first()
    )
    if watch is None:
        return None
    learns = watch.policy is not None and watch.policy.detector == Detector.LEARNED
    _, due, _ = judge(homes_of([watch]), now.timestamp())
    fixed = None if np.isnan(due[0]) else moment(float(due[0]))
    channel = signs.BY_CODE.get(watch.last_channel or 0)
    usual, days = _usual(household, now)
    policy: DetectorPolicy | None = watch.policy
    return ClockCard(
        due_at=watch.silent_since or (watch.alarm_at if learns else fixed),
        ask_at=watch.watch_at if learns else None,
        silent_since=watch.silent_since,
        blind_since=watch.blind_since,
        last_sign_at=None if watch.last_sign is None else moment(watch.last_sign),
        last_channel=channel.name if channel else "",
        last_label=channel.label if channel else "",
        detector=Detector.LEARNED if learns else Detector.FIXED,
        hours=watch.patience_s / 3600,
        theta=policy.theta if policy else 1.0,
        policy=policy.name if policy else "",
        version=policy.version if policy else 0,
        usual=usual,
        days=days,
    )


def feed_cards(*, household: UUID, seen_by: Staff, now: datetime) -> tuple[FeedCard, ...]:
    """Return every channel that reports from this home. One query."""
    rows = (
        Feed.objects.filter(
            household__in=within_sight(seen_by=seen_by).filter(id=household),
            device__revoked_at=None,
        )
        .select_related("device__provider")
        .order_by("channel", "id")
    )
    return tuple(_feed_card(feed, now) for feed in rows)


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


SIGN_HOURS = """
SELECT (at AT TIME ZONE 'Asia/Seoul')::date, extract(hour FROM at AT TIME ZONE 'Asia/Seoul')::int,
       count(*), min(extract(minute FROM at))::int
FROM sign WHERE household_id = ANY(%s) AND at >= %s AND at <= %s GROUP BY 1, 2
"""
MORNING = 4  # a sign in the small hours belongs to the evening before


def days(*, household: UUID, days: int, seen_by: Staff, now: datetime) -> tuple[Day, ...]:
    """Return the last days hour by hour, today last. Four queries."""
    homes = list(within_sight(seen_by=seen_by).filter(id=household).values_list("id", flat=True))
    today = now.astimezone(KOREA).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=days - 1)
    counts: dict[date, dict[int, tuple[int, int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(SIGN_HOURS, [homes, start, now])
        for on, hour, n, minute in cursor.fetchall():
            counts[on][hour] = (n, minute)
    blind = np.zeros(24 * days, bool)
    past = _blind_hours(homes, start, now)
    blind[: len(past)] = past
    found = []
    for nth in range(days):
        on = (start + timedelta(days=nth)).date()
        hours = counts.get(on, {})
        woke = min((hour for hour in hours if hour >= MORNING), default=None)
        unseen = blind[24 * nth : 24 * nth + 24]
        found.append(
            Day(
                on=on,
                signs=tuple(hours.get(hour, (0, 0))[0] for hour in range(24)),
                blind=tuple(bool(unseen[hour]) and hour not in hours for hour in range(24)),
                first=None if woke is None else 60 * woke + hours[woke][1],
            )
        )
    return tuple(found)


def blind_week(*, household: UUID, seen_by: Staff, now: datetime) -> tuple[bool, ...]:
    """Return which of the week's 168 hours, Monday's first, nobody could see in two weeks past."""
    homes = list(within_sight(seen_by=seen_by).filter(id=household).values_list("id", flat=True))
    here = now.astimezone(KOREA).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = here - timedelta(days=here.weekday())
    began = monday - timedelta(days=14)
    enrolled = _enrolled_at(homes)
    if enrolled is None or enrolled > began:
        return (False,) * WEEK_HOURS  # too young a home: a habit of its feeds is not known
    past = _blind_hours(homes, began, monday)
    both = past[:WEEK_HOURS] & past[WEEK_HOURS:]
    return tuple(both.tolist())


def _blind_hours(homes: Sequence[UUID], start: datetime, until: datetime) -> np.ndarray:
    """Return for each hour from `start` whether nothing could be seen in most of it."""
    begin, end = start.timestamp(), until.timestamp()
    width = -int(-(end - begin) // 3600)
    feeds = Feed.objects.filter(household__in=homes, device__revoked_at=None)
    rows = list(feeds.select_related("device").order_by("id"))
    holes: dict[int, list[tuple[float, float]]] = defaultdict(list)
    gaps = Gap.objects.filter(feed__in=[f.pk for f in rows], ended_at__gt=start, began_at__lt=until)
    for number, began_at, ended_at in gaps.values_list("feed_id", "began_at", "ended_at"):
        holes[number].append((began_at.timestamp(), ended_at.timestamp()))
    unseen = np.ones(width, bool)
    middle = begin + 3600 * np.arange(width) + 1800
    for feed in rows:
        blind = middle < feed.device.enrolled_at.timestamp()
        last = feed.last_at if feed.last_at is not None else begin
        blind |= middle > last + sight_lasts(feed.device.interval, feed.device.lag)
        for began, ended in holes[feed.pk]:
            blind |= (middle >= began) & (middle < ended)
        unseen &= blind
    found: np.ndarray = unseen & (middle <= end)
    return found


def _enrolled_at(homes: Sequence[UUID]) -> datetime | None:
    """Return when the first of the devices that report today was put there."""
    feeds = Feed.objects.filter(household__in=homes, device__revoked_at=None)
    found: datetime | None = feeds.aggregate(first=Min("device__enrolled_at"))["first"]
    return found


SIGNS_AT = """
SELECT extract(epoch FROM at)::float8 FROM sign
WHERE household_id = %s AND at > %s AND at <= %s ORDER BY at
"""


def _usual(household: UUID, now: datetime) -> tuple[timedelta | None, int]:
    """Return what silence is usual on 19 days of 20, and the days it was counted on."""
    start = now - timedelta(days=USUAL_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(SIGNS_AT, [household, start, now])
        at = np.array([row[0] for row in cursor.fetchall()])
    unseen = _blind_hours([household], start, now)
    return usual_silence(at, start=start.timestamp(), unseen=unseen)


def learned(*, household: UUID, seen_by: Staff) -> Learned | None:
    """Return what is known of this home's usual day. Three queries."""
    homes = within_sight(seen_by=seen_by).filter(id=household)
    if not homes.exists():
        return None
    plain = Rhythm.objects.filter(household=household).first()
    kept = LearnedClock.objects.filter(household=household).values_list("state", flat=True).first()
    week = chances_of(plain) if plain else ()
    found = Learned(weekday=week[:24], weekend=week[24:], kind="", days=0, longest=None, machine=())
    if not kept:
        return found
    try:
        home, _, feeds = restored(bytes(kept))
    except (ValueError, IndexError):
        return found
    day = chances(bytes(kept))
    known = int((home["gaps"][0] > 0).sum())
    longest = max(int(home["long_s"][0]) - rhythm.SLACK_S, 0)
    return Learned(
        weekday=week[:24] or day,
        weekend=week[24:] or day,
        kind=rhythm.KINDS[int(home["kind"][0])].label,
        days=known,
        longest=timedelta(seconds=longest) if known else None,
        machine=tuple(
            (channel.name, channel.label, round(float(feed["machine"]), 1))
            for feed in feeds
            if (channel := signs.BY_CODE[int(feed["channel"])]).life is not signs.Life.COUNT
        ),
    )
