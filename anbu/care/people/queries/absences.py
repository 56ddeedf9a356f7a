"""Absences and how a person is asked: for those who look after a home, and for the clocks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anbu.care.foundation.rules import Purpose, machine
from anbu.care.staff.models import Staff

from ..models import Absence
from .homes import Sight, for_actor, seen


@dataclass(frozen=True, kw_only=True)
class AbsenceCard:
    """An absence as the people see it who have a task there."""

    id: int
    kind: str
    label: str
    begins_at: datetime
    expected_until: datetime
    told_by: str
    told_how: str  # label
    note: str
    registered_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Away:
    """From when until when a home's clocks stand still."""

    begins_at: datetime
    until: datetime
    is_over: bool  # somebody or the time has ended it


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """When and by what a machine may ask a person; None and "" = as the policy has it."""

    quiet_from: int | None
    quiet_until: int | None
    by: str
    hour: int | None


def absence(*, household: UUID, seen_by: Staff) -> AbsenceCard | None:
    """Return the absence of this home that runs or is to come."""
    row = seen(seen_by=seen_by).absences.filter(household=household, ended_at=None).first()
    return None if row is None else _absence_card(row)


def absences(*, household: UUID, seen_by: Staff) -> tuple[AbsenceCard, ...]:
    """Return the last ten absences of this home, the newest first."""
    rows = seen(seen_by=seen_by).absences.filter(household=household)
    return tuple(_absence_card(row) for row in rows.order_by("-begins_at", "-id")[:10])


def away_since(*, since: Mapping[UUID, datetime], seen_by: Staff | None) -> dict[UUID, list[Away]]:
    """Return each home's absences that end after its moment, in order; for the clocks.

    `seen_by`: who looks at how a clock went, within that person's own reach; None for the clocks.

    A clock stands still from when we were told on: what it counted before is counted.
    """
    found: dict[UUID, list[Away]] = {}
    sight = seen(seen_by=seen_by) if seen_by else _for_the_clocks()
    rows = sight.absences.filter(household__among=since)
    for row in rows.order_by("begins_at", "id"):
        begins = max(row.begins_at, row.registered_at)
        until = row.ended_at or row.expected_until
        if until > max(since[row.household_id], begins):
            away = Away(begins_at=begins, until=until, is_over=row.ended_at is not None)
            found.setdefault(row.household_id, []).append(away)
    return found


def away_now(*, households: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Return which of these homes are away, and until when; for the clocks.

    One whose time is over is away until the sweep has ended it and set its clocks to nought.
    """
    rows = (
        _for_the_clocks()
        .absences.filter(household__among=households, ended_at=None, begins_at__lte=now)
        .values_list("household_id", "expected_until")
    )
    return dict(rows)


def asking(*, households: Collection[UUID]) -> dict[UUID, Asking]:
    """Return when and by what a machine may ask in these homes; for the machine."""
    rows = (
        _for_the_clocks()
        .people.filter(household__among=households)
        .values_list("household_id", "quiet_from", "quiet_until", "ask_by", "ask_hour")
    )
    return {
        home: Asking(quiet_from=begin, quiet_until=end, by=by, hour=hour)
        for home, begin, end, by, hour in rows
    }


def asking_of(*, household: UUID, seen_by: Staff) -> Asking | None:
    """Return how this person wishes to be asked, for who looks after the home."""
    row = seen(seen_by=seen_by).people.filter(household=household).first()
    if row is None:
        return None
    return Asking(
        quiet_from=row.quiet_from, quiet_until=row.quiet_until, by=row.ask_by, hour=row.ask_hour
    )


def _for_the_clocks() -> Sight:
    return for_actor(machine("clock"), Purpose("machine", "away"))


def _absence_card(row: Absence) -> AbsenceCard:
    return AbsenceCard(
        id=row.pk,
        kind=row.kind,
        label=str(row.get_kind_display()),
        begins_at=row.begins_at,
        expected_until=row.expected_until,
        told_by=row.told_by,
        told_how=str(row.get_told_how_display()),
        note=row.note,
        registered_at=row.registered_at,
        ended_at=row.ended_at,
    )
