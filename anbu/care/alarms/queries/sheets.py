"""What leaves on paper: as little as somebody needs who stands before the door."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.people.queries import Home
from anbu.care.staff.models import Staff

from .cards import Row
from .field import EntryCard
from .handover import BoardPage
from .sight import visible

SEEN_LATELY = timedelta(minutes=60)  # as long as a page stays open


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What stands at the foot of every page that leaves: who made it, when and what for."""

    code: str  # what it is called: stands on the paper and in the trace
    reason: str
    printed_at: datetime
    printed_by: str
    office: str


@dataclass(frozen=True, kw_only=True)
class Sheet(Paper):
    """One page of paper about one home. No health, no records, no signs of life."""

    home: Home
    age: int
    row: Row | None  # the signal it was printed for; None: the page of the home
    door_note: str  # "" unless it was opened before
    entries: tuple[EntryCard, ...] = ()  # signed decisions to open the door


@dataclass(frozen=True, kw_only=True)
class BoardSheet(Paper):
    """The hand-overs of one switch on paper."""

    board: BoardPage


@dataclass(frozen=True, kw_only=True)
class Printable:
    """An alarm of which a sheet may be asked for."""

    household: UUID
    has_door_note: bool  # that this person has looked at and may put on paper
    is_closed: bool


def printable(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> Printable | None:
    """Return what a sheet about this alarm could say; None: it does not exist for this person."""
    alarm = visible(seen_by=seen_by).filter(id=alarm_id).select_related("household").first()
    if alarm is None:
        return None
    has_one = bool(alarm.household.door_note)
    return Printable(
        household=alarm.household_id,
        has_door_note=has_one and door_was_seen(alarm_id=alarm_id, seen_by=seen_by, now=now),
        is_closed=alarm.closed_at is not None,
    )


def door_was_seen(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> bool:
    """Return whether this person has opened the way in, for this alarm and lately."""
    return Trace.objects.filter(
        by=seen_by.actor,
        verb="see_door_note",
        purpose=str(Purpose("signal", str(alarm_id))),
        at__gt=now - SEEN_LATELY,
    ).exists()


def home_on_paper(*, household: UUID, purpose: Purpose, seen_by: Staff) -> Home | None:
    """Return the home as this purpose shows it: a protected address only through its doors."""
    return people.home(household=household, seen_by=seen_by, purpose=purpose)
