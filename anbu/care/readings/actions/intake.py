"""Taking in what devices say: one transaction for a batch, one verdict for each message."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import OperationalError, connection, transaction
from prometheus_client import Counter as Metric

from anbu.care.foundation.actions import act_as, crash_point
from anbu.care.foundation.rules import machine, new_id, without_resident_numbers
from anbu.care.people import actions as people
from anbu.sources import Message, Reason, Refusal

from ..rules import (
    KEPT_BODY,
    Answer,
    Verdict,
    content_hash,
    moment,
    stamp_trouble,
    stamps_taken_in,
)
from . import arrays
from .admission import Device, agreed, device_trouble, known_devices
from .hearing import hear_batch, lock_clocks

MESSAGES = Metric("anbu_messages", "What became of messages", ["verdict", "reason"])
CONFLICT = "conflict", "the same id came before with other content"
TRIES = 5  # when two batches wait for each other

# A batch asks for some hundred rows of tables as long as the city: by key, whatever is guessed of
# the tables. Reading one whole for each batch took more than all the rest.
BY_KEY = "SET LOCAL enable_seqscan = off"
DELIVER = """
INSERT INTO delivery (device_id, message_id, body_hash, received_at)
SELECT *, %b::timestamptz FROM unnest(%b::bigint[], %b::text[], %b::bigint[])
ON CONFLICT DO NOTHING RETURNING device_id, message_id
"""
DELIVERED = """
SELECT d.device_id, d.message_id, d.body_hash
FROM delivery d JOIN unnest(%b::bigint[], %b::text[]) AS k (device_id, message_id)
USING (device_id, message_id)
"""
QUARANTINE = """
INSERT INTO readings_quarantine
    (received_at, provider, device, message, reason, detail, body)
SELECT %b::timestamptz, %b::text, * FROM
    unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[])
"""
CRIES = """
INSERT INTO readings_spokensos (id, household_id, device_id, said_at, received_at, words)
SELECT u.id, u.household, u.device, u.said_at, %b::timestamptz, u.words
FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::timestamptz[], %b::text[])
    AS u (id, household, device, said_at, words)
"""


@dataclass(slots=True)
class Batch:
    """The messages of one batch on their way; a verdict ends a message's way."""

    messages: Sequence[Message | Refusal]
    provider: str | None
    now: datetime
    verdicts: list[Verdict | None] = field(default_factory=list)
    aside: list[tuple[str, str, str, str, bytes]] = field(default_factory=list)

    def refuse(self, nth: int, trouble: tuple[str, str], answer: Answer = Answer.REJECTED) -> None:
        """End a message's way and keep it with the reason."""
        message = self.messages[nth]
        reason, detail = str(trouble[0]), trouble[1][:200]
        self.verdicts[nth] = Verdict(message.id, answer, reason, detail)
        # what nobody agreed to is not kept, not even to say why it was refused
        kept = b"" if reason == Reason.NO_CONSENT else message.body[:KEPT_BODY]
        body = _without_numbers(kept)
        self.aside.append((message.device[:80], message.id[:120], reason, detail, body))


def take_in(
    *, messages: Sequence[Message | Refusal], provider: str | None, now: datetime
) -> list[Verdict]:
    """Commit a batch and return one verdict per message, in their order.

    `provider` None: each device proved its name to the broker.
    """
    act_as(machine("ingest"))
    verdicts = _until_not_in_each_others_way(
        lambda: _take_in_once(Batch(messages, provider, now, [None] * len(messages)))
    )
    count(verdicts)
    return verdicts


def refuse(*, refusals: Sequence[Refusal], provider: str, now: datetime) -> list[Verdict]:
    """Quarantine what could not even be read as a batch."""
    return take_in(messages=refusals, provider=provider, now=now)


def count(verdicts: Sequence[Verdict]) -> None:
    """Add to the counters of /metrics."""
    for (verdict, reason), number in Counter([(v.verdict, v.reason) for v in verdicts]).items():
        MESSAGES.labels(str(verdict), reason).inc(number)


def _until_not_in_each_others_way[T](work: Callable[[], T]) -> T:
    for _ in range(TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            deadlock = isinstance(error.__cause__, psycopg.errors.DeadlockDetected)
            if not deadlock or connection.in_atomic_block:
                raise
    return work()


def _take_in_once(batch: Batch) -> list[Verdict]:
    with (
        transaction.atomic(),
        connection.wrap_database_errors,
        # psycopg's own cursor: binary columns, whole arrays, COPY
        arrays.cursor(connection.connection) as cursor,
    ):
        cursor.execute(BY_KEY)
        devices = known_devices(cursor, _codes(batch), batch.now)
        candidates = _admit(batch, devices)
        homes = {devices[batch.messages[n].device].household for n in candidates}
        clocks = lock_clocks(cursor, homes)
        admitted = _watched(batch, candidates, devices, clocks.places)
        fresh = _deliver(cursor, batch, admitted, devices)
        said = _said(batch, fresh, devices)
        hear_batch(cursor, clocks, said, batch.now)
        _cry(cursor, batch, fresh, devices)
        _note_numbers(batch, fresh, devices)
        _set_aside(cursor, batch)
        crash_point("readings_before_commit")
    crash_point("readings_after_commit")
    return [verdict for verdict in batch.verdicts if verdict is not None]


def _codes(batch: Batch) -> list[str]:
    return list({message.device for message in batch.messages if type(message) is Message})


def _said(
    batch: Batch, fresh: Sequence[int], devices: dict[str, Device]
) -> list[tuple[int, bytes, Message]]:
    found: list[tuple[int, bytes, Message]] = []
    for nth in fresh:
        message = batch.messages[nth]
        assert isinstance(message, Message)
        device = devices[message.device]
        heard = message if device.hears_all else agreed(device, message)
        found.append((device.id, device.household, heard))
    return found


def _admit(batch: Batch, devices: dict[str, Device]) -> list[int]:
    """Return the messages nothing speaks against so far."""
    admitted = []
    earliest, latest = stamps_taken_in(batch.now.timestamp())
    for nth, message in enumerate(batch.messages):
        if isinstance(message, Refusal):
            batch.refuse(nth, (message.reason, message.detail))
            continue
        trouble = device_trouble(devices.get(message.device), batch.provider, message)
        if trouble is None and message.sos is None:
            for each in message.readings:
                # "no data" of hours to come is what a meter's file of today holds
                if not earliest <= each.at <= latest and each.value == each.value:
                    trouble = stamp_trouble(each.at, batch.now.timestamp())
                    break
        if trouble is None:
            admitted.append(nth)
        else:
            batch.refuse(nth, trouble)
    return admitted


def _watched(
    batch: Batch, candidates: list[int], devices: dict[str, Device], known: Collection[bytes]
) -> list[int]:
    """Leave out homes whose silence clock was never started."""
    admitted = []
    for nth in candidates:
        if devices[batch.messages[nth].device].household in known:
            admitted.append(nth)
        else:
            batch.refuse(nth, (Reason.NO_CONSENT, "this home is not watched"))
    return admitted


def _deliver(
    cursor: psycopg.Cursor[Any], batch: Batch, admitted: list[int], devices: dict[str, Device]
) -> list[int]:
    """Return the messages never delivered before; say of the others what they are."""
    new: dict[tuple[int, str], int] = {}  # key -> its first message
    again: list[int] = []
    keys: dict[int, tuple[int, str]] = {}
    hashes: dict[int, int] = {}
    for nth in admitted:
        message = batch.messages[nth]
        assert isinstance(message, Message)
        keys[nth] = key = (devices[message.device].id, message.id)
        hashes[nth] = content_hash(message)
        if new.setdefault(key, nth) != nth:
            again.append(nth)
    if not new:
        return []
    ordered = sorted(new)
    columns = [
        arrays.ints([key[0] for key in ordered]),
        arrays.texts([key[1] for key in ordered]),
        arrays.ints([hashes[new[key]] for key in ordered]),
    ]
    inserted = set(cursor.execute(DELIVER, [batch.now, *columns], binary=True).fetchall())
    kept = {key: hashes[nth] for key, nth in new.items() if key in inserted}
    if len(inserted) < len(new):
        old = [key for key in ordered if key not in inserted]
        again += [new[key] for key in old]
        rows = cursor.execute(
            DELIVERED, [[key[0] for key in old], [key[1] for key in old]], binary=True
        ).fetchall()
        kept |= {(device, message): body_hash for device, message, body_hash in rows}
    for nth in again:
        if kept[keys[nth]] == hashes[nth]:
            batch.verdicts[nth] = Verdict(batch.messages[nth].id, Answer.DUPLICATE)
        else:
            batch.refuse(nth, CONFLICT, Answer.CONFLICT)
    fresh = sorted(new[key] for key in inserted)
    for nth in fresh:
        batch.verdicts[nth] = Verdict(batch.messages[nth].id, Answer.ACCEPTED)
    return fresh


def _cry(
    cursor: psycopg.Cursor[Any], batch: Batch, fresh: list[int], devices: dict[str, Device]
) -> None:
    """Leave the cries for help where the alarms find them, and ring."""
    rows = []
    for nth in fresh:
        message = batch.messages[nth]
        if isinstance(message, Message) and message.sos is not None:
            device = devices[message.device]
            # a wrong clock must not silence a cry: then it was said when it arrived
            is_off = stamp_trouble(message.sos.at, batch.now.timestamp()) is not None
            said_at = batch.now if is_off else min(moment(message.sos.at), batch.now)
            words = without_resident_numbers(message.sos.words)  # a cry is never refused
            rows.append((new_id(), UUID(bytes=device.household), device.id, said_at, words))
    if rows:
        cursor.execute(CRIES, [batch.now, *map(list, zip(*rows, strict=True))])
        cursor.execute("SELECT pg_notify('anbu_sos', '')")


def _note_numbers(batch: Batch, fresh: Sequence[int], devices: dict[str, Device]) -> None:
    """Write down whose telephone answered, and whose is not theirs."""
    for nth in fresh:
        message = batch.messages[nth]
        if isinstance(message, Message) and message.number_works is not None:
            note = people.number_answered if message.number_works else people.number_is_dead
            device = devices[message.device]
            by = f"provider:{device.provider}"
            note(household=UUID(bytes=device.household), contact=None, by=by, now=batch.now)


def _without_numbers(body: bytes) -> bytes:
    """Return what is kept of a message, with resident registration numbers cut out."""
    told = body.decode("utf-8", "surrogateescape")
    return without_resident_numbers(told).encode("utf-8", "surrogateescape")


def _set_aside(cursor: psycopg.Cursor[Any], batch: Batch) -> None:
    if not batch.aside:
        return
    columns = map(list, zip(*batch.aside, strict=True))
    cursor.execute(QUARANTINE, [batch.now, batch.provider or "", *columns])
