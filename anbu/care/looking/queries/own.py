"""What somebody told of themselves: for their own eyes, and for the two rules that need it."""

from dataclasses import dataclass
from datetime import datetime

from anbu.care.foundation.actions import acting
from anbu.care.foundation.rules import machine
from anbu.care.staff.models import Staff

from ..models import Residence


@dataclass(frozen=True, kw_only=True)
class OwnRoad:
    dong: str
    road: str
    told_at: datetime


def own_road(*, seen_by: Staff) -> OwnRoad | None:
    """Return the road this person told of themselves; nobody else's. One query."""
    with acting(machine("residence")):
        row = Residence.objects.select_related("dong__district").filter(staff=seen_by).first()
    if row is None:
        return None
    return OwnRoad(
        dong=f"{row.dong.district.name} {row.dong.name}", road=row.road, told_at=row.told_at
    )
