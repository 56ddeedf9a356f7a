"""What went wrong in real feeds, lived through by both clocks: who rings and who is blind.

An hour is # (life), . (stillness), _ (no row), ? (an empty value) or > (life, stamped three days
ahead). It is nine in the morning when a story begins.
"""

from datetime import timedelta

import pytest

from .conftest import number
from .test_learned_clock import POLICY, Home

HOUR = timedelta(hours=1)
DETECTORS = pytest.mark.parametrize("policy", [POLICY, ""], ids=["learned", "fixed"])
DAY = "#.##.##.#.##.#.........#"
CALM, RINGS = (0, 0), (1, 0)
BLIND, BLIND_AND_RINGS = (0, 1), (1, 1)
WEEKS = 24 * 7

STORIES = {
    # the picture, and how many (alarms, blind spells) it brings
    "an ordinary day": (DAY, CALM),
    "stillness": ("." * 30, RINGS),
    "weeks without rows": ("_" * WEEKS * 3, BLIND),
    "weeks without rows, then life": ("_" * WEEKS * 2 + DAY, BLIND),
    "empty values": ("?" * 60, BLIND),
    "empty values, then life": ("?" * 30 + "####" + DAY[:12], BLIND),
    "a blind spell, then life": ("_" * 30 + "#" + DAY[:14], BLIND),
    "a blind spell, then silence": ("_" * 30 + "." * 30, BLIND_AND_RINGS),
    "a short hole is no blind spell": ("." * 2 + "_" * 2 + "#" + DAY[:10], CALM),
    "stamps of a wrong clock are no life": (".." + ">" * 2 + "." * 25, RINGS),
    "nothing but a wrong clock": (">" * 40, BLIND),
}


@DETECTORS
@pytest.mark.parametrize("name", STORIES)
def test_a_story(city, days, policy, name):
    picture, expected = STORIES[name]
    home = Home(city, policy=policy).hear(picture, every=2 if len(picture) < 100 else 12)
    assert (len(home.told("silent")), len(home.told("blind"))) == expected


@DETECTORS
def test_a_blind_spell_is_told_when_sight_is_lost_and_ends_when_it_is_back(city, days, policy):
    home = Home(city, policy=policy)
    went = home.at
    home.hear("_" * 30 + "#.")
    (told_at, blind), (back_at, seen) = home.told("blind")[0], home.told("seen_again")[0]
    assert went <= blind.since <= told_at <= went + 8 * HOUR
    assert went + 30 * HOUR < seen.at <= back_at <= went + 32 * HOUR
    assert len(home.told("seen_again")) == 1


@DETECTORS
def test_after_a_blind_spell_the_clock_neither_rings_at_once_nor_forgets(city, days, policy):
    home = Home(city, policy=policy).hear("." * 2 + "_" * 60)
    back = home.at
    home.hear("." * 26)
    ((_, silent),) = home.told("silent")
    assert back + 6 * HOUR < silent.due_at <= back + 24 * HOUR


@DETECTORS
@pytest.mark.parametrize("stray", [".", ">"])
def test_a_stamp_ahead_of_its_time_moves_nothing(city, days, policy, stray):
    home = Home(city, policy=policy)
    began = home.at
    home.hear(".." + stray + "." * 23)
    ((_, silent),) = home.told("silent")
    # the hour in which only a wrong clock spoke was hardly seen: at most so much later
    assert began + 6 * HOUR < silent.due_at <= began + 25 * HOUR
    refused = "SELECT count(*) FROM readings_quarantine WHERE reason = 'in_the_future'"
    assert number(refused) == (2 if stray == ">" else 0)
    assert home.watch.last_seen <= home.at.timestamp()


@DETECTORS
@pytest.mark.parametrize("picture", ["." * 30, "#" + "." * 30], ids=["nothing", "one sign"])
def test_a_home_on_its_first_day_rings_within_its_patience(city, days, policy, picture):
    home = Home(city, policy=policy, days=0)
    enrolled = home.at
    home.hear(picture, every=2)
    ((_, silent),) = home.told("silent")
    sign = HOUR if picture[0] == "#" else timedelta()
    assert enrolled + 4 * HOUR < silent.due_at <= enrolled + sign + 24 * HOUR


@DETECTORS
def test_a_home_on_its_first_day_is_calm_while_somebody_lives_in_it(city, days, policy):
    home = Home(city, policy=policy, days=0).hear(DAY * 2, every=2)
    assert (home.told("silent"), home.told("blind")) == ([], [])


@DETECTORS
def test_a_device_that_never_spoke_is_blind_and_never_silent(city, days, policy):
    home = Home(city, policy=policy, days=0).hear("_" * 60, every=2)
    assert (len(home.told("silent")), len(home.told("blind"))) == (0, 1)
