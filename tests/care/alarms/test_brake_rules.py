"""When the brake closes, how many it lets go, and what two clocks can tell: without tables."""

from hypothesis import given
from hypothesis import strategies as st

from anbu.care.alarms.rules import (
    CHOICE_NEXT,
    BrakeChoice,
    ClockLook,
    gone_by,
    is_flood,
    may_be_held,
    most_in_a_window,
    pace_of,
    parted_s,
)


def ordinary(watched=0, normal=0.0):
    return most_in_a_window(at_least=50, share=0.005, watched=watched, factor=10, normal=normal)


def test_the_limit_is_the_largest_of_three():
    assert ordinary(watched=2_000, normal=0.4) == 50
    assert ordinary(watched=110_000, normal=0.4) == 550
    assert ordinary(watched=2_000, normal=9) == 90


def test_a_cry_a_return_and_what_is_critical_are_never_held():
    assert may_be_held(kind="silence", level=2)
    assert may_be_held(kind="watch", level=1)
    assert not may_be_held(kind="silence", level=3)
    assert not may_be_held(kind="sos", level=1)
    assert not may_be_held(kind="return", level=1)


def test_every_choice_may_follow_nothing_and_none_follows_a_last_word():
    assert set(CHOICE_NEXT) == {"", *BrakeChoice}
    assert CHOICE_NEXT[""] == set(BrakeChoice)
    assert not CHOICE_NEXT[BrakeChoice.GO]
    assert not CHOICE_NEXT[BrakeChoice.OUR_FAULT]


def test_so_many_a_minute_or_as_many_as_it_takes():
    def gone(total, since_s):
        return gone_by(total=total, since_s=since_s, per_minute=60, longest_s=3600)

    assert [gone(150, s) for s in (0, 59, 60, 120, 180)] == [60, 60, 120, 150, 150]
    assert gone(110_000, 0) == 1834
    assert gone(110_000, 1800) == 56_834
    assert gone(110_000, 3600) == 110_000


@given(
    total=st.integers(0, 200_000),
    since=st.floats(0, 10_000),
    later=st.floats(0, 10_000),
    per_minute=st.floats(1, 1_000),
    longest=st.floats(1, 7_200),
)
def test_who_was_let_go_stays_so_and_everybody_goes_in_time(
    total, since, later, per_minute, longest
):
    def gone(since_s):
        return gone_by(total=total, since_s=since_s, per_minute=per_minute, longest_s=longest)

    assert 0 <= gone(since) <= total
    assert gone(since) <= gone(since + later)
    assert gone(longest + later) == total
    assert total == 0 or gone(0) >= 1


def look(at, shown, *, stopped=0.0, speed=1.0):
    return ClockLook(before=at, shown=shown, after=at + stopped, speed=speed)


def test_a_jump_is_told_by_its_length_and_nothing_else_is():
    first = look(10.0, 1000.0)
    assert parted_s(first, look(15.0, 1005.0)) == 0
    assert parted_s(first, look(15.0, 1008.0)) == 3
    assert parted_s(first, look(15.0, 1002.0)) == -3
    assert parted_s(first, look(15.0, 4605.0)) == 3600
    # a rehearsal at sixtyfold pace, and one whose pace was changed meanwhile
    assert parted_s(look(10, 0, speed=60), look(15, 300, speed=60)) == 0
    assert parted_s(look(10, 0, speed=60), look(15, 240, speed=1)) == 0
    assert parted_s(look(10, 0, speed=60), look(15, 3900, speed=60)) == 3600
    # stopped for half a minute between reading the one clock and the other
    assert parted_s(first, look(15.0, 1035.0, stopped=30)) == 0
    assert parted_s(look(10, 1000, stopped=30), look(45, 1005)) == 0


def test_a_clock_that_runs_sixtyfold_by_itself_is_a_pace_and_no_jump():
    first, second = look(0.0, 0.0), look(0.5, 30.0)
    assert round(pace_of(first, second)) == 60
    assert abs(parted_s(second, look(5.5, 330.0), pace=pace_of(first, second))) < 1e-6
    assert pace_of(first, look(0.5, 0.501)) == 1
    assert pace_of(first, look(0.5, -30.0)) == 1


@given(at=st.floats(0, 100), speed=st.floats(0, 3600), stops=st.lists(st.floats(0, 5), min_size=2))
def test_whatever_the_machine_does_a_clock_that_runs_true_never_parts(at, speed, stops):
    looks, moment = [], at
    for stop in stops:  # stopped before, or after, the city's clock was read
        shown = (moment + stop / 2) * speed
        looks.append(ClockLook(before=moment, shown=shown, after=moment + stop, speed=speed))
        moment += stop + 0.5
    for earlier, later in zip(looks, looks[1:], strict=False):
        assert abs(parted_s(earlier, later)) < 1e-3


def test_more_than_ten_in_ten_minutes_for_one_person_is_a_flood():
    assert not is_flood(own=10, arrived=0, hands=1)
    assert is_flood(own=11, arrived=0, hands=3)
    assert not is_flood(own=0, arrived=30, hands=3)
    assert is_flood(own=0, arrived=31, hands=3)
    assert is_flood(own=0, arrived=11, hands=0)  # nobody on shift looks at nothing
