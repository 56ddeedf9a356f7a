"""What people do about consents: write one down, take one back. Clocks follow at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.actions import UnknownHome
from anbu.care.readings import actions as readings
from anbu.care.staff.models import Staff


@transaction.atomic
def give_consent(
    *,
    household: UUID,
    kind: str,
    obtained_how: str,
    service: str = "",
    data: str = "",
    vendor: int | None = None,
    form: str = "",
    evidence: str = "",
    evidence_hash: str = "",
    until: datetime | None = None,
    by: Staff,
    now: datetime,
) -> None:
    """Write down that this home agreed. Its silence counts from now on, not from before."""
    _check_sight(household, by)
    asked = homes.agreed(households=[household], kind="monitoring", at=now)
    people.give_consent(
        household=household,
        kind=kind,
        obtained_how=obtained_how,
        service=service,
        data=data,
        vendor=vendor,
        form=form,
        evidence=evidence,
        evidence_hash=evidence_hash,
        until=until,
        by=by.actor,
        now=now,
    )
    if kind == "monitoring" and not asked:
        readings.confirm(household=household, at=now)


@transaction.atomic
def withdraw_consent(*, household: UUID, consent: int, how: str, by: Staff, now: datetime) -> None:
    """Write down that this home took a consent back; whoever asks next is told no."""
    _check_sight(household, by)
    people.withdraw_one(household=household, consent=consent, how=how, by=by.actor, now=now)


def _check_sight(household: UUID, by: Staff) -> None:
    if not homes.within_sight(seen_by=by).filter(id=household).exists():
        raise UnknownHome
