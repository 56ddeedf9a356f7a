"""How patient to be with whom: files, versions, and which row judges a home."""

from datetime import timedelta

import pytest

from anbu.care.readings import actions
from anbu.care.readings.queries.policies import patience_of, policies_in_force
from anbu.care.readings.rules import (
    Asking,
    Detector,
    NotAllowed,
    Patience,
    parse_patience,
    patience_for,
    quiet_ends,
)

from .conftest import BY, NOW, rows

LEARNED = 'name = "city"\n[[policy]]\ndetector = "learned"\ntheta = 1.2\n'


def load(text: str, at=NOW):
    return actions.load_detectors(text=text, by=BY, now=at)


def judged(home, at=NOW) -> Patience:
    return patience_of(households=[home], policies=policies_in_force(now=at))[home]


def test_without_a_policy_every_home_is_judged_by_the_fixed_detector(city):
    assert judged(city.homes["plug-1"]).detector is Detector.FIXED


def test_a_new_city_learns_from_its_first_day(db):
    assert actions.load_first_detectors(by=BY, now=NOW)
    assert not actions.load_first_detectors(by=BY, now=NOW)
    (policy,) = policies_in_force(now=NOW)
    assert (policy.detector, policy.theta, policy.hours) == (Detector.LEARNED, 1.0, None)
    assert policy.scope == {}


def test_a_city_that_watches_already_keeps_its_practice(city):
    assert not actions.load_first_detectors(by=BY, now=NOW)
    assert policies_in_force(now=NOW) == []


def test_a_file_takes_force_when_it_says_and_its_next_version_takes_its_place(city):
    home = city.homes["plug-1"]
    assert load(LEARNED) == ("city", 1)
    assert (judged(home).detector, judged(home).theta) == (Detector.LEARNED, 1.2)
    later = 'name = "city"\nvalid_from = 2026-12-01T00:00:00+09:00\n'
    load(later + '[[policy]]\ndetector = "fixed"\n')
    assert judged(home).version == 1
    assert judged(home, NOW + timedelta(days=30)).detector is Detector.FIXED
    assert rows(
        "SELECT by, detail->>'version' FROM foundation_trace WHERE verb = %s", "load_detectors"
    ) == [
        (BY, "1"),
        (BY, "2"),
    ]


def test_the_most_specific_row_wins_whatever_its_age(city):
    home = city.homes["plug-1"]
    load(
        'name = "some"\n'
        f'[[policy]]\ndetector = "learned"\ntheta = 2.0\nhousehold = "{home}"\n'
        '[[policy]]\ndetector = "learned"\ntheta = 3.0\ntier = "mid"\n'
        '[[policy]]\ndetector = "learned"\ntheta = 4.0\nprovider = "others"\n'
    )
    load('name = "later"\n[[policy]]\ndetector = "fixed"\n', NOW + timedelta(days=1))
    other = city.add_home("plug-2", "power_w")
    after = NOW + timedelta(days=2)
    assert (judged(home, after).theta, judged(other, after).theta) == (2.0, 3.0)


SCOPES = ("household", "dong", "provider", "tier", "district")


@pytest.mark.parametrize("nth", range(len(SCOPES)))
def test_scopes_stand_in_this_order(nth):
    place = {scope: ("x",) for scope in SCOPES}
    some = [
        Patience(detector=Detector.LEARNED, theta=i + 1, scope={scope: "x"})
        for i, scope in enumerate(SCOPES[nth:])
    ]
    everywhere = Patience(detector=Detector.FIXED, scope={}, id=99)
    assert patience_for([everywhere, *reversed(some)], place).theta == 1
    assert patience_for([everywhere], place) is everywhere


@pytest.mark.parametrize(
    "wrong",
    [
        "name = ",
        'name = "x"',
        '[[policy]]\ndetector = "fixed"',
        'name = "x"\n[[policy]]\ndetector = "wise"',
        LEARNED + "theta2 = 1",
        'name = "x"\n[[policy]]\ndetector = "learned"\ntheta = 0',
        'name = "x"\n[[policy]]\ndetector = "learned"\ntheta = true',
        LEARNED + "watch = 2",
        LEARNED + "contacts = 1.5",
        LEARNED + "tier = 3",
        "valid_from = 2026-12-01\n" + LEARNED,
    ],
)
def test_a_file_that_cannot_be_followed_is_refused(wrong):
    with pytest.raises(NotAllowed):
        parse_patience(wrong)


@pytest.mark.parametrize(
    "place", ['dong = "9"', 'tier = "odd"', 'household = "x"', 'district = "1"']
)
def test_a_place_that_does_not_exist_is_refused(city, place):
    with pytest.raises(NotAllowed, match="there is none"):
        load(LEARNED + place)
    with pytest.raises(NotAllowed, match="past"):
        load("valid_from = 2020-01-01T00:00:00+09:00\n" + LEARNED)
    assert rows("SELECT count(*) FROM readings_detectorpolicy") == [(0,)]


def test_quiet_hours_go_over_midnight_and_may_be_none():
    at = NOW.replace(hour=14)  # 23:00 in Seoul
    assert quiet_ends(Asking(), at) == at + timedelta(hours=8)
    assert quiet_ends(Asking(), at + timedelta(hours=8)) is None
    assert quiet_ends(Asking(quiet_from=0, quiet_until=0), at) is None
    assert quiet_ends(Asking(quiet_from=13, quiet_until=14), NOW.replace(hour=4)) is not None
