"""돌봄단원 위험: a colleague behind a door becomes a signal that somebody owns, at once.

One home has one open signal: a worker in danger where another one is open already is the gravest
evidence on it, and its steps become the worker's.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import acting

from ..models import Alarm, Step
from ..queries.book import present_ladders
from ..rules import (
    InDanger,
    Level,
    State,
    freeze,
    has_said,
    reason,
    with_worker,
    worker_ladder,
)
from .asking import Found
from .duty import Roster, roster
from .ledger import CLOCK, Change, stand, write_all
from .making import for_worker
from .outbox import tell_duty
from .raising import open_alarms, seat_for_cry, write_alarms

BESIDE = timedelta(microseconds=1)  # a signal of the same moment that is over makes room


@transaction.atomic
def raise_for_workers(*, dangers: Collection[InDanger], now: datetime) -> dict[UUID, UUID]:
    """Raise the signal of each worker in danger; return which visit has which signal.

    Told again it changes nothing, unless it has become graver. Some ten questions, however many.
    """
    with acting(CLOCK):
        first: dict[UUID, InDanger] = {}
        for danger in sorted(dangers, key=lambda one: (one.household, one.at, one.visit)):
            first.setdefault(danger.household, danger)
        missed = raise_or_join([_found(one) for one in first.values()], now=now)
        again = [one for one in dangers if one.household in missed or first[one.household] != one]
        _hear_again(again, now)
        alarms = open_alarms({one.household for one in dangers})
        by_home = {alarm.household_id: alarm.id for alarm in alarms}
        return {danger.visit: by_home[danger.household] for danger in dangers}


@transaction.atomic
def tell_of_worker(*, alarm: UUID, what: str, by_phone: str, at: datetime, now: datetime) -> None:
    """Put on the timeline what a worker's telephone told after their signal had risen.

    It ends nothing: a person makes sure.
    """
    with acting(CLOCK):
        rows = Alarm.objects.select_for_update(of=("self",)).filter(id=alarm, closed_at=None)
        row = rows.first()
        if row is None:
            return
        change = Change(row, "hear_worker")
        change.step(Step.Kind.EVIDENCE, what=what, words=by_phone, at=at.isoformat())
        write_all([change], now=now)


def raise_or_join(found: Sequence[Found], *, now: datetime) -> set[UUID]:
    """Write one alarm for each finding; return the homes that have an open one already.

    What cannot be written because one of the same moment is over already is written beside it.
    """
    joined: set[UUID] = set()
    left = list(found)
    while left:
        missed = write_alarms(left, now=now)
        joined |= {alarm.household_id for alarm in open_alarms(missed)}
        lost = missed - joined
        left = [replace(one, due_at=one.due_at + BESIDE) for one in left if one.household in lost]
    return joined


def _found(danger: InDanger) -> Found:
    return Found(
        household=danger.household,
        kind=Alarm.Kind.WORKER,
        due_at=danger.at,
        last_sign_at=None,
        facts=with_worker({}, danger),
    )


def _hear_again(dangers: Collection[InDanger], now: datetime) -> None:
    """Make a worker in danger the gravest evidence on the home's open signal."""
    alarms = {alarm.household_id: alarm for alarm in open_alarms({d.household for d in dangers})}
    homes = [(alarm.household_id, alarm.household.dong_id) for alarm in alarms.values()]
    known = roster(homes=homes, now=now) if homes else None
    changes: dict[UUID, Change] = {}
    for danger in dangers:
        alarm = alarms[danger.household]
        if has_said(alarm.facts, danger) or known is None:
            continue
        change = changes.setdefault(alarm.id, Change(alarm, "hear_worker"))
        _grow(change, danger, known, now)
    write_all(list(changes.values()), now=now)
    tell_duty(list(changes.values()), now=now)


def _grow(change: Change, danger: InDanger, known: Roster, now: datetime) -> None:
    alarm = change.alarm
    told: dict[str, Any] = {"what": f"worker_{danger.why}", "words": _names(danger)}
    change.step(Step.Kind.EVIDENCE, **told, at=danger.at.isoformat())
    alarm.facts = with_worker(alarm.facts, danger)
    alarm.reason = reason(alarm.facts, now)
    rungs = for_worker(present_ladders(now=now)[worker_ladder(alarm.facts)], alarm.facts)
    ladder = freeze(rungs)
    if alarm.ladder != ladder and State(alarm.state) is not State.JOINT:
        alarm.ladder, alarm.waits_for = ladder, ""
        alarm.protocol_id, alarm.confirms = None, False
        stand(change, rung=0, now=now)
        seat_for_cry(change, known, now)
    alarm.level = int(Level.CRITICAL)
    alarm.centre_owned = True
    alarm.shelved_until, alarm.shelved_reason = None, ""


def _names(danger: InDanger) -> str:
    return " · ".join(filter(None, (danger.worker, danger.partner)))
