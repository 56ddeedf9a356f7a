"""Live clocks: an absence, a return, and that nobody waits longer than by the fixed clock."""

from datetime import timedelta

import numpy as np
import pytest

from anbu.care.people import actions as people
from anbu.care.readings import actions, jobs
from anbu.care.readings.models import LearnedClock, Watch
from anbu.care.readings.queries.learned import restored

from .conftest import BY, NOW, message
from .test_learned_clock import POLICY, Home

HOUR = timedelta(hours=1)
FIXED = ""


def leave(home, hours, now):
    people.register_absence(
        household=home,
        kind="travel",
        begins_at=now,
        expected_until=now + hours * HOUR,
        told_by="본인",
        told_how="call",
        by=BY,
        now=now,
    )


def live_through(home, picture):
    """Let hours pass as drawn, with the sweep that ends absences."""
    for sign in picture:
        home.hear(sign)
        jobs.end_absences(now=home.at)
        home.sweep()
    return home


@pytest.fixture(params=[POLICY, FIXED], ids=["learned", "fixed"])
def home(request, city, days):
    return Home(city, policy=request.param)


def test_an_absent_home_is_neither_asked_nor_rung_nor_blind(home):
    leave(home.id, 200, home.at)
    live_through(home, "." * 40 + "_" * 30)
    assert not [found for what in ("asked", "silent", "blind") for found in home.told(what)]
    assert (home.watch.watch_at, home.watch.alarm_at, home.watch.blind_at) == (None, None, None)


def test_at_the_end_the_clock_starts_at_nought(home):
    leave(home.id, 40, home.at)
    ends = home.at + 40 * HOUR
    live_through(home, "." * 41)
    assert home.watch.confirmed == ends.timestamp()
    assert not home.told("silent")
    live_through(home, "." * 25)
    (_, silent) = home.told("silent")[0]
    assert ends < silent.due_at <= ends + 24 * HOUR


def test_a_sign_does_not_end_an_absence(home):
    leave(home.id, 60, home.at)
    live_through(home, "#" + "." * 50)
    assert not home.told("silent")
    assert not home.told("sign_again")
    assert people.end_past_absences(by=BY, now=home.at, limit=9) == []


def test_somebody_who_knows_better_ends_it_and_the_clock_starts_then(home):
    leave(home.id, 200, home.at)
    live_through(home, "." * 30)
    actions.end_absence(household=home.id, by=BY, now=home.at)
    back = home.at
    live_through(home, "." * 25)
    (_, silent) = home.told("silent")[0]
    assert back < silent.due_at <= back + 24 * HOUR


def test_an_absence_told_of_later_forgives_no_silence_before(home):
    live_through(home, "." * 30)
    rang = len(home.told("silent"))
    assert rang == 1
    leave(home.id, 50, home.at)
    live_through(home, "." * 10)
    assert len(home.told("silent")) == rang


def test_the_learned_clock_learns_nothing_of_an_absence(city, days):
    home = Home(city)
    leave(home.id, 100, home.at)
    live_through(home, ".")
    before = restored(bytes(LearnedClock.objects.get(household=home.id).state))[0]
    live_through(home, "#." * 14)
    after = restored(bytes(LearnedClock.objects.get(household=home.id).state))[0]
    assert after["slot"][0] > before["slot"][0] + 48
    assert (after["today_seen"] == 0).all()
    assert after["gap_s"][0] == 0


def test_a_second_absence_before_the_first_is_closed_is_not_lost(city, days):
    home = Home(city)
    leave(home.id, 100, home.at)
    home.hear("....", look=False)
    actions.end_absence(household=home.id, by=BY, now=home.at)
    home.hear("...", look=False)
    leave(home.id, 100, home.at)
    began = home.at
    home.hear("." * 30, look=False)
    home.sweep()
    kept = restored(bytes(LearnedClock.objects.get(household=home.id).state))[0]
    assert kept["absent_from"][0] == int(began.timestamp()) + 32_400
    assert kept["gap_s"][0] == 0


# ---- nobody waits longer than by the fixed clock ----------------------------------------------

CHANNELS = ("power_w", "lux", "energy_wh", "motion")


def _random_life(rng, hours):
    """Return what a home's channels said, one value an hour each; NaN = nothing came."""
    awake = np.repeat(rng.random(hours // 4 + 1) < 0.25, 4)[:hours]
    seen = np.repeat(rng.random(hours // 8 + 1) < 0.9, 8)[:hours]
    columns = {
        "power_w": rng.uniform(0, 14, hours) + awake * rng.choice([0, 9, 60], hours),
        "lux": rng.uniform(0, 26, hours) + awake * rng.choice([0, 15, 90], hours),
        "energy_wh": rng.uniform(20, 190, hours) + awake * rng.choice([0, 150, 500], hours),
        "motion": (awake & (rng.random(hours) < 0.1)).astype(float),
    }
    return {name: np.where(seen, column, np.nan) for name, column in columns.items()}


@pytest.mark.parametrize("seed", range(2))
def test_a_learned_home_never_rings_later_than_its_fixed_twin(city, days, seed):
    rng = np.random.default_rng(seed)
    names = tuple(rng.permutation(CHANNELS)[: rng.integers(1, 4)].tolist())
    hours = 72
    said = _random_life(rng, hours)
    city.now = NOW - hours * HOUR
    patience = int(rng.integers(5, 12))
    homes = {
        name: city.add_home(name, *names, patience=patience, minutes=60)
        for name in ("learns", "fixed")
    }
    policy = f'name = "one"\n[[policy]]\ndetector = "learned"\ntheta = {rng.choice([1.0, 9.0])}\n'
    policy += f'household = "{homes["learns"]}"\n'
    actions.load_detectors(text=policy, by=BY, now=city.now)
    open_since = dict.fromkeys(homes)
    rang = 0
    for hour in range(hours):
        now = city.now = NOW - (hours - hour - 1) * HOUR
        values = {name: float(said[name][hour]) for name in names}
        values = {name: value for name, value in values.items() if value == value}
        if values:
            city.hear(*(message(f"{hour}", now, device=home, **values) for home in homes))
        while jobs.turn_learned_clocks(now=now):
            pass
        while actions.judge_next(now=now).looked:
            pass
        for name, home in homes.items():
            open_since[name] = Watch.objects.get(household=home).silent_since
        if open_since["fixed"] is not None:
            rang += 1
            assert open_since["learns"] is not None, f"hour {hour}: {names}"
            assert open_since["learns"] <= open_since["fixed"], f"hour {hour}: {names}"
    REACHED["rang"] += rang


REACHED = {"rang": 0}


def test_the_twins_above_really_rang():
    assert REACHED["rang"] >= 5, REACHED
