"""Who may come in: `anbu provider`, `anbu device`, `anbu user`."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import click

from anbu.care.foundation.queries import now
from anbu.care.looking import actions as looking
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.staff import actions as staff
from anbu.care.staff import queries as people
from anbu.care.staff.rules import SEATS
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
@click.option("--gateway", default="", help="Behind which of the provider's it stands.")
@click.option("--feeder", default="", help="The power line its home hangs on, where known.")
@click.option("--cell", default="", help="The radio cell it speaks through, where known.")
def add_device(
    code: str,
    household: UUID,
    provider: str,
    interval: int,
    lag: int,
    channels: tuple[str, ...],
    gateway: str,
    feeder: str,
    cell: str,
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
            feeder=feeder,
            cell=cell,
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
    """Take staff on, change what they may do, or shut them out."""


def _seat(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where somebody works."""
    for option in (
        click.option("--role", type=click.Choice(sorted(SEATS)), required=True),
        click.option(
            "--dong", default="", help="The code of the dong, for who works at its office."
        ),
        click.option("--organisation", default="", help="kind:name, such as agency:가온복지관."),
    ):
        command = option(command)
    return command


@user.command("add")
@click.argument("login")
@click.option("--name", required=True)
@click.option("--why", default="", help="Kept with the right.")
@_seat
def add_user(login: str, name: str, why: str, role: str, dong: str, organisation: str) -> None:
    """Take somebody on and print the first password, which is shown once and stored nowhere."""
    try:
        place = _place(role, dong, organisation)
        _, password = staff.add_staff(
            login=login, name=name, role=role, why=why, by=BY, now=now(), **place
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(password)


@user.command("role")
@click.argument("login")
@click.option("--why", required=True, help="Kept with the right.")
@_seat
def change_role(login: str, why: str, role: str, dong: str, organisation: str) -> None:
    """Give somebody another role or place; whatever they have open is shut at once."""
    person = _person(login)
    try:
        place = _place(role, dong, organisation)
        staff.change_role(staff=person, role=role, why=why, by=BY, now=now(), **place)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{login} is {role} now; every session has ended")


@user.command("disable")
@click.argument("login")
def disable_user(login: str) -> None:
    """Shut somebody out at once."""
    staff.disable(staff=_person(login), by=BY, now=now())
    click.echo(f"{login} is shut out")


@user.command("lost-device")
@click.argument("login")
def lost_device(login: str) -> None:
    """Make a lost telephone or key worthless at once, and print a new first password."""
    try:
        password = staff.lose_device(staff=_person(login), by=BY, now=now())
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(password)


@user.command("unlock")
@click.argument("login")
def unlock_user(login: str) -> None:
    """Let somebody try again at once who is shut out by too many wrong tries."""
    staff.unlock(staff=_person(login), by=BY, now=now())
    click.echo(f"{login} may try again")


@user.command("lives")
@click.argument("login")
@click.option("--dong", required=True, help="The code of the dong.")
@click.option("--address", required=True, help="Only its road is kept.")
def user_lives(login: str, dong: str, address: str) -> None:
    """Write down the road somebody lives on, as they told it: looks around it are asked about."""
    try:
        road = looking.tell_residence(
            staff=_person(login), dong=dong, address=address, by=BY, now=now()
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{login}: {road}")


@user.command("rights")
@click.argument("login")
def rights_of(login: str) -> None:
    """Print every right somebody has or had, the newest first."""
    for line in people.grants(staff=_person(login)):
        until = f"{line.ended_at:%Y-%m-%d %H:%M} ({line.ended_by})" if line.ended_at else "today"
        since = f"{line.granted_at:%Y-%m-%d %H:%M} ({line.granted_by})"
        click.echo(f"{line.role:<16} {line.organisation}  {since} - {until}  {line.why}")


def _person(login: str) -> int:
    found = people.find_staff(login)
    if found is None:
        raise click.ClickException(f"there is no {login}")
    return found.pk


def _place(role: str, dong: str, organisation: str) -> dict[str, int | None]:
    """Return the post and the organisation somebody of this role is to work at."""
    kinds, chair = SEATS[role]
    if chair == "centre":
        return {"post": places.centre()}
    if dong:
        post = places.dong_post(dong)
        if post is None:
            raise click.ClickException(f"there is no dong {dong}")
        keeper = places.organisation_of_post(post.id)
        return {"post": post.id} if chair else {"organisation": keeper}
    if chair == "dong":
        raise click.ClickException(f"say in which dong the {role} works: --dong CODE")
    kind, _colon, name = organisation.partition(":")
    found = places.find_organisation(kind, name) if name else None
    if found is None and not organisation:
        alone = [one for each in sorted(kinds) for one in places.organisations(each)]
        found = alone[0] if len(alone) == 1 else None
    if found is None:
        told = " or ".join(sorted(kinds))
        raise click.ClickException(f"say where the {role} works: --organisation KIND:NAME ({told})")
    return {"organisation": found.id}
