"""Roles that die come back; what is told to stop leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from anbu.config import supervise
from anbu.config.supervise import Supervisor

LIVES = "import sys; sys.stdin.read()"  # until its supervisor is gone, as a role does
DIES = "import sys; sys.exit(3)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def supervised(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Supervisor]]:
    started: list[tuple[Supervisor, threading.Thread]] = []

    def start(code: str) -> Supervisor:
        monkeypatch.setattr(supervise, "role_command", lambda name: [sys.executable, "-c", code])
        supervisor = Supervisor(folder, ["web", "clock"])
        supervisor.start()
        thread = threading.Thread(target=supervisor.look_after, args=[lambda: None])
        thread.start()
        started.append((supervisor, thread))
        return supervisor

    yield start
    for supervisor, thread in started:
        supervisor.stopping.set()
        thread.join()
        supervisor.stop()


def _pid(folder: Path, role: str) -> int:
    return int((folder / f"{role}.pid").read_text())


def _eventually(is_so: Callable[[], bool], within_s: float = 10) -> None:
    pause, until = threading.Event(), time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until
        pause.wait(0.02)


def test_a_killed_role_is_started_again(
    folder: Path, supervised: Callable[[str], Supervisor]
) -> None:
    supervised(LIVES)
    first = _pid(folder, "clock")
    other = _pid(folder, "web")
    os.kill(first, signal.SIGKILL)
    _eventually(lambda: _pid(folder, "clock") != first)
    assert _pid(folder, "web") == other


def test_a_role_that_always_dies_is_tried_ever_more_slowly(
    folder: Path, supervised: Callable[[str], Supervisor]
) -> None:
    seen: set[int] = set()
    supervised(DIES)
    began = time.monotonic()
    _eventually(lambda: (seen.add(_pid(folder, "web")), len(seen) == 4)[1])  # type: ignore[func-returns-value]
    assert time.monotonic() - began >= 0.2 + 0.4 + 0.8


def test_stopping_leaves_no_process_and_no_pid_file(
    folder: Path, supervised: Callable[[str], Supervisor]
) -> None:
    supervisor = supervised(LIVES)
    pids = [_pid(folder, role) for role in ("web", "clock")]
    supervisor.stopping.set()
    supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert list(folder.iterdir()) == []


def test_a_start_that_fails_says_which_role(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "role_command", lambda name: [sys.executable, "-c", DIES])
    supervisor = Supervisor(folder, ["web"])
    supervisor.start()
    assert "The role web ended" in supervisor.wait_until(lambda: False, within_s=10)
    supervisor.stop()


def test_roles_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, threading, pathlib; from anbu.config import supervise;"
        f"supervise.role_command = lambda name: [sys.executable, '-c', {LIVES!r}];"
        f"s = supervise.Supervisor(pathlib.Path({str(tmp_path)!r}), ['web']);"
        "s.start(); print('up', flush=True); threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as above:
        assert above.stdout
        assert above.stdout.readline() == b"up\n"
        role = _pid(tmp_path, "web")
        above.kill()
        _eventually(lambda: not psutil.pid_exists(role) or _is_dead(role))


def _is_dead(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
