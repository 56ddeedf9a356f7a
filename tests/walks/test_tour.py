"""docs/tour.md tells the walk of one reading to a closed alarm, file by file. This walks it."""

import json
import re
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

import pytest
from django.test import Client

from anbu.care.alarms import jobs
from anbu.care.alarms.models import Alarm
from anbu.care.readings import actions as readings
from anbu.care.readings.rules import sign
from tests.care.alarms.world import BY, MONDAY, make_world
from tests.desks.opening import say_why

ROOT = Path(__file__).parents[2]
TOUR = ROOT / "docs" / "tour.md"
STOP = re.compile(r"^\d+\. `(anbu/[\w/]+\.py)` `(\w+)`", re.MULTILINE)


@dataclass
class HandClock:
    at: datetime
    speed: float = 1.0

    def now(self) -> datetime:
        return self.at


class Footprints:
    """Each time that one of the told functions was entered, in order."""

    def __init__(self, stops: list[tuple[str, str]]) -> None:
        self._told = {(str(ROOT / file), name): (file, name) for file, name in stops}
        self.walked: list[tuple[str, str]] = []

    def __enter__(self) -> "Footprints":
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _look(self, frame: FrameType, event: str, _: object) -> None:
        stop = self._told.get((frame.f_code.co_filename, frame.f_code.co_name))
        if event == "call" and stop:
            self.walked.append(stop)


def told() -> list[tuple[str, str]]:
    return STOP.findall(TOUR.read_text())


@pytest.mark.django_db(transaction=True)
def test_the_tour_names_the_files_a_reading_really_walks(settings):
    settings.CLOCK = clock = HandClock(MONDAY - timedelta(days=2))
    world = make_world()
    secret = readings.add_provider(
        code="walk", name="플러그", source="smart_plug", by=BY, now=clock.at
    )
    evening = MONDAY - timedelta(hours=2)  # Sunday 22:00: the centre is on duty
    home = world.home(still_at=evening)
    readings.add_device(
        code="walker",
        household=home,
        provider="walk",
        interval=timedelta(hours=6),
        channels=["power_w"],
        by=BY,
        now=evening - timedelta(days=1),
    )
    client = Client()
    client.force_login(world.operator)

    stops = told()
    assert len(stops) >= 12, "the tour has become too short to be one"
    with Footprints(stops) as walk:
        clock.at = evening - timedelta(hours=23)
        assert send(client, secret, clock.at) == ["accepted"]
        clock.at = evening + timedelta(seconds=1)
        assert jobs.raise_silence(clock.at)
        alarm = Alarm.objects.get(household=home)
        assert "윤정례" in client.get("/").content.decode()
        client.post(f"/alarms/{alarm.id}/claim", {"version": alarm.version})
        for result in ("no_answer", "no_answer", "safe"):
            client.post(f"/alarms/{alarm.id}/call", {"whom": "person", "result": result})
        client.post(f"/alarms/{alarm.id}/close", {"outcome": "safe_call"})
        say_why(client, home)
        rule = {"detector": "fixed", "hours": 20, "theta": 1, "watch": 0.8}
        tried = client.get(f"/households/{home}/signals", rule).content.decode()
        assert "바꾼 기준" in tried

    alarm.refresh_from_db()
    assert alarm.outcome == "safe_call"
    way = iter(walk.walked)
    lost = [stop for stop in stops if stop not in way]  # each must come after the one before
    assert not lost, f"told, but not walked in this order: {lost}"


def send(client: Client, secret: str, at: datetime) -> list[str]:
    message = {"id": "1", "device": "walker", "at": at.isoformat(), "watts": 3.0}
    body = json.dumps({"source": "smart_plug", "messages": [message]}).encode()
    stamp = str(int(at.timestamp()))
    answer = client.post(
        "/api/v1/readings",
        data=body,
        content_type="application/json",
        headers={
            "webhook-provider": "walk",
            "webhook-id": "batch-1",
            "webhook-timestamp": stamp,
            "webhook-signature": sign(secret, id="batch-1", timestamp=stamp, body=body),
        },
    )
    return [verdict["verdict"] for verdict in answer.json()["verdicts"]]
