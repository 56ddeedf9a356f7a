"""A city of any size to measure with: few homes have lived, the others only stand in the register.

Living five days takes a second for ten homes; a register and a device take none.
"""

import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import connection

from anbu.care.alarms.models import Alarm
from anbu.care.foundation.queries import now
from anbu.care.people.actions import NewHousehold, NewPerson
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.readings.actions.fleet import NewDevice
from anbu.care.readings.models import Device
from anbu.lab import seeding
from anbu.lab.bench_desk import NothingToMeasure
from anbu.lab.bench_homes import a_cry, a_home, a_plug, settle
from anbu.sources import Message

NAMES = "가나다라마바사"
NIGHT_OF_FIVE = 4  # of five homes so many agreed to the night: domain.md section 10
_PAUSE = threading.Event()


def found(*, households: int, lived: int) -> None:
    """Make a city: `lived` homes with a past, the rest with a name, a device and no sign yet."""
    seeding.seed(households=lived, seed=1, now=now(), progress=say)
    _fill(households - lived)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does within minutes of such a change


def cry_until(alarms: int) -> int:
    """Let speakers call for help until so many alarms wait for somebody at the centre."""
    is_open = Alarm.objects.filter(closed_at=None)
    before_us = is_open.filter(owner_post=places.centre())  # what the page of now lists
    told = set(is_open.values_list("household_id", flat=True))
    needed = alarms - before_us.count()
    cries: list[Message] = []
    for household, code in _speakers():
        if len(cries) >= needed:
            break
        if household not in told:
            told.add(household)
            cries.append(a_cry(code, now()))
    readings.take_in(messages=cries, provider="speaker", now=now())
    until = time.monotonic() + 120
    while before_us.count() < alarms:
        if time.monotonic() > until:
            raise NothingToMeasure("the cries were not heard")
        _PAUSE.wait(0.2)
    return before_us.count()


def lived_homes() -> list[UUID]:
    """Return the homes that have lived."""
    rows = Device.objects.exclude(code__startswith="bench-").order_by("household_id")
    return list(rows.values_list("household_id", flat=True).distinct())


def say(part: str, done: int, whole: int) -> None:
    """Tell on the error stream that a part of the city stands."""
    if done >= whole:
        print(f"  {part}: {whole:,}", file=sys.stderr)


def _fill(homes: int) -> None:
    """Fill the register up: homes of every dong, each with a name, a telephone and a speaker."""
    dongs = [dong.code for dong in places.dongs()]
    settle(
        range(homes),
        home=lambda nth: _home(dongs[nth % len(dongs)], nth),
        device=_speaker,
        at=now(),
    )


def _home(dong: str, nth: int) -> NewHousehold:
    agreed = ("monitoring", "night") if nth % 5 < NIGHT_OF_FIVE else ("monitoring",)
    return a_home(
        dong,
        nth,
        tier=("high", "mid", "low", "low", "low")[nth // 7 % 5],
        person=NewPerson(
            name=f"{NAMES[nth % 7]}{NAMES[nth // 7 % 7]}{nth % 10}",
            birth_year=1950,
            sex="f",
            phone=f"010-0000-{nth % 10_000:04d}",
        ),
        consents=agreed,
    )


def _speaker(nth: int, home: UUID) -> NewDevice:
    return a_plug(
        nth, home, provider="speaker", interval=timedelta(hours=1), channels=("presence",)
    )


def _speakers() -> Iterator[tuple[UUID, str]]:
    rows = Device.objects.filter(provider__code="speaker", revoked_at=None).order_by("id")
    yield from rows.values_list("household_id", "code")
