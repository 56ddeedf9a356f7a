"""Snooping, drawn: one person's looks as a string, a letter for each home."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from anbu.care.looking.rules import Behind, Look, Rule, family_name, road_of, weigh
from anbu.care.looking.rules.snooping import SEOUL

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SEOUL)
WHO = Behind(name="한지우", road="은천로", dong=7, works_in={7})


def looks(drawn: str, *, minutes: float = 1, at: datetime = NOON, **more: object) -> list[Look]:
    """Draw looks: each letter is a home, capital letters have a task, a dot is a pause."""
    return [
        Look(
            trace=n + 1,
            at=at + timedelta(minutes=minutes * n),
            household=UUID(int=ord(letter.lower())),
            has_task=letter.isupper(),
            **more,  # type: ignore[arg-type]
        )
        for n, letter in enumerate(drawn)
        if letter != "."
    ]


def rules(some: list[Look], who: Behind = WHO, **more: object) -> set[str]:
    return {str(found.rule) for found in weigh(some, who, **more)}  # type: ignore[arg-type]


TWENTY = "abcdefghijklmnopqrst"


def test_twenty_people_without_a_task_within_an_hour_are_many_and_nineteen_are_not():
    assert rules(looks(TWENTY)) == {"many"}
    assert rules(looks(TWENTY[:19])) == set()
    assert rules(looks(TWENTY.upper())) == set()
    assert rules(looks(TWENTY, minutes=60 / 19)) == {"many"}  # the hour's end belongs to it
    assert rules(looks(TWENTY, minutes=60 / 18)) == set()
    assert rules(looks("abc" * 20)) == set()  # three people, however often in one hour


def test_the_hour_is_found_wherever_it_lies_in_a_long_day():
    day = looks("A" * 200) + [
        Look(
            trace=900 + n,
            at=NOON + timedelta(hours=9, minutes=n),
            household=UUID(int=n + 1),
            has_task=False,
        )
        for n in range(20)
    ]
    (found,) = weigh(list(reversed(day)), WHO)
    assert (found.rule, len(found.looks), len(found.homes)) == (Rule.MANY, 20, 20)


def test_two_homes_of_the_own_road_are_neighbours_and_one_is_not():
    own = {"road": "은천로", "dong": 7}
    assert rules(looks("ab", **own)) == {"neighbour"}
    assert rules(looks("aaa", **own)) == set()
    assert rules(looks("AB", **own)) == set()
    assert rules(looks("ab", road="은천로", dong=8)) == set()  # another dong's road of that name
    assert rules(looks("ab", road="", dong=7), Behind(name="한지우", dong=7, works_in={7})) == set()


def test_the_own_dong_counts_where_one_does_not_work():
    near = looks("abcde", road="딴길", dong=7)
    assert rules(near, Behind(name="한지우", dong=7, works_in={3})) == {"neighbour"}
    assert rules(near[:4], Behind(name="한지우", dong=7, works_in={3})) == set()
    assert rules(near, Behind(name="한지우", dong=7, works_in={7})) == set()


def test_one_of_the_own_name_on_the_own_road_is_enough():
    own = {"road": "은천로", "dong": 7}
    assert rules(looks("a", family="한", **own)) == {"family"}
    assert rules(looks("A", family="한", **own)) == set()
    assert rules(looks("a", family="윤", **own)) == set()
    assert rules(looks("a", family="한", road="딴길", dong=7)) == set()


def test_five_separate_views_of_one_person_in_a_week_are_too_many():
    day = 24 * 60
    assert rules(looks("aaaaa", minutes=day)) == {"again"}
    assert rules(looks("aaaa", minutes=day)) == set()
    assert rules(looks("AaAaA", minutes=day)) == set()
    assert rules(looks("aaaaa", minutes=2 * day)) == set()
    assert rules(looks("a" * 50)) == set()  # tabs of one opening


@pytest.mark.parametrize(("hour", "odd"), [(21.9, False), (22, True), (3, True), (6, False)])
def test_the_night_counts_for_who_is_not_on_shift(hour, odd):
    at = NOON.replace(hour=0) + timedelta(hours=hour)
    assert ("night" in rules(looks("a", at=at, on_shift=False))) is odd
    assert rules(looks("a", at=at, on_shift=True)) == set()
    assert rules(looks("A", at=at, on_shift=False)) == set()


def test_bait_is_flagged_at_the_first_look_whatever_it_was_opened_for():
    assert rules(looks("a", is_bait=True)) == rules(looks("A", is_bait=True)) == {"bait"}


def test_who_tries_names_behind_glass_is_flagged_at_the_third_that_fits_nobody():
    tries = [
        Look(trace=n + 1, at=NOON + timedelta(minutes=n), household=None, has_task=False)
        for n in range(3)
    ]
    assert rules(tries) == {"misses"}
    assert rules(tries[:2]) == set()


def test_what_was_judged_is_over_and_what_comes_after_counts_anew():
    some = looks("abc", is_bait=True)
    assert rules(some, settled={Rule.BAIT: 3}) == set()
    (found,) = weigh(some, WHO, settled={Rule.BAIT: 2})
    assert [look.trace for look in found.looks] == [3]


@pytest.mark.parametrize(
    ("name", "family"), [("한지우", "한"), ("남궁민", "남궁"), ("남궁", "남"), (" 윤 정례", "윤")]
)
def test_a_family_name_is_one_syllable_or_a_known_two(name, family):
    assert family_name(name) == family


@pytest.mark.parametrize(
    ("address", "road"),
    [
        ("관악구 은천로00길 12", "은천로00길"),
        ("서울특별시 관악구 은천로 7, 302호", "은천로"),
        ("남부순환로", "남부순환로"),
        ("구로구 어딘가", ""),
        ("", ""),
    ],
)
def test_the_road_of_an_address_has_no_house_number(address, road):
    assert road_of(address) == road
