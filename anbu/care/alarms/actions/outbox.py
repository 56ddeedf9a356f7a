"""The outbox: messages written with the deed that caused them, sent after the commit."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app as jobs
from procrastinate.types import JSONValue

from anbu.care.people.models import Person

from ..models import Alarm, Message, Step
from ..rules import message_text
from .ledger import Change

SEND = "alarms.send"


def post_messages(messages: Sequence[Message]) -> None:
    """Write messages into the outbox with one job each, in the transaction of the deed."""
    if not messages:
        return
    Message.objects.bulk_create(messages)
    told: list[dict[str, JSONValue]] = [{"message_id": str(message.id)} for message in messages]
    jobs.configure_task(SEND, queue="messages").batch_defer(*told)


def ask_home(change: Change, *, person: Person, now: datetime) -> Message:
    """Return the machine's message to the person at home, and put it on the timeline."""
    alarm: Alarm = change.alarm
    is_return = alarm.kind == Alarm.Kind.RETURN
    text = message_text(name=person.name, to_home=True, is_return=is_return)
    channel = _channel(alarm)
    message = Message(alarm=alarm, to=person.phone, channel=channel, text=text, queued_at=now)
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
        text=text,
        status=Message.Status.QUEUED,
    )
    return message


def _channel(alarm: Alarm) -> str:
    """Return by what the next attempt goes out; without a call-bot everything is a text."""
    wanted = str(alarm.asking.get("then_by" if alarm.asked else "by", "sms"))
    return wanted if wanted != "voice" or settings.CALL_BOT_URL else "sms"
