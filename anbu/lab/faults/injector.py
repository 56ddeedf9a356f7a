"""Does each kind of harm, waits until the city works as before, and says how long that took."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil

from anbu.care.foundation.jobs import in_database
from anbu.lab.faults import world
from anbu.lab.faults.kinds import BROKER, DATABASE, GATEWAY, ROLES, TIME, TWIN
from anbu.lab.faults.moods import Moody
from anbu.lab.faults.plan import Fault
from anbu.lab.faults.proxy import Proxy
from anbu.lab.faults.report import Tried
from anbu.lab.faults.site import LOOK_EVERY_S, Site, send
from anbu.lab.faults.truth import Ledger

RECOVERS_WITHIN_S = 90.0
REACHED_WITHIN_S = 20.0
TOLD_WITHIN_S = 60.0  # issue 5: people hear within a minute
BAD_S = 2.5  # how long a wire or a gateway is bad
STOPPED_S = 2.0
FULL_S = 3.0
STEP_S = (3.0, 15.0)


class NotTried(Exception):
    """It cannot be tried on this machine, or did not come about; the text says why."""


class Injector:
    """Breaks one city."""

    def __init__(
        self, site: Site, proxies: dict[str, Proxy], gateway: Moody, ledger: Ledger, dice: Random
    ) -> None:
        self._site, self._proxies, self._gateway = site, proxies, gateway
        self._ledger, self._dice = ledger, dice

    async def inject(self, fault: Fault) -> Tried:
        """Try one fault and say what came of it."""
        told = Tried(fault.number, fault.kind.name, is_crash=fault.kind.crash)
        act: Callable[[Fault, Tried], Awaitable[float]] = getattr(self, f"_{fault.kind.act}")
        try:
            ended = await act(fault, told)
            await self._until(lambda: self._works(fault.kind.on), RECOVERS_WITHIN_S)
            told.recovery_s = round(time.monotonic() - ended, 2)
            told.survived = True
        except NotTried as reason:
            told.skipped = str(reason)
        except TimeoutError as error:
            told.why = str(error) or f"did not work again within {self._limit(RECOVERS_WITHIN_S)}"
        return told

    def _limit(self, seconds: float) -> str:
        return f"{seconds * self._site.patience:.0f} s"

    async def _kill_role(self, fault: Fault, told: Tried) -> float:
        return await self._end_role(fault.kind.on, lambda pid: send(pid, signal.SIGKILL))

    async def _end_role(self, role: str, end: Callable[[int], None]) -> float:
        pid = self._site.role(role)
        if pid is None:
            raise NotTried("the role was down already")
        end(pid)
        ended = time.monotonic()
        await self._until(lambda: self._site.is_up(role, not_pid=pid), RECOVERS_WITHIN_S)
        return ended

    async def _kill_twin(self, fault: Fault, told: Tried) -> float:
        pid = self._site.twin()
        if pid is None:
            raise NotTried("the twin was down already")
        send(pid, signal.SIGKILL)
        ended = time.monotonic()
        await self._until(lambda: self._is_twin_up(not_pid=pid), RECOVERS_WITHIN_S)
        return ended

    async def _crash(self, fault: Fault, told: Tried) -> float:
        """Arm a crash point; who comes by there first dies."""
        order = self._site.stage.crash_folder / fault.kind.name.removeprefix("crash_")
        role = fault.kind.on
        before = {self._site.role(role), self._site.twin() if role == "clock" else None} - {None}
        order.touch()
        try:
            await self._until(lambda: _is_gone(order), REACHED_WITHIN_S)
        except TimeoutError:
            with suppress(FileNotFoundError):
                order.unlink()
                raise NotTried(f"nobody came by within {self._limit(REACHED_WITHIN_S)}") from None
        ended = time.monotonic()
        await self._until(lambda: self._is_anew(role, before), RECOVERS_WITHIN_S)
        return ended

    async def _is_anew(self, role: str, before: set[int | None]) -> bool:
        """Say whether one of those before is another process now, and works."""
        now = {self._site.role(role), self._site.twin() if role == "clock" else None}
        if now == before or not await self._site.is_up(role):
            return False
        return role != "clock" or await self._is_twin_up()

    async def _stop_role(self, fault: Fault, told: Tried) -> float:
        pid = self._site.role(fault.kind.on)
        if pid is None:
            raise NotTried("the role was down already")
        send(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(STOPPED_S)
        finally:
            send(pid, signal.SIGCONT)
        return time.monotonic()

    async def _standstill(self, fault: Fault, told: Tried) -> float:
        """Stop something for good, until people have been told."""
        on = fault.kind.on
        pids = [self._site.role(on), self._site.twin() if on == "clock" else None]
        if on == DATABASE:
            pids = [process.pid for process in self._site.database()]
        began, began_at = time.monotonic(), world.real()
        for pid in pids:
            send(pid, signal.SIGSTOP)
        try:
            await self._until(lambda: self._heard(f"멈춤: {on}", began_at), TOLD_WITHIN_S)
        except TimeoutError:
            raise TimeoutError(f"nobody was told within {self._limit(TOLD_WITHIN_S)}") from None
        finally:
            for pid in pids:
                send(pid, signal.SIGCONT)
        told.told_s = round(time.monotonic() - began, 1)
        return time.monotonic()

    async def _heard(self, words: str, after: float) -> bool:
        return self._gateway.said(words, after=after)

    async def _db_immediate(self, fault: Fault, told: Tried) -> float:
        return await self._end_database(lambda servers: send(servers[0].pid, signal.SIGQUIT))

    async def _db_kill(self, fault: Fault, told: Tried) -> float:
        def kill(servers: list[psutil.Process]) -> None:
            for process in reversed(servers):
                send(process.pid, signal.SIGKILL)

        return await self._end_database(kill)

    async def _end_database(self, end: Callable[[list[psutil.Process]], None]) -> float:
        servers = self._site.database()
        if not servers:
            raise NotTried("the database was down already")
        end(servers)
        ended = time.monotonic()
        await self._until(lambda: self._is_other_database(servers[0].pid), RECOVERS_WITHIN_S)
        return ended

    async def _is_other_database(self, pid: int) -> bool:
        servers = self._site.database()
        return bool(servers) and servers[0].pid != pid

    async def _db_backend(self, fault: Fault, told: Tried) -> float:
        """Kill one session's process: the server cuts all off and recovers by itself."""
        sessions = [each for each in self._site.database()[1:] if _is_session(each)]
        if not sessions:
            raise NotTried("no session was open")
        send(self._dice.choice(sessions).pid, signal.SIGKILL)
        return time.monotonic()

    async def _db_stop(self, fault: Fault, told: Tried) -> float:
        pids = [process.pid for process in self._site.database()]
        for pid in pids:
            send(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(STOPPED_S)
        finally:
            for pid in pids:
                send(pid, signal.SIGCONT)
        return time.monotonic()

    async def _broker_kill(self, fault: Fault, told: Tried) -> float:
        pid = self._site.broker()
        if pid is None:
            raise NotTried("the broker was down already")
        send(pid, signal.SIGKILL)
        ended = time.monotonic()
        await self._until(lambda: self._is_other_broker(pid), RECOVERS_WITHIN_S)
        return ended

    async def _is_other_broker(self, pid: int) -> bool:
        return self._site.broker() not in (None, pid)

    async def _supervisor_kill(self, fault: Fault, told: Tried) -> float:
        """Kill the process that looks after all; whoever starts machines starts it again."""
        send(self._site.supervisor(), signal.SIGKILL)
        ended = time.monotonic()
        await self._site.gone()
        await self._site.start()
        return ended

    async def _disk_full(self, fault: Fault, told: Tried) -> float:
        disk = self._site.stage.disk
        if disk is None:
            raise NotTried(self._site.stage.why_no_disk)
        filler = disk / "filler"
        try:
            await asyncio.to_thread(_fill, filler)
            await asyncio.sleep(FULL_S)
        finally:
            filler.unlink(missing_ok=True)
        return time.monotonic()

    async def _step(self, fault: Fault, told: Tried) -> float:
        forward = fault.kind.name == "clock_forward"
        seconds = self._dice.uniform(*STEP_S) * (1 if forward else -1)
        real, shown = await asyncio.to_thread(world.step_clock, seconds)
        self._ledger.hours.step(real, shown)
        return time.monotonic()

    async def _gateway_mood(self, mood: str) -> None:
        self._gateway.mood = mood
        try:
            await asyncio.sleep(BAD_S)
        finally:
            self._gateway.mood = ""

    async def _gateway_fault(self, fault: Fault, told: Tried) -> float:
        await self._gateway_mood(fault.kind.name.removeprefix("gateway_"))
        return time.monotonic()

    async def _net(self, fault: Fault, told: Tried) -> float:
        where, mood = fault.kind.name.removeprefix("net_").split("_", 1)
        proxy = self._proxies[where]
        if mood == "reset":
            proxy.reset()
        elif mood == "half_close":
            proxy.half_close()
        elif mood == "vanish":
            proxy.vanish()
        else:
            await proxy.bad(mood, BAD_S)
        return time.monotonic()

    async def _works(self, on: str) -> bool:
        """Say whether what was broken does its work."""
        if on in ROLES:
            return await self._site.is_up(on)
        if on == TWIN:
            return await self._is_twin_up()
        if on == BROKER or on == "net_mqtt":
            return await self._site.is_broker_open()
        if on in (GATEWAY, TIME):
            return True
        if on == "net_http":
            return await self._site.is_open(self._site.stage.ingest_port)
        if not await in_database(world.answers):
            return False
        return all([await self._site.is_up(role) for role in ROLES])

    async def everything_works(self) -> None:
        """Wait until every part does its work."""
        for on in (DATABASE, BROKER, TWIN):
            await self._until(lambda on=on: self._works(on), RECOVERS_WITHIN_S)  # type: ignore[misc]

    async def _is_twin_up(self, *, not_pid: int | None = None) -> bool:
        pid = self._site.twin()
        return pid is not None and pid != not_pid and self._site.has_started(pid)

    async def _until(self, is_so: Callable[[], Awaitable[bool]], within_s: float) -> None:
        until = time.monotonic() + within_s * self._site.patience
        while not await is_so():
            if time.monotonic() > until:
                raise TimeoutError
            await asyncio.sleep(LOOK_EVERY_S)


async def _is_gone(file: Path) -> bool:
    return not file.exists()


def _is_session(process: psutil.Process) -> bool:
    try:
        return "anbu" in " ".join(process.cmdline()).split(":", 1)[-1]
    except psutil.Error:
        return False


def _fill(file: Path) -> None:
    """Leave no room on the disk of this file."""
    with suppress(OSError), file.open("wb") as out:
        while True:
            os.write(out.fileno(), bytes(1 << 20))
