"""Absences and the silence clocks: both start at nought when somebody is expected back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.people import actions as people

from .clocks import confirm

AT_ONCE = 200
BY = "system:clock"


@transaction.atomic
def end_next_absences(*, now: datetime) -> bool:
    """End the absences whose time is over; say if there were any."""
    ended = people.end_past_absences(by=BY, now=now, limit=AT_ONCE)
    for household, at in sorted(ended):  # always lock in the same order
        confirm(household=household, at=at)
    return bool(ended)


@transaction.atomic
def end_absence(*, household: UUID, by: str, now: datetime) -> None:
    """End an absence because somebody knows that the person is at home."""
    people.end_absence(household=household, by=by, now=now)
    confirm(household=household, at=now)  # the clock is locked last, as in the sweep
