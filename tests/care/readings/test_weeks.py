"""Weeks come out of the learned clock, the same however and whenever it is turned."""

from datetime import timedelta

import numpy as np

from anbu.care.readings import actions, jobs, queries
from anbu.care.readings.models import HomeWeek, LearnedClock
from anbu.care.readings.rules import KOREA, last_week
from anbu.kernel import weeks

from .conftest import BY, NOW, message, rows

HALF, DAY = timedelta(minutes=30), timedelta(days=1)
START = NOW - 26 * DAY
POLICY = 'name = "all"\n[[policy]]\ndetector = "learned"\ntheta = 1.0\n'


def _turn(now) -> None:
    while jobs.turn_learned_clocks(now=now):
        pass


def _weeks() -> list[tuple]:
    return sorted(rows("SELECT household_id, began_on, summary FROM readings_week"))


def test_a_clock_wound_late_writes_the_same_weeks_as_one_that_ran(city):
    city.now = START
    home = city.add_home("sensor-w", "motion", minutes=30)
    actions.load_detectors(text=POLICY, by=BY, now=START)
    rng = np.random.default_rng(5)
    for day in range(26):
        said = []
        for half in range(48):
            at = START + day * DAY + (half + 1) * HALF
            awake = 7 <= at.astimezone(KOREA).hour < 22
            moved = float(rng.random() < (0.5 if awake else 0.02))
            said.append(message(f"{day}-{half}", at, device="sensor-w", motion=moved))
        now = START + (day + 1) * DAY
        actions.take_in(messages=said, provider="plugs", now=now)
        _turn(now)
    ran = _weeks()
    assert len(ran) == 3
    assert {began.weekday() for _, began, _ in ran} == {0}
    newest = queries.last_weeks(households=[home], until=last_week(NOW), span=2)[0, -1]
    assert newest["seen"].sum() == 336
    assert newest["signs"][7:22].sum() > 5 * newest["signs"][:7].sum()
    assert (newest["first"] + 8) // 2 in (7, 8)
    assert max(len(bytes(summary)) for _, _, summary in ran) <= 64

    HomeWeek.objects.all().delete()
    LearnedClock.objects.all().delete()
    _turn(NOW)
    assert _weeks() == ran


def test_a_week_that_is_known_stays_as_it_is(city):
    home = city.add_home("plug-w", "power_w")
    row = np.zeros(1, weeks.WEEK)
    told = {"households": [home], "began_on": [last_week(NOW)], "by": BY, "now": NOW}
    assert actions.write_weeks(rows=row, **told) == 1
    row["days"] = 7
    assert actions.write_weeks(rows=row, **told) == 0
    assert queries.last_weeks(households=[home], until=last_week(NOW))[0, -1]["days"] == 0
