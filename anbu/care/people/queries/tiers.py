"""How grave a home is and whose area it lies in. Names nobody."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from ..models import Household


class Area(NamedTuple):
    """A home's tier, and the dong and the district (by id) that answer for it."""

    tier: str
    dong: int
    district: int


def areas(*, households: Collection[UUID]) -> dict[UUID, Area]:
    """Return tier and area of these homes, as far as the walls show them. One query."""
    rows = Household.objects.filter(id__among=households)
    return {
        home: Area(tier, dong, district)
        for home, tier, dong, district in rows.values_list(
            "id", "tier", "dong_id", "dong__district_id"
        )
    }
