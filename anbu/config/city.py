"""A whole installation on one machine: database, broker, tables, and every role. Free of Django."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import psycopg
import structlog

from anbu.config import start
from anbu.config.broker import Broker
from anbu.config.postgres import CannotStart, Cluster
from anbu.config.supervise import Supervisor

log = structlog.get_logger()

ROLES = ("web", "ingest", "clock", "notify", "watchdog")
READY_WITHIN_S = 60.0
MEND_EVERY_S = 2.0


def run(
    *,
    say: Callable[[str], None],
    prepare: Callable[[], None] | None = None,
    also: Sequence[str] = (),
    ready: Callable[[], None] | None = None,
    syncs: bool = True,
) -> None:
    """Start everything, say READY, and keep it running until told to stop.

    A rehearsal seeds a city in `prepare`, runs more roles (`also`), and lets time go in `ready`.
    `syncs` False: a broker that does not wait for the disk, for a measurement only.
    """
    with ExitStack() as standing:
        ground = bring_up(standing, say=say, syncs=syncs)
        if prepare:
            prepare()
        supervisor = Supervisor(start.home() / "run", (*ROLES, *also))
        supervisor.listen()
        standing.callback(supervisor.stop)
        began = time.time()
        supervisor.start()
        wrong = supervisor.wait_until(lambda: _is_ready(began), within_s=READY_WITHIN_S)
        if wrong:
            raise CannotStart(wrong)
        if not supervisor.stopping.is_set():
            if ready:
                ready()
            say(f"READY {address()}")
        supervisor.look_after(ground.mend)


@dataclass
class Ground:
    """What the roles stand on, as far as it is ours to keep up."""

    cluster: Cluster | None = None
    broker: Broker | None = None
    _mended_at: float = float("-inf")

    def mend(self) -> None:
        """Start again what has died; what was accepted is on the disk."""
        parts = {
            "database": (self.cluster is None or self.cluster.is_alive(), self.cluster),
            "broker": (self.broker is None or self.broker.pid is not None, self.broker),
        }
        for name, (stands, part) in parts.items():
            if stands or part is None or time.monotonic() - self._mended_at < MEND_EVERY_S:
                continue
            self._mended_at = time.monotonic()
            log.error("fell", what=name)
            try:
                part.start()
            except CannotStart as error:
                log.error("does_not_stand_up", what=name, why=str(error))


def bring_up(standing: ExitStack, *, say: Callable[[str], None], syncs: bool = True) -> Ground:
    """Make ready what the roles stand on; `standing` takes it down again, last things first."""
    ground = Ground()
    for port, name in ((http_port(), "HTTP_PORT"), (_port("INGEST_PORT", 8001), "INGEST_PORT")):
        start.check_port(port, name)
    start.secret_key()
    say("database …")
    url, ground.cluster = start.database(to_keep=True)
    if ground.cluster:
        standing.callback(ground.cluster.stop)
    os.environ["ANBU_DATABASE_URL"] = url
    if not os.environ.get("ANBU_NATS_URL"):
        say("broker …")
        ground.broker = _start_broker(syncs)
        standing.callback(ground.broker.stop)
    say("tables …")
    migrate()
    return ground


def migrate() -> None:
    """Bring the tables up to date, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "anbu.cli", "migrate"], stdin=subprocess.DEVNULL)
    if done.returncode:
        raise CannotStart("The tables could not be brought up to date; the reason is above")


def http_port() -> int:
    """Return the port people's browsers come to."""
    return _port("HTTP_PORT", 8000)


def address() -> str:
    """Return where the desks are."""
    return f"http://127.0.0.1:{http_port()}/"


def _start_broker(syncs: bool) -> Broker:
    ports = _port("NATS_PORT", 4222), _port("MQTT_PORT", 1883)
    broker = Broker(start.home() / "broker", *ports, syncs=syncs)
    os.environ["ANBU_NATS_URL"] = broker.start()
    os.environ["ANBU_NATS_KEYS"] = str(broker.keys)
    return broker


def _is_ready(began: float) -> bool:
    """Return whether the desks answer and each role has done its work since `began`."""
    try:
        with psycopg.connect(os.environ["ANBU_DATABASE_URL"], connect_timeout=2) as db:
            rows = db.execute(
                "SELECT split_part(name, '/', 1) FROM foundation_pulse"
                " WHERE beat_at > to_timestamp(%s)",
                [began],
            ).fetchall()
        if not set(ROLES) <= {name for (name,) in rows}:
            return False
        return httpx.get(address() + "readyz", timeout=2, trust_env=False).status_code == 200
    except (psycopg.Error, httpx.HTTPError):
        return False


def _port(name: str, default: int) -> int:
    text = os.environ.get(f"ANBU_{name}", str(default))
    try:
        return int(text)
    except ValueError:
        raise CannotStart(f"ANBU_{name}={text}: a port is a number up to 65535") from None
