"""The watchdog: tells people, by a way of its own, when something stands still."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import structlog
from django.conf import settings
from django.db import connection

from anbu.care.foundation.jobs import rest
from anbu.care.foundation.rules import new_id
from anbu.channels.gateway import Gateway
from anbu.channels.port import Sent
from anbu.config.reactions import REACTIONS

log = structlog.get_logger()

LOOK_EVERY_S = 2.0
TELL_AGAIN = timedelta(minutes=5)
HEARTBEAT_EVERY_S = 30.0
# What looks seldom, and harms nobody when it is late, is not cried out about.
URGENT = tuple(f"clock/{each.name}" for each in REACTIONS if each.every_s < 5)
WATCHED = ("web", "ingest", "clock", "notify", *URGENT)
DATABASE = "database"
PULSES = "SELECT name, extract(epoch FROM clock_timestamp() - beat_at)::float FROM foundation_pulse"


async def connect() -> psycopg.AsyncConnection:
    """Open a connection of one's own, outside the pool: the pool may be what is stuck."""
    database = connection.settings_dict
    return await psycopg.AsyncConnection.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"] or None,
        connect_timeout=5,
        autocommit=True,
        options="-c statement_timeout=5s",
    )


async def watch_everything(stop: asyncio.Event) -> None:
    """Look at every pulse until told to stop."""
    watch = Watch(time.monotonic())
    while not stop.is_set():
        still = watch.look(time.monotonic(), await _pulses())
        if still:
            await _tell(still)
        await watch.send_heartbeat(time.monotonic())
        await rest(stop, LOOK_EVERY_S)


class Watch:
    """What was last seen alive, and what people have been told."""

    def __init__(self, moment: float) -> None:
        # Everything gets one full length of patience after our own start.
        self._alive = dict.fromkeys((*WATCHED, DATABASE), moment)
        self._told: dict[str, float] = {}
        self._heartbeat_at = float("-inf")

    def look(self, moment: float, pulses: dict[str, float] | None) -> list[str]:
        """Return what stands still and must be told now; `pulses` None: no database."""
        if pulses is not None:
            self._alive[DATABASE] = moment
            for name, ago in pulses.items():
                if name in self._alive:
                    self._alive[name] = max(self._alive[name], moment - ago)
        still = [
            name for name, alive in self._alive.items() if moment - alive > settings.STANDSTILL_S
        ]
        for name in set(self._told) - set(still):
            log.info("moves_again", what=name)
            del self._told[name]
        again = TELL_AGAIN.total_seconds()
        due = [name for name in still if moment - self._told.get(name, float("-inf")) >= again]
        self._told |= dict.fromkeys(due, moment)
        return due

    async def send_heartbeat(self, moment: float) -> None:
        """Ping the dead man's switch outside; when something stands still, be silent instead."""
        due = moment - self._heartbeat_at >= HEARTBEAT_EVERY_S
        if not settings.HEARTBEAT_URL or self._told or not due:
            return
        self._heartbeat_at = moment
        try:
            async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                await client.get(settings.HEARTBEAT_URL)
        except httpx.HTTPError as error:
            log.warning("heartbeat_failed", error=type(error).__name__)


async def _pulses() -> dict[str, float] | None:
    try:
        async with asyncio.timeout(10), await connect() as db:
            rows = await (await db.execute(PULSES)).fetchall()
            return {name: ago for name, ago in rows}
    except (psycopg.Error, TimeoutError):
        return None


async def _tell(still: list[str]) -> None:
    """Tell the log, and everybody on the all-call list, without the outbox: it may be what died."""
    log.critical("stands_still", what=still)
    if not settings.GATEWAY_URL:
        return
    text = f"[안부] 멈춤: {', '.join(still)}. 신호를 놓칠 수 있습니다. 바로 확인하세요."
    await asyncio.to_thread(_call_everybody, text)


def _call_everybody(text: str) -> None:
    moment = datetime.now(UTC)  # real time: a rehearsal's watchdog watches real processes
    with Gateway(url=settings.GATEWAY_URL, secret=settings.GATEWAY_SECRET) as gateway:
        for phone in settings.ALL_CALL:
            answer = gateway.send(key=str(new_id()), to=phone, text=text, at=moment)
            if not isinstance(answer, Sent):
                log.error("all_call_failed", detail=answer.detail)
