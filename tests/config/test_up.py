"""One command starts everything; killed parts come back; a stop leaves nothing behind."""

import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

ROLES = ("web", "ingest", "clock", "notify", "watchdog")
COMMAND = [sys.executable, "-m", "anbu.cli"]


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ANBU_")}


class City:
    """One `anbu up` with a home of its own, told everything by one file."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.has_stopped = False
        web, ingest, nats, mqtt = _free_ports(4)
        self.address = f"http://127.0.0.1:{web}/"
        self.file = home / "city.toml"
        self.file.write_text(
            f'home = "{home}"\nhttp_port = {web}\ningest_port = {ingest}\n'
            f"nats_port = {nats}\nmqtt_port = {mqtt}\n"
        )
        self.said: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            [*COMMAND, "up", "--config", str(self.file)],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.put(line)

    def wait_for(self, word: str, within_s: float = 120) -> str:
        until = time.monotonic() + within_s
        while True:
            line = self.said.get(timeout=max(0.1, until - time.monotonic()))
            if line.startswith(word):
                return line.strip()

    def pid(self, role: str) -> int:
        return int((self.home / "run" / f"{role}.pid").read_text())

    def everything(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> None:
        self.has_stopped = True
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self._listener.join()
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with tempfile.TemporaryDirectory(prefix="anbu-test-") as folder:
        Path(folder).chmod(0o711)
        city = City(Path(folder))
        yield city
        if not city.has_stopped:
            city.stop()


def _eventually(is_so: Callable[[], bool], within_s: float = 30) -> None:
    pause, until = threading.Event(), time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until
        pause.wait(0.05)


def test_it_says_ready_and_every_role_runs(city: City) -> None:
    assert city.wait_for("READY") == f"READY {city.address}"
    assert all(psutil.pid_exists(city.pid(role)) for role in ROLES)
    for page in ("healthz", "readyz"):
        assert httpx.get(city.address + page).status_code == 200
    told = httpx.get(city.address + "metrics").text
    assert 'anbu_deadlines_overdue{of="silence"} 0.0' in told
    assert "anbu_lateness_seconds_count 0.0" in told


def test_a_killed_role_comes_back(city: City) -> None:
    first = city.pid("web")
    os.kill(first, signal.SIGKILL)
    _eventually(lambda: city.pid("web") != first and _answers(city))


def test_a_twin_does_no_harm(city: City) -> None:
    environment = _environment() | {"ANBU_SECRET_KEY": "a-key-of-a-twin"}
    command = [*COMMAND, "--config", str(city.file), "run", "clock"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as twin:
        assert twin.stderr
        assert "role_started" in twin.stderr.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            twin.wait(3)
        twin.send_signal(signal.SIGTERM)
        assert twin.wait(20) == 0
        assert "sweep_failed" not in twin.stderr.read()
    assert _answers(city)


def test_the_port_of_another_is_named_in_one_line(city: City) -> None:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*COMMAND, "up"],
            env=_environment()
            | {"ANBU_HOME": folder, "ANBU_HTTP_PORT": city.address.split(":")[-1].rstrip("/")},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Port" in done.stderr
    assert "ANBU_HTTP_PORT" in done.stderr


def test_the_invariants_hold(city: City) -> None:
    done = subprocess.run(
        [*COMMAND, "--config", str(city.file), "verify", "invariants", "--json"],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert '"ok": true' in done.stdout


def test_a_stop_leaves_nothing_behind(city: City) -> None:
    running = city.everything()
    assert len(running) >= len(ROLES) + 2  # the roles, the database, the broker
    city.stop()
    assert city.process.returncode == 0
    _, alive = psutil.wait_procs(running, timeout=5)
    assert alive == []
    assert list((city.home / "run").iterdir()) == []


def test_a_misspelt_setting_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    file.write_text('sweep_evry_s = 1\nhome = "' + str(tmp_path) + '"\n')
    done = subprocess.run(
        [*COMMAND, "--config", str(file), "run", "clock"],
        env=_environment() | {"ANBU_DATABASE_URL": os.environ["ANBU_DATABASE_URL"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "there is no setting sweep_evry_s" in done.stderr


def _answers(city: City) -> bool:
    try:
        return httpx.get(city.address + "readyz").status_code == 200
    except httpx.HTTPError:
        return False
