"""Handing messages over: one provider after the other, each under one key of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anbu.care.effects import queries as effects
from anbu.care.effects.rules import (
    TELL_WHEN_ASKED,
    WAYS,
    Heard,
    Kind,
    Template,
    Then,
    asks_next_in,
    size_of,
    then,
    wait_s,
    ways_for,
)
from anbu.care.foundation.actions import act_as, crash_point
from anbu.care.foundation.rules import new_id, without_resident_numbers
from anbu.channels.port import Answer, Letter, Port, Refused, Retry, Sent

from ..models import Leg, Message
from ..rules import EXPIRED, NO_GATEWAY, NO_LEAVE
from .messages import (
    NOTIFY,
    hold_message,
    late,
    lock_message,
    may_wait,
    requeue,
    settle_message,
    when_it_goes,
)
from .sharing import leave_to_write

KIND_OF_LETTER = {"ata": "ata", "voice": "voice", "mail": "mail"}


def deliver(
    *, message_id: UUID, ports: Mapping[str, Port], now: datetime, dice: float = 0.5
) -> float | None:
    """Hand one message over and write down what came of it.

    Return None when there is nothing more to do, else in how many seconds to try again. What a
    provider refuses goes to the next at once. `dice`, from 0 to 1, scatters the waits.
    """
    act_as(NOTIFY)
    for _ in range(len(WAYS) + 1):
        message = _on_its_way(message_id, now)
        if message is None:
            return None
        template = effects.template_named(message.template or message.kind)
        ways = _ways(message, template, ports)
        leg = _take_leg(message_id, ways, now)
        if leg is None:
            failure = message.failure or NO_GATEWAY
            settle_message(message_id=message_id, status="failed", failure=failure, now=now)
            return None
        crash_point("message_before_sending")
        answer = ports[leg.way].send(_letter(message, leg, template), at=now)
        crash_point("message_sent")
        following = _heard(leg, answer, is_last=_is_last(leg, ways), now=now)
        if following is Then.AGAIN:
            pause = answer.after_s if isinstance(answer, Retry) else 0.0
            return wait_s(leg.tries, dice=dice, asked_pause_s=pause)
        if following is not Then.NEXT:
            return None
    return None


def further_ways(message: Message, *, opened: Mapping[str, object]) -> tuple[str, ...]:
    """Return the ways that this message has not taken yet, in order."""
    template = effects.template_named(message.template or message.kind)
    taken = set(message.legs.values_list("way", flat=True))
    return tuple(way for way in _ways(message, template, opened) if way not in taken)


def _on_its_way(message_id: UUID, now: datetime) -> Message | None:
    """Return the message if it may go now; what may not is settled, or held, with its reason."""
    queued = Message.objects.filter(id=message_id, status=Message.Status.QUEUED)
    message = queued.select_related("alarm").first()
    if message is None:
        return None  # settled by somebody else: sent, refused, or too late
    if late(queued, now).exists():
        settle_message(message_id=message_id, status="expired", failure=EXPIRED, now=now)
        return None
    if not leave_to_write(message.alarm, now=now):  # withdrawn since it was written
        settle_message(message_id=message_id, status="failed", failure=NO_LEAVE, now=now)
        return None
    goes = when_it_goes(message.alarm, now=now) if may_wait(message) else now
    if goes > now:
        hold_message(message_id=message_id, until=goes, now=now)
        return None
    return message


def _ways(message: Message, template: Template, opened: Mapping[str, object]) -> tuple[str, ...]:
    return ways_for(
        order=template.ways,
        channel=message.channel,
        opened=set(opened),
        has_kakao=bool(template.kakao) and template.kind == Kind(message.kind),
    )


def _is_last(leg: Leg, ways: Sequence[str]) -> bool:
    taken = set(Leg.objects.filter(message=leg.message_id).values_list("way", flat=True))
    return all(way in taken for way in ways)


@transaction.atomic
def _take_leg(message_id: UUID, ways: Sequence[str], now: datetime) -> Leg | None:
    """Return the leg under way, or begin the next: its key is written down before anything goes."""
    message = Message.objects.select_for_update().get(id=message_id)
    legs = list(message.legs.order_by("nth"))
    if legs and legs[-1].state == Leg.State.OPEN:
        if legs[-1].way in ways:
            return legs[-1]
        legs[-1].state, legs[-1].settled_at = Leg.State.GIVEN_UP, now  # no longer in the settings
        legs[-1].save(update_fields=["state", "settled_at"])
    taken = {leg.way for leg in legs}
    way = next((way for way in ways if way not in taken), None)
    if way is None or message.status != Message.Status.QUEUED:
        return None
    key = new_id() if legs else message.id
    return Leg.objects.create(key=key, message=message, nth=len(legs), way=way, began_at=now)


def _letter(message: Message, leg: Leg, template: Template) -> Letter:
    return Letter(
        key=str(leg.key),
        to=message.to,
        text=message.text,
        kind=KIND_OF_LETTER.get(WAYS[leg.way]) or size_of(message.text),
        subject=template.subject,
        code=template.kakao,
        words=message.words,
        ref=leg.ref,
        remember=lambda ref: _remember(leg.key, ref),
    )


def _remember(key: UUID, ref: str) -> None:
    """Keep a provider's own name of a letter before it is sent: a crash then sends no second."""
    Leg.objects.filter(key=key).update(ref=ref[:80])


@transaction.atomic
def _heard(leg: Leg, answer: Answer, *, is_last: bool, now: datetime) -> Then:
    """Write down what a provider answered; return what follows."""
    alarm, message = lock_message(leg.message_id)
    leg.refresh_from_db()
    heard = Heard.SENT if isinstance(answer, Sent) else Heard.REFUSED
    heard = Heard.RETRY if isinstance(answer, Retry) else heard
    pause = answer.after_s if isinstance(answer, Retry) else 0.0
    detail = "" if isinstance(answer, Sent) else answer.detail
    following = then(heard, tries=leg.tries + 1, is_last=is_last, asked_pause_s=pause)
    leg.tries += 1
    leg.failure = without_resident_numbers(detail)[:120]
    message.tries += 1
    message.failure = leg.failure
    message.save(update_fields=["tries", "failure"])
    if leg.state != Leg.State.OPEN:  # its receipt was quicker than its answer: that one counts
        leg.save()
        return Then.NEXT if leg.state == Leg.State.FAILED else Then.DONE
    _close(leg, answer, following, now)
    leg.save()
    if message.status != Message.Status.QUEUED:
        return Then.DONE  # somebody settled it meanwhile
    if following is Then.DONE:
        settle_message(message_id=message.id, status="sent", now=now)
    elif following is Then.NEXT:
        requeue(alarm, message, failure=detail, now=now)
    elif following is Then.GIVE_UP:
        status = "failed" if isinstance(answer, Refused) else "expired"
        settle_message(message_id=message.id, status=status, failure=detail, now=now)
    return following


def _close(leg: Leg, answer: Answer, following: Then, now: datetime) -> None:
    if isinstance(answer, Sent):
        leg.state, leg.settled_at = Leg.State.SENT, now
        leg.ref = answer.ref[:80] or leg.ref
        if leg.way in TELL_WHEN_ASKED:
            leg.ask_at = now + timedelta(seconds=asks_next_in(0) or 0)
    elif following is not Then.AGAIN:
        refused = isinstance(answer, Refused)
        leg.state = Leg.State.FAILED if refused else Leg.State.GIVEN_UP
        leg.settled_at = now
