"""The page of a household, a tab at a time: as much of it as the reader's area holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.people.queries import AbsenceCard, Home
from anbu.care.places import queries as places
from anbu.care.places.rules import SEOUL
from anbu.care.readings import queries as readings
from anbu.care.readings.queries import ClockCard, Strip
from anbu.care.staff.models import Staff

from ..models import Alarm, Blindness, Step
from ..rules import BY_ITSELF, Watcher, watched_hours
from .cards import PeopleMark
from .city import households
from .groups import hit_by_open_groups
from .rows import marks_of
from .sight import visible

AHEAD_HOURS = 12
SEEN = timedelta(days=28)  # what the head and the first tab need
NEWEST = 3  # records on the first tab
AT_ONCE = 50  # records or looks on one page
BY_PEOPLE = [Step.Kind.CALL, Step.Kind.STATE, Step.Kind.NOTE, Step.Kind.CLOSED, Step.Kind.SHELVED]


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A household as a list shows it, with how it stands."""

    found: people.Found
    age: int
    level: int | None  # of the open alarm
    is_blind: bool


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """One page of a list of households."""

    rows: tuple[Neighbour, ...]
    total: int  # of the reader's area, whatever was asked
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class Record:
    """One thing that a person did or wrote about this home."""

    id: int
    at: datetime
    kind: str
    by: str
    detail: dict[str, Any]
    alarm: UUID
    number: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """One entry of who looked at this home, or did something there."""

    at: datetime
    verb: str
    by: str  # a member of staff by name, else "" and `actor` says which machine
    actor: str
    post: str
    detail: dict[str, Any]
    reason: str  # as it was typed; "" where a task led here


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands on top of every tab."""

    home: Home
    age: int
    level: int | None  # of the open alarm; None: there is none
    alarm: UUID | None  # the open alarm, where this reader may see it
    is_blind: bool
    away: AbsenceCard | None  # the absence that runs
    clock: ClockCard | None
    seen: readings.Seeing  # of four weeks
    records: tuple[Record, ...]  # the newest things that people wrote

    @property
    def last(self) -> Record | None:
        """Return the newest thing that a person wrote."""
        return self.records[0] if self.records else None


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The first tab."""

    strip: Strip | None
    people: tuple[PeopleMark, ...]
    days: tuple[readings.Day, ...]  # of the two zooms by day; () with the strip
    week: tuple[Watcher, ...]  # 168 hours, Monday's first
    unwatched: int  # hours of them in which nobody would come
    reasons: tuple[str, ...]  # why: no_consent | no_night_consent | unseen
    feeds: tuple[readings.FeedCard, ...]
    reached_at: datetime | None  # when the person was last reached by telephone
    records: tuple[Record, ...]


def neighbours(*, words: str, after: int = 0, seen_by: Staff, now: datetime) -> Neighbours:
    """Return the households that bear these words, or all of the area. Five queries at most."""
    asked = words.strip()
    page = (
        people.search(text=asked, seen_by=seen_by, at_most=AT_ONCE)
        if asked
        else people.listed(seen_by=seen_by, skip=after, at_most=AT_ONCE)
    )
    ids = [each.id for each in page.found]
    levels = dict(
        Alarm.objects.filter(household__in=ids, closed_at=None).values_list("household", "level")
    )
    blind = set(
        Blindness.objects.filter(household__in=ids, ended_at=None).values_list(
            "household_id", flat=True
        )
    )
    year = now.astimezone(SEOUL).year
    return Neighbours(
        rows=tuple(
            Neighbour(
                found=each,
                age=year - each.birth_year,
                level=levels.get(each.id),
                is_blind=each.id in blind,
            )
            for each in page.found
        ),
        total=households(seen_by=seen_by, now=now),
        has_more=page.has_more,
    )


def head(*, household: UUID, purpose: Purpose, seen_by: Staff, now: datetime) -> Head | None:
    """Return the head of the page, or None where this household does not exist for the reader.

    A protected address is told through broken glass, or to who answers the signal that is open now:
    the page outlives the signal for a while, the address does not.
    """
    alarm, sees = sees_as(household=household, purpose=purpose, seen_by=seen_by)
    answers = alarm is not None and _may_see(alarm, seen_by)
    home = people.home(household=household, seen_by=seen_by, purpose=sees)
    if home is None:
        return None
    blind = Blindness.objects.filter(household=household, ended_at=None).exists()
    seen = readings.seeing(household=household, since=now - SEEN, seen_by=seen_by, now=now)
    clock = readings.clock_card(household=household, seen=seen, seen_by=seen_by, now=now)
    away = people.absence(household=household, seen_by=seen_by)
    return Head(
        home=home,
        age=now.astimezone(SEOUL).year - home.birth_year,
        level=alarm.level if alarm else None,
        alarm=alarm.pk if alarm and answers else None,
        is_blind=blind,
        away=away if away and away.begins_at <= now else None,
        clock=clock,
        seen=seen,
        records=records(household=household, seen_by=seen_by, limit=NEWEST),
    )


def sees_as(*, household: UUID, purpose: Purpose, seen_by: Staff) -> tuple[Alarm | None, Purpose]:
    """Return the open alarm of a home, and as what its address is asked for. One query."""
    alarm = Alarm.objects.filter(household=household, closed_at=None).first()
    if alarm is not None and purpose.kind == "signal" and _may_see(alarm, seen_by):
        return alarm, Purpose("signal", str(alarm.pk))
    return alarm, purpose if purpose.kind == "break_glass" else people.LISTS


def task_at(*, household: UUID, seen_by: Staff) -> Purpose | None:
    """Return the signal for which this person has work at this home. Three queries at most."""
    alarm = visible(seen_by=seen_by).filter(household=household, closed_at=None).first()
    if alarm is not None:
        return Purpose("signal", str(alarm.pk))
    mine = Blindness.objects.filter(
        household=household, ended_at=None, owner_post__isnull=False, owner_post=seen_by.post_id
    )
    blind = mine.first()
    if blind is not None:
        return Purpose("signal", f"blind-{blind.pk}")
    if hit_by_open_groups(seen_by=seen_by).filter(household=household).exists():
        return Purpose("signal", "group")
    return None


def _may_see(alarm: Alarm, seen_by: Staff) -> bool:
    return seen_by.role == Staff.Role.PLANNER or alarm.centre_owned


def glance(*, head: Head, days: int = 0, seen_by: Staff, now: datetime) -> Glance:
    """Return the first tab; `days` instead of the last 72 hours, when not nought."""
    household = head.home.id
    strip = None
    if not days:
        found = readings.strips(
            households=[household], now=now, ahead=AHEAD_HOURS, seen_by=seen_by
        ).get(household)
        strip = replace(found, level=head.level) if found else None
    given = {
        line.kind
        for line in people.consents(household=household, seen_by=seen_by, at=now)
        if line.given_at is not None
    }
    unseen = readings.blind_week(seen=head.seen, now=now)
    duty = places.duty_week(now)
    week = watched_hours(
        duty=duty,
        monitoring="monitoring" in given,
        night="night" in given,
        unseen=unseen,
    )
    past: tuple[readings.Day, ...] = ()
    if days:
        past = readings.days(
            household=household, days=days, seen=head.seen, seen_by=seen_by, now=now
        )
    return Glance(
        strip=strip,
        people=marks_of({household}, now).get(household, ()),
        days=past,
        week=week,
        unwatched=sum(each is Watcher.NOBODY for each in week),
        reasons=_reasons(given, unseen),
        feeds=head.seen.cards,
        reached_at=_reached_at(household),
        records=head.records,
    )


def _reasons(given: set[str], unseen: Sequence[bool]) -> tuple[str, ...]:
    if "monitoring" not in given:
        return ("no_consent",)
    found = [] if "night" in given else ["no_night_consent"]
    return (*found, *(["unseen"] if any(unseen) else []))


def records(
    *, household: UUID, seen_by: Staff, limit: int = AT_ONCE, before: int | None = None
) -> tuple[Record, ...]:
    """Return what people wrote and did about this home, newest first. One query."""
    steps = Step.objects.filter(
        alarm__in=visible(seen_by=seen_by).filter(household=household),
        by__isnull=False,
        kind__in=BY_PEOPLE,
    )
    if before is not None:
        steps = steps.filter(id__lt=before)
    return tuple(
        Record(
            id=step.pk,
            at=step.at,
            kind=step.kind,
            by=step.by.name if step.by else "",
            detail=step.detail,
            alarm=step.alarm_id,
            number=step.alarm.number,
        )
        for step in steps.select_related("by", "alarm").order_by("-id")[:limit]
    )


def _reached_at(household: UUID) -> datetime | None:
    return (
        Step.objects.filter(
            alarm__household=household,
            kind=Step.Kind.CALL,
            detail__whom="home",
            detail__result__in=["safe", "help"],
        )
        .order_by("-at", "-id")
        .values_list("at", flat=True)
        .first()
    )


def looks(
    *, household: UUID, seen_by: Staff, limit: int = AT_ONCE, before: int | None = None
) -> tuple[tuple[int, Look], ...]:
    """Return who looked at this home and who did what there, newest first. Three queries."""
    if not people.within_sight(seen_by=seen_by).filter(id=household).exists():
        return ()
    traces = Trace.objects.filter(household=household)
    if before is not None:
        traces = traces.filter(id__lt=before)
    rows = list(traces.order_by("-at", "-id")[:limit])
    ids = {int(row.by.removeprefix("staff:")) for row in rows if row.by.startswith("staff:")}
    staff = {
        f"staff:{one.pk}": one for one in Staff.objects.filter(id__in=ids).select_related("post")
    }
    return tuple(
        (
            row.pk,
            Look(
                at=row.at,
                verb=row.verb,
                by=staff[row.by].name if row.by in staff else "",
                actor=_actor(row.by) if row.by not in staff else "",
                post=_post(staff.get(row.by)),
                detail=row.detail,
                reason=row.reason,
            ),
        )
        for row in rows
    )


def _actor(by: str) -> str:
    """Return who acted that is no member of staff: a machine's name, or that it was the person."""
    kind, _colon, name = by.partition(":")
    return kind if kind == "citizen" else name


def _post(who: Staff | None) -> str:
    return who.post.name if who and who.post else ""


def made_sure(*, household: UUID, seen_by: Staff, since: datetime) -> tuple[datetime, ...]:
    """Return when a person made sure that this home is well. One query."""
    found = Alarm.objects.filter(
        household__in=people.within_sight(seen_by=seen_by).filter(id=household),
        closed_at__gt=since,
    ).exclude(outcome__in=BY_ITSELF)
    return tuple(
        at for at in found.order_by("closed_at", "id").values_list("closed_at", flat=True) if at
    )


def what_if(
    *, household: UUID, rule: readings.Rule, seen_by: Staff, now: datetime
) -> readings.WhatIf | None:
    """Return when another rule would have rung in this home, beside the present one."""
    since = now - timedelta(days=120)
    return readings.what_if(
        household=household,
        rule=rule,
        made_sure=made_sure(household=household, seen_by=seen_by, since=since),
        seen_by=seen_by,
        now=now,
    )
