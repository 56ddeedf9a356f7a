"""The learned clock as rows: deadlines before they pass, and what a look at them finds."""

import math
from datetime import timedelta

import numpy as np
import pytest

from anbu.care.readings import actions, jobs
from anbu.care.readings.models import Watch

from .conftest import BY, NOW, message, number, rows

HOUR = timedelta(hours=1)
DAYS = 12
MORNING = NOW + timedelta(hours=11)  # 09:00 in Seoul, the day after
POLICY = 'name = "all"\n[[policy]]\ndetector = "learned"\n'


class Home:
    """A home with a motion sensor, drawn: an hour is # (life) or . (stillness) or _ (no row)."""

    def __init__(self, city, *, policy: str = POLICY, days: int = DAYS, **more) -> None:
        self.city, self.at, self.found = city, MORNING - days * 24 * HOUR, []
        city.now = self.at
        self.id = city.add_home("sensor-1", "motion", minutes=30, **more)
        self.hear(days * "#.##.##.#.##.#.........#", look=False)
        if policy:
            actions.load_detectors(text=policy, by=BY, now=self.at)
        jobs.turn_learned_clocks(now=self.at)
        self.sweep()
        self.found.clear()
        assert self.at == MORNING

    def hear(self, picture: str, *, look: bool = True, every: int = 1) -> "Home":
        """Let half hours pass, one message each, and look after each (or `every` so many).

        Besides: ? is an empty value, > one of life that is stamped three days ahead.
        """
        messages = []
        for nth, sign in enumerate(np.repeat(list(picture), 2).tolist()):
            self.at += HOUR / 2
            if sign != "_":
                value = math.nan if sign == "?" else float(sign in "#>" and nth % 2 == 0)
                stamp = self.at + 3 * 24 * HOUR * (sign == ">")
                messages.append(message(f"{self.at}", stamp, device="sensor-1", motion=value))
            if look and (nth + 1) % every == 0:
                self.city.now = self.at
                self.city.hear(*messages)
                messages = []
                self.sweep()
        self.city.now = self.at
        self.city.hear(*messages)
        return self

    def sweep(self, later: float = 0) -> "Home":
        now = self.at + later * HOUR
        while jobs.turn_learned_clocks(now=now):
            pass
        while (judged := actions.judge_next(now=now)).looked:
            self.found.append((now, judged))
        return self

    def told(self, what: str) -> list:
        return [
            (now, one)
            for now, judged in self.found
            for one in getattr(judged, what)
            if self._home(one) == self.id
        ]

    @staticmethod
    def _home(one):
        return one.silent.household if hasattr(one, "silent") else one.household

    @property
    def watch(self) -> Watch:
        return Watch.objects.get(household=self.id)


@pytest.fixture
def home(city, days):
    return Home(city)


def test_deadlines_stand_in_the_table_before_they_pass(home):
    watch = home.watch
    assert watch.policy_id is not None
    assert MORNING < watch.watch_at < watch.alarm_at < MORNING + 24 * HOUR
    assert watch.check_at <= watch.watch_at


def test_a_still_home_is_asked_softly_and_then_rings_at_the_instants_written_before(home):
    home.hear(".")
    asked_at, alarm_at = home.watch.watch_at, home.watch.alarm_at
    home.hear("." * 23)
    (first, asked), (then, silent) = home.told("asked")[0], home.told("silent")[0]
    assert len(home.told("asked")) == len(home.told("silent")) == 1
    assert asked.silent.due_at == asked_at <= first < asked_at + HOUR
    assert silent.due_at == alarm_at <= then < alarm_at + HOUR
    assert silent.learned["by"] == "record"
    assert (silent.learned["policy"], silent.learned["theta"]) == ("all 1", 1.0)
    assert (silent.last_channel, silent.quiet) == ("움직임", ("움직임",))
    home.sweep(later=6)
    assert rows(
        "SELECT level, at FROM readings_finding WHERE household_id = %s AND at > %s "
        "AND level < 3 ORDER BY at",
        home.id,
        MORNING,
    ) == [(1, asked_at), (2, alarm_at)]


def test_a_sign_in_the_half_hour_that_runs_puts_the_deadlines_off(home):
    home.hear("." * 4)
    before = home.watch.watch_at
    while home.at + HOUR / 2 <= before:
        home.at = home.city.now = home.at + HOUR / 2
        home.city.hear(message(f"{home.at}", home.at, device="sensor-1", motion=0.0))
    home.at = home.city.now = home.at + (before - home.at) / 2
    home.city.hear(message("now", home.at, device="sensor-1", motion=2.0))
    home.at = before
    home.sweep(later=1 / 3600)
    assert not home.told("asked")
    assert home.watch.watch_at > before + HOUR


def test_a_sign_answers_the_question_at_once(home):
    home.hear("." * 24)
    assert home.watch.silent_since
    home.hear("#")
    (again,) = home.told("sign_again")
    assert again[1].channel == "움직임"
    assert (home.watch.silent_since, home.watch.asked_since) == (None, None)


def test_a_dead_sensor_is_blind_and_neither_asks_nor_rings(home):
    home.hear("_" * 40)
    assert home.told("blind")
    assert not home.told("asked")
    assert not home.told("silent")


def test_at_night_no_machine_asks_but_a_person_is_called(city, days):
    always = POLICY + "quiet_from = 0\nquiet_until = 23\n"
    home = Home(city, policy=always).hear("." * 24)
    (first, _) = home.told("silent")[0]
    assert not [now for now, _ in home.told("asked") if now < first]


def test_when_the_quiet_hours_end_the_question_is_asked(city, days):
    home = Home(city, policy=POLICY + "quiet_from = 9\nquiet_until = 16\n")
    ends = MORNING + 7 * HOUR
    home.hear("." * 6)
    assert home.watch.watch_at < ends < home.watch.alarm_at
    home.hear("." * 2)
    assert [now for now, _ in home.told("asked")] == [ends]


def test_a_person_who_made_sure_puts_the_deadlines_off(home):
    home.hear("." * 24)
    actions.confirm(household=home.id, at=home.at)
    home.sweep()
    assert home.watch.silent_since is None
    assert home.watch.alarm_at > home.at + 4 * HOUR
    found = len(home.told("silent"))
    home.hear("." * 24)
    assert len(home.told("silent")) == found + 1


def test_nobody_waits_longer_than_their_own_patience(city, days):
    patient = Home(city, policy=POLICY + "theta = 9.0\n", patience=24).hear("." * 30)
    (now, silent) = patient.told("silent")[0]
    assert silent.learned["by"] == "patience"
    assert now - silent.last_sign_at <= 25 * HOUR


def test_who_is_judged_by_the_fixed_detector_keeps_no_deadlines(city, days):
    home = Home(city, policy="")
    assert number("SELECT count(*) FROM readings_learnedclock") == 2  # its groups need them
    home.hear("." * 25)
    (silent,) = [one for _, one in home.told("silent")]
    assert silent.learned is None
    assert (home.watch.watch_at, home.watch.alarm_at) == (None, None)


def test_what_is_true_by_a_new_policy_already_is_told_when_the_clock_turns(city, days):
    home = Home(city, policy="").hear("." * 18)
    assert home.told("silent") == []
    Watch.objects.update(check_at=home.at + 6 * HOUR)  # the fixed clock has nothing to look at
    actions.load_detectors(text=POLICY, by=BY, now=home.at)
    home.hear(".")
    ((told_at, silent),) = home.told("silent")
    assert silent.due_at < home.at - HOUR
    assert told_at <= home.at


def test_back_to_fixed_forgets_the_deadlines(home):
    home.hear(".")
    fixed = 'name = "all"\n[[policy]]\ndetector = "fixed"\n'
    actions.load_detectors(text=fixed, by=BY, now=home.at)
    home.hear("." * 12)
    assert (home.watch.policy_id, home.watch.watch_at) == (None, None)
    assert not home.told("silent")
    home.hear("." * 13)
    assert home.told("silent")[0][1].learned is None


def test_a_clock_that_cannot_be_read_begins_anew_and_stops_nobody(home):
    with_connection = (
        "UPDATE readings_learnedclock SET state = %s WHERE household_id = %s RETURNING 1"
    )
    rows(with_connection, b"\x09broken", home.id)
    home.hear("." * 25)
    assert home.told("silent")
