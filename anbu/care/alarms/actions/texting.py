"""The link to who goes, as a text: written with the link, sent after it, and forgotten with it.

The row holds the link only until a provider has it, or nobody does: then it is emptied, for a
link opens a home. That it failed is said on the signal at once: then somebody telephones.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from anbu.care.effects.queries import TEXT_WAYS
from anbu.care.effects.rules import (
    LONGEST_LINK,
    WAYS,
    Heard,
    Kind,
    Then,
    filled,
    read_shipped,
    size_of,
    then,
    wait_s,
)
from anbu.care.foundation.actions import act_as
from anbu.care.foundation.rules import without_resident_numbers
from anbu.channels.port import Answer, Fate, Letter, Port, Retry, Sent

from ..models import Alarm, FieldJob, FieldText, Step
from ..rules import EXPIRED, NO_GATEWAY, NotAllowed
from .ledger import Change, write
from .messages import NOTIFY

SEND_LINK = "alarms.send_link"
EXPIRES = timedelta(minutes=5)  # as a ring: later the officer has telephoned
AT_ONCE = 100
LOST = (FieldText.Status.FAILED, FieldText.Status.EXPIRED)
UNDER_WAY = (FieldText.Status.QUEUED, FieldText.Status.SENT)


def post_link(job: FieldJob, *, link: str, now: datetime) -> None:
    """Write the text with a link into the outbox, where the agent has a telephone.

    Call it in the transaction that makes the link. A text under way with the link before is
    called off.
    """
    call_off_texts(job, now=now)
    if not job.phone:
        return
    if len(link) > LONGEST_LINK:
        raise NotAllowed("링크가 너무 길어 문자로 보낼 수 없습니다.")
    text = filled(read_shipped()[Kind.FIELD_LINK], {"링크": link})
    row = FieldText.objects.create(job=job, to=job.phone, text=text, made_at=now)
    jobs.configure_task(SEND_LINK, queue="messages").defer(text_id=str(row.id))


def call_off_texts(job: FieldJob, *, now: datetime) -> None:
    """Stop what has not gone yet: the link in it is dead."""
    rows = FieldText.objects.filter(job=job, status=FieldText.Status.QUEUED)
    rows.update(status=FieldText.Status.CALLED_OFF, settled_at=now, text="")


def deliver_link(
    *, text_id: UUID, ports: Mapping[str, Port], now: datetime, dice: float = 0.5
) -> float | None:
    """Hand one text over; return in how many seconds to try again, or None.

    Each provider gets it under one key, made of the text and the provider: who dies in between
    asks again under the same one.
    """
    ways = tuple(way for way in TEXT_WAYS if way in ports)
    for _ in range(len(WAYS) + 1):
        row = FieldText.objects.filter(id=text_id, status=FieldText.Status.QUEUED).first()
        if row is None:
            return None
        if now - row.made_at > EXPIRES:
            _lose(text_id, FieldText.Status.EXPIRED, EXPIRED, now)
            return None
        if not ways:
            _lose(text_id, FieldText.Status.FAILED, row.failure or NO_GATEWAY, now)
            return None
        if row.way not in ways:
            _hand_on(row, ways[0])
        answer = ports[row.way].send(_letter(row), at=now)
        pause = answer.after_s if isinstance(answer, Retry) else 0.0
        following = _heard(row, answer, is_last=row.way == ways[-1], pause=pause, now=now)
        if following is Then.AGAIN:
            return wait_s(row.tries, dice=dice, asked_pause_s=pause)
        if following is not Then.NEXT:
            return None
        _hand_on(row, ways[ways.index(row.way) + 1])
    return None


@transaction.atomic
def take_link_receipt(*, key: UUID, ways: Collection[str], fate: Fate, now: datetime) -> bool:
    """Write down what became of a text; say whether it was news.

    Raises:
        NotAllowed: no text went out under this key by one of these ways.
    """
    row = FieldText.objects.filter(key=key, way__in=ways).first()
    if row is None:
        raise NotAllowed("모르는 문자입니다.")
    if row.status not in UNDER_WAY:
        return False
    if fate.status == FieldText.Status.FAILED:
        return _lose(row.id, FieldText.Status.FAILED, fate.detail, now)
    return bool(_settle(row.id, FieldText.Status.DELIVERED, "", now))


def expire_next_links(*, now: datetime) -> bool:
    """Give up on texts that nobody could send in time, and say so on their signals."""
    late = FieldText.objects.filter(status=FieldText.Status.QUEUED, made_at__lt=now - EXPIRES)
    ids = list(late.order_by("made_at", "id").values_list("id", flat=True)[:AT_ONCE])
    for text_id in ids:
        _lose(text_id, FieldText.Status.EXPIRED, EXPIRED, now)
    return bool(ids)


def _hand_on(row: FieldText, way: str) -> None:
    row.way, row.key, row.tries = way, uuid5(row.id, way), 0
    row.save(update_fields=["way", "key", "tries"])


def _letter(row: FieldText) -> Letter:
    subject = read_shipped()[Kind.FIELD_LINK].subject
    size = size_of(row.text)
    return Letter(
        key=str(row.key),
        to=row.to,
        text=row.text,
        kind=size,
        subject=subject if size == "lms" else "",
    )


def _heard(row: FieldText, answer: Answer, *, is_last: bool, pause: float, now: datetime) -> Then:
    """Write down what a provider answered; return what follows."""
    heard = Heard.SENT if isinstance(answer, Sent) else Heard.REFUSED
    heard = Heard.RETRY if isinstance(answer, Retry) else heard
    row.tries += 1
    row.failure = "" if isinstance(answer, Sent) else without_resident_numbers(answer.detail)[:120]
    known = FieldText.objects.filter(id=row.id, status=FieldText.Status.QUEUED)
    if not known.update(tries=row.tries, failure=row.failure):
        return Then.DONE  # its receipt was quicker, or the link is dead
    following = then(heard, tries=row.tries, is_last=is_last, asked_pause_s=pause)
    if following is Then.DONE:
        _settle(row.id, FieldText.Status.SENT, "", now)
    elif following is Then.GIVE_UP:
        _lose(row.id, FieldText.Status.FAILED, row.failure, now)
    return following


@transaction.atomic
def _lose(text_id: UUID, status: str, failure: str, now: datetime) -> bool:
    """End a text that did not arrive, and say so on the signal: who goes has to be telephoned."""
    act_as(NOTIFY)
    found = FieldText.objects.values_list("job__alarm_id", "job__name").get(id=text_id)
    alarm = Alarm.objects.select_for_update(of=("self",)).get(id=found[0])  # first, as everywhere
    if not _settle(text_id, status, failure, now):
        return False
    if alarm.closed_at is None:
        change = Change(alarm, "link_not_sent")
        change.step(Step.Kind.EVIDENCE, what="field_text_failed", agent=found[1])
        write(change, now=now, text=str(text_id))
    return True


def _settle(text_id: UUID, status: str, failure: str, now: datetime) -> int:
    rows = FieldText.objects.filter(id=text_id, status__in=UNDER_WAY)
    told = without_resident_numbers(failure)[:120]
    return rows.update(status=status, settled_at=now, failure=told, text="")
