"""Two different words about one thing: what stands in the register, and who said otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anbu.care.people import queries as people
from anbu.care.people.queries import Home
from anbu.care.staff.models import Staff

from ..models import Question, ToldValue
from ..rules import Guarded
from .offices import LOOKS
from .register import present_values

MOST = 100


@dataclass(frozen=True, kw_only=True)
class Said:
    """One value, with everybody who said it and when."""

    value: str
    who: tuple[tuple[str, datetime], ...]  # names; () for what stands in the register


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """One field of one home about which people say different things."""

    id: int
    household: UUID
    name: str
    place: str
    field: str
    opened_at: datetime
    is_protected: bool  # an address that no list shows
    present: str
    sides: tuple[Said, ...]  # what was told otherwise


def questions(*, seen_by: Staff) -> tuple[QuestionRow, ...]:
    """Return what waits for a person's choice in this person's dongs, the oldest first."""
    if not seen_by.is_active or seen_by.role not in LOOKS:
        return ()
    sight = people.within_sight(seen_by=seen_by)
    rows = Question.objects.filter(household__in=sight, closed_at=None)
    asked = list(rows.order_by("opened_at", "id")[:MOST])
    if not asked:
        return ()
    told: dict[int, list[ToldValue]] = {}
    some = ToldValue.objects.filter(question__in=asked).select_related("worker__staff")
    for one in some.order_by("at", "id"):
        told.setdefault(one.question_id, []).append(one)
    homes = people.homes(households={row.household_id for row in asked}, seen_by=seen_by)
    present = present_values(set(homes), sight=people.seen(seen_by=seen_by))
    return tuple(
        _row(
            row,
            homes[row.household_id],
            told.get(row.pk, ()),
            present.get((row.household_id, Guarded(row.field)), ""),
        )
        for row in asked
        if row.household_id in homes
    )


def _row(row: Question, home: Home, told: Iterable[ToldValue], present: str) -> QuestionRow:
    hides = home.is_protected and row.field == Guarded.ADDRESS
    said: dict[str, list[tuple[str, datetime]]] = {}
    for one in told:
        said.setdefault(one.value, []).append((one.worker.staff.name, one.at))
    return QuestionRow(
        id=row.pk,
        household=row.household_id,
        name=home.name,
        place=home.place,
        field=row.field,
        opened_at=row.opened_at,
        is_protected=hides,
        present="" if hides else present,
        sides=tuple(
            Said(value="" if hides else value, who=tuple(who))
            for value, who in said.items()
            if value != present
        ),
    )
