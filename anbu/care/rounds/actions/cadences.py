"""안부 간격 at the desk of an office: what holds, what a change would mean, and setting it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.people.queries import LISTS
from anbu.care.places.models import District
from anbu.care.staff.models import Staff

from .. import rules
from ..queries.meaning import meaning
from ..queries.paces import PaceHome, paces_now
from ..rules.clock import day_of
from ..rules.meaning import Meaning
from .paces import check_setter, set_cadence


def ask_meaning(
    *, tier: str, cadence: rules.Cadence, valid_from: date, by: Staff, now: datetime
) -> Meaning:
    """Return what another cadence would mean where this person sets it; nothing is changed."""
    place = _own(by)
    check_setter(district=place, tier=tier, valid_from=valid_from, by=by, now=now)
    return meaning(
        district=place.pk if place else None,
        tier=tier,
        cadence=cadence,
        valid_from=valid_from,
        today=day_of(now),
    )


def set_own(
    *, tier: str, cadence: rules.Cadence, valid_from: date, reason: str, by: Staff, now: datetime
) -> None:
    """Set a cadence for the own district, or for the city by who works for the city."""
    told: dict[str, Any] = {"tier": tier, "cadence": cadence, "valid_from": valid_from}
    set_cadence(district=_own(by), reason=reason, by=by, now=now, **told)


@transaction.atomic
def open_paces(*, seen_by: Staff, now: datetime) -> tuple[PaceHome, ...]:
    """Return for whom a pace of their own holds; whose names were shown is written down."""
    rows = paces_now(seen_by=seen_by, now=now)
    homes: list[UUID] = sorted(row.household for row in rows)
    if homes:
        record(by=seen_by.actor, verb="list_paces", at=now, homes=homes, purpose=LISTS)
    return rows


def _own(by: Staff) -> District | None:
    return by.organisation.district if by.organisation else None
