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
from datetime import datetime
from functools import partial
from pathlib import Path

import click
import httpx

from anbu.cli.demo import free_port
from anbu.config import city, logs, start
from anbu.config.clock import RehearsalClock
from anbu.config.postgres import CannotStart
from anbu.config.supervise import Supervisor
from anbu.lab.city import SEOUL, STARTS_AT

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
WITHOUT_ROLES = ("groups", "register", "storage", "night", "rounds", "rounds-city")
WITH_WEB = ("rounds",)  # pages are asked for, and nothing else runs
CITY = "rounds-city"  # what `--keep` keeps: the city that `rounds` measures
KEPT = "city.json"  # in its folder: how it was made
ANSWERS_WITHIN_S = 60.0
# Others begin on a Saturday night: the centre is on duty, as its operators expect.
ROUND_AT = datetime(2026, 11, 23, 6, tzinfo=SEOUL)  # a Monday, before the round


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
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the city made for `rounds` here; whoever names it again measures in a copy of it.",
)
def bench(
    name: str,
    as_json: bool,
    seconds: float | None,
    homes: int | None,
    sync: str,
    keep: Path | None,
) -> None:
    """Measure detector, readings/s, due to screen, pages, register, groups, storage, rounds."""
    if seconds is not None and name not in SENDS:
        raise click.UsageError(f"--seconds is for {' and '.join(SENDS)}")
    if homes is not None and name not in GROWS:
        raise click.UsageError(f"--homes is for {' and '.join(GROWS)}")
    if keep is not None and name != "rounds":
        raise click.UsageError("--keep is for rounds")
    names = NAMES if name == "all" else (name,)
    told = {"seconds": seconds, "homes": homes}
    how: dict[str, float] = {key: value for key, value in told.items() if value is not None}
    if keep is not None:
        how |= _kept(keep, how)
    failed = False
    for each in names:
        figures = _apart(each, how, syncs=sync == "always", begin_from=keep)
        failed |= not figures
        for line in figures:
            click.echo(line if as_json else _in_words(json.loads(line)))
    if failed:
        raise click.ClickException("a measurement failed; the reason is above")


def _kept(keep: Path, how: Mapping[str, float]) -> dict[str, float]:
    """Make the city that is kept, unless it stands; return its size, and how long it took."""
    note = keep / KEPT
    if not note.exists():
        if keep.exists() and any(keep.iterdir()):
            raise click.UsageError(f"{keep} is not empty and holds no whole city")
        lines = _apart(CITY, how, home=keep)
        if not lines:
            raise click.ClickException("the city could not be made; the reason is above")
        note.write_text(lines[-1])
    made = json.loads(note.read_text())
    if how.get("homes", made["people"]) != made["people"]:
        raise click.UsageError(f"{keep} holds a city of {made['people']:,}")
    return {"homes": made["people"], "seeded_s": made["value"]}


def _apart(name: str, how: Mapping[str, float], **where: Path | bool | None) -> list[str]:
    """Measure in a process of its own: an installation ends with its process."""
    told = {key: str(each) if isinstance(each, Path) else each for key, each in where.items()}
    call = f"from anbu.cli.bench import measure; measure({name!r}, how={dict(how)!r}, **{told!r})"
    command = [sys.executable, "-c", call]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    return [line for line in done.stdout.splitlines() if line.startswith("{")]


def measure(
    name: str,
    *,
    how: Mapping[str, float],
    syncs: bool = True,
    home: str | None = None,
    begin_from: str | None = None,
) -> None:
    """Start an installation, measure it from a process beside it, and take it down again.

    `how`: keywords of the measurement, such as `seconds` or `homes`. `home`: a folder that stays.
    `begin_from`: a folder that is copied first.
    """
    logs.set_up()
    if name == "detector":  # pure: needs no installation
        _name_commit()
        subprocess.run([sys.executable, "-m", "anbu.lab.bench_kernel"], stdin=subprocess.DEVNULL)
        return
    folder = Path(home) if home else Path(tempfile.mkdtemp(prefix="anbu-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # as root, the database's own user must get through
    try:
        if begin_from:
            _copy(Path(begin_from), folder)
        _stand(name, how, folder, syncs=syncs)
    finally:
        if not home:
            shutil.rmtree(folder, ignore_errors=True)


def _copy(kept: Path, folder: Path) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", f"{kept}/.", str(folder)], check=True)  # nosec B607


def _stand(name: str, how: Mapping[str, float], folder: Path, *, syncs: bool) -> None:
    _settings(folder, ROUND_AT if name in (CITY, "rounds") else STARTS_AT)
    if name not in WITHOUT_ROLES:
        ready = partial(_measure, name, how)
        city.run(say=lambda line: None, prepare=_load, ready=ready, syncs=syncs)
        return
    with ExitStack() as standing:
        city.bring_up(standing, say=lambda line: None)
        if name in WITH_WEB:
            _serve(standing)
        _run(name, how)


def _serve(standing: ExitStack) -> None:
    """Let the web role alone answer, until `standing` ends."""
    web = Supervisor(start.home() / "run", ("web",))
    standing.callback(web.stop)
    web.start()
    wrong = web.wait_until(_answers, within_s=ANSWERS_WITHIN_S)
    if wrong:
        raise CannotStart(wrong)


def _answers() -> bool:
    try:
        return httpx.get(city.address() + "login", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _settings(home: Path, at: datetime) -> None:
    for name in ("URL", "URL_WEB", "URL_WORK"):
        os.environ.pop(f"ANBU_DATABASE_{name}", None)
    os.environ["ANBU_HOME"] = str(home)
    os.environ["ANBU_CLOCK_FILE"] = str(home / "clock.json")
    RehearsalClock(home / "clock.json").set_pace(speed=1.0, shown=at)
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
