"""Which errands a person may know of, and in which order they are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from .models import Errand

MOST = 200  # on one page; what is due first comes first


@dataclass(frozen=True, kw_only=True)
class ErrandRow:
    """One errand as the list shows it."""

    id: UUID
    household: UUID
    name: str
    age: int
    sex: str
    place: str
    need: str
    request: str
    promise: str
    post: str
    taken_by: str
    is_mine: bool  # taken by whoever looks
    due_on: date
    days_left: int  # less than 0: so many days late
    put_off: int  # how often
    may_do: bool


@dataclass(frozen=True, kw_only=True)
class Errands:
    """Open errands as one person may see them: what is due by today, then what comes."""

    due: tuple[ErrandRow, ...]
    later: tuple[ErrandRow, ...]

    @property
    def late(self) -> int:
        """Return how many should have been done before today."""
        return sum(row.days_left < 0 for row in self.due)


def visible(*, seen_by: Staff) -> QuerySet[Errand]:
    """Return the errands of one's own post; an officer's: of the dongs of the district."""
    homes = people.within_sight(seen_by=seen_by)
    found = Errand.objects.filter(household__in=homes)
    if not seen_by.is_active:
        return found.none()
    if seen_by.role in (Staff.Role.PLANNER, Staff.Role.NURSE):
        return found.filter(owner_post=seen_by.post_id)
    if seen_by.role == Staff.Role.OFFICER:
        return found
    return found.none()


def errands(*, seen_by: Staff, now: datetime) -> Errands:
    """Return the open errands; whoever answers for a district sees those that are late."""
    today = now.astimezone(SEOUL).date()
    found = visible(seen_by=seen_by).filter(closed_at=None)
    if seen_by.role == Staff.Role.OFFICER:
        found = found.filter(due_on__lt=today)
    rows = _rows(found, seen_by, today)
    return Errands(
        due=tuple(row for row in rows if row.days_left <= 0),
        later=tuple(row for row in rows if row.days_left > 0),
    )


def due_today(*, seen_by: Staff, now: datetime) -> int:
    """Return how many errands are to be done by the end of today."""
    today = now.astimezone(SEOUL).date()
    return visible(seen_by=seen_by).filter(closed_at=None, due_on__lte=today).count()


def task_at(*, household: UUID, seen_by: Staff) -> Purpose | None:
    """Return the open errand that brings this person to this home, the most pressing first."""
    open_ones = visible(seen_by=seen_by).filter(household=household, closed_at=None)
    found = open_ones.order_by("due_on", "id").values_list("id", flat=True).first()
    return Purpose("case", f"errand-{found}") if found else None


def _rows(found: QuerySet[Errand], seen_by: Staff, today: date) -> tuple[ErrandRow, ...]:
    some = found.select_related("owner_post", "taken_by").annotate(times=Count("put_off"))
    shown: Sequence[Errand] = list(some.order_by("due_on", "made_at", "id")[:MOST])
    homes = people.homes(households={one.household_id for one in shown}, seen_by=seen_by)
    rows = []
    for one in shown:
        home = homes.get(one.household_id)
        if home is None:
            continue
        rows.append(
            ErrandRow(
                id=one.id,
                household=one.household_id,
                name=home.name,
                age=today.year - home.birth_year,
                sex=home.sex,
                place=home.place,
                need=one.need,
                request=one.request,
                promise=one.promise,
                post=one.owner_post.name,
                taken_by=one.taken_by.name if one.taken_by else "",
                is_mine=one.taken_by_id == seen_by.pk,
                due_on=one.due_on,
                days_left=(one.due_on - today).days,
                put_off=one.times,  # type: ignore[attr-defined]  # counted by the query
                may_do=one.owner_post_id == seen_by.post_id,
            )
        )
    return tuple(rows)
