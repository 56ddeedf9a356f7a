"""Somebody telephones: it becomes a home's signal, evidence on one, or a call with an owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.people import queries as people
from anbu.care.people.rules import clean, clean_phone
from anbu.care.staff.models import Staff

from ..models import Alarm, CallNote, CallStep, Step
from ..queries.book import present_ladders
from ..rules import (
    LADDER_OF,
    NAME_LENGTH,
    PLACE_LENGTH,
    WORDS_LENGTH,
    Caller,
    CallState,
    Level,
    NotAllowed,
    Said,
    State,
    UnknownAlarm,
    due_after,
    freeze,
    level_of_call,
    reason,
)
from .asking import Found
from .ledger import Change, announce_causes, give, stand, write
from .numbering import next_numbers
from .raising import write_alarms


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a caller said, tidied."""

    caller: Caller
    said: tuple[Said, ...]
    at_stake: bool
    words: str
    call_back: str

    @property
    def level(self) -> Level:
        """Return how grave it is."""
        return level_of_call(said=self.said, at_stake=self.at_stake)

    def facts(self, now: datetime) -> dict[str, Any]:
        """Return it as an alarm keeps it."""
        return {
            "rule": "call",
            "caller": str(self.caller),
            "said": [str(each) for each in self.said],
            "at_stake": self.at_stake,
            "words": self.words,
            "call_back": self.call_back,
            "said_at": now.isoformat(),
        }


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Where a call leads: to a home's signal, or to a page of its own."""

    alarm: UUID | None = None
    call: UUID | None = None
    was_open: bool = False  # the home had a signal already; the call is evidence on it


@transaction.atomic
def take_call(
    *,
    caller: str,
    said: Sequence[str] = (),
    at_stake: bool = False,
    words: str = "",
    call_back: str = "",
    household: UUID | None = None,
    name: str = "",
    place: str = "",
    by: Staff,
    now: datetime,
) -> Taken:
    """Write down a call: a known home's signal is the taker's, an unknown home's call too."""
    if by.post is None:
        raise NotAllowed("당직 자리가 없는 사람은 전화를 접수할 수 없습니다.")
    heard = _heard(caller, said, at_stake, words, call_back)
    if household is not None:
        return _about_home(household, heard, by, now)
    note = _note(heard, name, place, by, now)
    return Taken(call=note.id)


def about_home(*, household: UUID, heard: Heard, by: Staff, now: datetime) -> Taken:
    """Make what a caller said a signal of this home, or evidence on its open one."""
    return _about_home(household, heard, by, now)


def heard_of(note: CallNote) -> Heard:
    """Return what was said in a call that was taken before."""
    return Heard(
        caller=Caller(note.caller),
        said=tuple(map(Said, note.said)),
        at_stake=note.at_stake,
        words=note.words,
        call_back=note.call_back,
    )


def _heard(caller: str, said: Sequence[str], at_stake: bool, words: str, call_back: str) -> Heard:
    if caller not in set(Caller):
        raise NotAllowed("전화한 사람을 골라 주세요.")
    if not set(said) <= {str(each) for each in Said}:
        raise NotAllowed("무슨 일인지 목록에서 골라 주세요.")
    told = clean(words, what="들은 것", at_most=WORDS_LENGTH)
    if not said and not at_stake and not told:
        raise NotAllowed("무슨 일인지 고르거나 들은 것을 적어 주세요.")
    return Heard(
        caller=Caller(caller),
        said=tuple(each for each in Said if str(each) in said),
        at_stake=at_stake,
        words=told,
        call_back=clean_phone(call_back, what="다시 걸 번호"),
    )


def _about_home(household: UUID, heard: Heard, by: Staff, now: datetime) -> Taken:
    if not people.within_sight(seen_by=by).filter(id=household).exists():
        raise UnknownAlarm(str(household))
    found = Found(
        household=household,
        kind=Alarm.Kind.CALL,
        due_at=now,
        last_sign_at=None,
        facts=heard.facts(now),
    )
    was_open = bool(write_alarms([found], now=now))
    people.seen(seen_by=by)  # the machine wrote it; from here on this person acts
    alarms = Alarm.objects.select_for_update(of=("self",)).select_related("household")
    alarm = alarms.get(household=household, closed_at=None)
    change = Change(alarm, "take_call", by)
    change.step(
        Step.Kind.EVIDENCE,
        what="call",
        caller=str(heard.caller),
        said=[str(each) for each in heard.said],
        at_stake=heard.at_stake,
        words=heard.words,
        call_back=heard.call_back,
    )
    if was_open:
        grow(change, heard, now, now)
    if alarm.owner_staff_id is None:
        give(change, to=by, now=now, how="claim")
    # Whoever took the call must be able to find it again, whoever answers for it.
    alarm.centre_owned |= by.post is not None and by.post.kind == "centre"
    write(change, now=now)
    return Taken(alarm=alarm.id, was_open=was_open)


def grow(change: Change, heard: Heard, said_at: datetime, now: datetime) -> None:
    """Let an open signal grow as grave as what was said; it never grows less so by a call."""
    alarm, level = change.alarm, heard.level
    if level <= alarm.level:
        return
    alarm.facts = alarm.facts | heard.facts(said_at)
    alarm.reason = reason(alarm.facts, now)
    before = alarm.level
    if level is Level.CRITICAL and State(alarm.state) is not State.JOINT:
        alarm.ladder, alarm.waits_for = freeze(present_ladders(now=now)[LADDER_OF[level]]), ""
        stand(change, rung=0, now=now)
    if alarm.level < level:
        change.step(Step.Kind.LEVEL, **{"from": before, "to": int(level)})
        alarm.level = int(level)
    if level is Level.CRITICAL:
        alarm.shelved_until, alarm.shelved_reason = None, ""


def _note(heard: Heard, name: str, place: str, by: Staff, now: datetime) -> CallNote:
    where = clean(place, what="어디인지", at_most=PLACE_LENGTH, needed=True)
    assert by.post is not None
    is_dong = by.post.kind == "dong"
    note = CallNote.objects.create(
        number=next_numbers(1, now)[0],
        taken_at=now,
        taken_by=by,
        caller=heard.caller,
        call_back=heard.call_back,
        name=clean(name, what="누구인지", at_most=NAME_LENGTH),
        place=where,
        said=[str(each) for each in heard.said],
        words=heard.words,
        at_stake=heard.at_stake,
        level=int(heard.level),
        state=CallState.TAKEN,
        due_at=due_after(heard.level, now=now),
        owner_staff=by,
        owner_since=now,
        centre_owned=not is_dong,
        dong_post=by.post if is_dong else None,
    )
    CallStep.objects.create(call=note, at=now, kind="taken", by=by)
    record(by=by.actor, verb="take_call", at=now, call=str(note.id), level=note.level)
    announce_causes()
    return note
