"""Keeps the roles alive: each is a process of its own, started again when it dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger()

LOOK_EVERY_S = 0.1
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
STEADY_AFTER_S = 10.0  # a role that ran so long starts again without a pause
STOP_WITHIN_S = 20.0


@dataclass
class Charge:
    """One role in our care."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    again_at: float = field(default=0.0)

    def is_running(self) -> bool:
        """Return whether its process lives."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs each role until told to stop; writes run/<role>.pid."""

    def __init__(self, folder: Path, roles: Iterable[str]) -> None:
        self._folder = folder
        self._charges = [Charge(name, role_command(name)) for name in roles]
        self.stopping = threading.Event()

    def listen(self) -> None:
        """Let SIGTERM and Ctrl-C stop everything in good order."""
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, lambda *_: self.stopping.set())

    def start(self) -> None:
        """Start every role once."""
        self._folder.mkdir(exist_ok=True)
        for charge in self._charges:
            self._spawn(charge)

    def wait_until(self, is_ready: Callable[[], bool], *, within_s: float) -> str:
        """Wait for a good start; return what went wrong, or nothing."""
        until = time.monotonic() + within_s
        while not self.stopping.is_set():
            for charge in self._charges:
                if not charge.is_running():
                    return f"The role {charge.name} ended at once; its last words are above"
            if is_ready():
                return ""
            if time.monotonic() > until:
                return f"Not ready within {within_s:.0f} s"
            self.stopping.wait(LOOK_EVERY_S)
        return ""

    def look_after(self, also: Callable[[], None]) -> None:
        """Start again whatever dies, with growing pauses, until told to stop."""
        while not self.stopping.is_set():
            for charge in self._charges:
                self._revive(charge)
            also()
            self.stopping.wait(LOOK_EVERY_S)

    def stop(self) -> None:
        """Ask every role to end, then make it; leave no process and no pid file behind."""
        for charge in self._charges:
            if charge.process and charge.is_running():
                charge.process.terminate()
        until = time.monotonic() + STOP_WITHIN_S
        for charge in self._charges:
            if charge.process:
                self._end(charge.process, max(0.1, until - time.monotonic()))
            self._pid_file(charge).unlink(missing_ok=True)

    def _end(self, process: subprocess.Popen[bytes], within_s: float) -> None:
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()

    def _revive(self, charge: Charge) -> None:
        if charge.is_running():
            return
        moment = time.monotonic()
        if charge.process is not None:
            code = charge.process.returncode
            self._end(charge.process, 0.1)
            charge.process = None
            steady = moment - charge.started > STEADY_AFTER_S
            charge.pause = (
                0.0 if steady else min(max(charge.pause * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
            )
            charge.again_at = moment + charge.pause
            log.error("role_died", role=charge.name, code=code, again_in_s=charge.pause)
        if moment >= charge.again_at:
            self._spawn(charge)

    def _spawn(self, charge: Charge) -> None:
        # A role that loses its supervisor reads the end of its standard input, and ends too.
        charge.process = subprocess.Popen(
            charge.command,
            stdin=subprocess.PIPE,
            env=os.environ | {"ANBU_SUPERVISED": "1"},
            start_new_session=True,  # Ctrl-C is for us; we stop the roles in order
        )
        charge.started = time.monotonic()
        draft = self._pid_file(charge).with_suffix(".new")
        draft.write_text(f"{charge.process.pid}\n")
        draft.replace(self._pid_file(charge))

    def _pid_file(self, charge: Charge) -> Path:
        return self._folder / f"{charge.name}.pid"


def role_command(name: str) -> list[str]:
    """Return how a role is started on its own."""
    return [sys.executable, "-m", "anbu.cli", "run", name]
