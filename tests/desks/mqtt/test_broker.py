"""The broker we start: its keys, its one clear line when it cannot, and what it does when full."""

import asyncio
import os
import signal
import socket
import stat
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from nats.js.errors import APIError

from anbu.config.broker import ROLES, Broker, config_text
from anbu.config.postgres import CannotStart
from anbu.desks.api import line

from .conftest import free_ports


@pytest.fixture
def broker(tmp_path: Path):
    ports = free_ports()
    broker = Broker(tmp_path / "broker", ports.nats, ports.mqtt)
    yield broker
    broker.stop()


def test_the_operators_page_shows_the_configuration_as_it_is() -> None:
    text = config_text(
        home=Path("/var/lib/anbu/broker"),
        nats_port=4222,
        mqtt_port=1883,
        store_bytes=2**30,
        keys={role: f"<public key of {role}>" for role in ROLES},
    )
    page = Path(__file__).parents[3] / "docs" / "broker.md"
    assert f"```\n{text.split(chr(10), 1)[1]}```" in page.read_text()


def test_its_secrets_are_made_once_and_read_by_nobody_else(broker: Broker) -> None:
    broker.start()
    seeds = {file: file.read_bytes() for file in broker.keys.iterdir()}
    assert {file.stem for file in seeds} == {"issuer", "ingest", "login", "system"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in seeds} == {0o400}
    for file in broker.home.rglob("*"):
        if file.is_file() and file not in seeds:
            assert not [seed for seed in seeds.values() if seed in file.read_bytes()], file
    broker.stop()
    broker.start()
    assert seeds == {file: file.read_bytes() for file in broker.keys.iterdir()}


def test_a_taken_port_is_named_in_one_line(tmp_path: Path) -> None:
    ports = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.mqtt))
        other.listen()
        with pytest.raises(CannotStart, match=f"ANBU_MQTT_PORT={ports.mqtt}: .*in use"):
            Broker(tmp_path, ports.nats, ports.mqtt).start()


def test_a_folder_that_is_none_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotStart, match="file/broker: the broker cannot write there"):
        Broker(tmp_path / "file" / "broker", 1, 2).start()


def test_a_server_left_over_by_a_killed_supervisor_is_replaced(broker: Broker) -> None:
    broker.start()
    left_over = psutil.Process(broker.pid)
    heir = Broker(broker.home, *(int(port) for port in _ports(broker)))
    heir.start()
    assert not left_over.is_running() or left_over.status() == psutil.STATUS_ZOMBIE
    assert heir.pid != left_over.pid
    heir.stop()


def test_another_program_with_our_old_number_is_left_alone(broker: Broker) -> None:
    broker.home.mkdir(parents=True)
    (broker.home / "nats.pid").write_text(str(os.getpid()))
    seen: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: seen.append(number))
    broker.start()
    signal.signal(signal.SIGTERM, before)
    assert seen == []


def test_nobody_comes_in_without_a_key(broker: Broker) -> None:
    broker.start()

    async def knock(line: str) -> bytes:
        host, port = broker.url.removeprefix("nats://").split(":")
        reader, writer = await asyncio.open_connection(host, port)
        await reader.readline()
        writer.write(line.encode() + b"\r\nPING\r\n")
        answer = await reader.read()  # to its end: the broker hangs up
        writer.close()
        await writer.wait_closed()
        return answer

    async def all_knock() -> list[bytes]:
        who = ("{}", '{"user":"ingest","pass":"ingest"}', '{"nkey":"UABC","sig":"x"}')
        return await asyncio.gather(*(knock("CONNECT " + each) for each in who))

    answers = asyncio.run(all_knock())
    assert all(b"Authorization Violation" in answer for answer in answers), answers


def test_the_stream_refuses_the_newest_when_full_and_forgets_nothing_unread(
    broker: Broker, settings
) -> None:
    broker.start()
    settings.NATS_URL, settings.NATS_KEYS = broker.url, broker.keys
    settings.MQTT_STORE_BYTES = 2**20
    size = 64 * 1024

    async def fill() -> tuple[int, int]:
        client = await line.connect("ingest", asyncio.Event())
        assert client is not None
        await line.prepare(client)
        await line.prepare(client)
        context, stored = client.jetstream(), []
        with suppress(APIError):
            while len(stored) < 20:
                stored.append(await context.publish(line.SIGNS + "full", b"x" * size))
        held = (await context.stream_info(line.STREAM)).state.messages
        await client.close()
        return len(stored), held

    stored, held = asyncio.run(fill())
    assert 10 < stored == held < 20


def _ports(broker: Broker) -> tuple[str, str]:
    text = (broker.home / "nats.conf").read_text()
    listens = [row.split(":")[-1].strip('" ') for row in text.splitlines() if "listen:" in row]
    return listens[0], listens[1]
