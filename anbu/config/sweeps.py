"""The clock: every sweep of the table in its own loop, so that none waits for another."""

import asyncio
import time
from contextlib import suppress

import psycopg
import structlog

from anbu.care.foundation import actions as foundation
from anbu.care.foundation.jobs import in_database, rest
from anbu.care.foundation.queries import now
from anbu.config.reactions import REACTIONS, Reaction
from anbu.config.watch import connect

log = structlog.get_logger()

BEAT_EVERY_S = 1.0
AT_A_STRETCH_S = 1.0  # then the pulse is told, even while there is more to do
LONGEST_PAUSE_S = 5.0


async def sweep_everything(stop: asyncio.Event) -> None:
    """Run every sweep until told to stop."""
    bells: dict[str, list[asyncio.Event]] = {}
    all_bells: list[asyncio.Event] = []
    async with asyncio.TaskGroup() as tasks:
        for reaction in REACTIONS:
            bell = asyncio.Event()
            all_bells.append(bell)
            for channel in reaction.wakes_on:
                bells.setdefault(channel, []).append(bell)
            tasks.create_task(_sweep(reaction, bell, stop))
        tasks.create_task(_listen(bells, stop))
        await stop.wait()
        for bell in all_bells:
            bell.set()


async def _sweep(reaction: Reaction, bell: asyncio.Event, stop: asyncio.Event) -> None:
    """Look again and again; a failure is told loudly and stops nobody else."""
    beaten = float("-inf")
    pause = reaction.every_s
    while not stop.is_set():
        try:
            has_more = await in_database(_one_stretch, reaction=reaction)
            if time.monotonic() - beaten > BEAT_EVERY_S:
                await in_database(foundation.beat, name=f"clock/{reaction.name}")
                beaten = time.monotonic()
            pause = 0.0 if has_more else reaction.every_s
        except Exception:  # whatever it is, the homes behind it must be seen
            log.exception("sweep_failed", sweep=reaction.name)
            pause = min(max(pause * 2, 0.5), LONGEST_PAUSE_S)
        if pause:
            await _wait(bell, stop, pause)


def _one_stretch(reaction: Reaction) -> bool:
    """Take steps until there is nothing to do; return whether there was more than a stretch."""
    until = time.monotonic() + AT_A_STRETCH_S
    while reaction.step(now=now()):
        if time.monotonic() > until:
            return True
    return False


async def _wait(bell: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(bell.wait(), seconds)
    if not stop.is_set():
        bell.clear()


async def _listen(bells: dict[str, list[asyncio.Event]], stop: asyncio.Event) -> None:
    """Ring at once when a room leaves a row that cannot wait."""
    while not stop.is_set():
        try:
            async with await connect() as db:
                for channel in bells:
                    await db.execute(f"LISTEN {channel}".encode())
                while not stop.is_set():
                    async for heard in db.notifies(timeout=1):
                        for bell in bells[heard.channel]:
                            bell.set()
        except psycopg.Error as error:  # the sweeps go on by themselves meanwhile
            log.warning("not_listening", error=type(error).__name__)
            await rest(stop, 1)
