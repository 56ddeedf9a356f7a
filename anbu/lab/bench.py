"""Measures a running installation from outside: `python -m anbu.lab.bench NAME` beside its roles.

`anbu bench` starts a fresh installation for each measurement and runs this against it.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import django
import httpx

os.environ.setdefault("ANBU_REACH", "machine")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anbu.config.settings")
django.setup()

# ruff: noqa: E402 - the rooms can be imported only now
from django.conf import settings

from anbu.care.alarms.models import Alarm
from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.lab import (
    bench_due,
    bench_groups,
    bench_http,
    bench_mqtt,
    bench_pages,
    bench_queue,
    bench_register,
    bench_rounds,
    bench_storage,
    bench_unknown,
    night,
)
from anbu.lab.bench_desk import BY, NothingToMeasure, at, operator, sitting
from anbu.lab.bench_homes import a_home, a_plug, say_last_signs, settle


def readings_http(commit: str, *, seconds: float = 20) -> dict[str, object]:
    """Readings a second over HTTP."""
    return bench_http.http(port=settings.INGEST_PORT, commit=commit, seconds=seconds)


def readings_mqtt(commit: str, *, seconds: float = 10) -> dict[str, object]:
    """Messages a second over MQTT."""
    return bench_mqtt.mqtt(port=settings.MQTT_PORT, commit=commit, seconds=seconds)


def due_to_screen(commit: str, *, homes: int = 200, apart_s: float = 0.15) -> dict[str, object]:
    """Time from the instant a silence falls due to its row in an operator's hands.

    Homes fall due one after the other; the operator's page listens and fetches each row.
    """
    first_due = now() + timedelta(seconds=8)
    due = [first_due + timedelta(seconds=apart_s * n) for n in range(homes)]
    _let_fall_silent(due)
    delays: list[float] = []
    with operator() as client:
        until = time.monotonic() + 60 + homes * apart_s
        for alarm in _told(client, until):
            row = client.get(f"/row/{alarm}")
            arrived = now()
            if row.status_code != 200:
                raise NothingToMeasure(f"row {alarm}: HTTP {row.status_code}")
            due_at = Alarm.objects.values_list("due_at", flat=True).get(id=alarm)
            delays.append((arrived - due_at).total_seconds() * 1000)
            if len(delays) == homes:
                break
    if len(delays) < homes:
        raise NothingToMeasure(f"{len(delays)} of {homes} alarms reached the screen")
    return {
        "name": "due-to-screen",
        "value": at(delays, 0.99),
        "unit": "ms from due to the row on the page, p99",
        "n": homes,
        "commit": commit,
        "p50": at(delays, 0.5),
        "max": at(delays, 1.0),
        "sweep_every_s": settings.SWEEP_EVERY_S,
    }


def unknown(commit: str) -> dict[str, object]:
    """Whether time tells a home that one may not know of from one that is not there."""
    own, other = places.dongs()[0].code, places.dongs()[-1].code
    post = places.dong_post(own)
    if post is None:
        raise NothingToMeasure("a dong without a post")
    with sitting("planner", post.id) as client:
        return bench_unknown.unknown(client, commit, dong=other)


def keys(commit: str, **how: int) -> dict[str, object]:
    """Time from a key to the painted focus, in a real browser."""
    screen = importlib.import_module("anbu.lab.bench_keys")  # only who develops has playwright
    return dict(screen.keys(commit, **how))


BENCHES: dict[str, Callable[..., dict[str, object]]] = {
    "readings-http": readings_http,
    "readings-mqtt": readings_mqtt,
    "due-to-screen": due_to_screen,
    "all-due": bench_due.all_due,
    "queue": bench_queue.queue,
    "keys": keys,
    "queue-page": bench_pages.queue_page,
    "register": bench_register.register_bench,
    "household": bench_pages.household,
    "city-pages": bench_pages.city_pages,
    "groups": bench_groups.groups,
    "unknown": unknown,
    "storage": bench_storage.storage,
    "night": night.night,
    "rounds": bench_rounds.rounds,
    "rounds-city": bench_rounds.city,
}


def _let_fall_silent(due: list[datetime]) -> None:
    """Make homes whose hour of patience ends at these moments, by what their plugs last said."""
    readings.add_provider(code="bench", name="bench", source="smart_plug", by=BY, now=now())
    dong = places.dongs()[0].code
    homes = settle(
        range(len(due)),
        home=lambda nth: a_home(dong, nth, patience_hours=1),
        device=a_plug,
        at=now() - timedelta(hours=3),
    )
    say_last_signs([home.code for home in homes], [at - timedelta(hours=1) for at in due])


def _told(client: httpx.Client, until: float) -> Iterator[UUID]:
    """Yield the alarms of which the live line tells, each once."""
    known: set[UUID] = set()
    with client.stream("GET", "/live") as line:
        for text in line.iter_lines():
            if text.startswith("data:") and '"id"' in text:
                alarm = UUID(json.loads(text[5:])["id"])
                if alarm not in known:
                    known.add(alarm)
                    yield alarm
            if time.monotonic() > until:
                return


def main() -> None:
    """Run one measurement and print one JSON object."""
    name, commit = sys.argv[1], os.environ.get("ANBU_COMMIT", "")
    how = json.loads(sys.argv[2])  # its own keywords: how long, how many
    measured = BENCHES[name](commit, **how)
    print(json.dumps({**measured, "at": datetime.now(UTC).isoformat(timespec="seconds")}))


if __name__ == "__main__":
    main()
