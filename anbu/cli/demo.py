"""A rehearsal in one command: `anbu demo`. This module never loads Django; the roles do."""

import json
import os
import secrets
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from anbu.config import city, logs, start
from anbu.config.clock import RehearsalClock
from anbu.config.postgres import CannotStart
from anbu.lab.city import STARTS_AT

# A step of 15 minutes would last 15 seconds at the usual speed: nobody could keep up.
WAITS = 6


@click.command()
@click.option("--households", type=click.IntRange(1, 200_000), default=2_000, show_default=True)
@click.option("--speed", type=click.FloatRange(0.1, 600), default=60.0, show_default=True)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--seed", "number", type=int, default=1, show_default=True)
@click.option("--fixed", is_flag=True, help="Judge by fixed hours alone, as cities did before.")
def demo(households: int, speed: float, port: int, number: int, fixed: bool) -> None:
    """Start a living city with people in it; the next start goes on where this one ended."""
    logs.set_up()
    home = _home(households, number, fixed)
    clock = _clock(home)
    _settings(home, port)

    def prepare() -> None:
        if not (home / "lab" / "city.json").exists():
            _seed(households, number, fixed)

    def let_time_go() -> None:
        clock.set_pace(speed=speed)

    city.run(
        say=lambda line: _say(line, home, speed),
        prepare=prepare,
        also=("rehearsal",),
        ready=let_time_go,
    )


def _home(households: int, number: int, fixed: bool) -> Path:
    """Return the folder of this very city: another size, seed or detector is another city."""
    base = os.environ.get("ANBU_HOME") or start.PACKAGE.parent / "var"
    home = Path(base).resolve() / f"demo-{households}-{number}{'-fixed' * fixed}"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["ANBU_HOME"] = str(home)
    return home


def _clock(home: Path) -> RehearsalClock:
    """Let time stand still where the last rehearsal ended, or on a Saturday night."""
    file = home / "clock.json"
    os.environ["ANBU_CLOCK_FILE"] = str(file)
    said = home / "lab" / "said.json"
    shown = STARTS_AT
    if said.exists():
        shown = datetime.fromtimestamp(max(json.loads(said.read_text()).values()), UTC)
    clock = RehearsalClock(file)
    clock.set_pace(speed=0.0, shown=shown)
    return clock


def _settings(home: Path, port: int) -> None:
    os.environ["ANBU_HTTP_PORT"] = str(port)
    for name, usual in (("INGEST_PORT", port + 1), ("MQTT_PORT", 1883), ("NATS_PORT", 4222)):
        os.environ.setdefault(f"ANBU_{name}", str(free_port(usual)))
    if "ANBU_GATEWAY_URL" not in os.environ:
        os.environ["ANBU_GATEWAY_URL"] = f"http://127.0.0.1:{free_port(port + 2)}/"
        os.environ["ANBU_GATEWAY_SECRET"] = secrets.token_urlsafe(24)
        os.environ["ANBU_RECEIPTS_URL"] = f"http://127.0.0.1:{port}/api/v1/receipts"


def free_port(usual: int) -> int:
    """Return the usual port, or any other when somebody has it: nobody types these."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", usual))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _seed(households: int, number: int, fixed: bool) -> None:
    command = [sys.executable, "-m", "anbu.cli", "seed"]
    options = ["--households", str(households), "--seed", str(number), "--waits", str(WAITS)]
    options += ["--fixed"] * fixed
    done = subprocess.run([*command, *options], stdin=subprocess.DEVNULL)
    if done.returncode:
        raise CannotStart("The city could not be seeded; the reason is above")


def _say(line: str, home: Path, speed: float) -> None:
    click.echo(line)
    if not line.startswith("READY"):
        return
    click.echo(f"\n  {city.address()}   (time runs {speed:g} times as fast; Ctrl-C ends)")
    click.echo(f"  The demo's own ladder waits {WAITS} times as long at each step.\n")
    logins = home / "logins.txt"
    if logins.exists():
        for row in logins.read_text(encoding="utf-8").splitlines():
            click.echo(f"  {row}")
        click.echo("\n  After the password the page shows the number of each one's code app.")
    click.echo("")
