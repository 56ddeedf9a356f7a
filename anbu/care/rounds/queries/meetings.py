"""월례회의: what a dong speaks about this month, and who is asked to come."""

from dataclasses import dataclass
from datetime import date, datetime

from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Meeting, MeetingSeat, Worker
from .hazards import hazards_in_force
from .offices import dongs_of
from .questions import QuestionRow, questions
from .today import Overdue, Person, coverage, person_of


@dataclass(frozen=True, kw_only=True)
class HazardTopic:
    """A note about danger that ends soon or is objected to."""

    person: Person
    text: str
    valid_until: date
    is_appealed: bool


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One worker who is asked to come."""

    worker: int
    name: str
    came: bool | None


@dataclass(frozen=True, kw_only=True)
class MeetingPage:
    """The list of one month's meeting."""

    month: date
    held_on: date | None
    note: str
    seats: tuple[Seat, ...]
    overdue: tuple[Overdue, ...]
    questions: tuple[QuestionRow, ...]
    hazards: tuple[HazardTopic, ...]


def meeting(*, month: date, seen_by: Staff, now: datetime) -> MeetingPage:
    """Return whom to ask and what to speak about, as it stands now."""
    dongs = dongs_of(seen_by=seen_by)
    row = Meeting.objects.filter(dong__in=dongs, month=month).first()
    came = (
        dict(MeetingSeat.objects.filter(meeting=row).values_list("worker", "came")) if row else {}
    )
    workers = Worker.objects.filter(dong__in=dongs, ended_at=None).select_related("staff")
    return MeetingPage(
        month=month,
        held_on=row.held_on if row else None,
        note=row.note if row else "",
        seats=tuple(
            Seat(worker=worker.pk, name=worker.staff.name, came=came.get(worker.pk))
            for worker in workers.order_by("staff__name", "pk")
        ),
        overdue=coverage(seen_by=seen_by, now=now).overdue,
        questions=questions(seen_by=seen_by),
        hazards=_hazards(seen_by, now),
    )


def _hazards(seen_by: Staff, now: datetime) -> tuple[HazardTopic, ...]:
    today = now.astimezone(SEOUL).date()
    sight = people.within_sight(seen_by=seen_by)
    rows = list(hazards_in_force(now=now).filter(household__in=sight).order_by("valid_until", "pk"))
    homes = people.homes(households={row.household_id for row in rows}, seen_by=seen_by)
    return tuple(
        HazardTopic(
            person=person_of(homes[row.household_id], today),
            text=row.text,
            valid_until=row.valid_until,
            is_appealed=row.appealed_at is not None and row.decided_at is None,
        )
        for row in rows
        if row.household_id in homes
    )
