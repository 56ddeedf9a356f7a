"""Visits behind doors: as the worker's telephone shows them, and as an office does."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anbu.care.foundation.actions import acting
from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import Visit, Worker
from ..rules import MOST_MORE, Stage, stage_at
from .courses import ROUNDS, course_of

AT_MOST = 200


@dataclass(frozen=True, kw_only=True)
class OnPhone:
    """A visit as whoever holds the worker's telephone may see it.

    It is the same after either number. That the control room has it stands nowhere here.
    """

    id: UUID
    home: UUID
    partner: str
    began_at: datetime
    ends_at: datetime
    stage: str  # inside | amber | red: by the clock alone
    more_left: int
    is_calling: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LateVisit:
    """A visit that is going on or late, as an office sees it."""

    id: UUID
    household: UUID
    name: str
    place: str
    worker: str
    worker_phone: str
    partner: str
    partner_phone: str
    began_at: datetime
    ends_at: datetime
    heard_at: datetime
    stage: str
    alarm: UUID | None
    faults: tuple[str, ...]


def visit_on_phone(*, worker: Worker, now: datetime) -> OnPhone | None:
    """Return the visit a worker's telephone shows; None: they are at no door, as it knows.

    The one rule of what a telephone is told of its visit, whoever asks. It looks only at what the
    telephone itself has said, never at what the desk made of it: at the call that still goes on,
    else at the door that was begun last, unless the worker has come out.
    """
    with acting(ROUNDS):
        rows = Visit.objects.filter(worker=worker).select_related("partner__staff")
        newest = rows.order_by("-began_at", "-id")
        calling = newest.filter(called_at__isnull=False, call_ended_at=None)
        row = calling.exclude(stage=Stage.OUT).first()
        # A call from no visit, which seems to be over, is no door.
        row = row or newest.exclude(length_min=None, heard=[]).first()
    if row is None or row.stage == Stage.OUT:
        return None
    run, is_calling = course_of(row), row.called_at is not None and row.call_ended_at is None
    if run.out_at is not None and not is_calling:
        return None  # the worker has said so: what the desk knows besides is the desk's
    return OnPhone(
        id=row.id,
        home=row.household_id,
        partner=row.partner.staff.name if row.partner else "",
        began_at=run.began_at,
        ends_at=run.ends_at,
        stage=stage_at(ends_at=run.ends_at, now=now),
        more_left=max(MOST_MORE - run.times_more, 0),
        is_calling=is_calling,
        faults=tuple(row.faults),
    )


def late_visits(*, seen_by: Staff, now: datetime) -> tuple[LateVisit, ...]:
    """Return who is behind a door now in this person's sight, the latest first."""
    sight = people.seen(seen_by=seen_by)
    rows = list(
        Visit.objects.filter(household__in=sight.households)
        .exclude(stage=Stage.OUT)
        .select_related("worker__staff", "partner__staff")
        .order_by("ends_at", "id")[:AT_MOST]
    )
    homes = people.homes(households={row.household_id for row in rows}, seen_by=seen_by)
    return tuple(
        LateVisit(
            id=row.id,
            household=row.household_id,
            name=homes[row.household_id].name,
            place=homes[row.household_id].place,
            worker=row.worker.staff.name,
            worker_phone="" if row.is_silent else row.worker.phone,
            partner=row.partner.staff.name if row.partner else "",
            partner_phone=row.partner.phone if row.partner else "",
            began_at=row.began_at,
            ends_at=row.ends_at,
            heard_at=course_of(row).heard_at,
            stage=row.stage,
            alarm=row.alarm_id,
            faults=tuple(row.faults),
        )
        for row in rows
        if row.household_id in homes
    )
