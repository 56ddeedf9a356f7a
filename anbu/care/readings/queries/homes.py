"""One home's devices, clock and days, for the page of a household. None without the area."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection

from anbu.care.people.queries import within_sight
from anbu.care.staff.models import Staff
from anbu.kernel import rhythm, signs
from anbu.kernel.hours import first_minute
from anbu.kernel.silence import judge

from ..models import DetectorPolicy, LearnedClock, Rhythm, Watch
from ..rules import KOREA, Detector, moment, usual_silence
from .columns import homes_of
from .eyes import Seeing, seeing
from .learned import chances, restored
from .rolled import counted
from .strips import chances_of

USUAL_DAYS = 28


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


def clock_card(
    *, household: UUID, seen: Seeing | None = None, seen_by: Staff, now: datetime
) -> ClockCard | None:
    """Return how this home's silence is judged; None where nothing is measured.

    Two queries, and two more where what is seen is not handed in.
    """
    watch = (
        Watch.objects.filter(household__in=within_sight(seen_by=seen_by).filter(id=household))
        .select_related("policy")
        .first()
    )
    if watch is None:
        return None
    learns = watch.policy is not None and watch.policy.detector == Detector.LEARNED
    _, due, _ = judge(homes_of([watch]), now.timestamp())
    fixed = None if np.isnan(due[0]) else moment(float(due[0]) + watch.lag_s)
    channel = signs.BY_CODE.get(watch.last_channel or 0)
    start = now - timedelta(days=USUAL_DAYS)
    seen = seen or seeing(household=household, since=start, seen_by=seen_by, now=now)
    usual, days = _usual(household, seen, start, now)
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


SIGN_HOURS = """
SELECT (at AT TIME ZONE 'Asia/Seoul')::date, extract(hour FROM at AT TIME ZONE 'Asia/Seoul')::int,
       count(*), min(extract(minute FROM at))::int
FROM sign WHERE household_id = ANY(%s) AND at >= %s AND at <= %s GROUP BY 1, 2
"""
MORNING = 4  # a sign in the small hours belongs to the evening before


def days(
    *, household: UUID, days: int, seen: Seeing | None = None, seen_by: Staff, now: datetime
) -> tuple[Day, ...]:
    """Return the last days hour by hour, today last.

    Three queries, and two more where what is handed in was not seen for so long. The first sign
    of a counted hour is told by five minutes.
    """
    homes = list(within_sight(seen_by=seen_by).filter(id=household).values_list("id", flat=True))
    today = now.astimezone(KOREA).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=days - 1)
    counts = _sign_hours(homes, start, now)
    blind = np.zeros(24 * days, bool)
    if seen is None or seen.since > start:
        seen = seeing(household=household, since=start, seen_by=seen_by, now=now)
    past = seen.blind_hours(start, now)
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


def _sign_hours(
    homes: Collection[UUID], start: datetime, now: datetime
) -> dict[date, dict[int, tuple[int, int]]]:
    """Return of each day and hour how many signs there were and the minute of the first."""
    found: dict[date, dict[int, tuple[int, int]]] = defaultdict(dict)
    told = counted(households=homes, since=start, now=now)
    for day in told.days:
        for nth in np.flatnonzero(day.cells["signs"]).tolist():
            first = first_minute(int(day.cells["marks"][nth])) or 0
            n, known = found[day.on].get(nth, (0, 59))
            found[day.on][nth] = (n + int(day.cells["signs"][nth]), min(known, first))
    with connection.cursor() as cursor:
        cursor.execute(SIGN_HOURS, [list(homes), told.until, now])
        for on, hour, n, minute in cursor.fetchall():
            found[on][hour] = (n, minute)
    return found


SIGNS_AT = """
SELECT extract(epoch FROM at)::float8 FROM sign
WHERE household_id = %s AND at > %s AND at <= %s ORDER BY at
"""


def _usual(
    household: UUID, seen: Seeing, start: datetime, now: datetime
) -> tuple[timedelta | None, int]:
    """Return what silence is usual on 19 days of 20, and the days it was counted on."""
    with connection.cursor() as cursor:
        cursor.execute(SIGNS_AT, [household, start, now])
        at = np.array([row[0] for row in cursor.fetchall()])
    unseen = seen.blind_hours(start, now)
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
