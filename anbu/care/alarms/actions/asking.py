"""A machine's own questions: asked softly, answered by a life sign, or a person's matter."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef

from anbu.care.people import queries as people
from anbu.care.readings.queries import Asked, SignAgain, Silent

from ..models import Alarm, Message, Step
from ..rules import EXPIRED, Level, Outcome, State, check_move
from .climbing import climb
from .ledger import Change, write_all

COUNTED = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something true about a home that somebody has to look after."""

    household: UUID
    kind: str
    due_at: datetime
    last_sign_at: datetime | None
    facts: dict[str, Any]


def found_still(silent: Silent, *, kind: str, rule: str) -> Found:
    """Return a silence as the finding of a rule."""
    last = silent.last_sign_at
    facts: dict[str, Any] = {
        "rule": rule,
        "last_sign_at": last.isoformat() if last else None,
        "last_channel": silent.last_channel,
        "quiet": list(silent.quiet),
        "unseen": list(silent.unseen),
    }
    if silent.learned:
        facts |= {"learned": silent.learned, "due_at": silent.due_at.isoformat()}
    return Found(
        household=silent.household,
        kind=kind,
        due_at=silent.due_at,
        last_sign_at=last,
        facts=facts,
    )


def questions(asked: Sequence[Asked], *, now: datetime) -> list[Found]:
    """Return the unusual silences a machine may ask about: with leave, and seldom enough.

    The others wait without a word until they are too long, and then a person is called.
    """
    if not asked or not settings.GATEWAY_URL:
        return []  # nobody could be reached
    homes = [one.silent.household for one in asked]
    watched = people.agreed(households=homes, kind="monitoring")
    rows = Alarm.objects.filter(
        household__in=homes, kind=Alarm.Kind.WATCH, raised_at__gt=now - COUNTED
    )
    often = Counter(rows.values_list("household_id", flat=True))
    return [
        found_still(one.silent, kind=Alarm.Kind.WATCH, rule="unusual")
        for one in asked
        if one.silent.household in watched and often[one.silent.household] < one.contacts
    ]


def insist(homes: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Make questions whose silence became too long a person's matter at once; return whose."""
    alarms = [alarm for alarm in _own_questions(homes) if alarm.shelved_until is None]
    changes = [Change(alarm, "insist") for alarm in alarms]
    for change in changes:
        change.step(Step.Kind.EVIDENCE, what="silence", at=now.isoformat())
    climb(changes, now=now, why="silence")
    write_all(changes, now=now)
    return {alarm.household_id for alarm in alarms}


def end_questions(signs: Sequence[SignAgain], *, now: datetime) -> set[UUID]:
    """End the questions a life sign has answered, unless a person took a hand; return whose.

    Why a machine may do this, and only this: docs/decisions/0011.
    """
    by_home = {sign.household: sign for sign in signs}
    touched = Step.objects.filter(alarm=OuterRef("pk"), by__isnull=False)
    changes = []
    for alarm in _own_questions(by_home).filter(~Exists(touched), owner_staff=None):
        sign = by_home[alarm.household_id]
        check_move(State(alarm.state), State.CLOSED)
        change = Change(alarm, "answered_by_sign")
        change.step(Step.Kind.EVIDENCE, what="sign", channel=sign.channel, at=sign.at.isoformat())
        change.step(Step.Kind.CLOSED, outcome=Outcome.ANSWERED_BY_SIGN)
        alarm.sign_returned_at = sign.at
        alarm.state, alarm.outcome = State.CLOSED, Outcome.ANSWERED_BY_SIGN
        alarm.closed_at, alarm.waits_for = now, ""
        changes.append(change)
    write_all(changes, now=now)
    # a question nobody waits for any more is not sent
    Message.objects.filter(
        alarm__in=[change.alarm.id for change in changes], status=Message.Status.QUEUED
    ).update(status=Message.Status.EXPIRED, settled_at=now, failure=EXPIRED)
    return {change.alarm.household_id for change in changes}


def _own_questions(homes: Collection[UUID]) -> Any:
    """Return, locked, the questions of these homes that are still a machine's alone."""
    return (
        Alarm.objects.select_for_update(of=("self",))
        .select_related("household")
        .filter(
            household__in=list(homes),
            closed_at=None,
            kind=Alarm.Kind.WATCH,
            level=Level.WATCH,
            rung=0,
            tries=0,
            state=State.RAISED,
        )
        .order_by("household_id", "id")
    )
