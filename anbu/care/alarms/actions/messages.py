"""Sending text messages, and what became of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from anbu.care.foundation.actions import act_as, crash_point
from anbu.care.foundation.rules import Purpose, machine, without_resident_numbers
from anbu.care.people import queries as people
from anbu.care.people.models import Contact
from anbu.care.staff.models import Staff
from anbu.channels.port import Port, Refused, Retry

from ..models import Alarm, Message, Step
from ..rules import EXPIRED, NO_GATEWAY, NO_LEAVE, NO_PHONE, NotAllowed, State, message_text
from .climbing import climb
from .ledger import Change, lock_open, take, wait_for_report, write
from .outbox import post_messages
from .sharing import leave_to_write

NOTIFY = machine("notify")
MOST_TRIES = 5
EXPIRED_AT_ONCE = 100


@transaction.atomic
def send_message(*, alarm_id: UUID, to: Literal["person"] | int, by: Staff, now: datetime) -> Alarm:
    """Text the person at home, or one of the contacts by its id."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    person = alarm.household.people.get()
    contact = None if to == "person" else _contact(alarm, int(to), by)
    phone = contact.phone if contact else person.phone
    if not phone:
        raise NotAllowed(NO_PHONE)
    if not leave_to_write(alarm, now=now):
        raise NotAllowed(NO_LEAVE)
    change = Change(alarm, "message", by)
    take(change, by=by, now=now)
    message = Message(
        alarm=alarm,
        contact=contact,
        to=phone,
        text=message_text(name=person.name, to_home=contact is None),
        queued_at=now,
    )
    change.step(
        Step.Kind.MESSAGE,
        message=str(message.id),
        to=contact.name if contact else person.name,
        whom="contact" if contact else "home",
        text=message.text,
        status=Message.Status.QUEUED,
    )
    if State(alarm.state) in (State.RAISED, State.CALLING, State.ASKING):
        if alarm.state == State.RAISED:
            alarm.state = State.CALLING
        if alarm.ladder[alarm.rung]["do"] == "message":
            wait_for_report(change, now=now, waits_for="answer")
        alarm.waits_for = "answer"
    post_messages([message])
    return write(change, now=now, message=str(message.id))


def deliver(*, message_id: UUID, ports: Mapping[str, Port], now: datetime) -> bool:
    """Hand one message to the gateway and write down what came of it; False: try again later."""
    act_as(NOTIFY)
    queued = Message.objects.filter(id=message_id, status=Message.Status.QUEUED)
    message = queued.select_related("alarm").first()
    if message is None:
        return True  # settled by somebody else: sent, refused, or too late
    if _too_late(message, now):
        settle_message(message_id=message_id, status="expired", failure=EXPIRED, now=now)
        return True
    if not leave_to_write(message.alarm, now=now):  # withdrawn since it was written
        settle_message(message_id=message_id, status="failed", failure=NO_LEAVE, now=now)
        return True
    port = ports.get(message.channel)
    if port is None:
        settle_message(message_id=message_id, status="failed", failure=NO_GATEWAY, now=now)
        return True
    crash_point("message_before_sending")
    answer = port.send(key=str(message.id), to=message.to, text=message.text, at=now)
    crash_point("message_sent")
    if isinstance(answer, Retry):
        tries = _count_try(message_id, answer.detail)
        if tries < MOST_TRIES:
            return False
        settle_message(message_id=message_id, status="expired", failure=answer.detail, now=now)
        return True
    if isinstance(answer, Refused):
        settle_message(message_id=message_id, status="failed", failure=answer.detail, now=now)
    else:
        settle_message(message_id=message_id, status="sent", now=now)
    return True


FOLLOWS = {
    "queued": {"sent", "delivered", "failed", "expired"},
    "sent": {"delivered", "failed"},
    "delivered": set[str](),
    "failed": set[str](),
    "expired": {"delivered"},  # it came through after all: say so
    "answered": set[str](),
}


@transaction.atomic
def settle_message(*, message_id: UUID, status: str, now: datetime, failure: str = "") -> bool:
    """Write down what became of a message; a receipt that says nothing new changes nothing."""
    act_as(NOTIFY)
    found = Message.objects.filter(id=message_id).values_list("alarm_id", flat=True).first()
    if found is None:
        raise NotAllowed("모르는 문자입니다.")
    # The alarm first, then the message: the order in which every other action locks.
    alarm = Alarm.objects.select_for_update(of=("self",)).select_related("household").get(id=found)
    message = Message.objects.select_for_update().get(id=message_id)
    if status not in FOLLOWS[message.status]:
        return False
    message.status = status
    message.settled_at = now
    message.failure = without_resident_numbers(failure)[:120]
    message.save(update_fields=["status", "settled_at", "failure"])
    change = Change(alarm, "message_" + status)
    change.step(
        Step.Kind.MESSAGE,
        message=str(message.id),
        to=message.contact.name if message.contact else alarm.household.people.get().name,
        whom="contact" if message.contact_id else "home",
        status=status,
        failure=message.failure,
    )
    _go_on_without(change, message, now)
    write(change, now=now, message=str(message.id))
    return True


def expire_next_messages(*, now: datetime) -> bool:
    """Give up on messages nobody could send in time, so that the ladder goes on without them."""
    limit = now - timedelta(seconds=settings.MESSAGE_EXPIRES_S)
    late = list(
        Message.objects.filter(status=Message.Status.QUEUED, queued_at__lt=limit)
        .order_by("queued_at", "id")
        .values_list("id", flat=True)[:EXPIRED_AT_ONCE]
    )
    for message_id in late:
        settle_message(message_id=message_id, status="expired", failure=EXPIRED, now=now)
    return bool(late)


def _go_on_without(change: Change, message: Message, now: datetime) -> None:
    """Climb at once when the rung's own message cannot reach the home: nobody was asked."""
    alarm = change.alarm
    if message.status not in ("failed", "expired") or message.contact_id or alarm.closed_at:
        return
    if alarm.kind == Alarm.Kind.WATCH or alarm.ask_again_at is not None:
        return  # a question nobody heard waits its hour: it must not make more work than an answer
    at_message = alarm.ladder[alarm.rung]["do"] == "message"
    if at_message and alarm.shelved_until is None and alarm.waits_for != "morning":
        climb([change], now=now, why="message_" + message.status)


def _contact(alarm: Alarm, contact_id: int, by: Staff) -> Contact:
    sight = people.seen(seen_by=by, purpose=Purpose("signal", str(alarm.id)))
    contact = sight.contacts.filter(id=contact_id, household=alarm.household_id).first()
    if contact is None:
        raise NotAllowed("이 가구의 연락처가 아닙니다.")
    return contact


def _too_late(message: Message, now: datetime) -> bool:
    return now - message.queued_at > timedelta(seconds=settings.MESSAGE_EXPIRES_S)


@transaction.atomic
def _count_try(message_id: UUID, detail: str) -> int:
    message = Message.objects.select_for_update().get(id=message_id)
    message.tries += 1
    message.failure = detail[:120]
    message.save(update_fields=["tries", "failure"])
    return message.tries
