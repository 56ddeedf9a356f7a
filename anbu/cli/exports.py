"""Files that leave the house, from a terminal: `anbu export`. The rules are those of the desks."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click

from anbu.care.exports import actions, queries
from anbu.care.exports.rules import DataSet, NotAllowed, UnknownExport
from anbu.care.foundation.actions import source
from anbu.care.foundation.queries import now
from anbu.care.people.rules import BadInput
from anbu.care.staff import queries as staff
from anbu.care.staff.models import Staff

BY = click.option("--by", "login", required=True, help="The login of who does it.")
ID = click.argument("export_id", type=click.UUID, metavar="ID")


@click.group()
def export() -> None:
    """Ask for a file, allow what somebody else asked for, fetch it."""


@export.command()
@click.argument("data_set", type=click.Choice([each.value for each in DataSet]))
@click.option("--district", default="", help="Its code.")
@click.option("--dong", default="", help="Its code.")
@click.option("--tier", type=click.Choice(["", "high", "mid", "low"]), default="")
@click.option("--since", default="", help="The first day, of `outcomes`.")
@click.option("--until", default="", help="The last day, of `outcomes`.")
@click.option("--reason", required=True, help="What it is for; it stands on every sheet.")
@BY
def ask(data_set: str, reason: str, login: str, **scope: str) -> None:
    """Ask for a file and print its number."""
    with _person(login) as who:
        made = actions.ask(data_set=data_set, scope=scope, reason=reason, by=who, now=now())
    click.echo(str(made))


@export.command()
@ID
@click.option("--why", default="")
@BY
def allow(export_id: UUID, why: str, login: str) -> None:
    """Allow what somebody else asked for; the role `notify` makes it."""
    with _person(login) as who:
        actions.allow(export=export_id, why=why, by=who, now=now())
    click.echo(f"{queries.code_of(export_id)} is allowed")


@export.command()
@ID
@click.option("--why", required=True)
@BY
def refuse(export_id: UUID, why: str, login: str) -> None:
    """Refuse what somebody else asked for."""
    with _person(login) as who:
        actions.refuse(export=export_id, why=why, by=who, now=now())
    click.echo(f"{queries.code_of(export_id)} is refused")


@export.command("list")
@BY
def list_exports(login: str) -> None:
    """Print what this person asked for or may allow."""
    with _person(login) as who:
        found = queries.exports(seen_by=who, now=now())
    for card in found:
        told = f"{card.done}/{card.total}" if card.is_under_way else ""
        click.echo(f"{card.id} {card.code} {card.data_set:<9}{card.state:<10}{told} {card.reason}")


@export.command()
@ID
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@BY
def fetch(export_id: UUID, folder: Path, login: str) -> None:
    """Write the encrypted file into a folder; the first time, print its password, once."""
    with _person(login) as who:
        name, body = actions.fetch(export=export_id, by=who, now=now())
        card = queries.export(export=export_id, seen_by=who, now=now())
        target = folder / name
        target.write_bytes(body)
        target.chmod(0o600)
        click.echo(str(target))
        if card and card.has_password:
            click.echo(actions.show_password(export=export_id, by=who, now=now()))


@contextmanager
def _person(login: str) -> Iterator[Staff]:
    """Act for this member of staff; the traces say that it was done at a terminal, and by whom."""
    who = staff.find_staff(login)
    if who is None or not who.is_active:
        raise click.ClickException(f"there is no {login}")
    source.set(f"terminal:{getpass.getuser()}"[:45])
    try:
        yield who
    except UnknownExport:
        raise click.ClickException("there is no such export") from None
    except (NotAllowed, BadInput) as refusal:
        raise click.ClickException(str(refusal)) from None
