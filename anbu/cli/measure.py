"""One measurement against roles that run already: `anbu measure NAME`, called by `anbu bench`."""

import json
import os
from collections.abc import Callable

import click
from django.conf import settings

from anbu.lab import bench_http, bench_mqtt


def _mqtt(commit: str) -> dict[str, object]:
    return bench_mqtt.mqtt(port=settings.MQTT_PORT, commit=commit)


def _readings_http(commit: str) -> dict[str, object]:
    return bench_http.http(port=settings.INGEST_PORT, commit=commit)


MEASURES: dict[str, Callable[[str], dict[str, object]]] = {
    "readings-http": _readings_http,
    "mqtt": _mqtt,
}


@click.command()
@click.argument("name", type=click.Choice(list(MEASURES)))
@click.option("--json", "as_json", is_flag=True)
def measure(name: str, as_json: bool) -> None:
    """Measure against the roles that run already and print what came of it."""
    found = MEASURES[name](os.environ.get("ANBU_COMMIT", "unknown"))
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(f"{found['name']}: {found['value']:,} {found['unit']} (n={found['n']:,})")
