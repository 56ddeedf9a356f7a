"""What brings somebody to a home: signals, cases, errands, concerns, requests."""

from datetime import datetime
from uuid import UUID

from anbu.care.alarms import queries as alarms
from anbu.care.assess import queries as assess
from anbu.care.citizens import queries as citizens
from anbu.care.concerns import queries as concerns
from anbu.care.errands import queries as errands
from anbu.care.foundation.rules import Purpose
from anbu.care.staff.models import Staff


def task_at(*, household: UUID, seen_by: Staff, now: datetime) -> Purpose | None:
    """Return what this person has to do at this home, the most pressing first, or None."""
    return (
        alarms.task_at(household=household, seen_by=seen_by)
        or assess.task_at(household=household, seen_by=seen_by, now=now)
        or errands.task_at(household=household, seen_by=seen_by)
        or concerns.task_at(household=household, seen_by=seen_by)
        or citizens.task_at(household=household, seen_by=seen_by)
    )
