"""What another cadence would mean, by numbers that fit on a hand."""

from datetime import date, timedelta

import pytest

from anbu.care.rounds.rules import Cadence
from anbu.care.rounds.rules.meaning import asks_of, meaning_of, past_of

TODAY = date(2026, 11, 23)
WEEKLY = Cadence(times=1, per_days=7, visit_days=30, bound_days=14)
TWICE = Cadence(times=2, per_days=6, visit_days=30, bound_days=7)


def test_a_visit_is_a_contact_and_takes_two():
    asked = asks_of(Cadence(times=1, per_days=10, visit_days=30, bound_days=20), 10)
    assert (asked.calls, asked.visits, asked.contacts) == (20, 10, 30)
    assert asked.minutes == 20 * 8 + 10 * 2 * 22


def test_more_visits_than_contacts_leave_no_call():
    asked = asks_of(Cadence(times=1, per_days=30, visit_days=10, bound_days=30), 1)
    assert (asked.calls, asked.visits) == (0, 3)


def test_who_is_past_is_counted_by_the_last_contact():
    last = {TODAY - timedelta(days=n): 1 for n in (3, 7, 8, 14, 15)}
    assert past_of(WEEKLY, last, TODAY) == 1  # on the last day of the bound nobody is past it
    assert past_of(TWICE, last, TODAY) == 3


def test_a_change_is_held_against_the_hours_there_are():
    found = meaning_of(
        before=WEEKLY,
        after=TWICE,
        by_last={TODAY: 20, TODAY - timedelta(days=9): 1},
        others=[(WEEKLY, 10)],
        there_min=60 * 60,
        today=TODAY,
    )
    assert (found.people, found.past) == (21, (0, 1))
    assert found.asks[1].contacts == 210
    week = (30 / 7 - 1) * 8 + 44
    assert found.need_min[0] == round(31 * week)
    assert found.need_min[1] == round(10 * week + 21 * (9 * 8 + 44))
    assert found.over_min == 0
    tight = meaning_of(
        before=WEEKLY, after=TWICE, by_last={TODAY: 21}, others=[], there_min=60, today=TODAY
    )
    assert tight.over_min == tight.need_min[1] - 60


def test_nobody_asks_for_nothing():
    none = meaning_of(before=WEEKLY, after=TWICE, by_last={}, others=[], there_min=0, today=TODAY)
    assert (none.people, none.need_min, none.over_min) == (0, (0, 0), 0)
    assert asks_of(WEEKLY, 0).minutes == pytest.approx(0)
