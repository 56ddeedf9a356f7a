"""Who may come in: `anbu provider`, `anbu device`, `anbu user`."""

from datetime import timedelta
from uuid import UUID

import click

from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.staff import actions as staff
from anbu.care.staff import queries as people
from anbu.sources.registry import SOURCES

BY = "system:cli"


@click.group()
def provider() -> None:
    """Let a provider send readings, or renew its secret."""


@provider.command("add")
@click.argument("code")
@click.option("--name", required=True, help="As the screens show it.")
@click.option("--source", type=click.Choice(list(SOURCES)), required=True)
def add_provider(code: str, name: str, source: str) -> None:
    """Write down who may send, and print the signing secret, which is shown once."""
    try:
        secret = readings.add_provider(code=code, name=name, source=source, by=BY, now=now())
    except (ValueError, LookupError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(secret)


@provider.command("rotate")
@click.argument("code")
def rotate_provider(code: str) -> None:
    """Print a new signing secret; the one before stays good until the next turn."""
    try:
        secret = readings.rotate_provider_secret(code=code, by=BY, now=now())
    except (ValueError, LookupError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(secret)


@click.group()
def device() -> None:
    """Let a device in, or shut it out."""


@device.command("add")
@click.argument("code")
@click.option("--household", type=click.UUID, required=True)
@click.option("--provider", required=True, help="The code of who sends.")
@click.option("--interval", type=click.IntRange(min=1), default=600, help="Seconds (600).")
@click.option("--lag", type=click.IntRange(min=0), default=0, help="Seconds it is late by nature.")
@click.option("--channel", "channels", multiple=True, required=True, help="Such as power_w.")
@click.option("--gateway", default="")
def add_device(
    code: str,
    household: UUID,
    provider: str,
    interval: int,
    lag: int,
    channels: tuple[str, ...],
    gateway: str,
) -> None:
    """Enrol a device and print its broker password, which is shown once and stored nowhere."""
    try:
        password = readings.add_device(
            code=code,
            household=household,
            provider=provider,
            interval=timedelta(seconds=interval),
            lag=timedelta(seconds=lag),
            channels=list(channels),
            gateway=gateway,
            by=BY,
            now=now(),
        )
    except (ValueError, LookupError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(password)


@device.command("revoke")
@click.argument("code")
def revoke_device(code: str) -> None:
    """Shut a device out; its open connection is ended within a minute."""
    try:
        readings.revoke_device(code=code, by=BY, now=now())
    except (ValueError, LookupError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{code} is shut out")


@click.group()
def user() -> None:
    """Take staff on, or shut them out."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["operator", "supervisor", "planner"]), required=True)
@click.option("--dong", default="", help="The code of the planner's dong.")
def add_user(login: str, name: str, role: str, dong: str) -> None:
    """Take somebody on and print the first password, which is shown once and stored nowhere."""
    try:
        _, password = staff.add_staff(
            login=login, name=name, role=role, post=_post(dong), by=BY, now=now()
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(password)


@user.command("disable")
@click.argument("login")
def disable_user(login: str) -> None:
    """Shut somebody out at once."""
    person = people.find_staff(login)
    if person is None:
        raise click.ClickException(f"there is no {login}")
    staff.disable(staff=person.pk, by=BY, now=now())
    click.echo(f"{login} is shut out")


def _post(dong: str) -> int:
    if not dong:
        return places.centre()
    found = places.dong_post(dong)
    if found is None:
        raise click.ClickException(f"there is no dong {dong}")
    return found.id
