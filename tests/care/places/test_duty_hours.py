"""Who is on duty, by the clock and the calendar of Seoul."""

from datetime import date, datetime, timedelta

import holidays
import pytest

from anbu.care.places.rules import SEOUL, USUAL_HOURS, next_switch, on_duty

DAYS = frozenset(holidays.country_holidays("KR", years=range(2025, 2028)))


def who(text: str) -> str:
    return on_duty(datetime.fromisoformat(text).replace(tzinfo=SEOUL), DAYS, USUAL_HOURS)


@pytest.mark.parametrize(
    ("moment", "duty"),
    [
        ("2026-11-20T08:59:59.999999", "centre"),  # a Friday
        ("2026-11-20T09:00:00", "dong"),
        ("2026-11-20T17:59:59.999999", "dong"),
        ("2026-11-20T18:00:00", "centre"),
        ("2026-11-21T12:00:00", "centre"),  # Saturday
        ("2026-11-22T12:00:00", "centre"),  # Sunday
        ("2026-02-16T12:00:00", "centre"),  # the day before Lunar New Year, a Monday
        ("2026-02-17T12:00:00", "centre"),  # Lunar New Year
        ("2026-02-18T12:00:00", "centre"),  # the day after
        ("2026-02-19T12:00:00", "dong"),  # and back to work
        ("2026-03-02T12:00:00", "centre"),  # substitute for 1 March, a Sunday
        ("2027-02-09T12:00:00", "centre"),  # substitute for Lunar New Year
        ("2025-10-08T12:00:00", "centre"),  # substitute for Chuseok
        ("2026-10-05T12:00:00", "centre"),  # substitute for Foundation Day
    ],
)
def test_duty_follows_the_calendar(moment, duty):
    assert who(moment) == duty


def test_duty_is_judged_by_seoul_whatever_the_zone_of_the_question():
    assert on_duty(datetime.fromisoformat("2026-11-20T00:00:00+00:00"), DAYS, USUAL_HOURS) == "dong"


def test_duty_passes_on_exactly_at_the_next_switch():
    at = datetime(2026, 2, 12, tzinfo=SEOUL)
    switches = 0
    while at < datetime(2026, 3, 6, tzinfo=SEOUL):
        following = next_switch(at, DAYS, USUAL_HOURS)
        assert following > at
        before = on_duty(at, DAYS, USUAL_HOURS)
        assert on_duty(following - timedelta(microseconds=1), DAYS, USUAL_HOURS) == before
        assert on_duty(following, DAYS, USUAL_HOURS) != before
        at = following
        switches += 1
    assert switches > 20


def test_a_friday_evening_waits_for_monday():
    friday = datetime(2026, 11, 20, 18, tzinfo=SEOUL)
    assert next_switch(friday, DAYS, USUAL_HOURS) == datetime(2026, 11, 23, 9, tzinfo=SEOUL)


def test_a_temporary_holiday_closes_the_offices():
    day = date(2026, 11, 20)
    at = datetime(2026, 11, 20, 12, tzinfo=SEOUL)
    assert on_duty(at, DAYS | {day}, USUAL_HOURS) == "centre"
