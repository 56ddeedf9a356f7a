"""Who is in the round of a day: by the clock, by a promise, or because somebody asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q

from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL

from .. import rules
from ..models import Asked, Promise, Standing, Task, Unplaced
from ..queries.refusals import steps_since
from ..rules.clock import day_of
from ..rules.hours import Rates
from ..rules.refusal import WAY_OF

ASKED_DAYS = 7  # who is in no round and was asked for has so long until a bound. Ours.


@dataclass(frozen=True)
class Known:
    """One person who is due, as far as the tables say."""

    home: UUID
    dong: int
    tier: str
    due: date
    visit_due: date | None
    bound: date
    usual: int | None
    refuses: date | None
    tries: int
    tried: Sequence[int]
    answered: Sequence[int]


COLUMNS = (
    "household_id",
    "household__dong_id",
    "household__tier",
    "due_on",
    "visit_due_on",
    "bound_on",
    "worker_id",
    "refuses_since",
    "tries",
    "tried_by_hour",
    "answered_by_hour",
)


def due_on(
    dongs: Collection[int], day: date, next_day: date, set_already: Mapping[UUID, Task]
) -> list[Known]:
    """Return who of these dongs is in today's round: by the clock, a promise, or a request."""
    live = Standing.objects.filter(
        ended_at=None, household__left_at=None, household__dong__in=dongs
    )
    promised = Promise.objects.filter(ended_at=None, on__lte=day).values("household")
    asked = _open_asked(dongs)
    by_hand = [home for home, row in set_already.items() if row.set_by_id is not None]
    due = (
        Q(due_on__lte=day)
        | Q(visit_due_on__lte=day)
        | Q(bound_on__lte=next_day)
        | Q(household__in=promised)
        | Q(household__among=[*asked, *by_hand])
    )
    rows = live.filter(due).order_by("household_id").values_list(*COLUMNS)
    found = [Known(*row) for row in rows]
    known = {one.home for one in found}
    return found + [_outside(asked[home], day) for home in sorted(set(asked) - known)]


def _open_asked(dongs: Collection[int]) -> dict[UUID, Asked]:
    rows = Asked.objects.filter(
        ended_at=None, household__left_at=None, household__dong__in=dongs
    ).select_related("household")
    return {row.household_id: row for row in rows.order_by("asked_at", "id")}


def _outside(asked: Asked, day: date) -> Known:
    """Return somebody who is in no round, and for whom another asked."""
    on = day_of(asked.asked_at)
    bound = date.fromordinal(max(on, day).toordinal() + ASKED_DAYS)
    none = [0] * rules.BINS
    home = asked.household
    return Known(home.id, home.dong_id, home.tier, on, None, bound, None, None, 0, none, none)


def as_dues(
    due: Sequence[Known],
    sight: Any,
    rows: Mapping[UUID, Task],
    unplaced: Mapping[UUID, Unplaced],
    day: date,
    hours: Rates,
    now: datetime,
) -> tuple[rules.Due, ...]:
    if not due:
        return ()
    homes = [one.home for one in due]
    consents = people.agreed(households=homes, kind="monitoring", at=now)
    away = _away(sight, homes, day)
    mute = set(
        sight.people.filter(
            Q(phone="") | Q(phone_dead_since__isnull=False), household__among=homes
        ).values_list("household_id", flat=True)
    )
    asked = _asked_ways(homes)
    promises = _promises(homes, day)
    steps = steps_since({one.home: one.refuses for one in due if one.refuses})
    best = rules.best_hours(
        [one.tried for one in due],
        [one.answered for one in due],
        hours,
        from_hour=now.astimezone(SEOUL).hour if day == day_of(now) else rules.FIRST_HOUR,
    )
    found = []
    for one, hour in zip(due, best.tolist(), strict=True):
        promise, step = promises.get(one.home), steps.get(one.home)
        has = rows.get(one.home)
        wants = rules.Wants(
            word_due=one.due <= day,
            visit_due=one.visit_due is not None and one.visit_due <= day,
            tries=one.tries,
            has_phone=one.home not in mute,
            promised=rules.Way(promise.way) if promise else None,
            asked=asked.get(one.home),
            refusing=WAY_OF[step] if step else None,
        )
        way, only_visit = rules.way_of(wants)
        found.append(
            rules.Due(
                home=one.home,
                dong=one.dong,
                tier=one.tier,
                way=way,
                due=one.due,
                bound=one.bound,
                usual=one.usual,
                promise=_minute(promise, hour, day),
                hour=hour,
                handed=one.home in asked,
                consents=one.home in consents,
                away=one.home in away,
                visit_due=only_visit,
                had=has.worker_id if has else None,
                avoid=one.usual if step == rules.Step.VOICE else None,
                off=one.home in unplaced and unplaced[one.home].set_by_id is not None,
            )
        )
    return tuple(found)


def _minute(promise: Promise | None, hour: int, day: date) -> int | None:
    """Return when somebody is expected; a promise of no hour, or of a day before, at their best."""
    if promise is None:
        return None
    return promise.minute if promise.minute is not None and promise.on == day else hour * 60


def _away(sight: Any, homes: Sequence[UUID], day: date) -> set[UUID]:
    noon = datetime.combine(day, time(12), SEOUL)
    rows = sight.absences.filter(
        household__among=homes, ended_at=None, begins_at__lte=noon, expected_until__gt=noon
    )
    return set(rows.values_list("household_id", flat=True))


def _asked_ways(homes: Sequence[UUID]) -> dict[UUID, rules.Way]:
    rows = Asked.objects.filter(household__among=homes, ended_at=None).order_by("asked_at", "id")
    found: dict[UUID, rules.Way] = {}
    for home, way in rows.values_list("household_id", "way"):
        if found.get(home) != rules.Way.VISIT:  # of two who ask, the one who asks for more
            found[home] = rules.Way(way)
    return found


def _promises(homes: Sequence[UUID], day: date) -> dict[UUID, Promise]:
    rows = Promise.objects.filter(household__among=homes, ended_at=None, on__lte=day)
    return {row.household_id: row for row in rows.order_by("on", "made_at", "id")}
