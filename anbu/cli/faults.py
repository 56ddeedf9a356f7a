"""The fault laboratory: `anbu lab run SCENARIO`. Everything it needs is its own and thrown away."""

import asyncio
import importlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import django
import psycopg

from anbu.cli.demo import free_port
from anbu.config import logs, start
from anbu.config.clock import RehearsalClock
from anbu.config.postgres import CannotStart, Cluster
from anbu.lab.city import STARTS_AT

ANBU = [sys.executable, "-m", "anbu.cli"]
PORTS = ("HTTP_PORT", "INGEST_PORT", "MQTT_PORT", "NATS_PORT")
STANDSTILL_S = "4"
# Reads until this run is over, however it ends: a laboratory that was killed leaves nothing behind.
UNDERTAKER = """
read _; cd /; kill -TERM $(cat "$0"/*.pid) || exit
for _ in $(seq 60); do [ -e "$0/postgres/data/postmaster.pid" ] || break; sleep 1; done
umount -l "$0/postgres"; rm -rf "$0"
"""
SOCKET = ".s.PGSQL.5432"


@click.group()
def lab() -> None:
    """Break a throw-away city on purpose, and see what it is worth."""


@lab.command()
@click.argument("scenario")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--patience",
    type=click.IntRange(min=1),
    help="So many times longer anything may take: the machine has other work beside.",
)
@click.option("--keep", is_flag=True, help="Leave the city's folder where it is, to look into.")
def run(scenario: str, seed: int, as_json: bool, patience: int | None, keep: bool) -> None:
    """Try the faults of SCENARIO (short, long, or a file); exit code 1 when anything was lost."""
    logs.set_up(role="lab")
    home = Path(tempfile.mkdtemp(prefix="anbu-lab-"))
    home.chmod(0o711)  # as root, the database's own user must get through
    try:
        with ExitStack() as standing:
            standing.enter_context(_undertaker(home))
            report = _run(home, scenario, seed, patience, standing)
    finally:
        if keep:
            click.echo(f"kept: {home}", err=True)
        else:
            shutil.rmtree(home, ignore_errors=True)
    click.echo(json.dumps(report.as_dict()) if as_json else report.in_words())
    sys.exit(0 if report.is_good else 1)


def _run(home: Path, scenario: str, seed: int, patience: int | None, standing: ExitStack) -> Any:
    plans = _load("anbu.lab.faults.plan", home)
    try:
        chosen = plans.read(scenario)
        if patience is not None:
            chosen = replace(chosen, patience=patience)
    except plans.BadScenario as error:
        raise click.ClickException(str(error)) from None
    disk, why = standing.enter_context(_disk(home, chosen.disk_mb))
    _prepare_database(home)
    stage = _stage(home, disk, why)
    laboratory = importlib.import_module("anbu.lab.faults.laboratory")
    return asyncio.run(
        _until_ctrl_c(laboratory, stage=stage, scenario=chosen, seed=seed, commit=_commit())
    )


async def _until_ctrl_c(laboratory: Any, **told: Any) -> Any:
    """Make the run; the first Ctrl-C ends it with a report of what was done."""
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    return await laboratory.experiment(
        **told, say=lambda line: click.echo(f"  {line}", err=True), stop=stop
    )


def _load(module: str, home: Path) -> Any:
    """Load Django for this process: the laboratory's own eyes, straight at the database."""
    for name in [name for name in os.environ if name.startswith("ANBU_")]:
        if name not in ("ANBU_PG_BIN", "ANBU_NATS_BIN"):
            del os.environ[name]
    clock = home / "clock.json"
    # at the usual pace from a Saturday night on: the centre is on duty; faults step it
    RehearsalClock(clock).set_pace(speed=1.0, shown=STARTS_AT)
    os.environ |= _settings(home) | {
        "ANBU_DATABASE_URL": _url(home / "postgres" / "socket", "anbu"),
        "ANBU_REACH": "machine",
        "DJANGO_SETTINGS_MODULE": "anbu.config.settings",
    }
    django.setup()
    return importlib.import_module(module)


def _settings(home: Path) -> dict[str, str]:
    ports = {f"ANBU_{name}": str(free_port(0)) for name in PORTS}
    gateway = free_port(0)
    return ports | {
        "ANBU_HOME": str(home),
        "ANBU_CLOCK_FILE": str(home / "clock.json"),
        "ANBU_SECRET_KEY": secrets.token_urlsafe(40),
        "ANBU_GATEWAY_URL": f"http://127.0.0.1:{gateway}/",
        "ANBU_GATEWAY_SECRET": secrets.token_urlsafe(24),
        "ANBU_RECEIPTS_URL": f"http://127.0.0.1:{ports['ANBU_HTTP_PORT']}/api/v1/receipts",
        "ANBU_ALL_CALL": "010-0000-0009",
        "ANBU_STANDSTILL_S": STANDSTILL_S,
        "ANBU_MQTT_ACK_WAIT_S": "5",
        # a fault that sets the clock closes the mass brake: it must open again while we look
        "ANBU_BRAKE_HOLD_S": "10",
        "ANBU_BRAKE_LONGEST_S": "20",
    }


def _stage(home: Path, disk: Path | None, why: str) -> Any:
    site = importlib.import_module("anbu.lab.faults.site")
    base = dict(os.environ)
    for name in ("ANBU_DATABASE_URL", "ANBU_REACH", "DJANGO_SETTINGS_MODULE"):
        del base[name]
    crash, wire = home / "crash", home / "wire"
    for folder in (crash, wire):
        folder.mkdir(mode=0o755)
    doomed = base | {"ANBU_CRASH_ALLOWED": "1", "ANBU_CRASH_FOLDER": str(crash)}
    logins = {
        f"ANBU_DATABASE_URL_{kind}": _url(wire, f"anbu_{kind.lower()}") for kind in ("WEB", "WORK")
    }
    direct = {"ANBU_DATABASE_URL": os.environ["ANBU_DATABASE_URL"]}
    ports = {name: int(base[f"ANBU_{name}"]) for name in PORTS}
    nats = {"ANBU_NATS_KEYS": str(home / "broker" / "keys")}
    return site.Stage(
        home=home,
        up=[*ANBU, "up"],
        twin=[*ANBU, "run", "clock"],
        verify=[*ANBU, "verify"],
        environment=doomed | logins,
        twin_environment=doomed | nats | {"ANBU_DATABASE_URL": _url(wire, "anbu")},
        verify_environment=base | direct,
        http_port=ports["HTTP_PORT"],
        ingest_port=ports["INGEST_PORT"],
        mqtt_port=ports["MQTT_PORT"],
        gateway_port=int(base["ANBU_GATEWAY_URL"].split(":")[-1].rstrip("/")),
        gateway_secret=base["ANBU_GATEWAY_SECRET"],
        proxies={
            "db": (wire / SOCKET, home / "postgres" / "socket" / SOCKET),
            "http": (free_port(0), ports["INGEST_PORT"]),
            "mqtt": (free_port(0), ports["MQTT_PORT"]),
        },
        crash_folder=crash,
        disk=disk,
        why_no_disk=why,
    )


def _url(folder: Path, role: str) -> str:
    return f"postgresql://{role}@/anbu?host={folder}"


def _prepare_database(home: Path) -> None:
    """Let the server remember when each row was committed: lateness is measured by that."""
    cluster = Cluster(home)
    cluster.start()
    try:
        if not (home / "postgres" / "socket" / SOCKET).exists():
            raise CannotStart(f"{home} is closed to the database's user: set TMPDIR to another")
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
            db.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    finally:
        cluster.stop()


@contextmanager
def _undertaker(home: Path) -> Iterator[None]:
    """Have somebody clear up after us, should we be killed."""
    waiting = subprocess.Popen(
        ["/bin/sh", "-c", UNDERTAKER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        waiting.kill()
        waiting.communicate()


@contextmanager
def _disk(home: Path, size_mb: int) -> Iterator[tuple[Path | None, str]]:
    """Give the database a small disk of its own, where this machine lets us."""
    if not size_mb:
        yield None, "the scenario gives the database no disk of its own (disk_mb)"
        return
    folder = home / "postgres"
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0700", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except OSError as error:
        yield None, f"no small disk can be made here ({error.strerror})"
        return
    if done.returncode:
        yield None, f"no small disk can be made here ({done.stderr.strip()})"
        return
    try:
        yield folder, ""
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True)  # nosec B607


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, cwd=start.PACKAGE, capture_output=True, text=True)  # nosec B607
    return done.stdout.strip()
