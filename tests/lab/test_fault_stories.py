"""What went wrong in real feeds, told as stories: who rings, who is blind, and who stays calm.

Every story runs through `anbu replay`; DAYS days of ordinary life come first.
"""

import numpy as np
import pytest

from tests.kernel.drawn import DAY, QUIET_DAY, START, meter, motion
from tests.lab.test_replay import levels, lines_of, moment, run

DAYS = 35
LIFE = DAY * DAYS
METER, SENSOR = "A,energy_wh,1800,,,,\n", "A,motion,3600,,,,\n"
SINCE = START + DAYS * 86_400


def stamp(days: float) -> str:
    """Return a moment so many days after the ordinary life, as a file writes it."""
    local = np.datetime64(int(SINCE + days * 86_400 + 9 * 3600), "s")
    return f"{local}+09:00"


def told(tmp_path, at, value, homes=METER):
    channel = homes.split(",")[1]
    return run(tmp_path, lines_of("A", channel, at, value), homes)


def counts(rows) -> dict[str, int]:
    """Return how many alarms and blind spells there were after the ordinary life."""
    return {level: len(levels(rows, level, DAYS)) for level in ("alarm", "blind")}


def test_months_of_noughts_are_a_dead_meter(tmp_path):
    at, value = meter(LIFE + DAY * 90)
    value[at > SINCE] = 0.0
    assert counts(told(tmp_path, at, value)) == {"alarm": 0, "blind": 1}


def test_months_of_noughts_and_then_life_are_calm_again(tmp_path):
    at, value = meter(LIFE + DAY * 83 + DAY * 10)
    value[(at > SINCE) & (at <= SINCE + 83 * 86_400)] = 0.0
    assert counts(told(tmp_path, at, value)) == {"alarm": 0, "blind": 1}


def test_weeks_without_rows_are_a_lost_feed(tmp_path):
    at, value = meter(LIFE + "_" * 24 * 30 + DAY * 5)
    assert counts(told(tmp_path, at, value)) == {"alarm": 0, "blind": 1}


def test_empty_values_are_a_lost_feed(tmp_path):
    at, value = motion(LIFE + QUIET_DAY * 20)
    value[at > SINCE + 8 * 3600] = np.nan
    assert counts(told(tmp_path, at, value, SENSOR))["alarm"] == 0


def test_a_stuck_meter_is_a_dead_meter(tmp_path):
    at, value = meter(LIFE + DAY * 20)
    value[at > SINCE + 43_200] = 57.3
    assert counts(told(tmp_path, at, value)) == {"alarm": 0, "blind": 1}


def test_a_holiday_nobody_told_of_is_one_alarm(tmp_path):
    at, value = meter(LIFE + QUIET_DAY * 12 + DAY * 5)
    assert counts(told(tmp_path, at, value)) == {"alarm": 1, "blind": 0}


def test_a_registered_holiday_is_none(tmp_path):
    at, value = meter(LIFE + QUIET_DAY * 12 + DAY * 5)
    home = f"A,energy_wh,1800,,,{stamp(0)},{stamp(12)}\n"
    assert counts(told(tmp_path, at, value, home)) == {"alarm": 0, "blind": 0}


def test_who_does_not_come_back_from_a_registered_holiday_rings(tmp_path):
    at, value = meter(LIFE + QUIET_DAY * 12)
    home = f"A,energy_wh,1800,,,{stamp(0)},{stamp(6)}\n"
    (alarm,) = levels(told(tmp_path, at, value, home), "alarm", DAYS)
    assert SINCE + 6 * 86_400 < moment(alarm) < SINCE + 8 * 86_400


def test_a_blind_spell_and_then_life_is_calm(tmp_path):
    at, value = meter(LIFE + DAY[:10] + "_" * 24 * 3 + DAY[10:] + DAY * 5)
    assert counts(told(tmp_path, at, value)) == {"alarm": 0, "blind": 1}


def test_a_blind_spell_and_then_silence_rings_neither_at_once_nor_never(tmp_path):
    at, value = meter(LIFE + DAY[:10] + "_" * 24 * 3 + QUIET_DAY * 4)
    (alarm,) = levels(told(tmp_path, at, value), "alarm", DAYS)
    seen_again = SINCE + (10 + 24 * 3) * 3600
    assert seen_again + 6 * 3600 < moment(alarm) < seen_again + 40 * 3600


@pytest.mark.parametrize("seed", range(3))
def test_disorder_doubles_and_future_stamps_change_nothing(tmp_path, seed):
    at, value = meter(LIFE + QUIET_DAY * 3 + DAY * 2)
    clean = told(tmp_path, at, value)
    rng = np.random.default_rng(seed)
    order = np.argsort(at + rng.uniform(0, 7100, len(at)), kind="stable")
    lines = lines_of("A", "energy_wh", at[order], value[order])
    for spot in sorted(rng.integers(200, len(lines) - 200, 40).tolist(), reverse=True):
        lines.insert(spot, lines[spot - int(rng.integers(1, 3))])
    for spot in sorted(rng.integers(200, len(lines) - 200, 5).tolist(), reverse=True):
        ahead = np.array([at[-1] + int(rng.integers(10**5, 10**8))])
        lines[spot:spot] = lines_of("A", "energy_wh", ahead, np.array([800.0]))
    assert run(tmp_path, lines, METER) == clean
    assert levels(clean, "alarm")


def test_two_homes_that_stop_in_the_same_half_hour_are_one_fault(tmp_path):
    lines = []
    for name in ("A", "B", "C"):
        at, value = motion(LIFE + DAY[:9] + ("_" * 60 + DAY * 2 if name != "C" else DAY * 5))
        lines += lines_of(name, "motion", at, value)
    at, value = motion(LIFE + DAY * 4)
    lines += lines_of("D", "motion", at, value)
    homes = "".join(f"{name},motion,3600,가동,업체,,\n" for name in "ABCD")
    rows = run(tmp_path, lines, homes)
    assert len(levels(rows, "group", DAYS)) == 1
    assert counts(rows)["alarm"] == 0


def test_the_same_history_gives_the_same_file_twice(tmp_path):
    at, value = meter(LIFE + QUIET_DAY * 3)
    told(tmp_path, at, value)
    first = (tmp_path / "a.csv").read_bytes()
    told(tmp_path, at, value)
    assert (tmp_path / "a.csv").read_bytes() == first
