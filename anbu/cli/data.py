"""Tables and the data a city brings: `anbu migrate`, `anbu load`."""

from pathlib import Path
from typing import Any

import click
from django.core.management import call_command
from django.db import connection

from anbu.care.alarms import actions as alarms
from anbu.care.assess import actions as assessing
from anbu.care.assess.rules import BadInstrument
from anbu.care.effects import actions as effects
from anbu.care.effects.rules import describe
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import machine
from anbu.care.people import actions as people
from anbu.care.places import actions as loading
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.readings import jobs
from anbu.care.register.rules import read as read_sheet
from anbu.care.rosters import actions as rosters
from anbu.config import rights

TEXT = click.Path(exists=True, dir_okay=False, path_type=Path)
BY = "system:cli"


@click.command()
def migrate() -> None:
    """Bring the tables up to date; safe to run at every start."""
    call_command("migrate", interactive=False, verbosity=0)
    rights.grant(_run)
    jobs.make_partitions(now=now())  # the first reading must find its day
    if not places.posts():
        _load_seoul()  # an alarm must find its owner
        readings.load_first_detectors(by=BY, now=now())
    loading.make_organisations()  # a city of before knows none yet
    assessing.load_shipped(by=BY, now=now())


def _run(told: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(told)
        return list(cursor.fetchall()) if cursor.description else []


@click.group()
def load() -> None:
    """Load what a city keeps as data."""


@load.command("places")
def load_places() -> None:
    """Load Seoul's 25 districts and 427 dongs, with a post for each dong and one for the centre."""
    click.echo(f"Seoul is loaded; {_load_seoul()} holidays are new")


@load.command()
@click.argument("file", type=TEXT)
def holidays(file: Path) -> None:
    """Load holidays from a CSV with the columns date and name."""
    try:
        new = loading.load_holidays_csv(text=file.read_text("utf-8-sig"), now=now(), by=BY)
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None
    click.echo(f"{new} holidays are new")


@load.command()
@click.argument("file", type=TEXT)
def dongs(file: Path) -> None:
    """End dongs and begin others from a TOML file; homes and staff follow. See docs/staff.md."""
    try:
        done = people.redraw_dongs(text=file.read_text("utf-8"), by=machine("cli"), now=now())
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None
    click.echo(f"{done.moved} homes went; {done.waiting} wait for a person's word")
    for login in done.staff:
        click.echo(f"say where {login} works now: anbu user role {login} --dong CODE ...")


@load.command()
@click.argument("file", type=TEXT)
def organisations(file: Path) -> None:
    """Load dong offices, agencies, council members and others from a CSV; see docs/staff.md."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        text = file.read_text("cp949", errors="replace")
    done = loading.load_organisations(text=text, by=BY, now=now())
    for line, fault in done.faults:
        click.echo(f"{file.name}:{line}: {fault}", err=True)
    click.echo(f"{done.new} new, {done.changed} changed, {done.same} the same")
    if done.faults:
        raise click.ClickException(f"{len(done.faults)} rows were not taken in")


@load.command()
@click.argument("file", type=TEXT)
def policy(file: Path) -> None:
    """Load response ladders from a TOML file; running alarms keep the ladder they began with."""
    try:
        number = alarms.load_policy(text=file.read_text("utf-8"), by=BY, now=now())
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None
    click.echo(f"policy {number} is in force")


@load.command()
@click.argument("file", type=TEXT)
def protocol(file: Path) -> None:
    """Propose a response protocol from a TOML file; a person puts it in force on its page."""
    try:
        made = alarms.load_protocol(text=file.read_text("utf-8"), by=BY, now=now())
    except alarms.BadProtocol as bad:
        for fault in bad.faults:
            click.echo(f"{file.name}:{fault}", err=True)
        raise click.ClickException(f"{file}: not taken in") from None
    click.echo(f"proposed: /protocols/{made}")


@load.command()
@click.argument("file", type=TEXT)
def detector(file: Path) -> None:
    """Load from a TOML file how long a silence may last, and in whose home the clock learns."""
    try:
        name, version = readings.load_detectors(text=file.read_text("utf-8"), by=BY, now=now())
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None
    click.echo(f"{name}, version {version}, is loaded")


@load.command()
@click.argument("file", type=TEXT)
def templates(file: Path) -> None:
    """Load the words of messages from a TOML file; see docs/effects.md."""
    try:
        loaded = effects.load_templates(text=file.read_text("utf-8"), by=BY, now=now())
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None
    for template in loaded:
        click.echo(describe(template))
    if not loaded:
        click.echo("nothing new")


@load.command()
@click.argument("names", nargs=-1, type=TEXT, metavar="[FILE]...")
def instruments(names: tuple[Path, ...]) -> None:
    """Load instruments of risk assessment from TOML files; without a file, those of Anbu."""
    new = [] if names else assessing.load_shipped(by=BY, now=now())
    for file in names:
        try:
            made, is_new = assessing.load(text=file.read_text("utf-8"), by=BY, now=now())
        except (BadInstrument, UnicodeDecodeError) as error:
            raise click.ClickException(f"{file}: {error}") from None
        new += [made] if is_new else []
    for made in new:
        lacks = f"; not known: {', '.join(made.missing)}" if made.missing else ""
        click.echo(f"{made.code}, version {made.version}, is loaded{lacks}")
    if not new:
        click.echo("nothing new")


@load.command()
@click.argument("file", type=TEXT)
@click.option("--dong", default="", help="Of which dong, by its code; without it the centre's.")
def roster(file: Path, dong: str) -> None:
    """Load a post's roster from a CSV or XLSX: all lines of it, or none. See docs/staff.md."""
    card = places.dong_post(dong) if dong else None
    if dong and card is None:
        raise click.ClickException(f"there is no dong {dong}")
    post = card.id if card else places.centre()
    try:
        sheet = read_sheet(file.read_bytes())
        lines = [(line.number, line.cells) for line in sheet.lines]
        found = rosters.load_roster(post=post, header=sheet.header, lines=lines, by=BY, now=now())
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None
    for fault in found.faults:
        click.echo(f"{file.name}:{fault.line}: {fault.why}", err=True)
    if found.faults:
        raise click.ClickException("nothing was loaded")
    click.echo(f"{len(found.lines)} turns are on the roster")


def _load_seoul() -> int:
    loading.load_seoul(now=now(), by=BY)
    return loading.load_holidays(now=now(), by=BY)
