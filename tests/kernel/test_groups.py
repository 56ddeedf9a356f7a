"""One cause for many homes: when a group's silence is one thing, and when it is over."""

import numpy as np

from anbu.kernel import groups
from anbu.kernel.incidents import Episode, told_once


def facts(members=12, expected=40_000, came=0, stopped=0, missing=0, rose=0) -> groups.Facts:
    return groups.Facts(
        *(np.array([[x]]) for x in (members, expected, came, stopped, missing, rose))
    )


def test_no_sign_where_forty_are_usual_is_one_cause():
    assert groups.silent_together(facts())[0, 0]


def test_half_the_usual_signs_are_no_power_cut():
    assert not groups.silent_together(facts(members=400, expected=900_000, came=450))[0, 0]


def test_a_still_night_proves_nothing():
    assert not groups.silent_together(facts(expected=6_000))[0, 0]


def test_a_quarter_of_the_members_stopping_in_one_slot_is_one_cause():
    assert groups.stopped_together(facts(stopped=3))[0, 0]
    assert not groups.stopped_together(facts(stopped=2))[0, 0]
    assert not groups.stopped_together(facts(members=2, stopped=1))[0, 0]


def test_it_is_over_when_signs_and_feeds_are_back():
    assert groups.over(facts(came=25))[0, 0]
    assert not groups.over(facts(came=25, missing=5))[0, 0]
    assert not groups.over(facts(came=10))[0, 0]


def test_the_bound_of_the_tail_never_understates_it():
    rng = np.random.default_rng(0)
    drawn = rng.poisson(20.0, 200_000)
    for k in (2, 5, 8, 12):
        assert groups.lower_tail(np.array(k), np.array(20.0)) >= (drawn <= k).mean()


def test_windows_are_the_same_for_any_cutting():
    rng = np.random.default_rng(1)
    slots = rng.integers(0, 9, (3, 60))
    whole = groups.windows(slots)
    assert (groups.windows(slots[:, 30:], slots[:, 23:30]) == whole[:, 30:]).all()


def told(*found: tuple[int, int]) -> list[int]:
    """Return which of causes that lasted at one time are told; each hit the first n homes of m."""
    episodes = [Episode(nth, 0, 1, 2, groups.Cause.STOPPED) for nth in range(len(found))]
    hits = [np.arange(n) for n, _ in found]
    return told_once(episodes, hits, [of for _, of in found])


def test_where_a_vendors_feed_is_lost_a_dong_with_no_other_devices_is_no_cause_of_its_own():
    assert told((2, 2), (155, 160)) == [1]
    assert told((155, 160), (2, 2)) == [0]


def test_a_power_cut_in_a_dong_is_neither_its_vendors_nor_its_districts():
    assert told((6, 100), (10, 10), (10, 90)) == [1]


def test_a_district_cut_off_whole_is_told_once_and_not_dong_by_dong():
    assert told((5, 5), (20, 20), (88, 100)) == [2]


def test_homes_of_which_another_cause_hit_only_one_have_a_cause_of_their_own():
    two = [Episode(nth, 0, 1, 2, groups.Cause.STOPPED) for nth in range(2)]
    assert told_once(two, [np.arange(10), np.arange(9, 50)], [10, 50]) == [0, 1]
