"""Which concerns a person may know of, with the weeks behind each."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.readings import queries as readings
from anbu.care.staff.models import Staff
from anbu.kernel.decline import RECENT, SPAN

from .models import Concern, Note

MOST = 60  # on one page; the newest come first


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class HomeWeek:
    """Of the 24 hours of a week's days: the share of seen half hours with a sign, None = unseen."""

    share: tuple[float | None, ...]
    is_recent: bool


@dataclass(frozen=True, kw_only=True)
class ConcernRow:
    """One concern as the list shows it."""

    id: UUID
    household: UUID
    name: str
    age: int
    sex: str
    place: str
    post: str
    kind: str
    state: str
    facts: dict[str, Any]
    since_on: date
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    closed_at: datetime | None
    outcome: str
    notes: tuple[NoteLine, ...]
    weeks: tuple[HomeWeek, ...]


@dataclass(frozen=True, kw_only=True)
class ConcernList:
    rows: tuple[ConcernRow, ...]
    open: int
    closed: int


def visible(*, seen_by: Staff) -> QuerySet[Concern]:
    """Return the own dong's concerns, or for who is responsible at the centre the whole city's."""
    people.seen(seen_by=seen_by)  # a concern is found through its household
    concerns = Concern.objects.all()
    if not seen_by.is_active:
        return concerns.none()
    if seen_by.role in (Staff.Role.PLANNER, Staff.Role.NURSE):
        return concerns.filter(owner_post=seen_by.post_id, household__dong=seen_by.dong_id)
    if seen_by.role == Staff.Role.SUPERVISOR:
        return concerns
    return concerns.none()


def task_at(*, household: UUID, seen_by: Staff) -> Purpose | None:
    """Return the open concern this person is to look into at this home. One query."""
    rows = visible(seen_by=seen_by).filter(household=household, closed_at=None)
    found = rows.order_by("raised_at", "id").values_list("id", flat=True).first()
    return Purpose("case", f"concern-{found}") if found else None


def concerns(*, seen_by: Staff, closed: bool = False, now: datetime) -> ConcernList:
    """Return the open concerns, those nobody has looked at first; or those that are closed."""
    known = visible(seen_by=seen_by)
    some = known.filter(closed_at__isnull=not closed).select_related(
        "owner_post", "acknowledged_by"
    )
    order = ("-closed_at", "id") if closed else ("-state", "-raised_at", "id")
    shown = list(some.order_by(*order)[:MOST])
    counts = {
        is_closed: known.filter(closed_at__isnull=not is_closed).count()
        for is_closed in (False, True)
    }
    return ConcernList(rows=_rows(shown, seen_by, now), open=counts[False], closed=counts[True])


def _rows(shown: list[Concern], seen_by: Staff, now: datetime) -> tuple[ConcernRow, ...]:
    homes = people.homes(households={one.household_id for one in shown}, seen_by=seen_by)
    notes: dict[UUID, list[NoteLine]] = defaultdict(list)
    lines = Note.objects.filter(concern__in=[one.id for one in shown]).select_related("by")
    for note in lines.order_by("at", "id"):
        notes[note.concern_id].append(NoteLine(at=note.at, by=note.by.name, text=note.text))
    weeks = _weeks(shown)
    found = []
    for one in shown:
        home = homes.get(one.household_id)
        if home is None:
            continue
        found.append(
            ConcernRow(
                id=one.id,
                household=one.household_id,
                name=home.name,
                age=now.year - home.birth_year,
                sex=home.sex,
                place=home.place,
                post=one.owner_post.name,
                kind=one.kind,
                state=one.state,
                facts=one.facts,
                since_on=one.since_on,
                raised_at=one.raised_at,
                acknowledged_at=one.acknowledged_at,
                acknowledged_by=one.acknowledged_by.name if one.acknowledged_by else "",
                closed_at=one.closed_at,
                outcome=one.outcome,
                notes=tuple(notes[one.id]),
                weeks=weeks[one.id],
            )
        )
    return tuple(found)


def _weeks(shown: list[Concern]) -> dict[UUID, tuple[HomeWeek, ...]]:
    found: dict[UUID, tuple[HomeWeek, ...]] = {}
    by_week: dict[date, list[Concern]] = defaultdict(list)
    for one in shown:
        by_week[one.week_on].append(one)
    for until, some in by_week.items():
        rows = readings.last_weeks(households=[one.household_id for one in some], until=until)
        for one, weeks in zip(some, rows, strict=True):
            found[one.id] = tuple(
                HomeWeek(
                    share=tuple(
                        int(signs) / int(seen) if seen else None
                        for signs, seen in zip(week["signs"], week["seen"], strict=True)
                    ),
                    is_recent=nth >= SPAN - RECENT,
                )
                for nth, week in enumerate(weeks)
            )
    return found


def asked_lately(*, households: list[UUID], kind: str, since: date) -> set[UUID]:
    """Return which homes have an open concern of a kind, or one of a week after `since`."""
    rows = Concern.objects.filter(household__in=households, kind=kind)
    lately = rows.filter(Q(closed_at=None) | Q(week_on__gt=since))
    return set(lately.values_list("household_id", flat=True))
