"""A simulated city: `anbu seed`, `anbu import`. The rooms are here, so Django is loaded."""

import json
from datetime import datetime
from pathlib import Path

import click

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import machine
from anbu.care.readings import jobs
from anbu.care.readings.actions.policies import FIRST
from anbu.care.readings.rules import Answer, NotAllowed, Verdict
from anbu.care.register import actions as register
from anbu.care.register.actions import NotPossible
from anbu.care.register.queries import faults_of, progress
from anbu.care.register.rules import BadFile
from anbu.cli.told import Told
from anbu.config import logs, start
from anbu.lab import recordings, seeding

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--households", type=click.IntRange(1, 200_000), default=2_000, show_default=True)
@click.option("--seed", "number", type=int, default=1, show_default=True)
@click.option(
    "--waits",
    type=click.FloatRange(0.1, 100),
    default=1.0,
    show_default=True,
    help="How many times as long each step of the response may take.",
)
@click.option("--fixed", is_flag=True, help="Judge by fixed hours alone, as cities did before.")
@click.option("--detector", type=FILE, help="Judge by this detector policy.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def seed(
    households: int,
    number: int,
    waits: float,
    fixed: bool,
    detector: Path | None,
    as_json: bool,
) -> None:
    """Fill an empty database with a believable city; the same seed gives the same city."""
    logs.set_up()
    if fixed and detector:
        raise click.UsageError("--fixed or --detector, not both")
    policy = seeding.FIXED if fixed else FIRST
    try:
        with Told() as told:
            made = seeding.seed(
                households=households,
                seed=number,
                now=now(),
                progress=told,
                waits=waits,
                policy=detector.read_text("utf-8") if detector else policy,
            )
    except (seeding.NotEmpty, NotAllowed) as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(made.as_dict(), default=str) if as_json else made.in_words())


@click.group("import")
def bring() -> None:
    """Bring in files."""


@bring.command()
@click.argument("file", type=FILE)
def recording(file: Path) -> None:
    """Add recorded homes from a CSV: recording,channel,at,value."""
    try:
        found = recordings.add(file, home=start.home())
    except recordings.BadRecording as error:
        for line in error.lines:
            click.echo(f"{file.name}: {line}", err=True)
        raise click.ClickException("nothing was added") from None
    for tape in found:
        days = (tape.at[-1] - tape.at[0]) / 86_400
        first = datetime.fromtimestamp(tape.at[0]).astimezone()
        click.echo(f"{tape.name}: {tape.channel}, {days:.0f} days from {first:%Y-%m-%d}")


@bring.command("readings")
@click.argument("file", type=FILE)
@click.option("--provider", required=True, help="The code of who sent the file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def readings_file(file: Path, provider: str, as_json: bool) -> None:
    """Take in a file that a provider dropped; every line gets its verdict, none stops the rest."""
    size = file.stat().st_size
    try:
        with Told() as told:
            counts = jobs.import_file(
                path=file,
                provider=provider,
                now=now(),
                progress=lambda done: told(file.name, done, size),
                tell=lambda verdict: None if as_json else _tell(verdict),
            )
    except NotAllowed as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(counts))
    else:
        click.echo(", ".join(f"{count:,} {verdict}" for verdict, count in counts.items()))


def _tell(verdict: Verdict) -> None:
    """Say in words what became of one line; nothing of a duplicate, which is well."""
    if verdict.verdict is not Answer.DUPLICATE:
        click.echo(f"{verdict.id}: {verdict.verdict}: {verdict.reason}: {verdict.detail}", err=True)


@bring.command("register")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only look, and say what would be refused.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def register_file(file: Path, dry_run: bool, as_json: bool) -> None:
    """Bring in a register of households (CSV or XLSX); rows that cannot be read are told."""
    us = machine("cli")
    try:
        brought = register.look_at(body=file.read_bytes(), file_name=file.name, by=us, now=now())
        if dry_run:
            card, faults = progress(brought=brought), faults_of(brought=brought)
            register.drop(brought=brought, by=us, now=now())
        else:
            register.start(brought=brought, by=us, now=now())
            with Told() as told:
                while register.take_step(now=now(), only=brought):
                    card = progress(brought=brought)
                    told(file.name, card.done, card.whole)
            card, faults = progress(brought=brought), faults_of(brought=brought)
    except (BadFile, NotPossible) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        counts = {"rows": card.total, "ready": card.ready, "faulty": card.faulty, "made": card.made}
        click.echo(json.dumps({"import": str(brought), **counts}))
        return
    for row in faults:
        for fault in row.faults:
            sentence = fault.sentence % dict(fault.values)
            click.echo(f"{row.number}: {fault.title} {sentence}", err=True)
    click.echo(f"{card.total:,} rows: {card.made:,} brought in, {card.faulty:,} to be mended")
