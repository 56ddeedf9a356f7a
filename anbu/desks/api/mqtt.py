"""What devices say over MQTT: read from the broker, committed, and only then acknowledged."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from nats.aio.client import Client
from nats.aio.msg import Msg

from anbu.care.foundation.actions import crash_point
from anbu.care.foundation.jobs import in_database, rest
from anbu.care.foundation.queries import now
from anbu.care.readings import actions, queries
from anbu.care.readings.rules import Answer, Verdict
from anbu.desks.api import callout, line, revoke
from anbu.sources import Message, Reason, Refusal
from anbu.sources.registry import DIRECT

log = structlog.get_logger()

AT_MOST = settings.BATCH_ROWS  # messages in one commit
AT_LONGEST_S = settings.BATCH_MS / 1000  # from the first of a batch to its commit
AHEAD = 2 * AT_MOST  # asked of the broker beforehand, so that it delivers while we commit
ASK_AGAIN_S = 20.0
NEXT = f"$JS.API.CONSUMER.MSG.NEXT.{line.STREAM}.{line.CONSUMER}"
STRANGER = "smart_plug"  # how a device is read that nobody knows: it is refused by name
DATABASE_AWAY = (OperationalError, InterfaceError)


async def serve(stop: asyncio.Event) -> None:
    """Let devices in, hear them, and end the connections of revoked ones, until told to stop."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(callout.answer(stop))
        tasks.create_task(revoke.watch_revoked(stop))
        tasks.create_task(consume(stop))


async def consume(stop: asyncio.Event) -> None:
    """Take in what devices say until told to stop. Any number of these may run at once."""
    intake = Intake()
    client = await line.connect("ingest", stop, on_reconnect=intake.reconnected)
    if client is None:
        return
    try:
        await line.prepare_until_done(client, stop)
        await intake.open(client)
        while not stop.is_set():
            batch = await intake.next_batch()
            if batch and await _taken_in(batch, stop):
                crash_point("after_commit_before_ack")
                for message in batch:
                    await message.ack()
    finally:
        await client.close()


class Intake:
    """A standing order for messages at the broker, filled in batches."""

    def __init__(self) -> None:
        self._ordered = 0

    async def open(self, client: Client) -> None:
        """Begin to order messages from this broker."""
        self._client = client
        self._inbox = client.new_inbox()
        # of our own: the library's way to wait for a message makes a task for each
        self._arrived: asyncio.Queue[Msg] = asyncio.Queue()
        await client.subscribe(self._inbox, cb=self._arrived.put)

    async def reconnected(self) -> None:
        """Forget the orders: a broker that was away does not know them."""
        self._ordered = 0

    async def next_batch(self) -> list[Msg]:
        """Return what arrives within a moment of the first message; nothing in a quiet second."""
        await self._order()
        batch: list[Msg] = []
        loop = asyncio.get_running_loop()
        until = loop.time() + 1
        while len(batch) < AT_MOST and (left := until - loop.time()) > 0:
            try:
                message = await self._next(left)
            except TimeoutError:
                break
            if self._is_word_from_the_broker(message):
                await self._order()
                continue
            self._ordered -= 1
            if not batch:
                until = loop.time() + AT_LONGEST_S
            batch.append(message)
        return batch

    async def _next(self, within_s: float) -> Msg:
        """Return what has arrived, at once; wait for it only when nothing has."""
        if not self._arrived.empty():
            return self._arrived.get_nowait()
        async with asyncio.timeout(within_s):
            return await self._arrived.get()

    async def _order(self) -> None:
        while self._ordered <= AHEAD - AT_MOST:
            order = f'{{"batch":{AT_MOST},"expires":{int(ASK_AGAIN_S * 1e9)}}}'
            await self._client.publish(NEXT, order.encode(), reply=self._inbox)
            self._ordered += AT_MOST

    def _is_word_from_the_broker(self, message: Msg) -> bool:
        """Note the end of an order (expired, or refused) and how much of it was not delivered."""
        headers = message.headers or {}
        if "Status" not in headers:
            return False
        undelivered = headers.get("Nats-Pending-Messages", str(AT_MOST))
        self._ordered = max(0, self._ordered - int(undelivered))
        return True


async def _taken_in(batch: Sequence[Msg], stop: asyncio.Event) -> bool:
    """Commit a batch, waiting for the database as long as it takes; False when told to stop."""
    pause = 0.05
    while not stop.is_set():
        try:
            await in_database(take_in, [_said(message) for message in batch])
            return True
        except DATABASE_AWAY as error:
            log.warning("database_away", messages=len(batch), error=type(error).__name__)
        await rest(stop, pause)
        pause = min(pause * 2, line.LONGEST_PAUSE_S)
    return False


@dataclass(frozen=True)
class Said:
    """One publish: the device the broker knows it by, and what it sent."""

    device: str
    body: bytes


def take_in(batch: Sequence[Said]) -> None:
    """Commit what was said. What cannot be taken in is quarantined, and stops nothing else."""
    sources = queries.sources_of(codes={said.device for said in batch})
    verdicts = _commit([_parsed(said, sources.get(said.device, STRANGER)) for said in batch])
    counts = Counter([verdict.verdict for verdict in verdicts])
    if counts.keys() - {Answer.ACCEPTED}:
        log.info("not_all_accepted", **{str(answer): n for answer, n in counts.items()})


def _parsed(said: Said, source: str) -> Message | Refusal:
    """Return what a device said in its own language; the vendor of some speaks for them."""
    return DIRECT.get(source, DIRECT[STRANGER])(said.body, device=said.device)


def _commit(messages: Sequence[Message | Refusal]) -> list[Verdict]:
    """Commit all together; if one of them breaks that, find it by halves and quarantine it."""
    try:
        return actions.take_in(messages=messages, provider=None, now=now())
    except DATABASE_AWAY:
        raise
    except (DatabaseError, ValueError, TypeError, ArithmeticError) as error:
        if len(messages) > 1:
            middle = len(messages) // 2
            return _commit(messages[:middle]) + _commit(messages[middle:])
        log.exception("message_broke_take_in", device=messages[0].device)
        refused = Refusal(
            id=messages[0].id,
            device=messages[0].device,
            reason=Reason.MALFORMED,
            detail=type(error).__name__,
            body=messages[0].body,
        )
        return actions.take_in(messages=[refused], provider=None, now=now())


def _said(message: Msg) -> Said:
    return Said(device=message.subject.removeprefix(line.SIGNS), body=message.data)
