"""Measures this machine: `anbu bench`. Each measurement has a fresh installation of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from anbu.cli.demo import free_port
from anbu.config import city, logs, start
from anbu.config.clock import RehearsalClock
from anbu.lab.city import STARTS_AT

NAMES = (
    "detector",
    "readings-http",
    "readings-mqtt",
    "due-to-screen",
    "all-due",
    "queue",
    "keys",
    "queue-page",
    "register",
    "household",
    "city-pages",
    "groups",
    "unknown",
    "storage",
    "night",
    "rounds",
)
SENDS = ("readings-http", "readings-mqtt")
GROWS = ("all-due", "queue", "keys", "night", "rounds")
# a clock beside these would do the very work measured
WITHOUT_ROLES = ("groups", "register", "storage", "night", "rounds")


@click.command()
@click.argument("name", type=click.Choice([*NAMES, "all"]), default="all")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--seconds", type=float, help="How long readings are sent; 600 to see memory.")
@click.option(
    "--homes",
    type=int,
    help="How many homes; 110,000 unless told (keys: 2,000; night: 8,500; rounds: 70,000).",
)
@click.option(
    "--sync",
    type=click.Choice(["always", "default"]),
    default="always",
    help="Whether the broker syncs each message, or leaves that to replicas (readings-mqtt).",
)
def bench(name: str, as_json: bool, seconds: float | None, homes: int | None, sync: str) -> None:
    """Measure detector, readings/s, due to screen, pages, register, groups, storage, rounds."""
    if seconds is not None and name not in SENDS:
        raise click.UsageError(f"--seconds is for {' and '.join(SENDS)}")
    if homes is not None and name not in GROWS:
        raise click.UsageError(f"--homes is for {' and '.join(GROWS)}")
    names = NAMES if name == "all" else (name,)
    told = {"seconds": seconds, "homes": homes}
    how = {key: value for key, value in told.items() if value is not None}
    failed = False
    for each in names:
        # a process of its own: an installation ends with its process
        call = (
            "from anbu.cli.bench import measure;"
            f" measure({each!r}, how={how!r}, syncs={sync == 'always'})"
        )
        command = [sys.executable, "-c", call]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        figures = [line for line in done.stdout.splitlines() if line.startswith("{")]
        failed |= not figures
        for line in figures:
            click.echo(line if as_json else _in_words(json.loads(line)))
    if failed:
        raise click.ClickException("a measurement failed; the reason is above")


def measure(name: str, *, how: Mapping[str, float], syncs: bool = True) -> None:
    """Start an installation, measure it from a process beside it, and take it down again.

    `how`: keywords of the measurement, such as `seconds` or `homes`.
    """
    logs.set_up()
    if name == "detector":  # pure: needs no installation
        _name_commit()
        subprocess.run([sys.executable, "-m", "anbu.lab.bench_kernel"], stdin=subprocess.DEVNULL)
        return
    home = Path(tempfile.mkdtemp(prefix="anbu-bench-"))
    home.chmod(0o711)  # as root, the database's own user must get through
    try:
        _settings(home)
        if name in WITHOUT_ROLES:
            with ExitStack() as standing:
                city.bring_up(standing, say=lambda line: None)
                _run(name, how)
            return
        ready = partial(_measure, name, how)
        city.run(say=lambda line: None, prepare=_load, ready=ready, syncs=syncs)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _settings(home: Path) -> None:
    for name in ("URL", "URL_WEB", "URL_WORK"):
        os.environ.pop(f"ANBU_DATABASE_{name}", None)
    os.environ["ANBU_HOME"] = str(home)
    os.environ["ANBU_CLOCK_FILE"] = str(home / "clock.json")
    # a Saturday night at the usual pace: the centre is on duty, as its operators expect
    RehearsalClock(home / "clock.json").set_pace(speed=1.0, shown=STARTS_AT)
    os.environ["ANBU_BRAKE_AT_LEAST"] = "300"  # two hundred falling due in turn are no flood here
    for port in ("HTTP_PORT", "INGEST_PORT", "MQTT_PORT", "NATS_PORT"):
        os.environ[f"ANBU_{port}"] = str(free_port(0))
    _name_commit()


def _name_commit() -> None:
    commit = subprocess.run(  # nosec B607
        ["git", "rev-parse", "--short", "HEAD"], cwd=start.PACKAGE, capture_output=True, text=True
    )
    os.environ["ANBU_COMMIT"] = commit.stdout.strip()


def _load() -> None:
    subprocess.run(
        [sys.executable, "-m", "anbu.cli", "load", "places"], stdout=subprocess.DEVNULL, check=True
    )


def _run(name: str, how: Mapping[str, float]) -> None:
    command = [sys.executable, "-m", "anbu.lab.bench", name, json.dumps(how)]
    subprocess.run(command, stdin=subprocess.DEVNULL)


def _measure(name: str, how: Mapping[str, float]) -> None:
    _run(name, how)
    signal.raise_signal(signal.SIGTERM)  # that was all


def _in_words(told: dict[str, object]) -> str:
    shown = {k: v for k, v in told.items() if k not in ("name", "value", "unit", "at")}
    more = ", ".join(f"{key} {value}" for key, value in shown.items())
    return f"{told['name']:<16} {told['value']:>10,} {told['unit']}  ({more})"
