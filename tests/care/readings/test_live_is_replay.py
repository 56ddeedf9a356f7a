"""The live clock and the replay of the same readings find the same, at the same instants."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction

from anbu.care.readings import actions, jobs
from anbu.kernel.signs import BY_NAME
from anbu.lab.replay import files, run
from anbu.sources import Message, Reading

from .conftest import BY, NOW, rows

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = NOW - timedelta(days=30)
LEVELS = {1: "watch", 2: "alarm", 3: "blind"}
# device: channels, minutes between two reports
HOMES = {
    "plug-a": (("power_w", "lux"), 30),
    "meter-a": (("energy_wh",), 30),
    "sensor-a": (("motion", "door"), 30),
    "hourly-a": (("energy_wh",), 60),
}
POLICY = 'name = "all"\n[[policy]]\ndetector = "learned"\ntheta = 0.8\n'


def _life(rng: np.random.Generator, days: int, minutes: int) -> dict[int, bool]:
    """Return for each report number whether somebody was up and about."""
    per_day = 24 * 60 // minutes
    alive = {}
    for nth in range(days * per_day):
        hour = (nth % per_day) * minutes / 60
        chance = 0.45 if 7 <= hour < 22 else 0.03
        away = days - 6 < nth / per_day < days - 4.5 or 15 < nth / per_day < 15.8
        alive[nth] = bool(rng.random() < chance) and not away
    return alive


def _values(rng: np.random.Generator, channel: str, is_alive: bool) -> float:
    if channel in ("motion", "door"):
        return float(is_alive and rng.integers(1, 9))
    if channel == "lux":
        return float(np.float32(rng.uniform(0, 8) + 90 * is_alive))
    base = rng.uniform(20, 30) if channel == "energy_wh" else rng.uniform(1, 3)
    return float(np.float32(base + is_alive * rng.uniform(60, 700)))


def _story(seed: int, days: int) -> list[tuple[datetime, str, Message]]:
    """Return (arrives, device, message): late, doubled and with holes, but true."""
    rng = np.random.default_rng(seed)
    told = []
    for device, (channels, minutes) in HOMES.items():
        alive = _life(rng, days, minutes)
        hole = 10 * 24 * 60 // minutes, 11 * 24 * 60 // minutes  # a day without any row
        for nth, is_alive in alive.items():
            if hole[0] <= nth < hole[1] and device != "plug-a":
                continue
            at = START + (nth + 1) * minutes * MINUTE
            readings = tuple(
                Reading(BY_NAME[name].code, at.timestamp(), _values(rng, name, is_alive))
                for name in channels
            )
            for copy in range(1 + (rng.random() < 0.03)):
                message = Message(
                    id=f"{nth}-{copy}", device=device, readings=readings, sos=None, body=b""
                )
                told.append((at + float(rng.uniform(0, 110)) * MINUTE, device, message))
    return sorted(told, key=lambda one: (one[0], one[1], one[2].id))


def _replayed(folder: Path, story: list[tuple[datetime, str, Message]]) -> list[tuple]:
    channel = {row.code: name for name, row in BY_NAME.items()}
    lines = ["household,channel,at,value"]
    for device in HOMES:  # whoever installed it saw the person
        lines.append(f"{device},checkin,{START.isoformat()},1")
    for _, device, message in story:
        for reading in message.readings:
            at = datetime.fromtimestamp(reading.at, NOW.tzinfo) + 9 * HOUR
            stamp = at.replace(tzinfo=None).isoformat() + "+09:00"
            lines.append(f"{device},{channel[reading.channel]},{stamp},{reading.value!r}")
    (folder / "readings.csv").write_text("\n".join(lines))
    homes = ["household,channel,interval_s,region,provider"]
    for device, (channels, minutes) in HOMES.items():
        homes += [f"{device},{name},{minutes * 60},," for name in channels]
        homes.append(f"{device},checkin,86400,,")
    (folder / "homes.csv").write_text("\n".join(homes))
    (folder / "policy.toml").write_text('detector = "learned"\ntheta = 0.8\nfixed_hours = 24\n')
    places = files.read_homes(folder / "homes.csv")
    told = files.read_readings(folder / "readings.csv", places)
    told.offset_s[:] = 32_400
    found = run.replay(told, places, files.read_policy(folder / "policy.toml"))
    return sorted((a.at, a.household, a.level) for a in found)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_month_with_restarts_late_rows_and_doubles(city, tmp_path, settings, seed):
    settings.BLIND_AT_LEAST_S, settings.BLIND_INTERVALS = 6 * 3600, 3
    city.now = START
    homes = {}
    for device, (channels, minutes) in HOMES.items():
        homes[device] = city.add_home(device, *channels, minutes=minutes)
    actions.load_detectors(text=POLICY, by=BY, now=START)
    story = _story(seed, 30)
    chance = random.Random(seed)
    now, nth = START, 0
    while nth < len(story):
        now += chance.choice([5 * MINUTE, 40 * MINUTE, 3 * HOUR, 11 * HOUR])
        first = nth
        while nth < len(story) and story[nth][0] <= now:
            nth += 1
        messages = [message for _, _, message in story[first:nth]]
        chance.shuffle(messages)
        verdicts = actions.take_in(messages=messages, provider="plugs", now=now)
        assert {str(v.verdict) for v in verdicts} <= {"accepted"}
        if chance.random() < 0.3:  # killed in the middle of its work
            with transaction.atomic():
                jobs.turn_learned_clocks(now=now)
                transaction.set_rollback(True)
        if chance.random() < 0.7:
            while jobs.turn_learned_clocks(now=now):
                pass
            while actions.judge_next(now=now).looked:
                pass
    jobs.turn_learned_clocks(now=now + 2 * HOUR)
    names = {home: device for device, home in homes.items()}
    found = rows("SELECT household_id, level, at FROM readings_finding WHERE at <= %s", NOW)
    live = sorted(
        (int(at.timestamp()), names[home], LEVELS[lv]) for home, lv, at in found if home in names
    )
    replayed = [one for one in _replayed(tmp_path, story) if one[0] <= NOW.timestamp()]
    assert {level for _, _, level in live} == {"watch", "alarm", "blind"}
    assert live == replayed
    (longest,) = rows("SELECT max(length(state)) FROM readings_learnedclock")[0]
    assert longest <= 1024
