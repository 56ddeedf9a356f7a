"""How early, at what burden: `anbu replay`, `anbu evaluate`. No database, no rooms."""

import json
from pathlib import Path

import click

from anbu.cli.told import Told
from anbu.lab.evaluate import compare, hearing, histories, page, pictures
from anbu.lab.replay import files, run

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
READINGS = click.Path(exists=True, path_type=Path)
OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option(
    "--readings",
    type=READINGS,
    required=True,
    help="CSV, also .gz: household,channel,at,value; or a folder or file of `anbu archive`.",
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


@click.command()
@click.option("--readings", type=READINGS, required=True, help="As for replay.")
@click.option("--homes", type=FILE, required=True, help="As for replay.")
@click.option("--now", "present", type=FILE, required=True, help="The policy in force, TOML.")
@click.option("--new", "proposed", type=FILE, required=True, help="The policy proposed, TOML.")
@click.option("--out", type=OUT, required=True, help="The page, HTML.")
@click.option("--json", "json_out", type=OUT, help="The figures, JSON.")
@click.option("--collapses", type=click.IntRange(2, 1000), default=60, show_default=True)
@click.option("--minutes", type=float, default=compare.ALARM_MINUTES, show_default=True)
def evaluate(
    readings: Path,
    homes: Path,
    present: Path,
    proposed: Path,
    out: Path,
    json_out: Path | None,
    collapses: int,
    minutes: float,
) -> None:
    """Measure two policies on a history: delays, false alarms, misses, what each would catch."""
    try:
        policies = {
            f"{label} ({path.stem})": files.read_policy(path).policy
            for label, path in (("현재", present), ("제안", proposed))
        }
        places = files.read_homes(homes)
        told = files.read_readings(readings, places)
    except files.BadFile as error:
        raise click.ClickException(str(error)) from None
    with Told() as progress:
        made = histories.of_files(told, places)
        if not made:
            raise click.ClickException("no feed with readings that can be measured")
        heard = hearing.run(made, copies=collapses, progress=progress)
        try:
            figures = compare.compare(heard, policies, minutes=minutes, progress=progress)
        except compare.TooShort as error:
            raise click.ClickException(str(error)) from None
        hours = [compare.delays(heard, policy) for policy in policies.values()]
    shown = {found["label"]: found for found in figures["kinds"].values()}
    drawn = {
        "쓰러진 뒤 몇 시간 안에 몇 %를 알아차리는가 (설정한 그대로)": pictures.delays(
            list(policies), hours
        ),
        "헛경보 수가 같을 때 평균 지연": pictures.budgets(shown, list(policies)),
        "지연의 비율과 90% 구간: 1보다 작으면 제안이 더 빠름": pictures.ratios(shown),
    }
    out.write_text(page.page(figures, drawn), "utf-8")
    if json_out is not None:
        json_out.write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    whole = figures["kinds"][compare.ALL]["caught"]
    click.echo(
        f"{figures['homes']} homes, {figures['months']} home-months: of the collapses "
        f"{whole['earlier']:.0%} earlier, {whole['later']:.0%} later, "
        f"{whole['newly_missed']:.0%} newly missed; see {out}"
    )
