"""Who set how often a word is due: for tiers, and for one person."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import CadenceRow, Pace
from ..rules import TIERS, USUAL, Cadence
from ..rules.clock import day_of
from .offices import district_of


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


@dataclass(frozen=True, kw_only=True)
class PaceHome:
    """One person for whom something of their own holds, on a list."""

    household: UUID
    name: str
    place: str
    cadence: Cadence
    reason: str
    until: date
    made_by: str


@dataclass(frozen=True, kw_only=True)
class TierNow:
    """What holds for one tier in the reader's area today."""

    tier: str
    cadence: Cadence
    line: CadenceLine | None  # None: what the product ships


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What holds by tier, and every row of it with where it stands: the newest first."""

    tiers: tuple[TierNow, ...]
    rows: tuple[tuple[CadenceLine, str], ...]  # now | coming | before | behind the district's


def policy(*, seen_by: Staff, today: date) -> Policy:
    """Return how often a word is due in the own district, or in the city. One query.

    A row of the district goes before one of the city, whenever each was made.
    """
    lines = cadence_lines(seen_by=seen_by)
    begun = [line for line in lines if line.valid_from <= today]
    newest: dict[tuple[str, str], CadenceLine] = {}
    for line in begun:
        newest.setdefault((line.district, line.tier), line)
    is_city = district_of(seen_by=seen_by) is None
    own = next((line.district for line in lines if line.district), "") if not is_city else ""
    tiers = tuple(
        TierNow(tier=tier, cadence=line.cadence if line else USUAL[tier], line=line)
        for tier in TIERS
        for line in [newest.get((own, tier)) or newest.get(("", tier))]
    )
    hold = {each.line.id for each in tiers if each.line}
    hold |= {line.id for line in newest.values()} if is_city else set()
    behind = {line.id for line in newest.values()} - hold

    def stands(line: CadenceLine) -> str:
        if line.valid_from > today:
            return "coming"
        return "now" if line.id in hold else "behind" if line.id in behind else "before"

    return Policy(tiers=tiers, rows=tuple((line, stands(line)) for line in lines))


def paces_now(*, seen_by: Staff, now: datetime) -> tuple[PaceHome, ...]:
    """Return for whom in the own dong a pace of their own holds. Two queries and the homes'."""
    if seen_by.role not in (Staff.Role.PLANNER, Staff.Role.NURSE):
        return ()
    near = people.within_sight(seen_by=seen_by)
    rows = list(
        Pace.objects.filter(ended_at=None, until__gte=day_of(now), household__in=near)
        .select_related("made_by")
        .order_by("until", "id")
    )
    homes = people.homes(households={row.household_id for row in rows}, seen_by=seen_by)
    return tuple(
        PaceHome(
            household=row.household_id,
            name=homes[row.household_id].name,
            place=homes[row.household_id].place,
            cadence=_cadence(row),
            reason=row.reason,
            until=row.until,
            made_by=row.made_by.name,
        )
        for row in rows
        if row.household_id in homes
    )


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
