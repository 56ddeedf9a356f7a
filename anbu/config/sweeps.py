"""The clock: every sweep of the table in its own loop, so that none waits for another."""

import asyncio
import threading
import time
from contextlib import suppress

import psycopg
import structlog
from django.conf import settings

from anbu.care.alarms import jobs as alarms
from anbu.care.alarms.rules import ClockLook, pace_of, parted_s
from anbu.care.foundation import actions as foundation
from anbu.care.foundation.jobs import in_database, rest
from anbu.care.foundation.queries import now
from anbu.config.reactions import REACTIONS, Reaction
from anbu.config.watch import connect

log = structlog.get_logger()

BEAT_EVERY_S = 1.0
AT_A_STRETCH_S = 1.0  # then the pulse is told, even while there is more to do
LONGEST_PAUSE_S = 5.0
LEARN_S = 0.2  # so long both clocks are watched before a jump is told from a pace


async def sweep_everything(stop: asyncio.Event) -> None:
    """Run every sweep until told to stop."""
    bells: dict[str, list[asyncio.Event]] = {}
    clocks = Clocks()
    all_bells: list[asyncio.Event] = []
    async with asyncio.TaskGroup() as tasks:
        for reaction in REACTIONS:
            bell = asyncio.Event()
            all_bells.append(bell)
            for channel in reaction.wakes_on:
                bells.setdefault(channel, []).append(bell)
            tasks.create_task(_sweep(reaction, clocks, bell, stop))
        tasks.create_task(_listen(bells, stop))
        await stop.wait()
        for bell in all_bells:
            bell.set()


async def _sweep(
    reaction: Reaction, clocks: "Clocks", bell: asyncio.Event, stop: asyncio.Event
) -> None:
    """Look again and again; a failure is told loudly and stops nobody else."""
    beaten = float("-inf")
    pause = reaction.every_s
    while not stop.is_set():
        try:
            has_more = await in_database(_one_stretch, reaction=reaction, clocks=clocks)
            if time.monotonic() - beaten > BEAT_EVERY_S:
                await in_database(foundation.beat, name=f"clock/{reaction.name}")
                beaten = time.monotonic()
            pause = 0.0 if has_more else reaction.every_s
        except Exception:  # whatever it is, the homes behind it must be seen
            log.exception("sweep_failed", sweep=reaction.name)
            pause = min(max(pause * 2, 0.5), LONGEST_PAUSE_S)
        if pause:
            await _wait(bell, stop, pause)


def _one_stretch(reaction: Reaction, clocks: "Clocks") -> bool:
    """Take steps until there is nothing to do; return whether there was more than a stretch."""
    until = time.monotonic() + AT_A_STRETCH_S
    clocks.compare()
    while reaction.step(now=now()):
        if time.monotonic() > until:
            return True
        clocks.compare()
    return False


class Clocks:
    """The city's clock against the monotonic one, looked at by every sweep of this process.

    Whoever notices a jump closes the brake before any sweep goes on by the new time.
    """

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._last: ClockLook | None = None
        self._pace: float | None = None  # None: still being learned

    def compare(self) -> None:
        """Look at both clocks, and close the mass brake if they parted since the last look."""
        with self._one:
            look = self._look()
            if self._last is None or self._pace is None:
                self._learn(look)
                return
            parted = parted_s(self._last, look, pace=self._pace)
            fast = max(look.speed * self._pace, 1.0)
            if abs(parted) > settings.BRAKE_CLOCK_STEP_S * fast:
                log.warning("clock_parted", parted_s=round(parted, 1))
                alarms.brake_for_step(parted_s=parted)
                self._last, self._pace = None, None  # a new pace, for all we know
                self._learn(look)
            else:
                self._last = look

    def _learn(self, look: ClockLook) -> None:
        if self._last is None or self._last.speed != look.speed:
            self._last = look
        elif look.before - self._last.after >= LEARN_S:
            self._pace, self._last = pace_of(self._last, look), look

    @staticmethod
    def _look() -> ClockLook:
        speed, before = settings.CLOCK.speed, time.monotonic()
        shown = now().timestamp()
        return ClockLook(before=before, shown=shown, after=time.monotonic(), speed=speed)


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
