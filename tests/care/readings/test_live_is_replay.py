"""The live clock and the replay of the same readings find the same, at the same instants."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction

from anbu.care.alarms.rules import reason
from anbu.care.people.actions import register_absence
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
    "away-a": (("motion",), 30),
    "away-b": (("energy_wh", "door"), 30),
    "mixed-a": (("power_w",), 30),
    "mixed-b": (("energy_wh",), 60),  # of the same home: yesterday's file comes in the morning
}
SAME_HOME = {"mixed-b": "mixed-a"}
LAG = timedelta(hours=32)
# on which day we are told, until when, and when somebody tells that the person is back
AWAY = {"away-a": (12.3, 15.21, 99), "away-b": (16.4, 25.0, 20.13)}
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
                    id=f"{nth:05}-{copy}", device=device, readings=readings, sos=None, body=b""
                )
                arrives = at + float(rng.uniform(0, 110)) * MINUTE
                if device in SAME_HOME:
                    day = (at - MINUTE + 9 * HOUR).replace(hour=0, minute=0)
                    arrives = day + DAY - HOUR  # one file, at 08:00 there
                told.append((arrives, device, message))
    return sorted(told, key=lambda one: (one[0], one[1], one[2].id))


def _replayed(
    folder: Path,
    story: list[tuple[datetime, str, Message]],
    spans: dict[str, list[datetime]],
) -> list[tuple]:
    channel = {row.code: name for name, row in BY_NAME.items()}
    lines = ["household,channel,at,value"]
    for device in set(HOMES) - set(SAME_HOME):  # whoever installed it saw the person
        lines.append(f"{device},checkin,{START.isoformat()},1")
    for _, device, message in story:
        for reading in message.readings:
            at = datetime.fromtimestamp(reading.at, NOW.tzinfo) + 9 * HOUR
            stamp = at.replace(tzinfo=None).isoformat() + "+09:00"
            home = SAME_HOME.get(device, device)
            lines.append(f"{home},{channel[reading.channel]},{stamp},{reading.value!r}")
    (folder / "readings.csv").write_text("\n".join(lines))
    homes = ["household,channel,interval_s,region,provider,absent_from,absent_until"]
    for device, (channels, minutes) in HOMES.items():
        home = SAME_HOME.get(device, device)
        away = ",".join(at.isoformat() for at in spans[device]) if device in spans else ","
        homes += [f"{home},{name},{minutes * 60},,,{away}" for name in channels]
        if home == device:
            homes.append(f"{home},checkin,86400,,,{away}")
    (folder / "homes.csv").write_text("\n".join(homes))
    (folder / "policy.toml").write_text('detector = "learned"\ntheta = 0.8\nfixed_hours = 24\n')
    places = files.read_homes(folder / "homes.csv")
    told = files.read_readings(folder / "readings.csv", places)
    told.offset_s[:] = 32_400
    found = run.replay(told, places, files.read_policy(folder / "policy.toml"))
    return sorted((a.at, a.household, a.level, a.reason) for a in found)


def _said(level: str, at: datetime, learned: dict) -> str:
    """Return the sentence the desk would show; a lost feed has one without figures."""
    if level == "blind":
        return ""
    rule = "unusual" if level == "watch" else "still"
    return reason({"rule": rule, "due_at": at.isoformat(), "learned": learned}, at)


def _leave_or_return(device: str, home, spans: dict, now: datetime) -> None:
    """Register the device's absence, or end it, when its day has come."""
    told, until, back = (START + days * DAY for days in AWAY[device])
    if device not in spans and now >= told:
        spans[device] = [now]
        leave = {"kind": "travel", "told_by": "본인", "told_how": "call", "by": BY, "now": now}
        register_absence(household=home, begins_at=now, expected_until=until, **leave)
    elif device in spans and len(spans[device]) == 1 and now >= min(until, back):
        spans[device].append(min(now, until))
        if now < until:
            actions.end_absence(household=home, by=BY, now=now)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_month_with_restarts_late_rows_and_doubles(city, tmp_path, settings, seed):
    settings.BLIND_AT_LEAST_S, settings.BLIND_INTERVALS = 6 * 3600, 3
    city.now = START
    homes = {}
    for device, (channels, minutes) in HOMES.items():
        if device not in SAME_HOME:
            homes[device] = city.add_home(device, *channels, minutes=minutes)
        else:
            home = homes[SAME_HOME[device]]
            city.add_device(device, home, *channels, minutes=minutes, lag=LAG)
    spans: dict[str, list[datetime]] = {}
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
        for device in AWAY:
            _leave_or_return(device, homes[device], spans, now)
        while jobs.end_absences(now=now):
            pass
        if chance.random() < 0.3:  # killed in the middle of its work
            with transaction.atomic():
                jobs.turn_learned_clocks(now=now)
                transaction.set_rollback(True)
        if chance.random() < 0.7:
            while jobs.turn_learned_clocks(now=now):
                pass
            while actions.judge_next(now=now).looked:
                pass
    while jobs.turn_learned_clocks(now=now + LAG + 3 * HOUR):
        pass
    names = {home: device for device, home in homes.items()}
    found = rows("SELECT household_id, level, at, facts FROM readings_finding WHERE at <= %s", NOW)
    live = sorted(
        (int(at.timestamp()), names[home], LEVELS[lv], _said(LEVELS[lv], at, json.loads(facts)))
        for home, lv, at, facts in found
        if home in names
    )
    replayed = [
        (at, home, level, "" if level == "blind" else said)
        for at, home, level, said in _replayed(tmp_path, story, spans)
        if at <= NOW.timestamp()
    ]
    assert {level for _, _, level, _ in live} == {"watch", "alarm", "blind"}
    assert live == replayed
    assert set(spans) == set(AWAY)
    assert all(len(span) == 2 for span in spans.values())
    (longest,) = rows("SELECT max(length(state)) FROM readings_learnedclock")[0]
    assert longest <= 1024
