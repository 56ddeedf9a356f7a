"""The keys of this installation: `anbu keys rotate`."""

import click
from django.conf import settings

from anbu.care.foundation.actions import record
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules.sealing import fingerprint


@click.group()
def keys() -> None:
    """Renew a key of this installation."""


@keys.command()
@click.argument("which", type=click.Choice(["audit"]))
def rotate(which: str) -> None:
    """Sign with a new key from now on; whoever runs takes it up at the next trace.

    The keys before stay in the file: without them the old traces could not be verified.
    """
    file = settings.AUDIT_KEYS
    number = file.rotate()
    name = fingerprint(file.read().secrets[number])
    record(by="system:cli", verb="rotate_key", at=now(), which=which, number=number, name=name)
    click.echo(f"key {number} ({name}) signs from now on; keep a copy of {file.file}")
