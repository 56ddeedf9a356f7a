"""What an officer decides for one person: how a machine may ask, and how long it waits."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.actions import UnknownHome
from anbu.care.readings import actions as readings
from anbu.care.staff.models import Staff


@transaction.atomic
def set_asking(
    *,
    household: UUID,
    quiet_from: int | None,
    quiet_until: int | None,
    ask_by: str,
    ask_hour: int | None,
    by: Staff,
    now: datetime,
) -> None:
    """Write down when and by what a machine may ask this person; None and "" = as the policy."""
    _check_sight(household, by)
    people.set_asking(
        household=household,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        ask_by=ask_by,
        ask_hour=ask_hour,
        by=by.actor,
        now=now,
    )


@transaction.atomic
def set_patience(
    *,
    household: UUID,
    hours: int,
    reason: str,
    valid_from: datetime | None,
    by: Staff,
    now: datetime,
) -> None:
    """Decide how long this home may be still; what was decided before stays to be read."""
    _check_sight(household, by)
    readings.set_patience(
        household=household,
        hours=hours,
        reason=reason,
        valid_from=valid_from,
        by=by.actor,
        now=now,
    )


def _check_sight(household: UUID, by: Staff) -> None:
    if not homes.within_sight(seen_by=by).filter(id=household).exists():
        raise UnknownHome
