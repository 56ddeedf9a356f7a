"""Receipts: what providers tell, or are asked, of the letters they took."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anbu.care.effects.rules import asks_next_in
from anbu.care.foundation.actions import act_as
from anbu.care.foundation.rules import without_resident_numbers
from anbu.channels.port import Fate, Teller

from ..models import Alarm, Leg, Message
from ..rules import NotAllowed
from .messages import NOTIFY, late, lock_message, requeue, settle_message
from .outbox import defer
from .sending import further_ways

ASKED_AT_ONCE = 50
UNKNOWN = "모르는 문자입니다."


def message_of(*, key: UUID, ways: Collection[str]) -> UUID:
    """Return which message went out under this key by one of these ways."""
    found = Leg.objects.filter(key=key, way__in=ways).values_list("message_id", flat=True).first()
    if found is None:
        raise NotAllowed(UNKNOWN)
    return found


@transaction.atomic
def take_receipt(
    *,
    ways: Collection[str],
    fate: Fate,
    opened: Mapping[str, object],
    now: datetime,
    key: UUID | None = None,
    ref: str = "",
) -> bool:
    """Write down what became of a letter, named by our key or by the provider's own name.

    Say whether it was news: the same receipt twice changes nothing. A letter that could not be
    brought goes to the next provider in `opened`, while its time lasts.
    """
    act_as(NOTIFY)
    wanted = Leg.objects.filter(way__in=ways)
    wanted = wanted.filter(key=key) if key else wanted.filter(ref=ref).exclude(ref="")
    found = wanted.order_by("-began_at").first()
    if found is None:
        raise NotAllowed(UNKNOWN)
    alarm, message = lock_message(found.message_id)
    leg = Leg.objects.select_for_update().get(key=found.key)
    if leg.state in (Leg.State.DELIVERED, fate.status):
        return False
    leg.state, leg.settled_at, leg.ask_at = Leg.State(fate.status), now, None
    leg.failure = without_resident_numbers(fate.detail)[:120]
    leg.save()
    if fate.status == Leg.State.DELIVERED:
        settle_message(message_id=message.id, status="delivered", now=now)
        return True
    _carry_on(alarm, message, leg, opened=opened, now=now)
    return True


def _carry_on(
    alarm: Alarm, message: Message, leg: Leg, *, opened: Mapping[str, object], now: datetime
) -> None:
    """Let the next provider try what this one could not bring; else say that it failed."""
    is_newest = not message.legs.filter(nth__gt=leg.nth).exists()
    if message.status not in (Message.Status.QUEUED, Message.Status.SENT) or not is_newest:
        return  # somebody else has it by now
    in_time = not late(Message.objects.filter(id=message.id), now).exists()
    if in_time and further_ways(message, opened=opened):
        was_sent = message.status == Message.Status.SENT
        requeue(alarm, message, failure=leg.failure, now=now)
        if was_sent:  # else its job is still at work
            defer([message.id])
        return
    settle_message(message_id=message.id, status="failed", failure=leg.failure, now=now)


def ask_next_fates(*, opened: Mapping[str, object], now: datetime) -> bool:
    """Ask after letters of providers that send no receipts; say whether any was due."""
    for key, way, ref in (due := _claim(now)):
        teller = opened.get(way)
        fate = teller.ask(ref, at=now) if isinstance(teller, Teller) else None
        if fate is not None:
            take_receipt(ways=[way], key=key, fate=fate, opened=opened, now=now)
    return bool(due)


@transaction.atomic
def _claim(now: datetime) -> list[tuple[UUID, str, str]]:
    """Take letters to ask after, and put each off: whoever dies meanwhile asks again later."""
    legs = list(
        Leg.objects.select_for_update(skip_locked=True)
        .filter(ask_at__lte=now)
        .order_by("ask_at", "key")[:ASKED_AT_ONCE]
    )
    for leg in legs:
        leg.asked += 1
        pause = asks_next_in(leg.asked)
        leg.ask_at = now + timedelta(seconds=pause) if pause is not None else None
        leg.save(update_fields=["asked", "ask_at"])
    return [(leg.key, leg.way, leg.ref) for leg in legs]
