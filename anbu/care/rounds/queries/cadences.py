"""Which cadence holds for whom: the person's own, the district's, the city's, the usual."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from anbu.care.people import queries as people

from ..models import CadenceRow, Pace, Standing
from ..rules import REFUSING, USUAL, Cadence

type Key = tuple[int | None, str]


def cadence_of(homes: Collection[UUID], on: date) -> dict[UUID, Cadence]:
    """Return the cadence of each of these homes on a day. Four queries, however many.

    The person's own pace counts before all; who refuses has the low one; then the newest row of the
    district, then of the city, then what the product ships.
    """
    if not homes:
        return {}
    own = _own(homes, on)
    refusing = set(
        Standing.objects.filter(household__among=homes, refuses_since__isnull=False).values_list(
            "household_id", flat=True
        )
    )
    by_key = in_force(on)
    found = {}
    for home, area in people.areas(households=homes).items():
        if home in own:
            found[home] = own[home]
        elif home in refusing:
            found[home] = REFUSING
        else:
            ours = by_key.get((area.district, area.tier)) or by_key.get((None, area.tier))
            found[home] = ours or USUAL[area.tier]
    return found


def in_force(on: date) -> dict[Key, Cadence]:
    """Return the newest row of each district (None: the city) and tier that holds on a day."""
    rows = CadenceRow.objects.filter(valid_from__lte=on).order_by("valid_from", "id")
    return {(row.district_id, row.tier): _cadence(row) for row in rows}


def _own(homes: Collection[UUID], on: date) -> dict[UUID, Cadence]:
    rows: Iterable[Pace] = Pace.objects.filter(
        Q(ended_at=None), household__among=homes, until__gte=on
    )
    return {row.household_id: _cadence(row) for row in rows}


def _cadence(row: CadenceRow | Pace) -> Cadence:
    return Cadence(
        times=row.times,
        per_days=row.per_days,
        visit_days=row.visit_days,
        bound_days=row.bound_days,
    )
