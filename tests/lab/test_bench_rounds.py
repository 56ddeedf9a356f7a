"""The bench of the round in miniature: each part measures a small city, and nothing is lost."""

import json
from typing import Any

import httpx
import pytest
from django.conf import settings as shown
from django.db import connection
from django.test import Client

from anbu.care.people.models import Household
from anbu.care.rounds.models import Contact, Device, Standing, Task
from anbu.lab import bench_rounds, bench_rounds_phone
from anbu.lab.bench_rounds_measured import measured, p
from anbu.lab.rounds_bare import INDEXES, REFERENCES, bare
from anbu.lab.rounds_city import Scale, found
from tests.care.alarms.world import make_world
from tests.care.rounds.rounds_world import NOON, TODAY
from tests.desks.control_room.conftest import StandingClock

SMALL = Scale(people=120, workers=8, contacts=4_000)


@pytest.fixture
def world(db: None, settings: Any) -> bench_rounds.Measured:
    settings.CLOCK = StandingClock(NOON)
    make_world()
    found(SMALL, seed=1, now=NOON)
    return measured(SMALL)


def test_a_day_is_planned_counted_replanned_and_listed(world: bench_rounds.Measured):
    assert world.day == TODAY
    assert world.planner.post is not None
    assert world.planner.post.dong is not None
    assert world.planner.post.dong.district == world.district
    assert bench_rounds.counting(world)["recounted"] == 120
    plan = bench_rounds.planning(world)
    assert plan["tasks"] == Task.objects.count() > 0
    assert plan["changed_again"] == 0
    again: Any = bench_rounds.replanning(world)["replan_worker"]
    assert again["n"] > 0
    assert 0 < again["p50_s"] <= again["p95_s"] <= again["max_s"]
    listed: Any = bench_rounds.lists(world)
    assert {each["n"] for each in listed.values()} == {bench_rounds.PAGES}


def test_every_worker_gets_a_pack_and_a_days_work_is_taken_whole(world: bench_rounds.Measured):
    bench_rounds.planning(world)
    pack: Any = bench_rounds_phone.packs(world)["pack"]
    assert pack["n"] == 8
    assert 0 < pack["p50_bytes"] <= pack["max_bytes"] < 200_000
    assert pack["max_sealed_bytes"] == pack["max_bytes"] + 28
    worker = bench_rounds_phone._busiest(world)[0]
    device = Device.objects.get(worker=worker)
    phone = Client()
    phone.force_login(worker.staff)
    how: Any = {"content_type": "application/json", "HTTP_X_ANBU_DEVICE": str(device.pk)}
    shown_to = phone.post("/round/pack", "{}", **how).json()["pack"]
    events = list(bench_rounds_phone._a_day(worker, shown_to))
    assert len(events) == bench_rounds_phone.EVENTS
    assert len({event["id"] for event in events}) == len(events)
    for _ in range(2):
        answer = phone.post("/round/sync", json.dumps({"events": events}), **how).json()
        assert (len(answer["taken"]), answer["unread"]) == (len(events), [])
    logs = sum(event["what"] == "contact" for event in events)
    assert Contact.objects.filter(device=device).count() == logs


def test_what_a_line_carries_and_waits_for_is_counted():
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"asked": len(request.content)})

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://x") as client:
        line = bench_rounds_phone._Line(client)
        assert line.post("sync", {"events": ["가" * 3_000]})["asked"] > 9_000
    assert line.answers == 1
    assert 9_000 < line.bytes < 11_000
    assert line.line_s >= 0.4 + line.bytes * 8 / 400_000
    assert p(50, [3.0]) == 3.0
    assert p(95, [float(n) for n in range(101)]) == 95.0


def test_a_table_that_was_bare_has_everything_again(db: None):
    def there() -> list[tuple[str, str]]:
        rows: list[tuple[str, str]] = []
        with connection.cursor() as cursor:
            for asked in (INDEXES, REFERENCES):
                cursor.execute(asked, {"table": "rounds_contact"})
                rows += cursor.fetchall()
        return rows

    before = there()
    assert len(before) > 8
    with bare("rounds_contact"):
        assert there() == []
    assert there() == before


def test_a_city_of_another_size_is_not_measured(world: bench_rounds.Measured):
    with pytest.raises(bench_rounds.NothingToMeasure, match="another size"):
        bench_rounds.rounds("", homes=70_000, seeded_s=1.0)
    assert Standing.objects.count() == Household.objects.count() == 120
    assert shown.CLOCK.now() == NOON
