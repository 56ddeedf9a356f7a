"""Who refuses, since when, and what is tried next: a state with a plan, never an end."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import Contact as Logged
from ..models import Standing
from ..rules import Kind, Result, Step, next_step
from ..rules.clock import Row, day_of
from ..rules.clock import standing as that_stand

MOST = 100


@dataclass(frozen=True, kw_only=True)
class RefusalRow:
    """One person who wants no calls."""

    household: UUID
    name: str
    place: str
    tier: str
    since: date
    due_on: date
    bound_on: date
    step: Step  # what is tried next
    tried: tuple[tuple[datetime, Kind], ...]  # since, the newest first


def refusals(*, seen_by: Staff) -> tuple[RefusalRow, ...]:
    """Return who refuses in this person's area, who was left alone longest first."""
    near = people.within_sight(seen_by=seen_by)
    rows = Standing.objects.filter(
        ended_at=None, refuses_since__isnull=False, household__in=near
    ).order_by("due_on", "household_id")[:MOST]
    shown = list(rows)
    if not shown:
        return ()
    homes = people.homes(households=[row.household_id for row in shown], seen_by=seen_by)
    logs = _since({row.household_id: row.refuses_since for row in shown if row.refuses_since})
    return tuple(
        RefusalRow(
            household=home.id,
            name=home.name,
            place=home.place,
            tier=home.tier,
            since=row.refuses_since,
            due_on=row.due_on,
            bound_on=row.bound_on,
            step=next_step(logs[home.id]),
            tried=tuple((each.at, each.kind) for each in reversed(logs[home.id])),
        )
        for row in shown
        if row.refuses_since is not None and (home := homes.get(row.household_id)) is not None
    )


def steps(*, households: Collection[UUID], seen_by: Staff) -> dict[UUID, Step]:
    """Return what is tried next with each of these who refuses, for who goes there."""
    people.seen(seen_by=seen_by)
    rows = Standing.objects.filter(
        household__among=households, ended_at=None, refuses_since__isnull=False
    )
    return steps_since({row.household_id: row.refuses_since for row in rows if row.refuses_since})


def steps_since(days: Mapping[UUID, date]) -> dict[UUID, Step]:
    """Return the next step with each of these who refuse, since their day; the caller sees them."""
    return {home: next_step(log) for home, log in _since(days).items()} if days else {}


def _since(days: Mapping[UUID, date]) -> dict[UUID, list[Row]]:
    logs: dict[UUID, list[Row]] = {home: [] for home in days}
    told = Logged.objects.filter(household__among=list(days)).order_by("at", "id")
    columns = ("household_id", "by", "id", "at", "kind", "result", "replaces")
    found = list(told.values_list(*columns))
    hand = {key: by for _, by, key, *_ in found}
    for home, by, key, at, kind, result, replaces in found:
        logs[home].append(
            Row(
                id=key,
                at=at,
                kind=Kind(kind),
                result=Result(result),
                # a correction counts only of a log that the same hand wrote
                replaces=replaces if hand.get(replaces) == by else None,
            )
        )
    return {
        home: [row for row in that_stand(log) if day_of(row.at) >= days[home]]
        for home, log in logs.items()
    }
