"""Silence clocks as rows: what a look at them finds, once, and what restarts them."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from anbu.care.people.actions import withdraw_consent
from anbu.care.readings import actions, jobs

from .conftest import BY, NOW, message, number, rows

HOUR = timedelta(hours=1)


def look(hour: float):
    return actions.judge_next(now=NOW + timedelta(hours=hour))


def hourly(city, device, first, last, **values):
    """Let a device report every hour of [first, last]; values are the same each hour."""
    for hour in range(first, last + 1):
        city.hear(message(f"h-{hour}", NOW + hour * HOUR, device=device, **values), later=hour)


def drain(hour: float):
    """Look until nothing is due; return all that was found."""
    found = []
    while (judged := look(hour)).looked:
        found.append(judged)
    return found


@pytest.fixture
def home(city):
    """A home with a motion sensor, patience 5 h, blind after 6 h."""
    return city.add_home("sensor-1", "motion", "door", patience=5, minutes=60)


def test_a_home_that_is_still_rings_once_when_due(city, home):
    hourly(city, "sensor-1", 0, 0, motion=1)
    hourly(city, "sensor-1", 1, 5, motion=0)
    assert all(not judged.silent for judged in drain(4.99))
    (silent,) = [s for judged in drain(5) for s in judged.silent]
    assert (silent.household, silent.due_at, silent.last_sign_at) == (home, NOW + 5 * HOUR, NOW)
    assert (silent.last_channel, silent.quiet, silent.unseen) == (
        "움직임",
        ("움직임",),
        ("현관문",),
    )
    assert not [s for judged in drain(5.5) for s in judged.silent]
    assert rows("SELECT silent_since FROM readings_watch WHERE household_id = %s", home) == [
        (NOW + 5 * HOUR,)
    ]


def test_a_sign_after_the_silence_is_told_at_once(city, home):
    hourly(city, "sensor-1", 0, 0, motion=1)
    hourly(city, "sensor-1", 1, 6, motion=0)
    drain(6)
    hourly(city, "sensor-1", 7, 7, motion=0)
    assert not [s for judged in drain(7) for s in judged.sign_again]
    city.hear(message("back", NOW + 7.5 * HOUR, device="sensor-1", motion=2), later=7.5)
    (again,) = [s for judged in drain(7.5) for s in judged.sign_again]
    assert (again.household, again.at, again.channel) == (home, NOW + 7.5 * HOUR, "움직임")
    hourly(city, "sensor-1", 8, 13, motion=0)
    assert len([s for judged in drain(13) for s in judged.silent]) == 1


def test_a_home_that_cannot_be_seen_is_blind_and_does_not_ring(city, home):
    hourly(city, "sensor-1", 0, 2, motion=1)
    (blind,) = [b for j in drain(8.1) for b in j.blind if b.household == home]
    assert (blind.since, blind.provider, blind.cause) == (NOW + 8 * HOUR, "plugs", "feed")
    found = drain(40)
    assert not [s for judged in found for s in judged.silent if s.household == home]
    hourly(city, "sensor-1", 41, 41, motion=0)
    (seen,) = [s for judged in drain(41) for s in judged.seen_again]
    assert (seen.household, seen.at) == (home, NOW + 41 * HOUR)
    assert rows("SELECT began_at, ended_at FROM readings_gap") == [
        (NOW + 2 * HOUR, NOW + 41 * HOUR)
    ]


def test_one_home_that_falls_silent_alone_is_a_matter_of_its_device(city, home):
    hourly(city, "sensor-1", 0, 0, motion=1)
    hourly(city, "plug-1", 0, 7, power_w=1)
    (blind,) = [b for judged in drain(7) for b in judged.blind if b.household == home]
    assert blind.cause == "device"


def test_a_person_who_made_sure_restarts_the_clock(city, home):
    hourly(city, "sensor-1", 0, 6, motion=0)
    assert [s for judged in drain(6) for s in judged.silent]
    actions.confirm(household=home, at=NOW + 6 * HOUR)
    hourly(city, "sensor-1", 7, 11, motion=0)
    assert not [s for judged in drain(10.9) for s in judged.silent]
    (silent,) = [s for judged in drain(11) for s in judged.silent]
    assert silent.due_at == NOW + 11 * HOUR


def test_without_consent_nothing_is_judged(city, home):
    hourly(city, "sensor-1", 0, 6, motion=0)
    withdraw_consent(household=home, kind="monitoring", by=BY, now=NOW)
    assert not [s for judged in drain(9) for s in judged.silent if s.household == home]


def test_what_is_found_is_found_again_when_the_alarms_could_not_be_written(city, home):
    hourly(city, "sensor-1", 0, 5, motion=0)
    with transaction.atomic():
        assert look(5.5).silent
        transaction.set_rollback(True)  # the alarm could not be written
    assert look(5.5).silent
    actions.push_aside(household=home, until=NOW + 9 * HOUR)
    assert not look(8.9).silent


def test_a_reading_seldom_moves_the_next_look(city, home):
    hourly(city, "sensor-1", 0, 1, motion=1)
    before = number("SELECT check_at FROM readings_watch WHERE household_id = %s", home)
    hourly(city, "sensor-1", 2, 3, motion=1)
    assert number("SELECT check_at FROM readings_watch WHERE household_id = %s", home) == before


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_find_each_home_once(build):
    city = build()
    for nth in range(20):
        city.add_home(f"s-{nth}", "motion", patience=1, minutes=60)
        city.hear(message("a", NOW, device=f"s-{nth}", motion=0))
    found = []
    barrier = threading.Barrier(2)

    def work():
        barrier.wait()
        while (judged := actions.judge_next(now=NOW + 1.5 * HOUR, limit=3)).looked:
            found.extend(silent.household for silent in judged.silent)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 20


def test_the_jobs_may_run_over_nothing(db):
    assert not jobs.learn_next_rhythms(now=NOW)
    assert not jobs.forget_deliveries(now=NOW)


def test_a_meter_that_hands_over_each_morning_is_no_blind_one(city):
    home = city.add_home("plug-day", "motion", patience=60, minutes=60)
    actions.revoke_device(code="plug-day", by=BY, now=NOW)
    actions.add_device(
        code="meter-1",
        household=home,
        provider="plugs",
        interval=HOUR,
        lag=32 * HOUR,
        channels=["energy_wh"],
        by=BY,
        now=NOW,
    )
    hourly(city, "meter-1", 0, 0, energy_wh=200)
    assert not [b for judged in drain(37.9) for b in judged.blind if b.household == home]
    assert [b.household for judged in drain(38.1) for b in judged.blind].count(home) == 1


@pytest.mark.parametrize("dead", [0.0, 57.5])
def test_a_dead_meter_is_a_blind_home_and_never_rings(city, dead):
    home = city.add_home("meter-2", "energy_wh", minutes=60)
    hourly(city, "meter-2", 0, 0, energy_wh=900)
    hourly(city, "meter-2", 1, 60, energy_wh=dead)
    found = drain(61)
    assert [b.household for judged in found for b in judged.blind].count(home) == 1
    assert not [s for judged in found for s in judged.silent if s.household == home]
    city.hear(message("again", NOW + 62 * HOUR, device="meter-2", energy_wh=310), later=62)
    assert [s.household for judged in drain(62) for s in judged.seen_again] == [home]
