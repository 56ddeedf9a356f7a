"""Measures a running installation from outside: `python -m anbu.lab.bench NAME` beside its roles.

`anbu bench` starts a fresh installation for each measurement and runs this against it.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
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
from anbu.care.people.actions import NewHousehold, NewPerson, register_households
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.readings.actions.fleet import NewDevice, add_devices
from anbu.care.readings.models import Device
from anbu.care.staff import actions as staff
from anbu.lab import bench_groups, bench_http, bench_mqtt, bench_register, bench_unknown, seeding
from anbu.lab.code_app import code_of
from anbu.sources import Message, Reading, Sos

BY = "system:bench"
POWER, PRESENCE = 1, 12
WARM_UP = 5
REGISTERED_AT_ONCE = 5_000
NAMES = "가나다라마바사"
_PAUSE = threading.Event()


class NothingToMeasure(Exception):
    """The world was not as the measurement needs it."""


def readings_http(commit: str) -> dict[str, object]:
    """Messages a second over HTTP."""
    return bench_http.http(port=settings.INGEST_PORT, commit=commit)


def readings_mqtt(commit: str) -> dict[str, object]:
    """Messages a second over MQTT."""
    return bench_mqtt.mqtt(port=settings.MQTT_PORT, commit=commit)


def due_to_screen(commit: str, *, homes: int = 200, apart_s: float = 0.15) -> dict[str, object]:
    """Time from the instant a silence falls due to its row in an operator's hands.

    Homes fall due one after the other; the operator's page listens and fetches each row.
    """
    first_due = now() + timedelta(seconds=8)
    due = [first_due + timedelta(seconds=apart_s * n) for n in range(homes)]
    _let_fall_silent(due)
    delays: list[float] = []
    with _operator() as client:
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
        "value": _at(delays, 0.99),
        "unit": "ms from due to the row on the page, p99",
        "n": homes,
        "commit": commit,
        "p50": _at(delays, 0.5),
        "max": _at(delays, 1.0),
        "sweep_every_s": settings.SWEEP_EVERY_S,
    }


def queue_page(
    commit: str, *, households: int = 2_000, alarms: int = 200, pages: int = 200
) -> dict[str, object]:
    """How long the whole queue page takes with a city's homes and many open alarms."""
    made = seeding.seed(households=households, seed=1, now=now(), progress=_say)
    is_open = _cry_until(alarms)
    with _operator() as client:
        times = []
        for _ in range(WARM_UP + pages):
            started = time.perf_counter()
            page = client.get("/")
            times.append((time.perf_counter() - started) * 1000)
            if page.status_code != 200:
                raise NothingToMeasure(f"the queue: HTTP {page.status_code}")
        rows = page.text.count(" data-id=")
    times = times[WARM_UP:]
    return {
        "name": "queue-page",
        "value": _at(times, 0.95),
        "unit": "ms for the queue page, p95",
        "n": pages,
        "commit": commit,
        "p50": _at(times, 0.5),
        "p99": _at(times, 0.99),
        "households": made.households,
        "open_alarms": is_open,
        "rows_on_page": rows,
        "bytes": len(page.content),
    }


def household(
    commit: str, *, households: int = 110_000, lived: int = 200, pages: int = 200
) -> dict[str, object]:
    """How long the page of a household takes in a city's register, and the list beside it."""
    seeding.seed(households=lived, seed=1, now=now(), progress=_say)
    _register(households - lived)
    watched = Device.objects.order_by("household_id").values_list("household_id", flat=True)
    homes = [str(home) for home in watched.distinct()]
    paths = [f"/households/{homes[nth % len(homes)]}" for nth in range(pages)]
    with _operator() as client:
        for path in dict.fromkeys(paths):
            _post(client, f"{path}/open", {"reason": "화면을 재는 중"})
        first, again = _ask(client, paths), _ask(client, paths)
        listed = _ask(client, ["/households"] * 50)
    return {
        "name": "household",
        "value": _at(again, 0.95),
        "unit": "ms for the page of a household, p95",
        "n": pages,
        "commit": commit,
        "p50": _at(again, 0.5),
        "p95_first_time": _at(first, 0.95),
        "list_p95": _at(listed, 0.95),
        "households": households,
    }


def unknown(commit: str) -> dict[str, object]:
    """Whether time tells a home that one may not know of from one that is not there."""
    own, other = places.dongs()[0].code, places.dongs()[-1].code
    post = places.dong_post(own)
    if post is None:
        raise NothingToMeasure("a dong without a post")
    with _sitting("planner", post.id) as client:
        return bench_unknown.unknown(client, commit, dong=other)


def _ask(client: httpx.Client, paths: Sequence[str]) -> list[float]:
    """Return how many milliseconds each of these pages took."""
    times = []
    for path in [*paths[:WARM_UP], *paths]:
        started = time.perf_counter()
        page = client.get(path)
        times.append((time.perf_counter() - started) * 1000)
        if page.status_code != 200:
            raise NothingToMeasure(f"{path}: HTTP {page.status_code}")
    return times[WARM_UP:]


def _register(homes: int) -> None:
    """Fill the register up: homes of every dong, each with a name and a telephone."""
    dongs = [dong.code for dong in places.dongs()]
    for first in range(0, homes, REGISTERED_AT_ONCE):
        some = range(first, min(first + REGISTERED_AT_ONCE, homes))
        register_households(
            homes=[
                NewHousehold(
                    dong=dongs[nth % len(dongs)],
                    address=f"은천로00길 {nth}",
                    tier="mid",
                    patience_hours=24,
                    person=NewPerson(
                        name=f"{NAMES[nth % 7]}{NAMES[nth // 7 % 7]}{nth % 10}",
                        birth_year=1950,
                        sex="f",
                        phone=f"010-0000-{nth % 10_000:04d}",
                    ),
                    consents=("monitoring",),
                    obtained_how="측정",
                )
                for nth in some
            ],
            by=BY,
            now=now(),
        )
        _say("register", some.stop, homes)


BENCHES: dict[str, Callable[[str], dict[str, object]]] = {
    "readings-http": readings_http,
    "readings-mqtt": readings_mqtt,
    "due-to-screen": due_to_screen,
    "queue-page": queue_page,
    "register": bench_register.register_bench,
    "household": household,
    "groups": bench_groups.groups,
    "unknown": unknown,
}


def _let_fall_silent(due: list[datetime]) -> None:
    """Make homes whose hour of patience ends at these moments, by what their plugs last said."""
    readings.add_provider(code="bench", name="bench", source="smart_plug", by=BY, now=now())
    home = NewHousehold(
        dong=places.dongs()[0].code,
        address="측정",
        tier="mid",
        patience_hours=1,
        person=NewPerson(name="측정", birth_year=1950, sex="f", phone="010-0000-0000"),
        consents=("monitoring", "night"),
        obtained_how="측정",
    )
    homes = register_households(homes=[home] * len(due), by=BY, now=now() - timedelta(hours=3))
    devices = [
        NewDevice(
            code=f"bench-{number}",
            household=household,
            provider="bench",
            interval=timedelta(minutes=10),
            channels=("power_w",),
        )
        for number, household in enumerate(homes)
    ]
    add_devices(devices=devices, by=BY, now=now() - timedelta(hours=3))
    said = [
        Message(id=f"{nth}", device=device.code, readings=_last_sign(at - timedelta(hours=1)))
        for nth, (device, at) in enumerate(zip(devices, due, strict=True))
    ]
    readings.take_in(messages=said, provider="bench", now=now())


def _last_sign(at: datetime) -> tuple[Reading, ...]:
    moment = at.timestamp()
    return (Reading(POWER, moment - 600, 2.0), Reading(POWER, moment, 90.0))


def _cry_until(alarms: int) -> int:
    """Let speakers call for help until so many alarms wait for somebody at the centre."""
    is_open = Alarm.objects.filter(closed_at=None)
    before_us = is_open.filter(owner_post=places.centre())  # what the page of now lists
    told = set(is_open.values_list("household_id", flat=True))
    needed = alarms - before_us.count()
    cries: list[Message] = []
    for household, code in _speakers():
        if household in told or len(cries) >= needed:
            continue
        told.add(household)
        at = now().timestamp()
        cries.append(
            Message(
                id=f"cry-{code}",
                device=code,
                readings=(Reading(PRESENCE, at, 1.0),),
                sos=Sos(at, "살려줘"),
            )
        )
    readings.take_in(messages=cries, provider="speaker", now=now())
    until = time.monotonic() + 60
    while before_us.count() < alarms:
        if time.monotonic() > until:
            raise NothingToMeasure("the cries were not heard")
        _PAUSE.wait(0.2)
    return before_us.count()


def _speakers() -> Iterator[tuple[UUID, str]]:
    rows = Device.objects.filter(provider__code="speaker", revoked_at=None).order_by("id")
    yield from rows.values_list("household_id", "code")


def _operator() -> AbstractContextManager[httpx.Client]:
    return _sitting("operator", places.centre())


@contextmanager
def _sitting(role: str, post: int) -> Iterator[httpx.Client]:
    """Sit down at the desk as a person does: log in, start the shift."""
    login = f"bench{time.time_ns()}"
    person, password = staff.add_staff(
        login=login, name="측정", role=role, post=post, by=BY, now=now()
    )
    secret = staff.bring_app(staff=person, by=BY, now=now())
    base = f"http://127.0.0.1:{settings.HTTP_PORT}"
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        client.get("/login")
        _post(client, "/login", {"login": login, "password": password})
        _post(client, "/login/second", {"code": code_of(secret)})
        client.get("/shift")
        _post(client, "/shift", {"theme": "night"})
        yield client


def _post(client: httpx.Client, path: str, fields: dict[str, str]) -> None:
    token = client.cookies.get(settings.CSRF_COOKIE_NAME) or ""
    answer = client.post(path, data={**fields, "csrfmiddlewaretoken": token})
    if answer.status_code != 302:
        raise NothingToMeasure(f"{path}: HTTP {answer.status_code}")


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


def _at(times: list[float], part: float) -> float:
    return round(sorted(times)[int((len(times) - 1) * part)], 1)


def _say(part: str, done: int, whole: int) -> None:
    if done >= whole:
        print(f"  {part}: {whole:,}", file=sys.stderr)


def main() -> None:
    """Run one measurement and print one JSON object."""
    name, commit = sys.argv[1], os.environ.get("ANBU_COMMIT", "")
    measured = BENCHES[name](commit)
    print(json.dumps({**measured, "at": datetime.now(UTC).isoformat(timespec="seconds")}))


if __name__ == "__main__":
    main()
