"""A machine's own questions: asked softly, answered by a life sign, or a person's matter."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from anbu.care.effects import queries as effects
from anbu.care.effects.rules import CHANNELS
from anbu.care.foundation.actions import act_as
from anbu.care.foundation.rules import Purpose, machine, without_resident_numbers
from anbu.care.people import queries as people
from anbu.care.people.rules import Deed
from anbu.care.readings import actions as readings
from anbu.care.readings.queries import Asked, SignAgain, Silent, manners
from anbu.care.readings.rules import Asking, quiet_ends

from ..models import Alarm, Message, Step
from ..rules import EXPIRED, HELD, Level, NotAllowed, Outcome, Rung, State, check_move
from .climbing import climb
from .ledger import CLOCK, Change, write_all
from .outbox import ask_home, close_legs, post_messages

AT_ONCE = 200
COUNTED = timedelta(days=30)
MACHINES_OWN = (Alarm.Kind.WATCH, Alarm.Kind.RETURN)  # what a machine asks, and may end
NOTIFY = machine("notify")


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
    if silent.held:
        facts["held"] = silent.held
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
    if not asked or not set(effects.ways()) & set(CHANNELS["sms"]):
        return []  # nobody could be reached
    homes = [one.silent.household for one in asked]
    may_ask = people.leaves(deed=Deed.MESSAGE, households=homes, at=now)
    rows = Alarm.objects.filter(
        household__among=homes, kind=Alarm.Kind.WATCH, raised_at__gt=now - COUNTED
    )
    often = Counter(rows.values_list("household_id", flat=True))
    return [
        found_still(one.silent, kind=Alarm.Kind.WATCH, rule="unusual")
        for one in asked
        if may_ask[one.silent.household] and often[one.silent.household] < one.contacts
    ]


def frozen(asking: Asking, ladder: Sequence[Rung]) -> tuple[tuple[Rung, ...], dict[str, Any]]:
    """Return a machine's ladder with this home's own time to answer, and how it asks."""
    first = ladder[0]
    if first.do == "message" and asking.answer_s is not None:
        first = replace(first, wait_s=asking.answer_s)
    how = {key: getattr(asking, key) for key in ("attempts", "apart_s", "by", "then_by")}
    return (first, *ladder[1:]), how


@transaction.atomic
def ask_next_again(*, now: datetime) -> bool:
    """Ask once more where nobody has answered: by the next channel, unless a person took over."""
    alarms = list(
        Alarm.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("household")
        .filter(ask_again_at__lte=now)
        .order_by("ask_again_at", "id")[:AT_ONCE]
    )
    homes = [alarm.household_id for alarm in alarms]
    ways = manners(households=homes, now=now)
    sight = people.for_actor(CLOCK, Purpose("machine", "ask"))
    persons = {
        person.household_id: person for person in sight.people.filter(household__among=homes)
    }
    changes = [Change(alarm, "ask_again") for alarm in alarms]
    words = effects.templates_in_force(now=now)
    messages = [
        ask_home(change, person=persons[change.alarm.household_id], wordings=words, now=now)
        for change in changes
        if _may_ask(change.alarm, ways, now)
    ]
    for alarm in alarms:
        if alarm.ask_again_at is not None and alarm.ask_again_at <= now:
            alarm.ask_again_at = None  # nobody is asked by a machine any more
    write_all(changes, now=now)
    post_messages(messages)
    return bool(alarms)


def _may_ask(alarm: Alarm, ways: Mapping[UUID, Asking], now: datetime) -> bool:
    """Say whether the question is still a machine's, and this is no hour of rest."""
    own = alarm.closed_at is None and alarm.shelved_until is None and alarm.owner_staff_id is None
    own = own and alarm.rung == 0 and alarm.waits_for == "answer"
    way = ways.get(alarm.household_id)
    return own and way is not None and quiet_ends(way, now) is None


@transaction.atomic
def hear_answer(*, message_id: UUID, is_help: bool, words: str, now: datetime) -> bool:
    """Take the answer of the person at home for a life sign, or for a call for help.

    Say whether it was news. An answer to a relative's message is none: only this person is safe.
    """
    act_as(NOTIFY)
    found = Message.objects.filter(id=message_id, contact=None).values_list(
        "alarm_id", "alarm__household_id"
    )
    if (ids := found.first()) is None:
        raise NotAllowed("모르는 문자입니다.")
    if not is_help:
        readings.confirm(household=ids[1], at=now)  # the clock is locked before the alarm
    rows = Alarm.objects.select_for_update(of=("self",)).select_related("household")
    alarm = rows.get(id=ids[0])
    message = Message.objects.select_for_update().get(id=message_id)
    if message.status == Message.Status.ANSWERED:
        return False
    message.status, message.settled_at = Message.Status.ANSWERED, now
    message.save(update_fields=["status", "settled_at"])
    close_legs([message.id], now=now)
    change = Change(alarm, "answered")
    told = without_resident_numbers(words)[:60]
    change.step(Step.Kind.EVIDENCE, what="help" if is_help else "answer", words=told)
    if alarm.closed_at is None:
        _take_answer(change, is_help=is_help, now=now)
    write_all([change], now=now)
    return True


def _take_answer(change: Change, *, is_help: bool, now: datetime) -> None:
    alarm = change.alarm
    alarm.ask_again_at = None
    if is_help:
        climb([change], now=now, why="help")
        if alarm.level < Level.CRITICAL:
            change.step(Step.Kind.LEVEL, **{"from": alarm.level, "to": int(Level.CRITICAL)})
            alarm.level, alarm.shelved_until, alarm.shelved_reason = int(Level.CRITICAL), None, ""
        return
    returned(alarm, at=now)
    if _is_own(alarm):
        _end(change, now=now)


def returned(alarm: Alarm, *, at: datetime) -> None:
    """Write down that a life sign or an answer came; where the protocol says so, a person confirms.

    The machine asks no more then, and the alarm stands with what is to be done, not with what
    waits for an answer.
    """
    alarm.sign_returned_at = at
    if alarm.confirms and alarm.waits_for == "answer":
        alarm.waits_for, alarm.ask_again_at = "", None


def _is_own(alarm: Alarm) -> bool:
    """Say whether the question never became a person's matter: docs/decisions/0011."""
    own = alarm.kind in MACHINES_OWN and alarm.level == Level.WATCH and alarm.rung == 0
    own = own and alarm.tries == 0 and alarm.owner_staff_id is None and not alarm.confirms
    touched = Step.objects.filter(alarm=alarm, by__isnull=False).exists()
    return own and alarm.state == State.RAISED and not touched


def _end(change: Change, *, now: datetime) -> None:
    alarm = change.alarm
    check_move(State(alarm.state), State.CLOSED)
    change.step(Step.Kind.CLOSED, outcome=Outcome.ANSWERED_BY_SIGN)
    alarm.state, alarm.outcome = State.CLOSED, Outcome.ANSWERED_BY_SIGN
    alarm.closed_at, alarm.waits_for, alarm.ask_again_at = now, "", None


def insist(homes: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Make questions whose silence became too long a person's matter at once; return whose."""
    own = _own_questions(homes)
    alarms = [one for one in own if one.shelved_until is None and one.waits_for != HELD]
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
    for alarm in _own_questions(by_home).filter(~Exists(touched), owner_staff=None, confirms=False):
        sign = by_home[alarm.household_id]
        change = Change(alarm, "answered_by_sign")
        change.step(Step.Kind.EVIDENCE, what="sign", channel=sign.channel, at=sign.at.isoformat())
        alarm.sign_returned_at = sign.at
        _end(change, now=now)
        changes.append(change)
    write_all(changes, now=now)
    # a question nobody waits for any more is not sent
    asked = Message.objects.select_for_update().filter(
        alarm__in=[change.alarm.id for change in changes],
        status__in=[Message.Status.QUEUED, Message.Status.WAITING],
    )
    unsent = list(asked.values_list("id", flat=True))
    Message.objects.filter(id__in=unsent).update(
        status=Message.Status.EXPIRED, settled_at=now, failure=EXPIRED
    )
    close_legs(unsent, now=now)
    return {change.alarm.household_id for change in changes}


def _own_questions(homes: Collection[UUID]) -> Any:
    """Return, locked, the questions of these homes that are still a machine's alone."""
    return (
        Alarm.objects.select_for_update(of=("self",))
        .select_related("household")
        .filter(
            household__among=homes,
            closed_at=None,
            kind__in=MACHINES_OWN,
            level=Level.WATCH,
            rung=0,
            tries=0,
            state=State.RAISED,
        )
        .order_by("household_id", "id")
    )
