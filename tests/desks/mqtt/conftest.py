"""A real broker, a real ingest process, and plugs that are not our own code."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import nats
import paho.mqtt.client as paho
import psycopg
import pytest
from django.db import connection
from nats.js.api import ConsumerInfo

from anbu.care.people.actions import NewHousehold, NewPerson, register_households
from anbu.care.places.queries import dongs
from anbu.care.readings.actions import add_device, add_provider
from anbu.config.broker import Broker
from anbu.desks.api import line
from tests.seoul import seoul

ACK_WAIT_S = 2
SERVE = """
import asyncio, signal, django
django.setup()
from anbu.desks.api import mqtt

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await mqtt.serve(stop)

asyncio.run(main())
"""


def wait_for(what: Callable[[], bool], *, within: float = 60) -> None:
    """Wait until something is so; fail with its name when it never is."""
    until, pause = time.monotonic() + within, threading.Event()
    while not what():
        assert time.monotonic() < until, f"never happened: {what}"
        pause.wait(0.02)


@dataclass(frozen=True)
class Ports:
    nats: int
    mqtt: int


def free_ports() -> Ports:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return Ports(one.getsockname()[1], two.getsockname()[1])


class Plug:
    """A smart plug at the broker, by paho."""

    def __init__(self, port: int, code: str, password: str, client_id: str = "") -> None:
        self.code = code
        self.is_connected = False
        self._port = port
        self._answer: list[bool] = []
        self._paho = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=client_id or code)
        self._paho.username_pw_set(code, password)
        self._paho.on_connect = self._connected
        self._paho.on_disconnect = self._disconnected

    def connect(self) -> bool:
        """Knock once; return whether the broker opened."""
        self._answer.clear()
        self._paho.connect("127.0.0.1", self._port)
        self._paho.loop_start()
        wait_for(lambda: bool(self._answer))
        if not self._answer[0]:
            self.leave()
        return self._answer[0]

    def say(self, message: str, *, at: datetime, watts: float = 5.0, topic: str = "") -> None:
        """Publish with QoS 1 and wait for PUBACK."""
        self.send(json.dumps({"id": message, "at": at.isoformat(), "watts": watts}), topic)

    def send(self, body: str, topic: str = "") -> None:
        """Publish anything with QoS 1 and wait for PUBACK."""
        sent = self._paho.publish(topic or f"signs/{self.code}", body, qos=1)
        sent.wait_for_publish(10)
        assert sent.is_published()

    def leave(self) -> None:
        self._paho.disconnect()
        self._paho.loop_stop()

    def _connected(self, client: object, data: object, flags: object, why: object, *_: object):
        self.is_connected = why == 0
        self._answer.append(why == 0)

    def _disconnected(self, *_: object) -> None:
        self.is_connected = False


class Ingest:
    """The process that lets devices in and takes in what they say."""

    def __init__(self, broker: Broker, ports: Ports, log: Path) -> None:
        self._log = log
        self._environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "anbu.config.settings",
            "ANBU_DATABASE_URL": database_url(),
            "ANBU_NATS_URL": broker.url,
            "ANBU_NATS_KEYS": str(broker.keys),
            "ANBU_MQTT_PORT": str(ports.mqtt),
            "ANBU_MQTT_ACK_WAIT_S": str(ACK_WAIT_S),
            "ANBU_CRASH_AT": "after_commit_before_ack",  # and not allowed to: it must do nothing
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start one and wait until it lets devices in."""
        before = self.told("devices_may_come_in")
        with self._log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE],
                env=self._environment | environment,
                stdout=out,
                stderr=out,
            )
        self._processes.append(process)
        wait_for(lambda: self.told("devices_may_come_in") > before or process.poll() is not None)
        assert process.poll() is None, self.log
        return process

    def keep_one(self) -> None:
        """See to it that exactly one runs; a start takes longer than most tests."""
        running = [process for process in self._processes if process.poll() is None]
        self._processes = running[1:]
        self.stop()
        self._processes = running[:1]
        if not running:
            self.start()

    def hold_still(self) -> None:
        """Stop the clock of all that run, outside any transaction: the tables can be emptied now.

        What the broker delivers twice is taken in twice, also after all is acknowledged.
        """
        wait_for(self._is_still)

    def _is_still(self) -> bool:
        self._signal(signal.SIGSTOP)
        busy = column(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        )
        if busy != [0]:
            self._signal(signal.SIGCONT)
        return busy == [0]

    def go_on(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(number)

    def the_one(self) -> subprocess.Popen[bytes]:
        """Return the process that runs."""
        (process,) = self._processes
        return process

    def stop(self) -> None:
        """Stop all in good order."""
        self.go_on()
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(60)
        self._processes.clear()

    @property
    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def told(self, event: str) -> int:
        """Return how often it logged this."""
        return self.log.count(event)

    def duplicates(self) -> int:
        """Return how many duplicate verdicts it gave."""
        return sum(int(count) for count in re.findall(r"duplicate=(\d+)", self.log))


@dataclass
class City:
    """Everything a test needs; devices are added by the real actions."""

    broker: Broker
    ports: Ports
    ingest: Ingest
    household: UUID
    plugs: list[Plug] = field(default_factory=list)

    def device(self, code: str) -> str:
        """Enrol a plug and return its password."""
        return add_device(
            code=code,
            household=self.household,
            provider="plugs",
            interval=timedelta(minutes=1),
            channels=["power_w"],
            by="system:test",
            now=datetime.now(UTC),
        )

    def plug(self, code: str, *, password: str = "", client_id: str = "") -> Plug:
        """Return a new device's plug, not yet connected."""
        plug = Plug(self.ports.mqtt, code, password or self.device(code), client_id)
        self.plugs.append(plug)
        return plug

    def consumer(self) -> ConsumerInfo:
        """Return how far the broker is with delivering."""

        async def ask() -> ConsumerInfo:
            client = await nats.connect(
                self.broker.url, nkeys_seed=str(self.broker.keys / "ingest.seed")
            )
            try:
                return await client.jetstream().consumer_info(line.STREAM, line.CONSUMER)
            finally:
                await client.close()

        return asyncio.run(ask())

    def all_acknowledged(self) -> bool:
        """Return whether the broker holds nothing that we still have to take in."""
        info = self.consumer()
        return info.num_pending == 0 and info.num_ack_pending == 0

    def taken_in(self, code: str) -> list[str]:
        """Return the message ids of this device that are committed."""
        return column(
            "SELECT message_id FROM delivery JOIN readings_device d ON d.id = device_id"
            " WHERE code = %s ORDER BY 1",
            code,
        )

    def moments(self, code: str) -> list[datetime]:
        """Return the moments of this device's stored readings, doubles and all."""
        return column(
            "SELECT at FROM reading JOIN readings_device d ON d.id = device_id"
            " WHERE code = %s ORDER BY 1",
            code,
        )

    def quarantined(self, code: str) -> list[str]:
        """Return the reasons why messages of this device were set aside."""
        return column("SELECT reason FROM readings_quarantine WHERE device = %s ORDER BY id", code)


def column(query: str, *values: object) -> list:
    with psycopg.connect(database_url()) as db:
        return [row[0] for row in db.execute(query, values)]


def database_url(name: str = "") -> str:
    """Return where the tests' own database is."""
    at = connection.settings_dict
    host, port = quote(str(at["HOST"]), safe="/"), at["PORT"]
    extra = f"&port={port}" if port else ""
    login = f"{at['USER']}:{quote(at['PASSWORD'])}" if at["PASSWORD"] else at["USER"]
    return f"postgresql://{login}@/{name or at['NAME']}?host={host}{extra}"


@pytest.fixture(scope="package")
def site(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Broker, Ports, Ingest]]:
    """A broker and an ingest process for all the tests here."""
    folder, ports = tmp_path_factory.mktemp("site"), free_ports()
    broker = Broker(folder / "broker", ports.nats, ports.mqtt)
    broker.start()
    ingest = Ingest(broker, ports, folder / "ingest.log")
    yield broker, ports, ingest
    ingest.stop()
    broker.stop()


@pytest.fixture
def city(transactional_db: None, site: tuple[Broker, Ports, Ingest]) -> Iterator[City]:
    """One home that agreed to be watched, a broker, and one ingest process."""
    broker, ports, ingest = site
    assert str(connection.settings_dict["NAME"]).startswith("test_"), "only ever a database of ours"
    ingest.go_on()
    ingest.keep_one()
    now = datetime.now(UTC)
    seoul(now=now)
    (household,) = register_households(
        homes=[
            NewHousehold(
                dong=dongs()[0].code,
                address="효창원로 1",
                tier="mid",
                patience_hours=24,
                person=NewPerson(name="김안부", birth_year=1950, sex="f"),
                consents=["monitoring"],
                obtained_how="방문 동의서",
            )
        ],
        by="system:test",
        now=now,
    )
    add_provider(code="plugs", name="플러그", source="smart_plug", by="system:test", now=now)
    city = City(broker, ports, ingest, household)
    yield city
    for plug in city.plugs:
        plug.leave()
    ingest.hold_still()
