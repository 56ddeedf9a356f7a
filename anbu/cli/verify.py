"""What must always be true: `anbu verify invariants`."""

import json
import sys

import click

from anbu.care.foundation.queries import now
from anbu.config import invariants as rules


@click.group()
def verify() -> None:
    """Check what must always be true."""


@verify.command()
@click.option("--json", "as_json", is_flag=True, help="One object for a machine to read.")
def invariants(as_json: bool) -> None:
    """Look for rows that break an invariant; exit code 1 when there are any."""
    found = rules.check(now=now())
    broken = [each for each in found if each.broken]
    if as_json:
        rows = {each.name: each.broken for each in found}
        click.echo(json.dumps({"ok": not broken, "broken": rows}))
    else:
        for each in found:
            click.echo(f"{'BROKEN' if each.broken else 'ok':7}{each.name}  {each.broken or ''}")
    sys.exit(1 if broken else 0)
