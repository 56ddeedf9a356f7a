"""What others heard of a person counts too: one clock, whoever reached them by whatever way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from anbu.care.alarms import queries as alarms
from anbu.care.foundation.actions import act_as
from anbu.care.foundation.rules import machine
from anbu.care.readings import queries as readings

from ..models import Contact, Standing
from ..rules import Kind, Result
from .standing import write_real

US = machine("rounds")
BACK = timedelta(hours=6)  # what was written late is still found; each is written once


@dataclass(frozen=True, kw_only=True)
class Word:
    """Somebody reached a person: who, how and when. `cause` names it; told twice it is one row."""

    household: UUID
    kind: Kind
    at: datetime
    cause: str
    by: str


@transaction.atomic
def hear(words: Iterable[Word], *, now: datetime) -> int:
    """Write down that these people were reached, each once; return how many words are new.

    Who is not part of the round has no clock here: their words are left where they are.
    """
    told = {uuid5(NAMESPACE_URL, word.cause): word for word in words}
    part = set(
        Standing.objects.filter(
            household__among={word.household for word in told.values()}, ended_at=None
        ).values_list("household_id", flat=True)
    )
    rows = [
        Contact(
            id=key,
            household_id=word.household,
            kind=str(word.kind),
            result=str(Result.REACHED),
            is_real=True,
            at=word.at,
            by=word.by,
            told_at=now,
        )
        for key, word in sorted(told.items())
        if word.household in part
    ]
    return len(write_real(rows, now=now))


def hear_others(*, now: datetime) -> bool:
    """Hear what the centre and the calling machines have heard lately; never more to do at once."""
    with transaction.atomic():
        act_as(US, now=now)
        since = now - BACK
        words = [
            Word(
                household=one.household,
                kind=Kind.SIGNAL,
                at=one.at,
                cause=f"anbu:alarms:step:{one.id}",
                by=one.by,
            )
            for one in alarms.reached_since(since=since)
        ]
        answered = readings.answered_calls(since=since)
        words += [
            Word(
                household=home,
                kind=Kind.AI_CALL,
                at=at,
                cause=f"anbu:readings:answered:{home}:{at.timestamp():.0f}",
                by="system:ai_call",
            )
            for home, at in answered.items()
        ]
        hear(words, now=now)
    return False
