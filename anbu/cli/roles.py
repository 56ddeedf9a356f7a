"""One role alone: `anbu run ROLE`."""

import click

from anbu.config import logs, roles


@click.command()
@click.argument("role", type=click.Choice(list(roles.ROLES)))
def run(role: str) -> None:
    """Run one role in this process until told to stop; a twin beside it does no harm."""
    logs.set_up(role=role)
    roles.run(role)
