"""What must always be true: `anbu verify invariants`, `anbu verify audit`."""

import json
import sys
from dataclasses import asdict

import click

from anbu.care.alarms import queries as alarms
from anbu.care.foundation import queries as foundation
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


@verify.command()
@click.option("--json", "as_json", is_flag=True, help="One object for a machine to read.")
def audit(as_json: bool) -> None:
    """Look whether any trace was changed, taken out, put in or moved; exit code 1 when so."""
    found = list(foundation.broken_chain())
    head = foundation.chain_head(now=now())
    if as_json:
        rows = [asdict(each) for each in found]
        click.echo(json.dumps({"ok": not found, "head": head.number, "found": rows}))
    else:
        for each in found:
            click.echo(each.in_words())
        if not found:
            click.echo(f"whole: {head.number} seals, nothing was changed; {head.unsealed} wait")
    sys.exit(1 if found else 0)


def _of_the_rooms() -> list[rules.Finding]:
    """Return what the rooms themselves know to be broken."""
    told = [rules.Finding(sentence, 1) for sentence in alarms.broken_invariants(now())]
    lost = readings.rows_without_a_day()
    return told + [rules.Finding(f"no_{name}_is_without_a_day", n) for name, n in lost.items()]
