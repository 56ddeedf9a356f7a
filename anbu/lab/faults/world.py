"""The laboratory's homes in the database, and what is found there in the end. Asked in threads."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from anbu.care.foundation.queries import now
from anbu.care.people.actions import NewHousehold, NewPerson, register_households
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.readings.actions.fleet import NewDevice, add_devices
from anbu.care.readings.actions.policies import load_detectors
from anbu.lab.faults.truth import Raised
from anbu.lab.seeding import FIXED
from anbu.sources import Message, Reading

BY = "system:lab"
CLOUD, VOICE, PLUGS = "lab-cloud", "lab-voice", "lab-plugs"
SOURCES = {CLOUD: "smart_plug", VOICE: "ai_speaker", PLUGS: "smart_plug"}
CHANNELS = {CLOUD: "power_w", VOICE: "presence", PLUGS: "power_w"}
POWER = 1
STILL, LIFE = 2.0, 90.0  # watts: what stands by, what somebody switched on
PATIENCE = timedelta(hours=1)
JUST = timedelta(minutes=10)  # before a clock that may be set back
SAID_EVERY = timedelta(minutes=10)
BEFORE = timedelta(hours=3)  # homes were registered so long ago: their first hour is over

# The real moment of the commit, which no clock of ours has to tell.
ALARMS = """
SELECT a.household_id, a.kind, extract(epoch FROM pg_xact_commit_timestamp(s.xmin))::float8
FROM alarms_alarm a JOIN alarms_step s ON s.alarm_id = a.id AND s.kind = 'raised'
WHERE a.kind IN ('silence', 'sos')
"""
NAMES = """
SELECT d.code, y.message_id, extract(epoch FROM y.received_at)::float8 FROM delivery y
JOIN readings_device d ON d.id = y.device_id
"""
STORED = """
SELECT d.code, extract(epoch FROM r.at)::float8 FROM reading r
JOIN readings_device d ON d.id = r.device_id
WHERE r.received_at >= %s
"""
TEXTS = "SELECT id::text, status FROM alarms_message"


@dataclass(frozen=True)
class Home:
    """One home and the one device that speaks for it."""

    home: str
    device: str
    provider: str
    password: str = ""


def prepare() -> dict[str, str]:
    """Make the providers; every home is judged by its fixed hour. Return the signing secrets."""
    load_detectors(text=FIXED, by=BY, now=now())
    return {
        code: readings.add_provider(code=code, name=code, source=source, by=BY, now=now())
        for code, source in SOURCES.items()
    }


@transaction.atomic
def settle_still(codes: Sequence[str], last: Sequence[float]) -> list[Home]:
    """Register homes watched for hours that have shown life last at these moments (shown)."""
    homes = settle(CLOUD, codes, at=now() - BEFORE)
    _show_last(homes, last)  # no sweep may see them before
    return homes


def settle(provider: str, codes: Sequence[str], *, at: datetime | None = None) -> list[Home]:
    """Register homes with a device each; whoever installs it has just seen the person."""
    at = at or now() - JUST
    home = NewHousehold(
        dong=places.dongs()[0].code,
        address="실험실",
        tier="low",  # its silence is asked about by a text first
        patience_hours=1,
        person=NewPerson(name="실험", birth_year=1950, sex="f", phone="010-0000-0000"),
        consents=("monitoring", "night"),
        obtained_how="실험실",
    )
    homes = register_households(homes=[home] * len(codes), by=BY, now=at)
    devices = [
        NewDevice(
            code=code,
            household=household,
            provider=provider,
            interval=timedelta(minutes=1),
            channels=(CHANNELS[provider],),
        )
        for code, household in zip(codes, homes, strict=True)
    ]
    passwords = add_devices(devices=devices, by=BY, now=at)
    return [
        Home(str(household), code, provider, passwords.get(code, ""))
        for code, household in zip(codes, homes, strict=True)
    ]


def _show_last(homes: Sequence[Home], at: Sequence[float]) -> None:
    said = [
        Message(
            id="last",
            device=home.device,
            readings=(
                *_stood_by(moment),
                Reading(POWER, moment, LIFE),
                # not just now: a clock that is set back must not let the next value come before it
                Reading(POWER, now().timestamp() - 60, STILL),
            ),
        )
        for home, moment in zip(homes, at, strict=True)
    ]
    readings.take_in(messages=said, provider=None, now=now())


def _stood_by(until: float) -> list[Reading]:
    """Return what a plug said since it was put in: it was seen all the while, and nobody there.

    Homes heard of only now would look as if a whole vendor's plugs had been lost before.
    """
    since = now() - BEFORE
    times = range(int(since.timestamp()) + 60, int(until) - 60, int(SAID_EVERY.total_seconds()))
    return [Reading(POWER, float(at), STILL) for at in times]


def alarms() -> list[Raised]:
    """Return every alarm that was raised."""
    with connection.cursor() as cursor:
        cursor.execute(ALARMS)
        return [Raised(str(UUID(str(home))), kind, at) for home, kind, at in cursor.fetchall()]


def delivered() -> list[tuple[str, str, float]]:
    """Return (device, message, received at) of all that was taken in."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES)
        return list(cursor.fetchall())


def stored() -> list[tuple[str, float]]:
    """Return (device, at) of every reading."""
    with connection.cursor() as cursor:
        cursor.execute(STORED, [now() - timedelta(days=2)])
        return [(code, at) for code, at in cursor.fetchall() if code.startswith("lab-")]


def texts() -> dict[str, str]:
    """Return what became of each text message, by its key."""
    with connection.cursor() as cursor:
        cursor.execute(TEXTS)
        return dict(cursor.fetchall())


def answers() -> bool:
    """Say whether the database answers us."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def step_clock(seconds: float) -> tuple[float, float]:
    """Set the city's clock; return (real, shown) from when on it runs so."""
    clock: Any = settings.CLOCK  # a rehearsal's
    clock.set_pace(speed=1.0, shown=clock.now() + timedelta(seconds=seconds))
    return pace()


def real() -> float:
    """Return the machine's moment [s since 1970], as the city's clock counts from it."""
    while True:
        before, at = pace(), now().timestamp()
        if pace() == before:  # else somebody has just set it
            return before[0] + at - before[1]


def pace() -> tuple[float, float]:
    """Return (real, shown) of the clock as it runs."""
    told = json.loads(Path(os.environ["ANBU_CLOCK_FILE"]).read_text())
    return told["real"], told["shown"]
