"""What people do about an absence: register it, move its end, say that the person is back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.actions import UnknownHome
from anbu.care.readings import actions as readings
from anbu.care.staff.models import Staff

from .raising import write_evidence


@transaction.atomic
def register_absence(
    *,
    household: UUID,
    kind: str,
    begins_at: datetime,
    expected_until: datetime,
    told_by: str,
    told_how: str,
    note: str = "",
    by: Staff,
    now: datetime,
) -> None:
    """Register that nobody is at home for a time; an open alarm stays open and says so."""
    _check_sight(household, by)
    people.register_absence(
        household=household,
        kind=kind,
        begins_at=begins_at,
        expected_until=expected_until,
        told_by=told_by,
        told_how=told_how,
        note=note,
        by=by.actor,
        now=now,
    )
    until = expected_until.isoformat()
    write_evidence([(household, {"what": "away", "at": now.isoformat(), "until": until})], {}, now)


@transaction.atomic
def change_absence(
    *, household: UUID, expected_until: datetime, told_by: str, by: Staff, now: datetime
) -> None:
    """Move the end of the registered absence."""
    _check_sight(household, by)
    people.change_absence(
        household=household, expected_until=expected_until, told_by=told_by, by=by.actor, now=now
    )


@transaction.atomic
def end_absence(*, household: UUID, by: Staff, now: datetime) -> None:
    """End the absence now: this person knows that somebody is at home. The clocks start anew."""
    _check_sight(household, by)
    readings.end_absence(household=household, by=by.actor, now=now)


def _check_sight(household: UUID, by: Staff) -> None:
    if not homes.within_sight(seen_by=by).filter(id=household).exists():
        raise UnknownHome
