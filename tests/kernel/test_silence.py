import numpy as np
import pytest

from anbu.kernel.silence import State, hear, judge

from .draw import HOUR, feeds, homes, readings, rings, states


def test_a_still_home_rings_when_patience_ends():
    assert rings("#.#.##......................", patience=20) == 25
    assert rings("#.#.##..........#...........", patience=20) is None


def test_a_home_first_seen_without_a_sign_starts_its_clock_at_first_sight():
    assert rings("   .........", patience=8) == 11


def test_a_blind_home_never_becomes_silent():
    assert states("#..                     ", patience=8, blind=2) == "....." + "B" * 19


def test_after_a_blind_spell_the_clock_neither_rings_at_once_nor_forgets():
    #             01234567890123456789012345
    blind_spell = "#..                  ........"
    # runs 0-4, stands still 4-21, needs 4 more: 25
    assert states(blind_spell, patience=8, blind=2) == "....." + "B" * 16 + "...." + "SSSS"
    assert rings("#..                  ........", patience=8, blind=2) == 25


def test_a_silent_home_that_goes_blind_stays_silent_and_is_marked():
    assert states("#.....           ..", patience=5, blind=2) == ".....SSS" + "X" * 9 + "SS"


def test_silence_that_fell_due_before_the_home_went_blind_is_not_forgotten():
    # nobody looked at hours 5-15; due was hour 5, seen until hour 4 and 2 h on
    home, _, _ = hear(
        homes(patience=5 * HOUR, blind_after=2 * HOUR),
        feeds("motion"),
        readings((0, 0, 1), (0, 2 * HOUR, 0), (0, 4 * HOUR, 0)),
    )
    state, due, _ = judge(home, 15 * HOUR)
    assert state[0] == State.SILENT | State.BLIND
    assert due[0] == 5 * HOUR


def test_a_late_sign_never_moves_due_back():
    home, feed = homes(patience=5 * HOUR, blind_after=2 * HOUR), feeds("motion")
    home, feed, _ = hear(home, feed, readings((0, 0, 1), (0, 10 * HOUR, 0)))
    before = judge(home, 10 * HOUR)[1][0]
    home, feed, is_sign = hear(home, feed, readings((0, 1 * HOUR, 1)))
    assert is_sign.all()
    assert judge(home, 10 * HOUR)[1][0] == before
    home, feed, _ = hear(home, feed, readings((0, 9 * HOUR, 1)))
    assert judge(home, 10 * HOUR)[1][0] == 14 * HOUR
    assert home.last_seen[0] == 10 * HOUR


def test_a_person_who_made_sure_restarts_the_clock():
    home, feed, _ = hear(
        homes(patience=5 * HOUR, blind_after=2 * HOUR),
        feeds("motion"),
        readings((0, 0, 1), (0, 6 * HOUR, 0)),
    )
    home.confirmed[0], home.unseen_s[0] = 6 * HOUR, 0
    assert judge(home, 6 * HOUR)[0][0] == State.CALM
    assert judge(home, 6 * HOUR)[1][0] == 11 * HOUR


def test_a_home_that_was_never_seen_is_blind_not_silent():
    home = homes(patience=5 * HOUR, blind_after=2 * HOUR)
    assert judge(home, 0)[0][0] == State.BLIND
    home.confirmed[0] = 0
    assert judge(home, 2 * HOUR)[0][0] == State.CALM
    assert judge(home, 9 * HOUR)[0][0] == State.BLIND


@pytest.mark.parametrize(
    ("channel", "values", "signs"),
    [
        ("power_w", [3, 4, 40, 40, 3, 3], "..#..."),
        ("lux", [5, 100, 100, 5, 5], ".#.#."),
        ("energy_wh", [90, 120, 900, 880], "..#."),
        ("motion", [0, 2, 0, 1], ".#.#"),
        ("presence", [1, 1], "##"),
        ("power_w", [3, np.nan, 40], "..#"),
    ],
)
def test_what_counts_as_life(channel, values, signs):
    rows = [(0, i * HOUR, value) for i, value in enumerate(values)]
    _, _, is_sign = hear(homes(patience=1, blind_after=1), feeds(channel), readings(*rows))
    assert "".join(".#"[int(sign)] for sign in is_sign) == signs


def test_an_edge_across_a_long_hole_shows_nothing():
    rows = [(0, 0, 3), (0, 3600, 90), (0, 3660, 3), (0, 3720, 90)]
    _, _, is_sign = hear(
        homes(patience=1, blind_after=1), feeds("power_w", interval_s=60), readings(*rows)
    )
    assert list(is_sign) == [False, False, False, True]


def test_of_two_signs_at_one_instant_the_lower_code_is_named():
    home, feed = homes(patience=9, blind_after=9), feeds("door", "motion")
    both, _, _ = hear(home, feed, readings((0, 5, 1), (1, 5, 1)))
    one, feed, _ = hear(home, feed, readings((0, 5, 1)))
    two, _, _ = hear(one, feed, readings((1, 5, 1)))
    assert both.last_channel[0] == two.last_channel[0] == 4


def test_nothing_to_hear_changes_nothing():
    home, feed = homes(patience=9, blind_after=9), feeds("door")
    assert hear(home, feed, readings())[0] is home
    assert hear(home, feed, readings((0, 5, np.nan)))[0] is home


def test_a_hole_after_it_rang_no_longer_moves_its_due():
    rang = [(0, hour * HOUR, float(hour == 0)) for hour in range(7)]
    hole = (0, 20 * HOUR, 0.0)
    for batches in ([[*rang, hole]], [rang, [hole]], [rang[:3], [*rang[3:], hole]]):
        home, feed = homes(patience=5 * HOUR, blind_after=2 * HOUR), feeds("motion")
        for batch in batches:
            home, feed, _ = hear(home, feed, readings(*batch))
        assert judge(home, 20 * HOUR)[1][0] == 5 * HOUR
        assert home.unseen_s[0] == 0


def test_of_two_values_with_one_stamp_the_smaller_counts_whoever_came_first():
    rows = [(0, 0, 3.0), (0, 60, 500.0), (0, 60, 4.0), (0, 120, 400.0)]
    one, feed_one, signs = hear(
        homes(patience=9, blind_after=9), feeds("power_w", interval_s=60), readings(*rows)
    )
    assert list(signs) == [False, False, False, True]
    home, feed, _ = hear(
        homes(patience=9, blind_after=9), feeds("power_w", interval_s=60), readings(*rows[:3])
    )
    assert feed.last_value[0] == 4.0
    two, feed_two, _ = hear(home, feed, readings(rows[3]))
    assert (one.last_sign, feed_one.last_value) == (two.last_sign, feed_two.last_value)


def meter_judged(values, *, patience=24, blind=2):
    """Hear a value an hour from a meter; return what is judged each hour: `.` calm, S, B, X."""
    home, feed = homes(patience=patience * HOUR, blind_after=blind * HOUR), feeds("energy_wh")
    said = ""
    for hour, value in enumerate(values):
        home, feed, _ = hear(home, feed, readings((0, hour * HOUR, value)))
        said += ".SBX"[int(judge(home, hour * HOUR)[0][0])]
    return said


def test_a_meter_that_repeats_one_value_is_seen_for_half_a_day_and_then_is_dead():
    said = meter_judged([300.0, *[120.0] * 60])
    #   same from hour 1 on, dead from 13: seen last at 12, and blind two hours later
    assert said == "." * 15 + "B" * 46


def test_noughts_of_a_meter_are_no_data_but_noughts_of_a_plug_are():
    assert meter_judged([300.0, *[0.0] * 40]) == "..." + "B" * 38
    home, feed = homes(patience=24 * HOUR, blind_after=2 * HOUR), feeds("power_w")
    rows = [(0, hour * HOUR, 0.0) for hour in range(30)]
    assert judge(hear(home, feed, readings(*rows))[0], 29 * HOUR)[0][0] == State.SILENT


def test_the_first_value_after_noughts_is_no_edge():
    rows = [(0, 0, 300.0), *[(0, n * HOUR, 0.0) for n in range(1, 9)], (0, 9 * HOUR, 700.0)]
    _, _, is_sign = hear(homes(patience=1, blind_after=1), feeds("energy_wh"), readings(*rows))
    assert not is_sign.any()


def test_a_meter_that_moves_a_little_is_well_and_rings():
    said = meter_judged([300.0, *[120.0 + hour % 2 for hour in range(30)]])
    assert said == "." * 24 + "S" * 7


def test_a_dead_meter_beside_a_sensor_that_is_well_blinds_nobody():
    home, feed = homes(patience=24 * HOUR, blind_after=2 * HOUR), feeds("energy_wh", "motion")
    rows = [(feed, n * HOUR, [120.0, float(n == 0)][feed]) for n in range(26) for feed in (0, 1)]
    assert judge(hear(home, feed, readings(*rows))[0], 25 * HOUR)[0][0] == State.SILENT
