"""When an absence is over: is the person back? A life sign says so, or a machine asks."""

from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.actions import Returning
from anbu.care.readings.queries import SignAgain, heard_since, may_ask_at

from ..models import Alarm
from .asking import Found, end_questions
from .ledger import SYSTEM
from .raising import write_alarms, write_evidence

AT_ONCE = 200


@transaction.atomic
def ask_next_returns(*, now: datetime) -> bool:
    """Ask who is back, of those whose absence is over; say if there were any.

    Who gave a life sign since is back. What the sign of a home looks like during its absence
    stands beside the question as evidence.
    """
    claimed = people.claim_returns(now=now, limit=AT_ONCE)
    ids = [one.household for one in claimed]
    watched = homes.agreed(households=ids, kind="monitoring", at=now)
    back = heard_since(since={one.household: one.ended_at for one in claimed})
    before = heard_since(since={one.household: one.began_at for one in claimed})
    hours = may_ask_at(households=ids, now=now)
    found = []
    for one in claimed:
        if one.household in back or one.household not in watched:
            record(by=SYSTEM, verb="return_seen", at=now, household=one.household)
        elif hours.get(one.household, now) > now:
            people.put_off_return(absence=one.absence, until=hours[one.household])
        else:
            found.append(_found(one, before.get(one.household)))
    missed = write_alarms(found, now=now)
    news = [(home, {"what": "return", "at": now.isoformat()}) for home in sorted(missed)]
    write_evidence(news, {}, now)
    return bool(claimed)


def _found(one: Returning, sign: object) -> Found:
    facts = {
        "rule": "return",
        "away": one.label,
        "began_at": one.began_at.isoformat(),
        "ended_at": one.ended_at.isoformat(),
        "sign_away": None if sign is None else sign.at.isoformat(),  # type: ignore[attr-defined]
    }
    return Found(
        household=one.household,
        kind=Alarm.Kind.RETURN,
        due_at=one.ended_at,
        last_sign_at=None,
        facts=facts,
    )


@transaction.atomic
def end_next_returns(*, now: datetime) -> bool:
    """End the questions to which a life sign at home was the answer; say if there were any."""
    rows = Alarm.objects.filter(
        closed_at=None, kind=Alarm.Kind.RETURN, sign_returned_at=None
    ).order_by("raised_at", "id")[:AT_ONCE]
    since = {row.household_id: row.due_at for row in rows}
    heard = heard_since(since=since)
    signs = [
        SignAgain(household=home, at=sign.at, channel=sign.channel)
        for home, sign in sorted(heard.items())
    ]
    answered = end_questions(signs, now=now)
    told = {sign.household: sign.at for sign in signs if sign.household not in answered}
    news = [
        (one.household, {"what": "sign", "channel": one.channel, "at": one.at.isoformat()})
        for one in signs
        if one.household in told
    ]
    write_evidence(news, told, now)
    return bool(signs)
