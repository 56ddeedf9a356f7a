"""What a worker of the care corps heard that cannot wait: at once at the post on duty.

Words of a note decide nothing. They are quoted to a person there, with who heard them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import acting
from anbu.care.people.rules import clean

from ..models import Alarm, Step
from ..rules import SAID_OF_SIGN, WORDS_LENGTH, Caller
from .asking import Found
from .calls import Heard, grow
from .ledger import CLOCK, Change, write
from .outbox import tell_duty
from .raising import open_alarms
from .workers import raise_or_join


@transaction.atomic
def raise_crisis(
    *,
    event: UUID,
    household: UUID,
    signs: Collection[str],
    words: str = "",
    at_stake: bool = False,
    heard_by: str,
    call_back: str = "",
    at: datetime,
    now: datetime,
) -> UUID:
    """Make what a worker heard (`event`: of their log) a signal, or evidence on the open one.

    `signs`: harm, fall, abuse, hunger; `at_stake`: the worker says that it cannot wait. Told again
    it changes nothing. Returns the signal's id.
    """
    with acting(CLOCK):
        told = Step.objects.filter(
            alarm__household=household, kind=Step.Kind.EVIDENCE, detail__event=str(event)
        )
        known = told.values_list("alarm_id", flat=True).first()
        if known is not None:
            return known
        heard = Heard(
            caller=Caller.CORPS,
            said=tuple(SAID_OF_SIGN[sign] for sign in sorted(set(signs))),
            at_stake=at_stake,
            words=clean(words[:WORDS_LENGTH], what="들은 것", at_most=WORDS_LENGTH),
            call_back=call_back,
        )
        return _raise(event, household, heard, heard_by, at, now)


def _raise(
    event: UUID, household: UUID, heard: Heard, heard_by: str, at: datetime, now: datetime
) -> UUID:
    facts: dict[str, Any] = heard.facts(at)
    found = Found(
        household=household, kind=Alarm.Kind.CALL, due_at=at, last_sign_at=None, facts=facts
    )
    was_open = bool(raise_or_join([found], now=now))
    alarm = open_alarms([household])[0]
    change = Change(alarm, "hear_crisis")
    change.step(
        Step.Kind.EVIDENCE,
        what="crisis",
        event=str(event),
        caller=str(heard.caller),
        said=[str(each) for each in heard.said],
        at_stake=heard.at_stake,
        words=heard.words,
        who=heard_by,
        call_back=heard.call_back,
    )
    if was_open:
        grow(change, heard, at, now)
    write(change, now=now)
    tell_duty([change], now=now)  # also what somebody has seen already rings: this is new
    return alarm.id
