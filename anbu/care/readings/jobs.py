"""What the clock calls: days for the partitions, rhythms, files, and forgetting."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from anbu.care.people.queries import away_since
from anbu.kernel.evidence import COARSE_S
from anbu.kernel.signs import BY_NAME
from anbu.sources.batches import batches
from anbu.sources.registry import FILES, SOURCES

from .actions import end_next_absences, take_in, tell_next_patience
from .actions.groups import look_at_groups
from .actions.rolling import roll_next
from .actions.turning import turn_next, wind_next
from .models import Feed, Gap, Provider, Rhythm, Watch
from .rules import FORGET, Answer, NotAllowed, Verdict, slot_of

BACK, AHEAD = timedelta(days=40), timedelta(days=7)
RHYTHM_DAYS = 60
RHYTHM_LASTS = timedelta(hours=20)  # so that each home is learned anew every night
SPREAD = 200  # homes in one step
HOUR = timedelta(hours=1)

CHECKIN = BY_NAME["checkin"].code  # an answer has its hour, however seldom one is asked
SIGN_HOURS = """
SELECT s.household_id, extract(epoch FROM date_trunc('hour', s.at))::bigint / 3600
FROM sign s JOIN readings_feed f ON f.id = s.feed_id AND NOT (f.interval_s > %s AND f.channel <> %s)
WHERE s.household_id = ANY(%s) AND s.at >= %s AND s.at < %s GROUP BY 1, 2
"""


def make_partitions(*, now: datetime) -> bool:
    """Make the days of readings and signs, some back and some ahead; say if any was missing."""
    first = (now - BACK).date()
    made = False
    with connection.cursor() as cursor:
        for offset in range((BACK + AHEAD).days + 1):
            for parent in ("reading", "sign"):
                cursor.execute("SELECT make_day(%s, %s)", [parent, first + timedelta(days=offset)])
                made |= bool(cursor.fetchone()[0])
    return made


def forget_deliveries(*, now: datetime) -> bool:
    """Forget the names of messages that would be too old if they came again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM delivery WHERE ctid = ANY(ARRAY("
            "SELECT ctid FROM delivery WHERE received_at < %s LIMIT 10000))",
            [now - FORGET],
        )
        return bool(cursor.rowcount > 0)


def roll_up_hours(*, now: datetime) -> bool:
    """Count the hours that are over, and anew those of which something came late."""
    return roll_next(now=now)


def turn_learned_clocks(*, now: datetime) -> bool:
    """Close the half hours that are over in homes whose clock learns; new homes get one."""
    return turn_next(now=now) or wind_next(now=now)


def end_absences(*, now: datetime) -> bool:
    """End the absences whose time is over: the clocks of those homes start at nought."""
    return end_next_absences(now=now)


def look_for_common_causes(*, now: datetime) -> bool:
    """Look at the half hours of regions, providers and gateways that are new; say if any was."""
    return look_at_groups(now=now)


def tell_patience(*, now: datetime) -> bool:
    """Have the clocks looked at anew whose patience is another one from now on."""
    return tell_next_patience(now=now)


@transaction.atomic
def learn_next_rhythms(*, now: datetime) -> bool:
    """Learn anew when some homes usually show signs; say if there were any to learn."""
    homes = list(
        Watch.objects.exclude(household__rhythm__learned_at__gt=now - RHYTHM_LASTS)
        .order_by("household_id")
        .values_list("household_id", flat=True)[:SPREAD]
    )
    if not homes:
        return False
    end = now.replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=RHYTHM_DAYS)
    hours = int((end - start) / HOUR)
    slots = np.array([slot_of(start + HOUR * hour) for hour in range(hours)])
    signs = {home: np.zeros(hours, bool) for home in homes}
    with connection.cursor() as cursor:
        cursor.execute(SIGN_HOURS, [COARSE_S, CHECKIN, homes, start, end])
        first = int(start.timestamp()) // 3600
        for home, hour in cursor.fetchall():
            signs[home][hour - first] = True
    seen = _seen_hours(homes, start, hours)
    for home, absences in away_since(since=dict.fromkeys(homes, start), seen_by=None).items():
        for away in absences:  # neither a sign nor a stillness of then is the home's rhythm
            first_hour = max(0, int((away.begins_at - start) / HOUR))
            last_hour = max(0, int((away.until - start) / HOUR) + 1)
            signs[home][first_hour:last_hour] = seen[home][first_hour:last_hour] = False
    Rhythm.objects.bulk_create(
        [
            Rhythm(
                household_id=home,
                signs=np.bincount(slots[signs[home]], minlength=48).tolist(),
                seen=np.bincount(slots[seen[home] | signs[home]], minlength=48).tolist(),
                learned_at=now,
            )
            for home in homes
        ],
        update_conflicts=True,
        unique_fields=["household"],
        update_fields=["signs", "seen", "learned_at"],
    )
    return True


def _seen_hours(homes: list[UUID], start: datetime, hours: int) -> dict[UUID, np.ndarray]:
    """Return for each home which hours any of its feeds could see, up to its last sign.

    A silence that still lasts is what the rhythm is held against: it teaches nothing yet.
    """
    seen = {home: np.zeros(hours, bool) for home in homes}
    last_signs = dict(
        Watch.objects.filter(household__in=homes).values_list("household_id", "last_sign")
    )
    gaps: dict[int, list[tuple[datetime, datetime]]] = {}
    for gap in Gap.objects.filter(feed__household__in=homes, ended_at__gt=start):
        gaps.setdefault(gap.feed_id, []).append((gap.began_at, gap.ended_at))
    feeds = Feed.objects.filter(
        household__in=homes, last_at__isnull=False, interval_s__lte=COARSE_S
    )
    for feed in feeds.select_related("device").order_by("id"):
        sees = np.zeros(hours, bool)
        heard_until = min(feed.last_at or 0.0, last_signs[feed.household_id] or 0.0)
        heard_until -= start.timestamp()
        enrolled = max(0, int((feed.device.enrolled_at - start) / HOUR))
        sees[enrolled : max(0, int(heard_until / 3600) + 1)] = True
        for began, ended in gaps.get(feed.pk, ()):
            sees[max(0, int((began - start) / HOUR)) : max(0, int((ended - start) / HOUR))] = False
        seen[feed.household_id] |= sees
    return seen


def import_file(
    *,
    path: Path,
    provider: str,
    now: datetime,
    progress: Callable[[int], None],
    tell: Callable[[Verdict], None] = lambda _: None,
) -> dict[str, int]:
    """Take in a dropped file and return the number of each verdict; `progress` hears bytes read.

    `tell` hears each verdict that is not `accepted`. A file that broke off is brought in again
    from its beginning: what was taken in then is a duplicate, and the rest goes on from there.
    """
    sender = Provider.objects.filter(code=provider).first()
    if sender is None:
        raise NotAllowed(f"{provider}: no such provider")
    counts = {answer.value: 0 for answer in Answer}
    with path.open("rb") as file:
        found = (
            FILES[sender.source](file)
            if sender.source in FILES
            else SOURCES[sender.source](file.read())
        )
        within_s = settings.BATCH_MS / 1000
        for batch in batches(found, at_most=settings.BATCH_ROWS, within_s=within_s):
            _count(counts, batch, provider, now, tell)
            progress(file.tell())
        progress(file.tell())
    return counts


def _count(
    counts: dict[str, int],
    batch: list[Any],
    provider: str,
    now: datetime,
    tell: Callable[[Verdict], None],
) -> None:
    for verdict in take_in(messages=batch, provider=provider, now=now):
        counts[verdict.verdict.value] += 1
        if verdict.verdict is not Answer.ACCEPTED:
            tell(verdict)
