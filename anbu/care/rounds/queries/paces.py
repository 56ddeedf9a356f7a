"""Who set how often a word is due: for tiers, and for one person."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import CadenceRow, Pace
from ..rules import Cadence


@dataclass(frozen=True, kw_only=True)
class CadenceLine:
    """One row of policy, with who made it and why."""

    id: int
    district: str  # "": the whole city
    tier: str
    cadence: Cadence
    valid_from: date
    reason: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, kw_only=True)
class PaceLine:
    """What was set for one person."""

    id: int
    cadence: Cadence
    reason: str
    until: date
    made_at: datetime
    made_by: str
    ended_at: datetime | None


def cadence_lines(*, seen_by: Staff) -> tuple[CadenceLine, ...]:
    """Return every row of policy that holds, held or will, of the city and the own district."""
    rows = CadenceRow.objects.select_related("district", "made_by")
    if seen_by.organisation and seen_by.organisation.district_id is not None:
        own = seen_by.organisation.district_id
        rows = rows.filter(district=None) | rows.filter(district=own)
    return tuple(
        CadenceLine(
            id=row.pk,
            district=row.district.name if row.district else "",
            tier=row.tier,
            cadence=_cadence(row),
            valid_from=row.valid_from,
            reason=row.reason,
            made_at=row.made_at,
            made_by=row.made_by.name,
        )
        for row in rows.order_by("-valid_from", "-id")
    )


def pace_lines(*, household: UUID, seen_by: Staff) -> tuple[PaceLine, ...]:
    """Return what was set for one person, the newest first."""
    near = people.within_sight(seen_by=seen_by).filter(id=household)
    rows = Pace.objects.filter(household__in=near).select_related("made_by")
    return tuple(
        PaceLine(
            id=row.pk,
            cadence=_cadence(row),
            reason=row.reason,
            until=row.until,
            made_at=row.made_at,
            made_by=row.made_by.name,
            ended_at=row.ended_at,
        )
        for row in rows.order_by("-made_at", "-id")
    )


def _cadence(row: CadenceRow | Pace) -> Cadence:
    return Cadence(
        times=row.times,
        per_days=row.per_days,
        visit_days=row.visit_days,
        bound_days=row.bound_days,
    )
