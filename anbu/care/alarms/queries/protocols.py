"""단계표: which documents there are, and which holds where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anbu.care.people import queries as people
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff

from ..models import Alarm, Protocol
from ..rules import Case, Course, Line, Rung
from .book import Chosen, book_in_force, document_of, moment_of, rows_in_force, services_in_order

MAY_CHOOSE = frozenset({"supervisor", "officer"})  # as who may change how homes are judged


@dataclass(frozen=True, kw_only=True)
class ProtocolCard:
    """One version of a document, as the list shows it."""

    id: UUID
    name: str
    version: int
    source: str
    state: str
    phase: str  # proposed | coming | now | past | dropped
    proposed_by: str  # "" = from a file
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    valid_from: datetime | None
    why: str
    is_mine: bool
    rules: int


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One ladder of a document beside the one that holds there now."""

    course: Course
    where: tuple[dict[str, Any], ...]  # its lines, as they were written
    present: tuple[Rung, ...]
    present_name: str  # "" = the city's own


@dataclass(frozen=True, kw_only=True)
class ProtocolPage:
    card: ProtocolCard
    text: str
    drawn: tuple[Drawn, ...]


def protocols(*, seen_by: Staff, now: datetime) -> tuple[ProtocolCard, ...]:
    """Return every version of every document, by name and the newest first."""
    if not may_choose(seen_by=seen_by):
        return ()
    rows = Protocol.objects.select_related("proposed_by", "decided_by")
    rows = rows.order_by("name", "-version")
    live = {row.pk for row in rows_in_force(now=now)}
    return tuple(_card(row, live, seen_by, now) for row in rows)


def protocol(*, protocol: UUID, seen_by: Staff, now: datetime) -> ProtocolPage | None:
    """Return one version with its ladders drawn beside those that hold there now."""
    rows = Protocol.objects.select_related("proposed_by", "decided_by").filter(id=protocol)
    row = rows.first() if may_choose(seen_by=seen_by) else None
    if row is None:
        return None
    document, book = document_of(row), book_in_force(now=now)
    day, hour = moment_of(now, places.calendar(now))
    drawn = []
    for course in document.courses.values():
        lines = [line for line in document.lines if line.course == course.name]
        first = lines[0]
        case = Case(
            kind=first.kind or "silence",
            services=(first.service,) if first.service else (),
            tier=first.tier or "mid",
            district=first.district,
            day=first.day or day,
            hour=first.since if first.since != first.until else hour,
        )
        present = book.choose(case)
        drawn.append(
            Drawn(
                course=course,
                where=tuple(_where(line) for line in lines),
                present=present.rungs,
                present_name=present.name,
            )
        )
    card = _card(row, {row.pk for row in rows_in_force(now=now)}, seen_by, now)
    return ProtocolPage(card=card, text=row.text, drawn=tuple(drawn))


def protocol_of(*, household: UUID, seen_by: Staff, now: datetime) -> Chosen | None:
    """Return which course a silence of this home would take at this moment."""
    sight = people.seen(seen_by=seen_by).households.filter(id=household)
    home = sight.values_list("tier", "dong__district__name").first()
    if home is None:
        return None
    day, hour = moment_of(now, places.calendar(now))
    case = Case(
        kind=Alarm.Kind.SILENCE,
        services=services_in_order(households=[household]).get(household, ()),
        tier=home[0],
        district=home[1],
        day=day,
        hour=hour,
    )
    return book_in_force(now=now).choose(case)


def may_choose(*, seen_by: Staff) -> bool:
    """Say whether this person may read, propose and put in force what all alarms follow."""
    return seen_by.is_active and seen_by.role in MAY_CHOOSE


def _card(row: Protocol, live: set[UUID], seen_by: Staff, now: datetime) -> ProtocolCard:
    phase = row.state
    if row.state == Protocol.State.APPROVED and row.valid_from is not None:
        phase = "coming" if row.valid_from > now else "now" if row.pk in live else "past"
    return ProtocolCard(
        id=row.pk,
        name=row.name,
        version=row.version,
        source=row.source,
        state=row.state,
        phase=phase,
        proposed_by=row.proposed_by.name if row.proposed_by else "",
        proposed_at=row.proposed_at,
        decided_by=row.decided_by.name if row.decided_by else "",
        decided_at=row.decided_at,
        valid_from=row.valid_from,
        why=row.why,
        is_mine=row.proposed_by_id == seen_by.pk,
        rules=len(row.told["lines"]),
    )


def _where(line: Line) -> dict[str, Any]:
    named = {key: getattr(line, key) for key in ("kind", "service", "tier", "district", "day")}
    hours = {"hours": (line.since, line.until)} if line.since != line.until else {}
    return {key: value for key, value in named.items() if value} | hours
