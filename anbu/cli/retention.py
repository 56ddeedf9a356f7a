"""How long what is kept: `anbu retention run`."""

import json

import click

from anbu.care.foundation.actions import act_as
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import machine
from anbu.config import retention as rules


@click.group()
def retention() -> None:
    """Take away what is over its time (docs/retention.md)."""


@retention.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--json", "as_json", is_flag=True, help="One object for a machine to read.")
def run(dry_run: bool, as_json: bool) -> None:
    """Take away what is over its time, and write down that it was done."""
    act_as(machine("retention"))
    done = rules.run(now=now(), dry=dry_run)
    if as_json:
        rows = {
            each.name: {"before": each.before.isoformat(), "rows": each.rows, "waits": each.waits}
            for each in done
        }
        click.echo(json.dumps({"dry_run": dry_run, "taken": rows}))
        return
    for each in done:
        verb = "would go" if dry_run else "gone"
        click.echo(f"{each.name:12}{each.rows:>10,} {verb}, of before {each.before:%Y-%m-%d}")
        for why in each.waits:
            click.echo(f"{each.name:12}{'waits':>10}: {why}")
