"""How early, at what burden: `anbu replay`, `anbu evaluate`. No database, no rooms."""

from pathlib import Path

import click

from anbu.lab.replay import files, run

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option(
    "--readings", type=FILE, required=True, help="CSV, also .gz: household,channel,at,value"
)
@click.option("--homes", type=FILE, required=True, help="CSV of the feeds that should report.")
@click.option("--policy", type=FILE, required=True, help="TOML: detector, and hours or theta.")
@click.option("--out", type=OUT, required=True, help="Where the alarms go.")
@click.option("--members", type=OUT, help="Where the households of each group row go.")
def replay(readings: Path, homes: Path, policy: Path, out: Path, members: Path | None) -> None:
    """Raise on a history what the live system would have raised."""
    try:
        setting = files.read_policy(policy)
        places = files.read_homes(homes)
        told = files.read_readings(readings, places)
    except files.BadFile as error:
        raise click.ClickException(str(error)) from None
    if told.unreadable:
        click.echo(
            f"{readings.name}: {told.unreadable:,} lines cannot be read; {told.first_unreadable}",
            err=True,
        )
    if told.strangers:
        click.echo(
            f"{readings.name}: {told.strangers:,} rows of feeds not in {homes.name}", err=True
        )
    alarms = run.replay(told, places, setting)
    try:
        run.write_alarms(alarms, out)
        if members is not None:
            run.write_members(alarms, members)
    except OSError as error:
        raise click.ClickException(f"cannot be written: {error}") from None
