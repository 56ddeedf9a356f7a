"""A seeded city went through the same doors as a real one, so everything that must hold, holds."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from anbu.care.alarms import queries as alarms
from anbu.care.concerns import queries as concerns
from anbu.care.readings import queries as readings
from anbu.care.rosters import queries as rosters
from anbu.care.rosters.models import Hole
from anbu.care.rounds.models import Task
from anbu.care.staff import queries as staff
from anbu.care.staff.models import Staff
from anbu.config.asgi import application
from anbu.lab import city, rehearsal, rounds_demo, seeding
from anbu.lab.player import Cloud, NotHeard

pytestmark = pytest.mark.django_db(transaction=True)
NOW = city.STARTS_AT


class Later:
    """The clock that the city is handed: two hours after the play began."""

    speed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(hours=2)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        (number,) = cursor.fetchone()
    return int(number)


@pytest.fixture
def set_aside_before(db: None) -> dict[str, int]:
    """Return what other tests' devices, still talking, have left behind."""
    return readings.why_quarantined(since=NOW - timedelta(days=30))


@pytest.fixture
def seeded(settings: Any, tmp_path: Path) -> seeding.Summary:
    settings.HOME = tmp_path
    settings.CLOCK = Later()
    return seeding.seed(households=60, seed=3, now=NOW, progress=lambda *_: None)


def test_a_seeded_city_holds_what_must_always_be_true_and_can_be_played(
    set_aside_before: dict[str, int], seeded: seeding.Summary
) -> None:
    assert alarms.broken_invariants(now=NOW) == []
    assert readings.why_quarantined(since=NOW - timedelta(days=30)) == set_aside_before
    assert seeded.closed_alarms >= 1
    assert seeded.open_alarms >= 1
    for login in ("gwanje", "chaegim", "planner"):
        somebody = Staff.objects.get(login=login)
        card = rosters.work_card(staff=somebody, now=NOW)
        assert card.keeps_roster
        assert not card.asks_reason
    assert not Hole.objects.exists()
    operator = staff.find_staff("gwanje")
    assert operator is not None
    seen = alarms.queue(seen_by=operator, now=NOW)
    assert seen.watched == 60
    planner = staff.find_staff("planner")
    assert planner is not None
    found = concerns.concerns(seen_by=planner, now=NOW)
    assert {row.state for row in found.rows} <= {"open", "acknowledged"}
    assert 1 <= len(found.rows) <= 3
    late = {health.provider for health in readings.feed_health(NOW) if health.late}
    assert late <= {"plug-b"}
    assert seeded.logins.stat().st_mode & 0o777 == 0o400
    assert {line.split()[-1] for line in seeded.logins.read_text().splitlines()} == {
        name for _, name, _ in seeding.CREW + seeding.VENDOR_CREW + rounds_demo.ROUND_CREW
    }
    for day in (NOW.date(), NOW.date() + timedelta(days=1)):  # a weekend, and yet a day to see
        logins = Task.objects.filter(day=day).values_list("worker__staff__login", flat=True)
        assert "dolbom" in logins
    with pytest.raises(seeding.NotEmpty):
        seeding.seed(households=5, seed=3, now=NOW, progress=lambda *_: None)
    _plays(NOW.timestamp())


def _plays(start: float) -> None:
    """Let the seeded city's clouds speak for two hours through the real HTTP door."""
    told = json.loads((rehearsal.folder() / "city.json").read_text())
    drawn = city.plan(60, 3)
    before = count("reading")
    voices = asyncio.run(_speak(drawn, told["secrets"], start, start + 7200))
    assert {voice.name for voice in voices} >= {"plug-a", "ami", "speaker"}
    seldom = {drawn.failing, "ai-call"}  # a machine that rings up once a week
    assert all(voice.acknowledged for voice in voices if voice.name not in seldom)
    assert sum(voice.refused for voice in voices) == 0
    heard = count("reading")
    assert heard > before
    asyncio.run(_speak(drawn, told["secrets"], start, start + 7200))  # a player that forgot
    assert count("reading") == heard
    with pytest.raises(NotHeard, match="401"):
        asyncio.run(
            _speak(drawn, dict.fromkeys(told["secrets"], "whsec_d3Jvbmc="), start, start + 7200)
        )


async def _speak(
    drawn: city.City, secrets: dict[str, str], from_at: float, until_at: float
) -> list[Cloud]:
    doors = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=doors, base_url="http://127.0.0.1") as client:
        voices = [
            Cloud(
                supplier.code,
                drawn,
                drawn.homes,
                from_at,
                supplier=supplier,
                secret=secrets[supplier.code],
                url="/api/v1/readings",
                client=client,
                clock=Later().now,
            )
            for supplier in drawn.suppliers
            if supplier.code not in city.OVER_MQTT
        ]
        for voice in voices:
            try:
                await voice.speak_up(until_at)
                assert voice.said_until == until_at
            except NotHeard:
                assert voice.said_until == from_at  # what nobody acknowledged will be said again
                raise
    return voices
