"""단계표 in force: which course an alarm takes, read once for however many alarms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from anbu.care.places.queries import Calendar
from anbu.care.places.rules import SEOUL, is_working_day
from anbu.care.readings.queries import services_of

from ..models import Policy, Protocol
from ..rules import (
    LADDERS,
    SERVICES,
    Case,
    Course,
    Document,
    Line,
    Rung,
    choose,
    kept,
    ladder_name,
    thaw,
)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The course of one alarm, and of which document it is."""

    rungs: tuple[Rung, ...]
    asks: Mapping[str, Any] = field(default_factory=dict)
    confirms: bool = False
    protocol: UUID | None = None  # null: the city's own ladders
    name: str = ""
    version: int = 0
    course: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a document in force."""

    line: Line
    course: Course
    protocol: UUID
    name: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Book:
    """Every ladder in force at one moment."""

    ladders: Mapping[str, Sequence[Rung]]  # what holds where no document says anything
    entries: tuple[Entry, ...]
    _known: dict[Case, Chosen] = field(default_factory=dict)  # a city has few different cases

    def choose(self, case: Case) -> Chosen:
        """Return the course of an alarm like this."""
        if case not in self._known:
            self._known[case] = self._chosen(case)
        return self._known[case]

    def _chosen(self, case: Case) -> Chosen:
        line = choose([entry.line for entry in self.entries], case)
        if line is None:
            name = ladder_name(case.kind, case.tier)
            return Chosen(rungs=tuple(self.ladders[name]), course=name)
        entry = next(entry for entry in self.entries if entry.line is line)
        return Chosen(
            rungs=entry.course.rungs,
            asks=entry.course.asks,
            confirms=entry.course.confirms,
            protocol=entry.protocol,
            name=entry.name,
            version=entry.version,
            course=entry.course.name,
        )


def book_in_force(*, now: datetime) -> Book:
    """Return what holds at this moment: of each document its newest version, in two queries."""
    entries = [
        entry
        for row in rows_in_force(now=now)
        for entry in entries_of(row.pk, document_of(row), row.version)
    ]
    return Book(ladders=present_ladders(now=now), entries=tuple(entries))


def rows_in_force(*, now: datetime) -> list[Protocol]:
    """Return of each document the version that holds at this moment."""
    rows = Protocol.objects.filter(state=Protocol.State.APPROVED, valid_from__lte=now)
    return list(rows.order_by("name", "-valid_from", "-version").distinct("name"))


def entries_of(protocol: UUID, document: Document, version: int) -> list[Entry]:
    """Return the lines of one document with their courses."""
    return [
        Entry(
            line=line,
            course=document.courses[line.course],
            protocol=protocol,
            name=document.name,
            version=version,
        )
        for line in document.lines
    ]


def document_of(row: Protocol) -> Document:
    """Return a stored document."""
    return kept(row.name, row.source, row.told)


def present_ladders(*, now: datetime) -> dict[str, tuple[Rung, ...]]:
    """Return the city's own ladders: the newest policy, or those of the code."""
    policy = Policy.objects.filter(valid_from__lte=now).order_by("-valid_from", "-id").first()
    if policy is None:
        return LADDERS
    return LADDERS | {name: thaw(rows) for name, rows in policy.ladders.items()}


def services_in_order(*, households: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return through which services each of these homes is seen, as a line names them."""
    order = {code: nth for nth, code in enumerate(SERVICES)}
    return {
        home: tuple(sorted({one.source for one in found} & order.keys(), key=order.__getitem__))
        for home, found in services_of(households=households).items()
    }


def moment_of(at: datetime, calendar: Calendar) -> tuple[str, int]:
    """Return what a line may ask of a moment: working day or off, and the hour of Seoul."""
    here = at.astimezone(SEOUL)
    works = is_working_day(here.date(), calendar.holidays)
    return ("working" if works else "off"), here.hour
