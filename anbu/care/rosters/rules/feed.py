"""A person's own turns as a calendar that telephones read (iCalendar, RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from icalendar import Calendar, Event

PRODUCT = "-//Anbu//roster//KO"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One turn in a calendar. It names a post and nobody: a calendar lies open on a telephone."""

    id: UUID
    title: str
    begins_at: datetime
    ends_at: datetime
    sequence: int  # counted up with each change, or the telephone keeps what it had
    changed_at: datetime
    is_withdrawn: bool


def calendar_of(entries: Iterable[Entry], *, title: str) -> bytes:
    """Return the calendar. What was withdrawn is told as such: else it would stay."""
    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", title)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.id}@anbu")
        event.add("sequence", entry.sequence)
        event.add("dtstamp", entry.changed_at.astimezone(UTC))
        event.add("last-modified", entry.changed_at.astimezone(UTC))
        event.add("dtstart", entry.begins_at.astimezone(UTC))
        event.add("dtend", entry.ends_at.astimezone(UTC))
        event.add("summary", entry.title)
        event.add("status", "CANCELLED" if entry.is_withdrawn else "CONFIRMED")
        book.add_component(event)
    told: bytes = book.to_ical()
    return told
