"""One cause for many homes: when a group's silence is one thing, and when it is over."""

import numpy as np

from anbu.kernel import groups


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
