"""The outbox: messages written with the deed that caused them, sent after the commit."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause, Kind, Template, Thing, filled
from anbu.care.foundation.actions import insert_all, like
from anbu.care.foundation.queries import uuids
from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Contact, Person
from anbu.care.people.queries import Sight

from ..models import Alarm, Leg, Message, Step
from ..rules import HELD
from .ledger import Change

SEND = "alarms.send"
# What procrastinate's `batch_defer` calls, without an object for each job.
DEFER = """
SELECT procrastinate_defer_jobs_v1(array_agg(
    ROW(%s, %s, 0, NULL, NULL, jsonb_build_object('message_id', one), NULL)
    ::procrastinate_job_to_defer_v1))
FROM unnest(%s::uuid[]) one
"""
KIND_OF = {
    Alarm.Kind.SILENCE: Kind.SILENCE,
    Alarm.Kind.SOS: Kind.SOS,
    Alarm.Kind.WATCH: Kind.ASK,
    Alarm.Kind.RETURN: Kind.RETURN,
    Alarm.Kind.WORKER: Kind.SILENCE,  # as of a call
    Alarm.Kind.CALL: Kind.SILENCE,  # a person sends it, and it may not wait for a morning
}
type Wordings = Mapping[Kind, Template]


class Addressee(NamedTuple):
    """The person at home, as far as a message needs to know."""

    name: str
    phone: str


def addressees(sight: Sight, homes: Collection[UUID]) -> dict[UUID, Addressee]:
    """Return who lives in these homes. One query."""
    rows = sight.people.filter(household__among=homes).values_list("household_id", "name", "phone")
    return {home: Addressee(name, phone) for home, name, phone in rows}


def post_messages(messages: Sequence[Message]) -> None:
    """Write messages into the outbox with one job each, in the transaction of the deed."""
    if not messages:
        return
    insert_all(messages)
    defer([message.id for message in messages if message.status == Message.Status.QUEUED])


def defer(messages: Collection[UUID]) -> None:
    """Give each of these messages a job, in the transaction that makes it due."""
    if messages:
        with connection.cursor() as cursor:
            cursor.execute(DEFER, ["messages", SEND, uuids(messages)])


_NEW = Message()


def compose(
    alarm: Alarm,
    *,
    person: Person | Addressee,
    wordings: Wordings,
    now: datetime,
    contact: Contact | None = None,
    channel: str = "sms",
    goes_at: datetime | None = None,
) -> Message:
    """Return a message about this alarm in the words that are in force."""
    kind = Kind.RELATIVE if contact else KIND_OF[Alarm.Kind(alarm.kind)]
    words = {"이름": person.name}
    waits = goes_at is not None and goes_at > now
    return like(
        _NEW,
        id=new_id(),
        alarm_id=alarm.pk,
        contact_id=contact.pk if contact else None,
        to=contact.phone if contact else person.phone,
        channel=channel,
        kind=kind.value,
        template=wordings[kind].name,
        words=words,
        text=filled(wordings[kind], words),
        status=Message.Status.WAITING if waits else Message.Status.QUEUED,
        queued_at=now,
        goes_at=goes_at if waits else None,
        expires_at=expiry(goes_at if waits and goes_at else now),
    )


def expiry(goes_at: datetime) -> datetime:
    """Return until when a message may still be sent that goes at this moment."""
    return goes_at + timedelta(seconds=settings.MESSAGE_EXPIRES_S)


def ask_home(
    change: Change, *, person: Person | Addressee, wordings: Wordings, now: datetime
) -> Message:
    """Return the machine's message to the person at home, and put it on the timeline.

    Under a mass brake it is written and goes nowhere yet.
    """
    alarm: Alarm = change.alarm
    channel = _channel(alarm)
    is_held = alarm.waits_for == HELD
    message = compose(
        alarm,
        person=person,
        wordings=wordings,
        channel=channel,
        goes_at=alarm.rung_started_at if is_held else None,
        now=now,
    )
    alarm.asked += 1
    if not is_held:
        _wait_for_answer(alarm, now)
    change.step(
        Step.Kind.MESSAGE,
        message=str(message.id),
        to=person.name,
        whom="home",
        channel=channel,
        text=message.text,
        status=HELD if is_held else Message.Status.QUEUED,
    )
    return message


def send_at_last(held: Sequence[tuple[Change, Message]], *, now: datetime) -> None:
    """Let go what a brake had held: now, or when the office opens for which it waits instead."""
    going = []
    for change, message in held:
        alarm = change.alarm
        if alarm.waits_for == "morning" and alarm.rung_due_at is not None:
            message.goes_at, message.expires_at = alarm.rung_due_at, expiry(alarm.rung_due_at)
            continue
        message.status, message.expires_at = Message.Status.QUEUED, expiry(now)
        going.append(message.id)
        _wait_for_answer(alarm, now)
        change.step(
            Step.Kind.MESSAGE,
            message=str(message.id),
            to=message.words.get("이름", ""),
            whom="home",
            channel=message.channel,
            status=message.status,
        )
    Message.objects.bulk_update(
        [message for _, message in held], ["status", "goes_at", "expires_at"]
    )
    defer(going)


def _wait_for_answer(alarm: Alarm, now: datetime) -> None:
    """Start to wait for the person at home, and say when they are asked again."""
    alarm.waits_for = "answer"
    again = alarm.asked < alarm.asking.get("attempts", 1)
    apart = timedelta(seconds=alarm.asking.get("apart_s", 0))
    alarm.ask_again_at = now + apart if again else None


def tell_duty(changes: Sequence[Change], *, now: datetime) -> None:
    """Have the people of a post told that a signal waits there for one of them."""
    things = [
        Thing(kind=Cause.ALARM, id=alarm.id, post=alarm.owner_post_id, level=alarm.level)
        for alarm in (change.alarm for change in changes)
        if alarm.owner_post_id is not None
        and alarm.waits_for not in ("morning", HELD)
        and alarm.ladder[alarm.rung]["do"] != "message"
    ]
    effects.tell(things, now=now)


def close_legs(messages: Collection[UUID], *, now: datetime) -> None:
    """End the open legs of messages that nobody sends any more."""
    open_legs = Leg.objects.filter(message__in=messages, state=Leg.State.OPEN)
    open_legs.update(state=Leg.State.GIVEN_UP, settled_at=now)


def _channel(alarm: Alarm) -> str:
    """Return by what the next attempt goes out; without a call-bot everything is a text."""
    wanted = str(alarm.asking.get("then_by" if alarm.asked else "by", "sms"))
    return wanted if wanted != "voice" or settings.CALL_BOT_URL else "sms"
