"""The rules of a round: what counts, how often, when to call, how a month is paid."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from anbu.care.rounds.rules.cadence import MOST_DAYS, REFUSING, USUAL, Cadence, days_past, dues
from anbu.care.rounds.rules.contacts import (
    MAY_END,
    NEED_OF,
    Heard,
    Kind,
    Mood,
    NotAllowed,
    Result,
    check_contact,
    crisis_in,
    is_real,
)
from anbu.care.rounds.rules.hours import BINS, FIRST_HOUR, best_hour, counted, everybody
from anbu.care.rounds.rules.month import FULL_KRW, MONTH_MIN, Pay, minutes_left, month_of
from anbu.care.rounds.rules.routes import Door, StraightLines, walk
from anbu.care.rounds.rules.safety import (
    MORE,
    MOST_MORE,
    NEXT,
    Stage,
    check_length,
    check_move,
    later,
    next_moment,
    stage_at,
)

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


# ---- contacts --------------------------------------------------------------------------------


def test_nobody_is_said_to_be_well_who_was_not_reached():
    check_contact(Kind.CALL, Result.REACHED, Mood.GOOD, {Heard.ATE})
    check_contact(Kind.CALL, Result.NO_ANSWER, None, ())
    for mood, heard in ((Mood.GOOD, ()), (None, {Heard.ATE})):
        with pytest.raises(NotAllowed):
            check_contact(Kind.CALL, Result.NO_ANSWER, mood, heard)
    with pytest.raises(NotAllowed, match="어떠셨는지"):
        check_contact(Kind.VISIT, Result.REACHED, None, ())
    with pytest.raises(NotAllowed):
        check_contact(Kind.NOTE, Result.REACHED, Mood.GOOD, ())


def test_a_voice_a_face_or_what_only_they_can_have_done_is_a_real_contact():
    assert {result for result in Result if is_real(result)} == {
        Result.REACHED,
        Result.DECLINED,
        Result.TAKEN,
        Result.SEEN,
    }
    assert set(MAY_END) == set(Kind)
    assert set().union(*MAY_END.values()) == set(Result)
    assert set(NEED_OF) <= set(Heard)


@pytest.mark.parametrize(
    ("note", "signs"),
    [
        ("자꾸 죽고 싶다고 하시고 아들이 때린다고", ("harm", "abuse")),
        ("화장실에서 쓰러졌다가 일어났다고 함", ("fall",)),
        ("김치 잘 드셨다고", ()),
        ("", ()),
    ],
)
def test_words_of_a_crisis_are_found_each_sign_once(note, signs):
    assert crisis_in(note) == signs


# ---- how often -------------------------------------------------------------------------------


def test_high_risk_is_called_twice_in_each_week_that_keeps_the_days():
    every = USUAL["high"].every_days
    days = [MONDAY + timedelta(days=n * every) for n in range(30)]
    for start in range(0, 60, 7):
        week = [d for d in days if start <= (d - MONDAY).days < start + 7]
        assert len(week) >= 2
    assert (USUAL["mid"].every_days, REFUSING.every_days) == (7, 30)


@given(
    some.integers(1, 9),
    some.integers(1, MOST_DAYS),
    some.integers(0, MOST_DAYS),
    some.integers(1, MOST_DAYS),
)
def test_a_cadence_never_asks_for_more_days_than_its_bound(times, per, visit, bound):
    try:
        cadence = Cadence(times=times, per_days=per, visit_days=visit, bound_days=bound)
    except NotAllowed:
        return
    found = dues(cadence, began=MONDAY)
    assert MONDAY < found.contact <= found.bound


def test_dues_count_from_the_last_real_contact_and_a_visit_from_the_last_visit():
    told = dues(
        USUAL["high"],
        began=MONDAY - timedelta(days=90),
        contact=MONDAY,
        visit=MONDAY - timedelta(days=20),
    )
    assert told.contact == MONDAY + timedelta(days=3)
    assert told.visit == MONDAY + timedelta(days=10)
    assert told.bound == MONDAY + timedelta(days=7)
    assert days_past(told.bound, told.bound) == 0
    assert days_past(told.bound, told.bound + timedelta(days=2)) == 2
    new = dues(USUAL["low"], began=MONDAY)
    assert (new.contact, new.visit) == (
        MONDAY + timedelta(days=14),
        MONDAY + timedelta(days=92),
    )
    assert dues(REFUSING, began=MONDAY).visit is None


# ---- at which hour ---------------------------------------------------------------------------


def test_few_tries_say_little_and_many_say_their_own_hour():
    prior = everybody([100] * BINS, [60] * BINS)
    one = best_hour(*counted({15: (1, 1)}), prior)
    many = best_hour(*counted({15: (12, 11), 10: (10, 1)}), prior)
    assert (one.hour, one.is_own) == (15, False)
    assert prior[0] < one.chance < 0.7 < many.chance
    assert (many.hour, many.tries, many.answered, many.is_own) == (15, 12, 11, True)
    assert best_hour(*counted({}), prior).hour == FIRST_HOUR  # nothing known: the first of equals


def test_the_hours_of_the_round_are_kept():
    prior = np.linspace(0.3, 0.9, BINS)
    assert best_hour(*counted({}), prior, until_hour=13).hour == 12
    assert best_hour(*counted({}), prior, from_hour=20).hour == 17  # none left: the best of a day


# ---- a month ---------------------------------------------------------------------------------


def test_a_month_is_paid_by_its_minutes_and_never_beyond_its_limits():
    full = [(MONDAY.replace(day=1) + timedelta(days=d), 240) for d in (1, 3, 4, 8, 10, 11, 15, 17)]
    told = month_of(full, Pay())
    assert (told.told_min, told.paid_min, told.allowance_krw) == (1920, 1920, 264_000)
    long = month_of([(MONDAY, 300), (MONDAY + timedelta(days=1), 60)], Pay())
    assert (long.told_min, long.paid_min, long.over_days) == (360, 300, (MONDAY,))
    four_days = month_of([(MONDAY + timedelta(days=d), 240) for d in range(4)], Pay())
    assert (four_days.paid_min, four_days.over_weeks) == (720, (MONDAY,))
    every_day = month_of([(date(2026, 11, d), 240) for d in range(1, 31)], Pay())
    assert every_day.paid_min == MONTH_MIN
    assert every_day.allowance_krw == FULL_KRW
    assert len(every_day.over_weeks) == 4  # whole weeks; 1 November is a Sunday, 30 a Monday


def test_what_is_left_of_today_is_the_least_of_day_week_and_month():
    assert minutes_left([], today=MONDAY, pay=Pay()) == 240
    assert minutes_left([(MONDAY, 90)], today=MONDAY, pay=Pay()) == 150
    three = [(MONDAY + timedelta(days=d), 120) for d in range(3)]
    assert minutes_left(three, today=MONDAY + timedelta(days=3), pay=Pay()) == 0
    month = [(date(2026, 11, 2) + timedelta(days=d), 240) for d in range(11)]
    assert minutes_left(month, today=MONDAY, pay=Pay()) == 240
    assert minutes_left([*month, (date(2026, 11, 20), 200)], today=MONDAY, pay=Pay()) == 40


# ---- behind a door ---------------------------------------------------------------------------


def test_the_clock_alone_makes_a_visit_amber_then_red():
    assert stage_at(ends_at=NOON, now=NOON - MINUTE) == Stage.INSIDE
    assert stage_at(ends_at=NOON, now=NOON) == Stage.AMBER
    assert stage_at(ends_at=NOON, now=NOON + 5 * MINUTE) == Stage.RED
    assert next_moment(Stage.INSIDE, ends_at=NOON) == NOON
    assert next_moment(Stage.AMBER, ends_at=NOON) == NOON + 5 * MINUTE
    assert next_moment(Stage.RED, ends_at=NOON) is None


def test_red_ends_only_when_somebody_says_that_the_worker_is_out():
    assert NEXT[Stage.RED] == {Stage.OUT}
    with pytest.raises(NotAllowed):
        check_move(Stage.RED, Stage.INSIDE)
    check_move(Stage.AMBER, Stage.INSIDE)


def test_ten_more_minutes_count_from_now_when_it_is_late_and_not_for_ever():
    assert later(ends_at=NOON, now=NOON - MINUTE, times=0) == NOON + MORE
    assert later(ends_at=NOON, now=NOON + MINUTE, times=1) == NOON + MINUTE + MORE
    with pytest.raises(NotAllowed, match="전화해"):
        later(ends_at=NOON, now=NOON, times=MOST_MORE)
    for minutes in (9, 121):
        with pytest.raises(NotAllowed):
            check_length(minutes * MINUTE)


# ---- on foot ---------------------------------------------------------------------------------

OFFICE = (37.4812, 126.9527)


def test_a_walk_passes_every_door_once_by_the_shorter_way():
    line = [Door(at=(37.4812 + n * 0.001, 126.9527), minutes=35) for n in (3, 1, 2)]
    found = walk(OFFICE, line, StraightLines())
    assert found.order in ((1, 2, 0), (0, 2, 1))
    assert found.metres == pytest.approx(2 * 0.003 * 111_320 * 1.3, rel=0.01)
    assert walk(OFFICE, [], StraightLines()).order == ()


def test_a_promise_is_kept_though_the_way_is_longer():
    near = Door(at=(37.4822, 126.9527), minutes=35)
    far = Door(at=(37.4852, 126.9527), minutes=35, promised=10 * 60 + 15)
    found = walk(OFFICE, [near, far], StraightLines())
    assert (found.order, found.late) == ((1, 0), 0)
    never = Door(at=(37.5812, 126.9527), minutes=35, promised=10 * 60 + 5)
    assert walk(OFFICE, [never], StraightLines()).late > 60
