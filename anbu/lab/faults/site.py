"""The throw-away city from outside: its processes, its doors, its log. Everything by signals."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

LOOK_EVERY_S = 0.05
READY_WITHIN_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the city stands and how it is started."""

    home: Path
    up: Sequence[str]  # the command that starts everything
    twin: Sequence[str]  # a second clock, alone
    verify: Sequence[str]  # `anbu verify`, without what is to be verified
    environment: Mapping[str, str]
    twin_environment: Mapping[str, str]
    verify_environment: Mapping[str, str]
    http_port: int
    ingest_port: int
    mqtt_port: int
    gateway_port: int
    gateway_secret: str
    proxies: Mapping[str, tuple[int | Path, int | Path]]  # name -> (here, there)
    crash_folder: Path
    disk: Path | None  # a small disk of the database's own, when it may be mounted
    why_no_disk: str = ""


@dataclass
class Site:
    """The city's processes; nothing here asks the city itself for a favour."""

    stage: Stage
    patience: int = 1
    _city: asyncio.subprocess.Process | None = None
    _twin: asyncio.subprocess.Process | None = None
    _read: int = 0
    _started: set[int] = field(default_factory=set)  # pids that said role_started

    @property
    def log(self) -> Path:
        return self.stage.home / "city.log"

    async def start(self) -> None:
        """Start everything and wait for READY; a start that fails is tried again."""
        until = time.monotonic() + READY_WITHIN_S * self.patience
        while time.monotonic() < until:
            with self.log.open("ab") as out:
                self._city = await asyncio.create_subprocess_exec(
                    *self.stage.up,
                    env=dict(self.stage.environment),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=out,
                    start_new_session=True,
                )
            _note(self.stage.home / "city.pid", self._city.pid)
            if await self._is_ready(self._city, until):
                return
        raise TimeoutError(f"the city does not start: {self.log}")

    async def _is_ready(self, city: asyncio.subprocess.Process, until: float) -> bool:
        assert city.stdout
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.1, until - time.monotonic())):
                async for line in city.stdout:
                    if line.startswith(b"READY"):
                        return True
                await city.wait()
                await asyncio.sleep(0.3)
        return False

    async def start_twin(self) -> None:
        """Start the second clock."""
        with self.log.open("ab") as out:
            self._twin = await asyncio.create_subprocess_exec(
                *self.stage.twin,
                env=dict(self.stage.twin_environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

        _note(self.stage.home / "twin.pid", self._twin.pid)

    async def keep_twin(self, stop: asyncio.Event) -> None:
        """Start the second clock again whenever it has died."""
        while not stop.is_set():
            if self._twin is None or self._twin.returncode is not None:
                await self.start_twin()
            await asyncio.sleep(0.3)

    async def stop(self) -> None:
        """Stop all; what does not end is made to."""
        for process in (self._twin, self._city):
            if process is None or process.returncode is not None:
                continue
            children = psutil.Process(process.pid).children(recursive=True)
            for each in [*children, *self.database()]:
                with suppress(psutil.Error):
                    each.resume()
            process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 30)
            for each in children:
                with suppress(psutil.Error):
                    each.kill()
            if process.returncode is None:
                process.kill()
                await process.wait()

    def role(self, name: str) -> int | None:
        """Return the process id of a role, when it lives."""
        with suppress(OSError, ValueError):
            pid = int((self.stage.home / "run" / f"{name}.pid").read_text())
            if _lives(pid):
                return pid
        return None

    def twin(self) -> int | None:
        """Return the process id of the second clock, when it lives."""
        return self._twin.pid if self._twin and _lives(self._twin.pid) else None

    def supervisor(self) -> int:
        """Return the process that looks after all."""
        assert self._city
        return self._city.pid

    async def gone(self) -> None:
        """Wait until the supervisor has ended."""
        assert self._city
        await self._city.wait()

    def database(self) -> list[psutil.Process]:
        """Return the server's processes, the first one first."""
        file = self.stage.home / "postgres" / "data" / "postmaster.pid"
        with suppress(OSError, ValueError, psutil.Error, IndexError):
            server = psutil.Process(int(file.read_text().splitlines()[0]))
            return [server, *server.children(recursive=True)]
        return []

    def broker(self) -> int | None:
        """Return the broker's process, when it lives."""
        with suppress(OSError, ValueError):
            pid = int((self.stage.home / "broker" / "nats.pid").read_text())
            if _lives(pid):
                return pid
        return None

    def has_started(self, pid: int | None) -> bool:
        """Say whether this process has told the log that its role runs."""
        with self.log.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                if b'"role_started"' in line:
                    self._started.add(int(line.split(b'"pid": ')[1].split(b",")[0]))
        return pid in self._started

    async def is_open(self, port: int) -> bool:
        """Say whether a door says that it can do its work."""
        try:
            async with httpx.AsyncClient(timeout=1, trust_env=False) as client:
                answer = await client.get(f"http://127.0.0.1:{port}/readyz")
            return answer.status_code == 200
        except httpx.HTTPError:
            return False

    async def is_broker_open(self) -> bool:
        """Say whether the broker takes connections of plugs."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.stage.mqtt_port)
        except OSError:
            return False
        writer.close()
        return True

    async def is_up(self, role: str, *, not_pid: int | None = None) -> bool:
        """Say whether a role does its work, in another process than `not_pid`."""
        pid = self.role(role)
        if pid is None or pid == not_pid or not self.has_started(pid):
            return False
        ports = {"web": self.stage.http_port, "ingest": self.stage.ingest_port}
        return role not in ports or await self.is_open(ports[role])

    async def verify(self, what: str) -> bytes:
        """Return what `anbu verify … --json` says."""
        with self.log.open("ab") as log:
            asking = await asyncio.create_subprocess_exec(
                *self.stage.verify,
                what,
                "--json",
                env=dict(self.stage.verify_environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        out, _ = await asking.communicate()
        return out


def _note(file: Path, pid: int) -> None:
    """Write down whom to end, for the one who clears up if we are killed."""
    file.write_text(f"{pid}\n")


def send(pid: int | None, number: signal.Signals) -> None:
    """Send a signal to a process of this city; nobody there is nobody there."""
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
