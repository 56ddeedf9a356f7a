"""What if: when another rule would have rung in one home, on the readings it really sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from anbu.care.people.queries import away_since, seen, within_sight
from anbu.care.places.rules import SEOUL_S
from anbu.care.staff.models import Staff
from anbu.kernel import hindsight, policy
from anbu.kernel.clock import Readings
from anbu.kernel.evidence import SLOT_S, heard_by_the_slot
from anbu.kernel.policy import Policy
from anbu.kernel.running import ALARM, BY_PATIENCE, WATCH

from ..models import Feed, Watch
from ..rules import Detector, moment
from .learned import FeedRow, columns
from .policies import patience_of, policies_in_force

LOOK_BACK = timedelta(days=120)
MONTH_S = 30.4375 * 86_400
LEVELS = {WATCH: "watch", ALARM: "alarm"}

HEARD = """
SELECT r.device_id, r.channel, extract(epoch FROM r.at)::float8, r.value
FROM unnest(%s::int[]) AS d (id)
CROSS JOIN LATERAL (
    SELECT device_id, channel, at, value FROM reading
    WHERE device_id = d.id AND at > %s AND at <= %s) r
"""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How patient to be, as a person tries it out."""

    detector: Detector
    hours: float  # fixed: so long without a change; learned: never later than this
    theta: float = 1.0
    watch: float = policy.WATCH_SHARE

    @property
    def policy(self) -> Policy:
        """Return it as the kernel understands it."""
        if self.detector is Detector.FIXED:
            return policy.fixed(self.hours)
        return policy.learned(self.theta, watch=self.watch, fixed_hours=self.hours)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """One moment at which a rule would have spoken."""

    level: str  # watch: a machine asks; alarm: a person's matter
    at: datetime
    silent: timedelta  # as counted: what is not seen does not count, a weak sign in part
    by_hours: bool  # the hours ran out; else the home's own record was passed


@dataclass(frozen=True, kw_only=True)
class Rings:
    """What one rule would have done in all that time."""

    rule: Rule
    rings: tuple[Ring, ...]  # newest first
    alarms_a_month: float
    asks_a_month: float

    @property
    def alarms(self) -> int:
        """Return how many alarms it would have raised."""
        return sum(ring.level == "alarm" for ring in self.rings)


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Two rules on one home's past."""

    since: datetime
    until: datetime
    readings: int
    seen_months: float
    present: Rings
    other: Rings


def present_rule(
    *, household: UUID, seen_by: Staff, now: datetime, left_too: bool = False
) -> Rule | None:
    """Return how this home is judged at present. Up to four queries."""
    area = seen(seen_by=seen_by).households if left_too else within_sight(seen_by=seen_by)
    if not area.filter(id=household).exists():
        return None
    watch = Watch.objects.filter(household=household).first()
    if watch is None:
        return None
    found = patience_of(households=[household], policies=policies_in_force(now=now))[household]
    return Rule(
        detector=found.detector,
        hours=watch.patience_s / 3600,
        theta=found.theta,
        watch=found.asking.watch,
    )


def what_if(
    *,
    household: UUID,
    rule: Rule,
    made_sure: Sequence[datetime] = (),
    seen_by: Staff,
    now: datetime,
) -> WhatIf | None:
    """Return what the present rule and another one would have done here; None: nothing was heard.

    Both begin as strangers to the home and learn it on the way. `made_sure`: when a person did.
    """
    present = present_rule(household=household, seen_by=seen_by, now=now)
    if present is None:
        return None
    tried = _tried(household, (present, rule), made_sure, seen_by, now)
    if tried is None:
        return None
    return WhatIf(
        since=moment(float(tried.readings.at.min())),
        until=now,
        readings=len(tried.readings.at),
        seen_months=tried.months,
        present=tried.rings[0],
        other=tried.rings[1],
    )


def rings_now(
    *,
    household: UUID,
    until: datetime,
    made_sure: Sequence[datetime],
    seen_by: Staff,
    now: datetime,
) -> tuple[Ring, ...] | None:
    """Return when the rule of today would have spoken here before a moment, newest first.

    Also of a home that has left. None: there is no rule, or nothing is kept that it could hear.
    """
    rule = present_rule(household=household, seen_by=seen_by, now=now, left_too=True)
    if rule is None:
        return None
    tried = _tried(household, (rule,), made_sure, seen_by, until)
    return None if tried is None else tried.rings[0].rings


class _Tried(NamedTuple):
    readings: Readings
    months: float  # that were seen
    rings: list[Rings]  # of each rule


def _tried(
    household: UUID,
    rules: Sequence[Rule],
    made_sure: Sequence[datetime],
    seen_by: Staff,
    now: datetime,
) -> _Tried | None:
    """Let each rule hear the home's kept past up to `now`; None: nothing is kept."""
    watch = Watch.objects.get(household=household)
    feeds = list(Feed.objects.filter(household=household).select_related("device").order_by("id"))
    heard = heard_by_the_slot([f.channel for f in feeds], [f.interval_s for f in feeds])
    feeds = [feed for feed, is_heard in zip(feeds, heard, strict=True) if is_heard]
    readings = _heard(feeds, made_sure, now)
    if not len(readings.at):
        return None
    rows = [
        FeedRow(id=feed.pk, channel=feed.channel, interval_s=max(round(feed.interval_s), 1))
        for feed in feeds
    ]
    away = absences_of(households=[household], since=now - LOOK_BACK, seen_by=seen_by)
    homes, columns_of_feeds, _ = columns([household], [b""], [rows], [watch.blind_after_s])
    found, months = [], 0.0
    for each in rules:
        raised, trace = hindsight.heard(
            homes, columns_of_feeds, readings, each.policy, absences=[away[household]]
        )
        months = float(trace.seen.sum() * SLOT_S / MONTH_S)
        found.append(_rings(each, raised, months))
    return _Tried(readings, months, found)


def absences_of(
    *, households: Collection[UUID], since: datetime, seen_by: Staff | None
) -> dict[UUID, list[tuple[int, int]]]:
    """Return when these homes' clocks stood still, in order [local s]. One query."""
    found = away_since(since=dict.fromkeys(households, since), seen_by=seen_by)
    return {
        home: [
            (int(each.begins_at.timestamp()) + SEOUL_S, int(each.until.timestamp()) + SEOUL_S)
            for each in found.get(home, [])
        ]
        for home in households
    }


def _heard(feeds: Sequence[Feed], made_sure: Sequence[datetime], now: datetime) -> Readings:
    number = {(feed.device_id, feed.channel): nth for nth, feed in enumerate(feeds)}
    with connection.cursor() as cursor:
        cursor.execute(HEARD, [sorted({f.device_id for f in feeds}), now - LOOK_BACK, now])
        rows = cursor.fetchall()
    told = [
        (number[device, channel], at, value)
        for device, channel, at, value in rows
        if (device, channel) in number
    ]
    told += [(len(feeds), at.timestamp(), 1.0) for at in made_sure if now - LOOK_BACK < at <= now]
    table: NDArray[np.float64] = np.array(told, float).reshape(-1, 3)
    return Readings(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])


def _rings(rule: Rule, rows: NDArray[np.void], months: float) -> Rings:
    heard = rows[np.isin(rows["level"], list(LEVELS))]
    heard = heard[np.argsort(-heard["at"], kind="stable")]
    rings = tuple(
        Ring(
            level=LEVELS[int(row["level"])],
            at=moment(float(row["at"])),
            silent=timedelta(seconds=int(row["gap_s"])),
            by_hours=int(row["rule"]) == BY_PATIENCE,
        )
        for row in heard
    )
    of = {level: sum(ring.level == level for ring in rings) for level in LEVELS.values()}
    months = max(months, 1e-9)
    return Rings(
        rule=rule,
        rings=rings,
        alarms_a_month=of["alarm"] / months,
        asks_a_month=of["watch"] / months,
    )
