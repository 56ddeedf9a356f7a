"""A revoked device loses its connection: at once by a notification, at the latest by the sweep."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import batched

import msgspec
import psycopg
import structlog
from django.conf import settings
from django.db import DatabaseError
from nats.aio.client import Client
from nats.errors import NoRespondersError

from anbu.care.foundation.jobs import in_database, rest
from anbu.care.foundation.queries import now
from anbu.care.readings import queries as readings
from anbu.desks.api import line

log = structlog.get_logger()

CHANNEL = "anbu_revoked"
SWEEP_EVERY_S = 30.0
# A device may have been let in by the row as it was while the revocation was being committed.
LOOK_BACK = timedelta(days=1)  # long, for a rehearsal's days may last seconds
EVER = datetime(1970, 1, 1, tzinfo=UTC)
TOGETHER = 50
SERVERS_ANSWER_WITHIN_S = 0.5


class _Connection(msgspec.Struct):
    cid: int


class _Connections(msgspec.Struct):
    server_id: str
    connections: list[_Connection] = []


class _Answer(msgspec.Struct):
    data: _Connections


async def watch_revoked(stop: asyncio.Event) -> None:
    """End the connections of revoked devices until told to stop."""
    client = await line.connect("system", stop)
    if client is None:
        return
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_listen(client, stop))
            tasks.create_task(_sweep(client, stop))
    finally:
        await client.close()


async def kick(client: Client, code: str) -> int:
    """End every connection of this device, on any server of the cluster; return how many."""
    question = msgspec.json.encode({"auth": True, "mqtt_client": code})
    ended = 0
    for answer in await _ask_all(client, "$SYS.REQ.SERVER.PING.CONNZ", question):
        found = msgspec.json.decode(answer, type=_Answer).data
        for connection in found.connections:
            order = msgspec.json.encode({"cid": connection.cid})
            await client.request(f"$SYS.REQ.SERVER.{found.server_id}.KICK", order, timeout=2)
            ended += 1
    if ended:
        log.info("device_kicked", device=code, connections=ended)
    return ended


async def _ask_all(client: Client, subject: str, question: bytes) -> list[bytes]:
    """Ask every server; those that answer within half a second are heard."""
    inbox = client.new_inbox()
    answers = await client.subscribe(inbox)
    await client.publish(subject, question, reply=inbox)
    heard: list[bytes] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(SERVERS_ANSWER_WITHIN_S):
            async for message in answers.messages:
                heard.append(message.data)
    await answers.unsubscribe()
    return [answer for answer in heard if answer]


async def _listen(client: Client, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            async with await psycopg.AsyncConnection.connect(
                _conninfo(), autocommit=True
            ) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                while not stop.is_set():
                    told = [
                        told.payload async for told in connection.notifies(timeout=1, stop_after=1)
                    ]
                    await _kick_each(client, told)
        except psycopg.Error as error:
            log.warning("revocations_unheard", error=type(error).__name__)
            await rest(stop, 1)


async def _sweep(client: Client, stop: asyncio.Event) -> None:
    since = EVER
    while not stop.is_set():
        try:
            started = now()
            revoked = await in_database(readings.devices_revoked_since, since=since)
            await _kick_each(client, revoked)
            since = started - LOOK_BACK
        except DatabaseError as error:
            log.warning("revocations_unswept", error=type(error).__name__)
        await rest(stop, SWEEP_EVERY_S)


async def _kick_each(client: Client, codes: Sequence[str]) -> None:
    for some in batched(codes, TOGETHER):
        await asyncio.gather(*(_kick_calmly(client, code) for code in some))


async def _kick_calmly(client: Client, code: str) -> None:
    """Kick; a broker that is away holds no connections, and the sweep comes again."""
    try:
        await kick(client, code)
    except (*line.CONNECT_ERRORS, NoRespondersError) as error:
        log.warning("device_not_kicked", device=code, error=type(error).__name__)


def _conninfo() -> str:
    database = settings.DATABASES["default"]
    parts = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return psycopg.conninfo.make_conninfo(
        "", connect_timeout=5, **{name: str(value) for name, value in parts.items() if value}
    )
