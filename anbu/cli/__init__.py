"""The one command-line program. A command's module is loaded only when it is called."""

import importlib
import os
import sys
from pathlib import Path

import click
import django

from anbu.config import start
from anbu.config.postgres import CannotStart


class Commands(click.Group):
    """Commands by name: where each lives, whether it needs the database, and its one line of help.

    Django must know its database before any room is imported, so the rooms come last.
    """

    def __init__(self, *args: object, table: dict[str, tuple[str, bool, str]], **more: object):
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(self._table)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load one command, with the database ready if it needs one."""
        if name not in self._table:
            return None
        place, needs_database, _ = self._table[name]
        if needs_database and not _only_asks_for_help():
            is_watchdog = sys.argv[-2:] == ["run", "watchdog"]
            url, cluster = start.database(must_answer=not is_watchdog)
            if cluster:
                ctx.call_on_close(cluster.stop)
            os.environ["ANBU_DATABASE_URL"] = start.login(sys.argv[1:], url)
            start.secret_key()
        if needs_database:
            start.reach(sys.argv[1:])
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anbu.config.settings")
            django.setup()
        module, _, command = place.partition(":")
        found = getattr(importlib.import_module(module), command)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row[2]) for name, row in self._table.items()])


TABLE = {
    "up": ("anbu.cli.city:up", False, "Start every role and say READY."),
    "run": ("anbu.cli.roles:run", True, "Run one role alone."),
    "migrate": ("anbu.cli.data:migrate", True, "Bring the tables up to date."),
    "provider": ("anbu.cli.people:provider", True, "Let a provider send, or renew its secret."),
    "device": ("anbu.cli.people:device", True, "Let a device in, or shut it out."),
    "user": ("anbu.cli.people:user", True, "Take staff on, or shut them out."),
    "load": ("anbu.cli.data:load", True, "Load Seoul, holidays, a policy or instruments."),
    "demo": ("anbu.cli.demo:demo", False, "A living city with people in it, on this machine."),
    "seed": ("anbu.cli.lab:seed", True, "Fill an empty database with a believable city."),
    "import": ("anbu.cli.lab:bring", True, "Bring in recordings, or a file of readings."),
    "replay": ("anbu.cli.detect:replay", False, "Raise on a history what live would have raised."),
    "evaluate": ("anbu.cli.detect:evaluate", False, "Measure two policies on a history."),
    "study": ("anbu.cli.study:study", True, "Run a preview that a desk asked for (by the clock)."),
    "bench": ("anbu.cli.bench:bench", False, "Measure this machine in a throw-away city."),
    "lab": ("anbu.cli.faults:lab", False, "Break a throw-away city on purpose; see what is lost."),
    "measure": ("anbu.cli.measure:measure", True, "One measurement of the roles that run."),
    "export": ("anbu.cli.exports:export", True, "Ask for a file, allow it, fetch it."),
    "keys": ("anbu.cli.keys:keys", True, "Renew a key of this installation."),
    "retention": ("anbu.cli.retention:retention", True, "Take away what is over its time."),
    "archive": ("anbu.cli.archive:archive", True, "Write settled days of readings to files."),
    "verify": ("anbu.cli.verify:verify", True, "Check what must always be true."),
}


@click.command(
    cls=Commands,
    table=TABLE,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": None},
)
@click.option(
    "--config",
    is_eager=True,  # before a command is looked up: that already needs the settings
    expose_value=False,
    callback=lambda _context, _option, file: start.read_config(file),
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of settings: the names of the environment, lower case, without ANBU_.",
)
@click.version_option(package_name="anbu")
def program() -> None:
    """Anbu (안부): the open system with which a city makes sure that nobody is left alone."""


def main() -> None:
    """Run the program; an expected failure is one line and exit code 1."""
    try:
        program()
    except CannotStart as error:
        click.echo(f"anbu: {error}", err=True)
        sys.exit(1)


def _only_asks_for_help() -> bool:
    return any(word in ("-h", "--help") for word in sys.argv[1:])
