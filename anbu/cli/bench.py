"""Measure this machine: `anbu bench NAME`. Starts a city of its own; never loads Django itself."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from anbu.config import city, logs, start
from anbu.config.postgres import CannotStart

NAMES = ("mqtt",)
PORTS = ("HTTP_PORT", "INGEST_PORT", "NATS_PORT", "MQTT_PORT")


@click.command()
@click.argument("name", type=click.Choice(("all", *NAMES)), default="all")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each name.")
def bench(name: str, as_json: bool) -> None:
    """Measure in a throw-away city on this machine; nothing of yours is touched."""
    logs.set_up()
    with tempfile.TemporaryDirectory(prefix="anbu-bench-") as folder:
        Path(folder).chmod(0o711)  # as root, the database's own user must get through
        os.environ["ANBU_HOME"] = folder
        for each in ("DATABASE_URL", "NATS_URL", "NATS_KEYS"):
            os.environ.pop(f"ANBU_{each}", None)
        for each, port in zip(PORTS, _free_ports(len(PORTS)), strict=True):
            os.environ[f"ANBU_{each}"] = str(port)
        names = NAMES if name == "all" else (name,)
        city.run(say=lambda line: None, ready=lambda: _measure(names, as_json))


def _measure(names: tuple[str, ...], as_json: bool) -> None:
    """Measure one after the other, each in a process of its own, and then end the city."""
    os.environ["ANBU_COMMIT"] = _commit()
    for name in names:
        command = [sys.executable, "-m", "anbu.cli", "measure", name]
        done = subprocess.run(command + ["--json"] * as_json, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise CannotStart(f"The measurement {name} failed; the reason is above")
    os.kill(os.getpid(), signal.SIGTERM)


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _commit() -> str:
    asked = ["git", "-C", str(start.PACKAGE), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True).stdout.strip() or "unknown"
    except OSError:
        return "unknown"
