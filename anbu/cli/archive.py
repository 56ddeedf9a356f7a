"""The archive of old days: `anbu archive`."""

import json
from datetime import datetime
from pathlib import Path

import click
from django.conf import settings

from anbu.care.foundation.actions import act_as
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import machine
from anbu.care.readings.actions import archiving
from anbu.care.readings.actions.parquet import NotVerified
from anbu.care.readings.rules import NotAllowed

BY = "system:archive"


@click.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="This day (UTC), settled or not.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to.")
@click.option("--json", "as_json", is_flag=True, help="One object for a machine to read.")
def archive(day: datetime | None, folder: Path | None, as_json: bool) -> None:
    """Write the days of readings to which nothing can come any more to Parquet files.

    A day of which more came since is written anew. See docs/storage.md.
    """
    act_as(machine("archive"))
    target = folder or settings.ARCHIVE
    if target is None:
        raise click.ClickException("say where: --folder, or the setting archive")
    key = archiving.key_of(settings.ARCHIVE_KEY)
    days = [day.date()] if day else archiving.days_to_archive(now=now())
    done = []
    try:
        for each in days:
            one = archiving.archive_day(day=each, folder=target, key=key, by=BY, now=now())
            done.append(one)
            if not as_json:
                click.echo(
                    f"{one.day}: {one.rows:,} readings archived, {one.bytes:,} bytes,"
                    f" {one.left_out:,} left out (no consent today)"
                )
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        archiving.write_homes(folder=target, key=key, now=now())
    except (NotAllowed, NotVerified, OSError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        rows = [
            {"day": str(one.day), "rows": one.rows, "left_out": one.left_out}
            | {"bytes": one.bytes, "sha256": one.sha256}
            for one in done
        ]
        click.echo(json.dumps({"archived": rows, "folder": str(target)}))
    elif not done:
        click.echo("nothing new")
