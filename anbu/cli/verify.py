"""What must always be true: `anbu verify invariants`."""

import json
import sys

import click

from anbu.care.alarms import queries as alarms
from anbu.care.foundation.queries import now
from anbu.care.readings import queries as readings
from anbu.config import invariants as rules


@click.group()
def verify() -> None:
    """Check what must always be true."""


@verify.command()
@click.option("--json", "as_json", is_flag=True, help="One object for a machine to read.")
def invariants(as_json: bool) -> None:
    """Look for rows that break an invariant; exit code 1 when there are any."""
    found = [*rules.check(now=now()), *_of_the_rooms()]
    broken = [each for each in found if each.broken]
    if as_json:
        rows = {each.name: each.broken for each in found}
        click.echo(json.dumps({"ok": not broken, "broken": rows}))
    else:
        for each in found:
            click.echo(f"{'BROKEN' if each.broken else 'ok':7}{each.name}  {each.broken or ''}")
    sys.exit(1 if broken else 0)


def _of_the_rooms() -> list[rules.Finding]:
    """Return what the rooms themselves know to be broken."""
    told = [rules.Finding(sentence, 1) for sentence in alarms.broken_invariants(now())]
    lost = readings.rows_without_a_day()
    return told + [rules.Finding(f"no_{name}_is_without_a_day", n) for name, n in lost.items()]
