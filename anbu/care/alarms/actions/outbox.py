"""The outbox: messages written with the deed that caused them, sent after the commit."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app as jobs
from procrastinate.types import JSONValue

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Kind, Template, filled
from anbu.care.foundation.actions import insert_all
from anbu.care.people.models import Contact, Person

from ..models import Alarm, Leg, Message, Step
from .ledger import Change

SEND = "alarms.send"
KIND_OF = {
    Alarm.Kind.SILENCE: Kind.SILENCE,
    Alarm.Kind.SOS: Kind.SOS,
    Alarm.Kind.WATCH: Kind.ASK,
    Alarm.Kind.RETURN: Kind.RETURN,
}
type Wordings = Mapping[Kind, Template]


def post_messages(messages: Sequence[Message]) -> None:
    """Write messages into the outbox with one job each, in the transaction of the deed."""
    if not messages:
        return
    insert_all(messages)
    defer([message.id for message in messages if message.status == Message.Status.QUEUED])


def defer(messages: Collection[UUID]) -> None:
    """Give each of these messages a job, in the transaction that makes it due."""
    if messages:
        told: list[dict[str, JSONValue]] = [{"message_id": str(one)} for one in messages]
        jobs.configure_task(SEND, queue="messages").batch_defer(*told)


def compose(
    alarm: Alarm,
    *,
    person: Person,
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
    return Message(
        alarm=alarm,
        contact=contact,
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


def ask_home(change: Change, *, person: Person, wordings: Wordings, now: datetime) -> Message:
    """Return the machine's message to the person at home, and put it on the timeline."""
    alarm: Alarm = change.alarm
    channel = _channel(alarm)
    message = compose(alarm, person=person, wordings=wordings, channel=channel, now=now)
    alarm.waits_for = "answer"
    alarm.asked += 1
    again = alarm.asked < alarm.asking.get("attempts", 1)
    apart = timedelta(seconds=alarm.asking.get("apart_s", 0))
    alarm.ask_again_at = now + apart if again else None
    change.step(
        Step.Kind.MESSAGE,
        message=str(message.id),
        to=person.name,
        whom="home",
        channel=channel,
        text=message.text,
        status=Message.Status.QUEUED,
    )
    return message


def tell_duty(changes: Sequence[Change], *, now: datetime) -> None:
    """Tell who is on duty on their own devices that signals wait for a person at their post."""
    waiting = [
        change.alarm
        for change in changes
        if change.alarm.owner_post_id is not None
        and change.alarm.waits_for != "morning"
        and change.alarm.ladder[change.alarm.rung]["do"] != "message"
    ]
    if waiting:
        posts = Counter(alarm.owner_post_id for alarm in waiting if alarm.owner_post_id)
        effects.notify_duty(posts=posts, cause=waiting[0].id, now=now)


def close_legs(messages: Collection[UUID], *, now: datetime) -> None:
    """End the open legs of messages that nobody sends any more."""
    open_legs = Leg.objects.filter(message__in=messages, state=Leg.State.OPEN)
    open_legs.update(state=Leg.State.GIVEN_UP, settled_at=now)


def _channel(alarm: Alarm) -> str:
    """Return by what the next attempt goes out; without a call-bot everything is a text."""
    wanted = str(alarm.asking.get("then_by" if alarm.asked else "by", "sms"))
    return wanted if wanted != "voice" or settings.CALL_BOT_URL else "sms"
