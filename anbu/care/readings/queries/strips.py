"""The life-sign strip (생활신호 띠) of a home: what was heard, and what could not be."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import F
from numpy.typing import NDArray

from anbu.care.people.queries import within_sight
from anbu.care.staff.models import Staff
from anbu.kernel import signs
from anbu.kernel.hours import PART_S, parts_of
from anbu.kernel.silence import judge

from ..models import Feed, Gap, Rhythm, Watch, sight_lasts
from ..rules import moment, slot_of
from .columns import homes_of
from .learned import chances
from .rolled import counted, hour_at

AHEAD_HOURS = 6
# Hours of one slot before its chance is worth a picture: two days of sight, before a silence of up
# to 50 hours, are what five days of history give. With three weeks it is a picture of habits.
ENOUGH_SEEN = 2


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
    rhythm: tuple[float, ...]  # chance of a sign in each hour shown and to come; () = unknown
    lanes: tuple[Lane, ...]
    silent_from: datetime | None
    missing_hours: float  # hours of the silence in which this home usually shows signs
    ahead_hours: int = AHEAD_HOURS  # how far into the future it reaches


SIGNS = """
SELECT feed_id, extract(epoch FROM at - %s)::float8 / 60, strength FROM sign
WHERE household_id = ANY(%s) AND at > %s AND at <= %s ORDER BY at
"""


def strips(
    *,
    households: Collection[UUID],
    now: datetime,
    hours: int = 72,
    ahead: int = AHEAD_HOURS,
    seen_by: Staff,
) -> dict[UUID, Strip]:
    """Return the strip of each of these homes that this person's area holds. Seven queries.

    Hours that are counted show their signs by five minutes, what is newer by the second.
    """
    homes = list(
        within_sight(seen_by=seen_by).filter(id__in=households).values_list("id", flat=True)
    )
    start = now - timedelta(hours=hours)
    marks = _marks(homes, start, now)
    gaps: dict[int, list[tuple[float, float]]] = defaultdict(list)
    holes = Gap.objects.filter(feed__household__in=homes, ended_at__gt=start, began_at__lt=now)
    for feed, began, ended in holes.order_by("began_at", "id").values_list(
        "feed_id", "began_at", "ended_at"
    ):
        gaps[feed].append((max(_minute(began, start), 0.0), _minute(min(ended, now), start)))
    lanes: dict[UUID, list[Lane]] = defaultdict(list)
    feeds = Feed.objects.filter(household__in=homes, device__revoked_at=None)
    for feed, home, channel, last, interval, lag in feeds.order_by("channel", "id").values_list(
        "id", "household_id", "channel", "last_at", "device__interval", "device__lag"
    ):
        longest = sight_lasts(interval, lag)
        lanes[home].append(_lane(channel, last, longest, marks[feed], gaps[feed], start, now))
    rhythms = {
        row.household_id: chances_of(row) for row in Rhythm.objects.filter(household__in=homes)
    }
    watches = list(
        Watch.objects.filter(household__in=homes)
        .annotate(learned=F("household__learnedclock__state"))
        .order_by("household_id")
    )
    # where a clock learns, its rhythm is what the silence is judged by
    for watch in watches:
        if watch.policy_id is not None and watch.learned:
            # it tells no weekend from a weekday: the same 24 hours for both
            learned = 2 * chances(bytes(watch.learned))
            rhythms[watch.household_id] = learned or rhythms.get(watch.household_id, ())
    _, due, _ = judge(homes_of(watches), now.timestamp())
    shown = int((now - start) / timedelta(hours=1)) + ahead
    slots = [slot_of(start + timedelta(hours=hour, minutes=30)) for hour in range(shown)]
    return {
        watch.household_id: _strip(
            watch,
            _due(watch, due[row]),
            tuple(lanes[watch.household_id]),
            rhythms.get(watch.household_id, ()),
            slots,
            start,
            now,
            ahead,
        )
        for row, watch in enumerate(watches)
    }


def _marks(
    homes: Collection[UUID], start: datetime, now: datetime
) -> dict[int, list[tuple[float, float]]]:
    """Return each feed's signs, in order, as minutes since `start` and their strength."""
    found: dict[int, list[tuple[float, float]]] = defaultdict(list)
    whole = start.replace(minute=0, second=0, microsecond=0)
    told = counted(households=homes, since=whole, now=now)
    for day in told.days:
        begins = _minute(hour_at(day.on, 0), start)
        for nth in np.flatnonzero(day.cells["marks"]).tolist():
            strength = int(day.cells["strength"][nth]) / 255
            for part in parts_of(int(day.cells["marks"][nth])):
                minute = begins + 60 * nth + part * PART_S / 60
                if minute > 0:
                    found[day.feed].append((minute, strength))
    with connection.cursor() as cursor:
        since = max(start, told.until - timedelta(microseconds=1))  # from its very beginning
        cursor.execute(SIGNS, [start, list(homes), since, now])
        for feed, minute, strength in cursor.fetchall():
            found[feed].append((minute, strength))
    return found


def _due(watch: Watch, fixed: float) -> datetime | None:
    if watch.policy_id is not None:
        return watch.silent_since or watch.alarm_at
    return None if fixed != fixed else moment(fixed + watch.lag_s)


def _lane(
    code: int,
    last_at: float | None,
    longest: float,
    marks: Sequence[tuple[float, float]],
    gaps: list[tuple[float, float]],
    start: datetime,
    now: datetime,
) -> Lane:
    channel = signs.BY_CODE[code]
    end = _minute(now, start)
    fresh = None if last_at is None else max(0.0, now.timestamp() - last_at)
    if fresh is None or fresh > longest:  # the hole that is still open
        since = 0.0 if last_at is None else _minute(moment(last_at), start)
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
    chances: tuple[float, ...],
    slots: Sequence[int],
    start: datetime,
    now: datetime,
    ahead: int,
) -> Strip:
    silent_from = None
    if watch.silent_since is not None or watch.asked_since is not None:
        since = max(watch.last_sign or 0.0, watch.confirmed or 0.0)
        silent_from = moment(since)
    return Strip(
        start=start,
        now=now,
        due=due,
        level=None,
        rhythm=tuple(chances[slot] for slot in slots) if chances else (),
        lanes=lanes,
        silent_from=silent_from,
        missing_hours=_missing(chances, silent_from, now),
        ahead_hours=ahead,
    )


def chances_of(rhythm: Rhythm) -> tuple[float, ...]:
    """Return the chance of a sign in each of the 48 slots, () while too little was seen.

    Until a home was seen on two weekdays, or two days off, all its days count alike.
    """
    signs, seen = (np.array(counts).reshape(2, 24) for counts in (rhythm.signs, rhythm.seen))
    alike = seen < ENOUGH_SEEN
    signs, seen = np.where(alike, signs.sum(axis=0), signs), np.where(alike, seen.sum(axis=0), seen)
    if (seen < ENOUGH_SEEN).any():
        return ()
    # who is up at nine is often up at ten: neighbours count half, as single days are few
    signs, seen = _with_neighbours(signs), _with_neighbours(seen)
    return tuple((signs / seen).ravel().tolist())


def _with_neighbours(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    beside = np.roll(counts, 1, axis=1) + np.roll(counts, -1, axis=1)
    return counts + beside / 2


def _missing(chances: tuple[float, ...], since: datetime | None, now: datetime) -> float:
    if since is None or not chances:
        return 0.0
    hours = int((now - since) / timedelta(hours=1))
    middles = (since + timedelta(hours=hour, minutes=30) for hour in range(min(hours, 24 * 35)))
    return sum(chances[slot_of(middle)] for middle in middles)


def _minute(at: datetime, start: datetime) -> float:
    return (at - start).total_seconds() / 60
