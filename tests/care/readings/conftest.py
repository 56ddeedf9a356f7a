"""A small city made by its own actions: two homes with plugs, one with a speaker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from anbu.care.people.actions import NewPerson, give_consent, register_household
from anbu.care.readings import actions, jobs
from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading, Sos
from tests.seoul import seoul

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)  # 22:00 in Seoul
BY = "system:test"


def message(
    id: str,
    at: datetime,
    *,
    device: str = "plug-1",
    sos: str | None = None,
    **values: float,
) -> Message:
    """Return a message; names of channels with their values."""
    stamp = at.timestamp()
    return Message(
        id=id,
        device=device,
        readings=tuple(Reading(BY_NAME[name].code, stamp, v) for name, v in values.items()),
        sos=None if sos is None else Sos(stamp, sos),
        body=f"{id} as received".encode(),
    )


@dataclass
class City:
    now: datetime = NOW
    homes: dict[str, UUID] = field(default_factory=dict)

    def add_home(self, device: str, *channels: str, patience: int = 24, minutes: int = 1) -> UUID:
        """Register a home that agreed, with one device."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT code FROM places_dong ORDER BY id LIMIT 1")
            (dong,) = cursor.fetchone()
        home = register_household(
            dong=dong,
            address="효창원로 1",
            tier="mid",
            patience_hours=patience,
            person=NewPerson(name="김안부", birth_year=1950, sex="f"),
            by=BY,
            now=self.now,
        )
        give_consent(household=home, kind="monitoring", obtained_how="방문", by=BY, now=self.now)
        self.homes[device] = home
        self.add_device(device, home, *channels, minutes=minutes)
        return home

    def add_device(
        self,
        code: str,
        home: UUID,
        *channels: str,
        minutes: int = 1,
        lag: timedelta = timedelta(),
    ) -> str:
        """Enrol one more device in a home."""
        return actions.add_device(
            code=code,
            household=home,
            provider="plugs",
            interval=timedelta(minutes=minutes),
            lag=lag,
            channels=list(channels),
            by=BY,
            now=self.now,
        )

    def hear(
        self, *messages: object, provider: str | None = "plugs", later: float = 0
    ) -> list[str]:
        """Take in messages `later` hours on; return `verdict` or `verdict:reason` of each."""
        verdicts = actions.take_in(
            messages=messages, provider=provider, now=self.now + timedelta(hours=later)
        )
        return [f"{v.verdict}:{v.reason}" if v.reason else str(v.verdict) for v in verdicts]


def rows(query: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def number(query: str, *values: object) -> int:
    return rows(query, *values)[0][0]


@pytest.fixture
def build() -> Callable[[], City]:
    """Return the builder, for tests that need a committed city."""

    def made() -> City:
        seoul(now=NOW)
        for code in ("plugs", "others"):
            actions.add_provider(code=code, name=code, source="smart_plug", by=BY, now=NOW)
        city = City()
        city.add_home("plug-1", "power_w", "lux")
        return city

    return made


@pytest.fixture
def days(db) -> None:
    """The days of the partitions."""
    jobs.make_partitions(now=NOW)


@pytest.fixture
def city(db, build) -> City:
    return build()
