"""Handing a ring to a provider, and hearing what became of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import NotHere, without_resident_numbers
from anbu.channels.port import Answer, Fate, Letter, Port, Retry, Sent

from ..models import Ring, Telling
from ..queries.callees import TEXT_WAYS
from ..rules import WAYS, By, Heard, Then, read_shipped, size_of, then, wait_s
from .notices import EXPIRED_AT_ONCE, EXPIRES, TOO_LATE
from .ringing import WORDS
from .telling import end

NO_WAY = "열린 길이 없음"
UNDER_WAY = (Ring.Status.QUEUED, Ring.Status.SENT)


class UnknownRing(NotHere):
    """No ring went out under this key."""


def deliver_ring(
    *, ring_id: UUID, ports: Mapping[str, Port], now: datetime, dice: float = 0.5
) -> float | None:
    """Hand one ring over; return in how many seconds to try again, or None.

    Each provider gets it under one key of its own, the same in every try: made of the ring and
    the provider, so that whoever dies in between asks again under the same.
    """
    for _ in range(len(WAYS) + 1):
        ring = _on_its_way(ring_id, now)
        if ring is None:
            return None
        ways = _ways(ring, ports)
        if not _take(ring, ways):
            settle_ring(ring_id, Ring.Status.FAILED, now, failure=ring.failure or NO_WAY)
            return None
        answer = ports[ring.way].send(_letter(ring), at=now)
        is_last = ring.way == ways[-1]
        pause = answer.after_s if isinstance(answer, Retry) else 0.0
        following = _heard(ring, answer, is_last=is_last, pause=pause, now=now)
        if following is Then.NEXT:
            _hand_on(ring, ways[ways.index(ring.way) + 1])
        if following is Then.AGAIN:
            return wait_s(ring.tries, dice=dice, asked_pause_s=pause)
        if following is not Then.NEXT:
            return None
    return None


@transaction.atomic
def take_ring_receipt(*, key: UUID, ways: Collection[str], fate: Fate, now: datetime) -> bool:
    """Write down what became of a ring; who answered it has acknowledged all it was about.

    Say whether it was news.

    Raises:
        UnknownRing: no ring went out under this key by one of these ways.
    """
    ring = Ring.objects.select_for_update().filter(key=key, way__in=ways).first()
    if ring is None:
        raise UnknownRing(str(key))
    if fate.status == Ring.Status.ANSWERED:
        if ring.status == Ring.Status.ANSWERED:
            return False
        ring.status, ring.settled_at = Ring.Status.ANSWERED, now
        ring.save(update_fields=["status", "settled_at"])
        _acknowledged(ring, now)
        return True
    if ring.status not in UNDER_WAY:
        return False
    ring.status, ring.settled_at = Ring.Status(fate.status), now
    ring.failure = without_resident_numbers(fate.detail)[:120]
    ring.save(update_fields=["status", "settled_at", "failure"])
    return True


def expire_next_rings(*, now: datetime) -> bool:
    """Give up on rings that nobody could send in time: the next turn comes by itself."""
    late = Ring.objects.filter(status=Ring.Status.QUEUED, goes_at__lt=now - EXPIRES)
    ids = list(late.order_by("goes_at", "id").values_list("id", flat=True)[:EXPIRED_AT_ONCE])
    for ring_id in ids:
        settle_ring(ring_id, Ring.Status.EXPIRED, now, failure=TOO_LATE)
    return bool(ids)


def settle_ring(ring_id: UUID, status: str, now: datetime, failure: str = "") -> None:
    """End a ring that is on its way; one that has ended stays as it is."""
    rows = Ring.objects.filter(id=ring_id, status=Ring.Status.QUEUED)
    rows.update(status=status, settled_at=now, failure=failure[:120])


def _on_its_way(ring_id: UUID, now: datetime) -> Ring | None:
    ring = Ring.objects.filter(id=ring_id, status=Ring.Status.QUEUED).first()
    if ring is None:
        return None
    if not Telling.objects.filter(id__in=ring.tellings, ended_at=None).exists():
        settle_ring(ring_id, Ring.Status.CALLED_OFF, now)
        return None
    if now - ring.goes_at > EXPIRES:
        settle_ring(ring_id, Ring.Status.EXPIRED, now, failure=TOO_LATE)
        return None
    return ring


def _ways(ring: Ring, opened: Mapping[str, object]) -> tuple[str, ...]:
    usual: tuple[str, ...] = ("voice",) if ring.by == By.CALL else TEXT_WAYS
    usual = ("mail",) if "@" in ring.to else usual
    return tuple(way for way in usual if way in opened)


def _take(ring: Ring, ways: tuple[str, ...]) -> bool:
    """Begin with the first provider, or go on with the one under way: its key is written first."""
    if ring.way not in ways and ways:
        _hand_on(ring, ways[0])
    return bool(ways)


def _hand_on(ring: Ring, way: str) -> None:
    ring.way, ring.key, ring.tries = way, uuid5(ring.id, way), 0
    ring.save(update_fields=["way", "key", "tries"])


def _letter(ring: Ring) -> Letter:
    is_mail, subject = "@" in ring.to, read_shipped()[WORDS[By(ring.by), True]].subject
    kind = "mail" if is_mail else "voice" if ring.by == By.CALL else size_of(ring.text)
    return Letter(
        key=str(ring.key), to=ring.to, text=ring.text, kind=kind, subject=subject if is_mail else ""
    )


@transaction.atomic
def _heard(ring: Ring, answer: Answer, *, is_last: bool, pause: float, now: datetime) -> Then:
    """Write down what a provider answered; return what follows."""
    held = Ring.objects.select_for_update().get(id=ring.id)
    if held.status != Ring.Status.QUEUED:
        return Then.DONE  # its receipt was quicker, or it is over
    heard = Heard.SENT if isinstance(answer, Sent) else Heard.REFUSED
    heard = Heard.RETRY if isinstance(answer, Retry) else heard
    detail = "" if isinstance(answer, Sent) else without_resident_numbers(answer.detail)
    ring.tries += 1
    Ring.objects.filter(id=ring.id).update(tries=ring.tries, failure=detail[:120])
    following = then(heard, tries=ring.tries, is_last=is_last, asked_pause_s=pause)
    if following is Then.DONE:
        settle_ring(ring.id, Ring.Status.SENT, now)
    elif following is Then.GIVE_UP:
        settle_ring(ring.id, Ring.Status.FAILED, now, failure=detail)
    return following


def _acknowledged(ring: Ring, now: datetime) -> None:
    rows = Telling.objects.filter(id__in=ring.tellings, ended_at=None)
    told = {"ended_by_id": ring.staff_id} if ring.staff_id else {"answered": ring}
    end(rows, now=now, ended_how=Telling.How.ACKNOWLEDGED, **told)
    by = f"staff:{ring.staff_id}" if ring.staff_id else "system:all-call"
    record(by=by, verb="answer_ring", at=now, ring=str(ring.id))
