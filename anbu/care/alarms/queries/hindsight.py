"""What each source knew of one home, gathered from every room: for a look back alone.

Who took part is told by role. Names, telephones and what people typed stay where they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.readings import queries as readings
from anbu.care.staff.models import Staff

from ..models import Alarm, Blindness, LookBack, Standstill, Step
from ..rules import BY_ITSELF, Cell, Fact, Stretch, Window, by_hour, window, without

HOUR = timedelta(hours=1)
CONSENTS = ("monitoring", "night", "rescue")  # without which somebody could not act
MADE_SURE = timedelta(days=120)  # so far back a person who made sure is told to the rule
CONTACT = {Step.Kind.CALL, Step.Kind.MESSAGE}
RUNG = {"contact", "worker", "partner"}  # others than who lives there
HEARD_FROM = {"answer", "help", "call", "sos"}  # what the person, or somebody for them, said


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One source, a row of the picture."""

    key: str
    source: str  # feed | clock | rule | signal | contact | door | absence | consent
    channel: str = ""  # of a feed: the kernel's name


@dataclass(frozen=True, kw_only=True)
class Past:
    """The whole picture, before anybody draws it."""

    window: Window
    lanes: tuple[Lane, ...]
    cells: tuple[Cell, ...]
    rule_heard: bool


SOURCES = ("clock", "rule", "signal", "contact", "door", "absence", "consent")


def past_of(row: LookBack, *, seen_by: Staff, now: datetime) -> Past:
    """Return what every source knew of this home until its person was found."""
    alarm = row.alarm
    over = window(
        last_sign_at=row.last_sign_at, ended_at=max(row.found_at, alarm.closed_at or row.found_at)
    )
    home = alarm.household_id
    feeds = readings.feeds_past(household=home, since=over.since, until=over.until, seen_by=seen_by)
    rings = readings.rings_now(
        household=home,
        until=over.until,
        made_sure=_made_sure(home, over),
        seen_by=seen_by,
        now=now,
    )
    facts: list[Fact] = []
    stretches: list[Stretch] = []
    for feed in feeds:
        facts += _of_feed(feed)
        stretches += [_held(f"feed:{feed.id}", *hole, "blind") for hole in feed.blind]
    sight = people.seen(seen_by=seen_by, purpose=Purpose("review", str(alarm.pk)))
    for gathered in (
        _clock(home, over, seen_by),
        ([Fact(lane="rule", at=r.at, what=r.level) for r in rings or ()], []),
        (list(_signals(home, over)), []),
        _absences(sight, home),
        _consents(sight, home, over),
    ):
        facts += gathered[0]
        stretches += gathered[1]
    return Past(
        window=over,
        lanes=(
            *(Lane(key=f"feed:{f.id}", source="feed", channel=f.name) for f in feeds),
            *(Lane(key=source, source=source) for source in SOURCES),
        ),
        cells=by_hour([f for f in facts if over.has(f.at)], stretches, over=over),
        rule_heard=rings is not None,
    )


def _of_feed(feed: readings.FeedPast) -> Iterator[Fact]:
    """Return what was heard in each hour: life signs, or values without any."""
    for hour in feed.hours:
        lane = f"feed:{feed.id}"
        if hour.signs:
            yield Fact(lane=lane, at=hour.begins_at, what="signs", n=hour.signs)
        else:
            yield Fact(lane=lane, at=hour.begins_at, what="still", n=hour.values)


def _held(lane: str, begins: datetime, ends: datetime, what: str) -> Stretch:
    return Stretch(lane=lane, begins_at=begins, ends_at=ends, what=what)


def _clock(home: UUID, over: Window, seen_by: Staff) -> tuple[list[Fact], list[Stretch]]:
    """Return what our own clocks said then, and when they could say nothing."""
    found = readings.found_past(household=home, since=over.since, until=over.until, seen_by=seen_by)
    facts = [Fact(lane="clock", at=one.at, what=f"found_{one.level}") for one in found]
    due = Alarm.objects.filter(household=home, due_at__gte=over.since, due_at__lt=over.until)
    facts += [
        Fact(lane="clock", at=at, what="due", told=(kind,))
        for at, kind in due.order_by("due_at", "id").values_list("due_at", "kind")
    ]
    goes_on = Q(ended_at=None) | Q(ended_at__gt=over.since)
    blind = Blindness.objects.filter(goes_on, household=home, since__lt=over.until)
    stood = Standstill.objects.filter(goes_on, began_at__lt=over.until)
    held = [
        _held("clock", begins, ends or over.until, what)
        for what, rows in (
            ("blind", blind.order_by("since", "id").values_list("since", "ended_at")),
            ("stood", stood.order_by("began_at", "id").values_list("began_at", "ended_at")),
        )
        for begins, ends in rows
    ]
    return facts, held


def _signals(home: UUID, over: Window) -> Iterator[Fact]:
    """Return every step of every signal of this home, by the role of who took it."""
    steps = Step.objects.filter(
        alarm__household=home, at__gte=over.since, at__lt=over.until
    ).select_related("by", "alarm")
    for step in steps.order_by("at", "id"):
        lane, told = _where(step), _codes(step)
        by = step.by.role if step.by else "machine"
        yield Fact(lane=lane, at=step.at, what=step.kind, told=(by, *told))


def _where(step: Step) -> str:
    what = str(step.detail.get("what", ""))
    if step.kind in CONTACT or (step.kind == Step.Kind.EVIDENCE and what in HEARD_FROM):
        return "contact"
    return "door" if what.startswith("field_") else "signal"


def _codes(step: Step) -> tuple[str, ...]:
    """Return what a step says in codes: never a name, never what somebody typed."""
    d = step.detail
    match step.kind:
        case Step.Kind.CALL:
            return (str(d["whom"]) if d.get("whom") in RUNG else "person", str(d["result"]))
        case Step.Kind.MESSAGE:
            return (str(d["status"]),)
        case Step.Kind.STATE:
            return (str(d.get("to", "")),)
        case Step.Kind.LEVEL:
            return (str(d["to"]),)
        case Step.Kind.EVIDENCE:
            return (str(d["what"]), str(d.get("finding", "")))
        case Step.Kind.CLOSED:
            return (str(d["outcome"]),)
        case Step.Kind.RAISED:
            return (step.alarm.kind,)
        case Step.Kind.OVERDUE:
            return (str(d.get("do", "")),)
    return ()


def _absences(sight: people.Sight, home: UUID) -> tuple[list[Fact], list[Stretch]]:
    """Return when nobody was at home, as we were told, and when we were told it."""
    rows = sight.absences.filter(household=home).order_by("begins_at", "id")
    facts, held = [], []
    for row in rows:
        told = (row.kind, row.told_how)
        facts.append(Fact(lane="absence", at=row.registered_at, what="told", told=told))
        begins = max(row.begins_at, row.registered_at)
        held.append(_held("absence", begins, row.ended_at or row.expected_until, row.kind))
    return facts, held


def _consents(sight: people.Sight, home: UUID, over: Window) -> tuple[list[Fact], list[Stretch]]:
    """Return when a consent was given or ended, and how long each of those needed was missing."""
    facts, held = [], []
    spans: dict[str, list[tuple[datetime, datetime]]] = {kind: [] for kind in CONSENTS}
    for row in sight.consents.filter(household=home).order_by("given_at", "id"):
        if row.kind not in spans:
            continue
        ends = [at for at in (row.until, row.withdrawn_at, row.renewed_at) if at is not None]
        spans[row.kind].append((row.given_at, min(ends, default=over.until)))
        facts.append(Fact(lane="consent", at=row.given_at, what="given", told=(row.kind,)))
        if row.withdrawn_at is not None:
            told = Fact(lane="consent", at=row.withdrawn_at, what="withdrawn", told=(row.kind,))
            facts.append(told)
    for kind, given in spans.items():
        for begins, ends_at in without(given, since=over.since, until=over.until):
            held.append(_held("consent", begins, ends_at, kind))
    return facts, held


def _made_sure(home: UUID, over: Window) -> tuple[datetime, ...]:
    """Return when a person had made sure of this home, before the end of what is looked at."""
    ends = Alarm.objects.filter(
        household=home, closed_at__gt=over.since - MADE_SURE, closed_at__lt=over.until
    ).exclude(outcome__in=BY_ITSELF)
    rows = ends.order_by("closed_at", "id").values_list("closed_at", flat=True)
    return tuple(at for at in rows if at is not None)
