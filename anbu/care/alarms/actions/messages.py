"""Messages about an alarm: written by a person, held in quiet hours, and what became of them."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from anbu.care.effects import queries as effects
from anbu.care.effects.rules import MAY_WAIT, goes_at
from anbu.care.foundation.actions import act_as
from anbu.care.foundation.rules import Purpose, machine, without_resident_numbers
from anbu.care.people import queries as people
from anbu.care.people.models import Contact
from anbu.care.readings.queries import manners
from anbu.care.readings.rules import quiet_ends
from anbu.care.staff.models import Staff

from ..models import Alarm, Message, Step
from ..rules import EXPIRED, HELD, MESSAGE_NEXT, NO_LEAVE, NO_PHONE, OVER, Level, NotAllowed, State
from .climbing import climb
from .ledger import Change, lock_open, take, wait_for_report, write
from .outbox import KIND_OF, close_legs, compose, defer, expiry, post_messages
from .sharing import leave_to_write

NOTIFY = machine("notify")
AT_ONCE = 100


@transaction.atomic
def send_message(*, alarm_id: UUID, to: Literal["person"] | int, by: Staff, now: datetime) -> Alarm:
    """Text the person at home, or one of the contacts by its id."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    person = alarm.household.people.get()
    contact = None if to == "person" else _contact(alarm, int(to), by)
    if not (contact.phone if contact else person.phone):
        raise NotAllowed(NO_PHONE)
    if not leave_to_write(alarm, now=now):
        raise NotAllowed(NO_LEAVE)
    change = Change(alarm, "message", by)
    take(change, by=by, now=now)
    message = compose(
        alarm,
        person=person,
        contact=contact,
        wordings=effects.templates_in_force(now=now),
        goes_at=None if contact else when_it_goes(alarm, now=now),
        now=now,
    )
    waits = message.status == Message.Status.WAITING
    change.step(
        Step.Kind.MESSAGE,
        message=str(message.id),
        to=contact.name if contact else person.name,
        whom="contact" if contact else "home",
        text=message.text,
        status=message.status,
        **({"goes_at": message.goes_at.isoformat()} if message.goes_at else {}),
    )
    if not waits and State(alarm.state) in (State.RAISED, State.CALLING, State.ASKING):
        if alarm.state == State.RAISED:
            alarm.state = State.CALLING
        if alarm.ladder[alarm.rung]["do"] == "message":
            wait_for_report(change, now=now, waits_for="answer")
        alarm.waits_for = "answer"
    post_messages([message])
    return write(change, now=now, message=str(message.id))


def when_it_goes(alarm: Alarm, *, now: datetime) -> datetime:
    """Return when a message to this home goes: at once, unless it may wait and rest is wished."""
    kind = KIND_OF[Alarm.Kind(alarm.kind)]
    if kind not in MAY_WAIT:
        return now
    way = manners(households=[alarm.household_id], now=now)[alarm.household_id]
    is_crisis = alarm.level > Level.WATCH
    return goes_at(kind, is_crisis=is_crisis, quiet_until=quiet_ends(way, now), now=now)


@transaction.atomic
def settle_message(*, message_id: UUID, status: str, now: datetime, failure: str = "") -> bool:
    """Write down what became of a message; a receipt that says nothing new changes nothing."""
    act_as(NOTIFY)
    alarm, message = lock_message(message_id)
    if status not in MESSAGE_NEXT[message.status]:
        return False
    return _settle(alarm, message, status, failure, now)


def _settle(alarm: Alarm, message: Message, status: str, failure: str, now: datetime) -> bool:
    message.status = status
    message.settled_at = now
    message.failure = without_resident_numbers(failure)[:120]
    message.save(update_fields=["status", "settled_at", "failure"])
    close_legs([message.id], now=now)
    change = Change(alarm, "message_" + status)
    tell(change, message, status=status, failure=message.failure)
    _go_on_without(change, message, now)
    write(change, now=now, message=str(message.id))
    return True


@transaction.atomic
def hold_message(*, message_id: UUID, until: datetime, now: datetime) -> None:
    """Keep a message back until the quiet hours end into which it came too late."""
    alarm, message = lock_message(message_id)
    if message.status != Message.Status.QUEUED:
        return
    message.status, message.goes_at = Message.Status.WAITING, until
    message.expires_at = expiry(until)
    message.save(update_fields=["status", "goes_at", "expires_at"])
    change = Change(alarm, "message_waiting")
    tell(change, message, status=message.status, goes_at=until.isoformat())
    write(change, now=now, message=str(message.id))


@transaction.atomic
def requeue(alarm: Alarm, message: Message, *, failure: str, now: datetime) -> None:
    """Give a message back to the outbox: one provider could not bring it, another stands behind."""
    message.status, message.settled_at = Message.Status.QUEUED, None
    message.failure = without_resident_numbers(failure)[:120]
    message.save(update_fields=["status", "settled_at", "failure"])
    change = Change(alarm, "message_again")
    tell(change, message, status="again", failure=message.failure)
    write(change, now=now, message=str(message.id))


def release_next_messages(*, now: datetime) -> bool:
    """Let go what has waited for the end of quiet hours; what is over by then stays here."""
    due = Message.objects.filter(status=Message.Status.WAITING, goes_at__lte=now)
    due = due.exclude(alarm__waits_for=HELD, alarm__closed_at=None)  # the mass brake lets these go
    waiting = list(due.order_by("goes_at", "id").values_list("id", flat=True)[:AT_ONCE])
    for message_id in waiting:
        _release(message_id, now)
    return bool(waiting)


@transaction.atomic
def _release(message_id: UUID, now: datetime) -> None:
    act_as(NOTIFY)
    alarm, message = lock_message(message_id)
    if message.status != Message.Status.WAITING:
        return
    if alarm.closed_at is not None:
        _settle(alarm, message, "expired", OVER, now)
        return
    message.status = Message.Status.QUEUED
    message.save(update_fields=["status"])
    change = Change(alarm, "message_queued")
    tell(change, message, status=message.status)
    write(change, now=now, message=str(message.id))
    defer([message.id])


def expire_next_messages(*, now: datetime) -> bool:
    """Give up on messages nobody could send in time, so that the ladder goes on without them."""
    queued = late(Message.objects.filter(status=Message.Status.QUEUED), now)
    ids = list(queued.order_by("queued_at", "id").values_list("id", flat=True)[:AT_ONCE])
    for message_id in ids:
        settle_message(message_id=message_id, status="expired", failure=EXPIRED, now=now)
    return bool(ids)


def late(messages: QuerySet[Message], now: datetime) -> QuerySet[Message]:
    """Return those whose time is over."""
    of_before = now - timedelta(seconds=settings.MESSAGE_EXPIRES_S)
    return messages.filter(Q(expires_at__lt=now) | Q(expires_at=None, queued_at__lt=of_before))


def lock_message(message_id: UUID) -> tuple[Alarm, Message]:
    """Return a message and its alarm, ours until the transaction ends."""
    found = Message.objects.filter(id=message_id).values_list("alarm_id", flat=True).first()
    if found is None:
        raise NotAllowed("모르는 문자입니다.")
    # The alarm first, then the message: the order in which every other action locks.
    alarm = Alarm.objects.select_for_update(of=("self",)).select_related("household").get(id=found)
    return alarm, Message.objects.select_for_update().get(id=message_id)


def tell(change: Change, message: Message, *, status: str, **more: Any) -> None:
    """Put what became of a message on the timeline of its alarm."""
    person = change.alarm.household.people.get()
    change.step(
        Step.Kind.MESSAGE,
        message=str(message.id),
        to=message.contact.name if message.contact else person.name,
        whom="contact" if message.contact_id else "home",
        status=status,
        **more,
    )


def may_wait(message: Message) -> bool:
    """Say whether this message is of a kind that a person's rest goes before."""
    return message.kind in set(MAY_WAIT) and message.contact_id is None


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
