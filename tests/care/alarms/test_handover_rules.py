"""When duty passes, who is told of what nobody accepts, and what counts as said back."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.alarms.rules import STAIRS, Stair, goes_up_at, next_stair, said_back
from anbu.care.people.rules import BadInput
from anbu.care.places.rules import SEOUL, USUAL_HOURS, last_switch, next_switch, on_duty

MONDAY = datetime(2026, 11, 23, tzinfo=SEOUL)
NEW_YEAR = [date(2026, 2, day) for day in (16, 17, 18)]  # Lunar New Year, Monday to Wednesday


@pytest.mark.parametrize(
    ("at", "was"),
    [
        (MONDAY.replace(hour=9), MONDAY.replace(hour=9)),
        (MONDAY.replace(hour=8, minute=59), MONDAY.replace(hour=18) - timedelta(days=3)),
        (MONDAY.replace(hour=17, minute=59), MONDAY.replace(hour=9)),
        (MONDAY.replace(hour=23), MONDAY.replace(hour=18)),
    ],
)
def test_duty_passed_on_last_at_the_switch_before(at: datetime, was: datetime):
    assert last_switch(at, [], USUAL_HOURS) == was


def test_no_duty_passes_while_offices_are_shut_for_the_new_year():
    thursday = datetime(2026, 2, 19, 8, 0, tzinfo=SEOUL)
    assert last_switch(thursday, NEW_YEAR, USUAL_HOURS) == datetime(2026, 2, 13, 18, tzinfo=SEOUL)


@given(st.integers(0, 365 * 24 * 60))
def test_between_two_switches_nobody_else_is_on_duty(minutes: int):
    at = datetime(2026, 1, 1, tzinfo=SEOUL) + timedelta(minutes=minutes)
    last, following = (pick(at, NEW_YEAR, USUAL_HOURS) for pick in (last_switch, next_switch))
    assert last <= at < following
    assert on_duty(last, NEW_YEAR, USUAL_HOURS) == on_duty(at, NEW_YEAR, USUAL_HOURS)
    assert on_duty(following, NEW_YEAR, USUAL_HOURS) != on_duty(at, NEW_YEAR, USUAL_HOURS)


@pytest.mark.parametrize("towards", list(STAIRS))
def test_what_goes_up_never_comes_down(towards: str):
    stairs = STAIRS[towards]
    for nth, stair in enumerate(stairs):
        assert next_stair(stair, towards=towards) == stairs[min(nth + 1, len(stairs) - 1)]
    assert stairs[-1] is Stair.CITY


def test_the_half_hour_counts_from_the_switch_or_from_the_sending():
    switch = MONDAY.replace(hour=9)
    early, late = switch - timedelta(minutes=20), switch + timedelta(minutes=20)
    assert goes_up_at(sent_at=early, switch_at=switch) == switch + timedelta(minutes=30)
    assert goes_up_at(sent_at=late, switch_at=switch) == late + timedelta(minutes=30)
    assert goes_up_at(sent_at=late, switch_at=None) == late + timedelta(minutes=30)


@pytest.mark.parametrize(
    "text", ["", "  ", "네", "확인", "오늘 안에 방문", "오늘안에  방문!", "가" * 121]
)
def test_a_read_back_is_said_in_own_words(text: str):
    with pytest.raises(BadInput):
        said_back(text, request="오늘 안에 방문")


def test_own_words_are_kept_as_they_are():
    assert said_back(" 11시에 가 보겠습니다. ", request="오늘 안에 방문") == "11시에 가 보겠습니다."
