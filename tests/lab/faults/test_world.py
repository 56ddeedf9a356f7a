"""The laboratory's homes are as homes are: an hour of them looks like no common cause."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anbu.care.alarms import jobs as alarms
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.queries import now
from anbu.care.places.rules import SEOUL
from anbu.care.readings import actions as readings
from anbu.care.readings import jobs as clocks
from anbu.care.readings.models import GroupIncident
from anbu.config.clock import RehearsalClock
from anbu.lab.faults import world
from anbu.sources import Message, Reading
from tests.seoul import seoul

START = datetime(2026, 11, 21, 22, 0, tzinfo=SEOUL)
MINUTES = range(0, 75, 5)
SILENT = 6


@pytest.fixture
def clock(db: None, settings: Any, tmp_path: Path) -> RehearsalClock:
    seoul(now=START - timedelta(days=1))
    file = tmp_path / "clock.json"
    file.write_text(json.dumps({"real": 0, "shown": 0, "speed": 1}))
    settings.CLOCK = RehearsalClock(file)
    settings.CLOCK.set_pace(speed=1, shown=START)
    return settings.CLOCK


def test_ever_more_homes_fall_silent_and_each_one_rings(clock: RehearsalClock) -> None:
    clocks.make_partitions(now=now())
    world.prepare()
    living = world.settle(world.CLOUD, [f"lab-cloud-{nth}" for nth in range(6)])
    fell: set[str] = set()
    for minute in MINUTES:
        clock.set_pace(speed=1, shown=START + timedelta(minutes=minute))
        speak(living, minute)
        codes = [f"lab-cloud-{minute}-{nth}" for nth in range(SILENT)]
        due = now().timestamp() + 5
        homes = world.settle_still(codes, [due - world.PATIENCE.total_seconds()] * SILENT)
        fell |= {home.home for home in homes}
        clock.set_pace(speed=1, shown=START + timedelta(minutes=minute, seconds=30))
        sweep()
    raised = {str(home) for home in Alarm.objects.values_list("household_id", flat=True)}
    assert raised == fell
    assert not GroupIncident.objects.exists()


def speak(homes: list[world.Home], minute: int) -> None:
    at = now().timestamp()
    said = (Reading(world.POWER, at - 60, world.STILL), Reading(world.POWER, at, world.LIFE))
    messages = [Message(id=f"m{minute}", device=home.device, readings=said) for home in homes]
    readings.take_in(messages=messages, provider=None, now=now())


def sweep() -> None:
    at = now()
    for step in (
        lambda: clocks.turn_learned_clocks(now=at),
        lambda: alarms.raise_silence(at),
        lambda: clocks.look_for_common_causes(now=at),
        lambda: alarms.raise_groups(at),
    ):
        while step():
            pass
