"""The whole installation: `anbu up`. This module never loads Django; the roles do."""

import os
from pathlib import Path

import click

from anbu.config import city, logs, start


@click.command()
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of settings: the names of the environment, lower case, without ANBU_.",
)
@click.option("--port", type=int, help="Where the desks are (8000).")
def up(config: Path | None, port: int | None) -> None:
    """Start every role on this machine, say READY, and run until told to stop."""
    logs.set_up()
    start.read_config(config)
    if port:
        os.environ["ANBU_HTTP_PORT"] = str(port)
    city.run(say=lambda line: click.echo(line))
