"""Homes to measure with: each with a name, a telephone, what it agreed to, and one device."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anbu.care.foundation.queries import now
from anbu.care.people.actions import NewHousehold, NewPerson, register_households
from anbu.care.places import queries as places
from anbu.care.readings.actions import take_in
from anbu.care.readings.actions.fleet import NewDevice, add_devices
from anbu.kernel.signs import BY_NAME
from anbu.lab.bench_desk import BY
from anbu.sources import Message, Reading, Sos

POWER, PRESENCE = BY_NAME["power_w"].code, BY_NAME["presence"].code
EVERY = timedelta(minutes=10)  # docs/sources.md: smart_plug
SETTLED_AT_ONCE, SAID_AT_ONCE = 5_000, 500
STAND_BY_W, IN_USE_W = 2.0, 90.0


@dataclass(frozen=True, kw_only=True)
class Settled:
    household: UUID
    code: str  # of its device
    password: str  # the device's, at the broker


def settle(
    numbers: range,
    *,
    home: Callable[[int], NewHousehold],
    device: Callable[[int, UUID], NewDevice],
    at: datetime,
) -> list[Settled]:
    """Register homes with these numbers and enrol a device in each, some thousands at a time."""
    settled: list[Settled] = []
    for first in range(0, len(numbers), SETTLED_AT_ONCE):
        some = numbers[first : first + SETTLED_AT_ONCE]
        ids = register_households(homes=[home(nth) for nth in some], by=BY, now=at)
        devices = [device(nth, id) for nth, id in zip(some, ids, strict=True)]
        passwords = add_devices(devices=devices, by=BY, now=at)
        settled += [
            Settled(household=one.household, code=one.code, password=passwords[one.code])
            for one in devices
        ]
        print(f"  homes: {len(settled):,} of {len(numbers):,}", file=sys.stderr)
    return settled


def a_home(dong: str, nth: int, **different: Any) -> NewHousehold:
    """Return a home of this dong (by code) like any other, but for what is `different`."""
    usual = NewHousehold(
        dong=dong,
        address=f"은천로00길 {nth}",
        tier="mid",
        patience_hours=24,
        person=NewPerson(
            name="측정", birth_year=1950, sex="f", phone=f"010-0000-{nth % 10_000:04d}"
        ),
        consents=("monitoring", "night"),
        obtained_how="측정",
    )
    return replace(usual, **different)


def a_plug(nth: int, household: UUID, **different: Any) -> NewDevice:
    """Return a plug for this home, or another device by what is `different`."""
    usual = NewDevice(
        code=f"bench-{nth}",
        household=household,
        provider="bench",
        interval=EVERY,
        channels=("power_w",),
    )
    return replace(usual, **different)


def senders(provider: str, plugs: int, *, channels: tuple[str, ...], at: datetime) -> list[Settled]:
    """Settle so many homes, each with a plug of this provider that speaks once a minute."""
    dong = places.dongs()[0].code
    return settle(
        range(plugs),
        home=lambda nth: a_home(dong, nth, tier="low", patience_hours=50),
        device=lambda nth, home: a_plug(
            nth,
            home,
            code=f"{provider}-{nth}",
            provider=provider,
            interval=timedelta(minutes=1),
            channels=channels,
        ),
        at=at,
    )


def say_last_signs(codes: Sequence[str], at: Sequence[datetime]) -> None:
    """Let each plug (of the provider `bench`) show its last sign of life at its moment."""
    for first in range(0, len(codes), SAID_AT_ONCE):
        part = slice(first, first + SAID_AT_ONCE)
        messages = [
            Message(id="last", device=code, readings=_switched_on(moment.timestamp()))
            for code, moment in zip(codes[part], at[part], strict=True)
        ]
        take_in(messages=messages, provider="bench", now=now())


def a_cry(code: str, at: datetime) -> Message:
    """Return what a speaker says when somebody in the room calls for help."""
    moment = at.timestamp()
    heard = (Reading(PRESENCE, moment, 1.0),)
    return Message(id=f"cry-{code}", device=code, readings=heard, sos=Sos(moment, "살려줘"))


def _switched_on(at: float) -> tuple[Reading, ...]:
    before = at - EVERY.total_seconds()
    return (Reading(POWER, before, STAND_BY_W), Reading(POWER, at, IN_USE_W))
