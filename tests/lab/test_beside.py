"""What a viewer of the demo finds: a queue neither empty nor neglected, and one cry for help."""

import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.conf import settings

from anbu.care.alarms import jobs, queries
from anbu.care.alarms.models import Alarm
from anbu.care.alarms.rules import LADDERS, parse_policy
from anbu.care.readings import jobs as clocks
from anbu.care.staff import queries as staff
from anbu.care.staff.models import Staff
from anbu.config.asgi import application
from anbu.lab import beside, city, cry, ladders, rehearsal, seeding
from anbu.lab.player import Cloud

pytestmark = pytest.mark.django_db(transaction=True)
NOW = city.STARTS_AT
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
HOMES = 200


def turn(now: datetime) -> bool:
    """Turn the learned clocks, as the clock role does beside the alarms."""
    return clocks.turn_learned_clocks(now=now)


class Shown:
    """The clock that the city is handed."""

    speed, shown = 0.0, NOW

    def now(self) -> Any:
        return self.shown


@pytest.fixture
def evening(settings: Any, tmp_path: Path) -> beside.Beside:
    """A seeded city at the moment at which its viewer comes in."""
    settings.HOME, settings.CLOCK = tmp_path, Shown()
    seeding.seed(households=HOMES, seed=1, now=NOW, progress=lambda *_: None, waits=6)
    told = _remembered()
    ids = [UUID(household) for household in told["households"]]
    return beside.Beside(city.plan(HOMES, 1), ids, [_person(login) for login in told["hands"]])


def _remembered() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((rehearsal.folder() / "city.json").read_text())
    return told


def _person(login: str) -> Staff:
    found = staff.find_staff(login)
    assert found is not None
    return found


def test_for_six_hours_the_queue_stays_calm_and_the_one_cry_is_answered(
    evening: beside.Beside,
) -> None:
    viewer = _person("gwanje")
    rows = queries.queue(seen_by=viewer, now=NOW).rows
    assert all(row.strip and row.strip.rhythm for row in rows)
    assert any(row.level == 3 for row in rows)
    drawn, seen, now, empty = city.plan(HOMES, 1), Counter[int](), NOW, 0
    for _ in range(36):
        seeding.speak(drawn, now.timestamp(), (now + 10 * MINUTE).timestamp())
        if now == NOW + HOUR:
            _cry(drawn, now)
        for _ in range(5):
            now += 2 * MINUTE
            for step in (turn, *jobs.SWEEPS):
                while step(now):
                    pass
            evening.work(now)
        rows = queries.queue(seen_by=viewer, now=now).rows
        seen.update(row.level for row in rows)
        assert len(rows) <= beside.ENOUGH + 4
        empty += not rows
        assert sum(row.level == 3 for row in rows) <= 3
    assert seen.keys() == {1, 2, 3}
    assert empty <= 3  # of 36 looks: a city of 200 homes is small
    assert not [a for a in Alarm.objects.filter(closed_at=None) if _is_neglected(a, now)]
    (cried,) = Alarm.objects.filter(kind="sos")
    assert cry.WORDS[:8] in cried.reason
    assert cried.closed_at is not None
    assert cried.closed_at > cried.raised_at + beside.CRY_WAITS
    assert queries.broken_invariants(now=now) == []


def _is_neglected(alarm: Alarm, now: datetime) -> bool:
    lies = alarm.owner_post is not None and alarm.owner_post.dong_id is None
    too_long = beside.NOBODYS + 10 * MINUTE
    return lies and alarm.level == 3 and now - alarm.rung_started_at > too_long


def _cry(drawn: city.City, at: datetime) -> None:
    """Let the speaker's cloud say it twice, as if the first answer had been lost."""
    speaker = cry.somebody_at_home(drawn, at)
    assert speaker is not None
    supplier = next(one for one in drawn.suppliers if one.code == speaker.supplier)

    class Then(Shown):
        shown = at

    async def say() -> Cloud:
        doors = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=doors, base_url="http://127.0.0.1") as client:
            cloud = Cloud(
                supplier.code,
                drawn,
                (),
                0.0,
                supplier=supplier,
                secret=_remembered()["secrets"][supplier.code],
                url="/api/v1/readings",
                client=client,
                clock=Then().now,
            )
            for _ in range(2):
                await cloud.post("cry", cry.body(speaker, at))
            return cloud

    settings.CLOCK, before = Then(), settings.CLOCK
    assert asyncio.run(say()).refused == 0
    settings.CLOCK = before


def test_nobody_takes_the_recorded_homes_alarm_from_the_viewer() -> None:
    home = uuid4()
    colleagues = beside.Beside(city.plan(1, 1), [home], [])
    alarm = Alarm(household_id=home, raised_at=NOW, due_at=NOW, owner_since=NOW)
    assert not colleagues._is_free(alarm, NOW + beside.RECORDED_OWN - MINUTE)
    assert colleagues._is_free(alarm, NOW + beside.RECORDED_OWN)


def test_a_fast_clocks_ladders_are_the_same_steps_with_more_time() -> None:
    slow = parse_policy(ladders.slower(6))
    assert slow.keys() == LADDERS.keys()
    for name, ladder in LADDERS.items():
        assert [(r.do, r.level, 6 * r.wait_s) for r in ladder] == [
            (r.do, r.level, r.wait_s) for r in slow[name]
        ]
    assert parse_policy(ladders.slower(1)) == LADDERS
