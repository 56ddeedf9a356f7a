"""Readings and signs lie in tables of a day, made ahead; retention drops whole days."""

from datetime import date, timedelta

import pytest

from anbu.care.readings import jobs
from anbu.config import retention

from .conftest import NOW, City, message, number, rows

DAY = timedelta(days=1)


def days_of(parent: str) -> list[date]:
    found = rows(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass"
        " AND inhrelid::regclass::text ~ '_[0-9]{8}$' ORDER BY 1",
        parent,
    )
    return [date.fromisoformat(part[-8:]) for (part,) in found]


@pytest.mark.parametrize("parent", ["reading", "sign"])
def test_days_are_made_a_week_ahead_and_once(city: City, parent: str) -> None:
    assert jobs.make_partitions(now=NOW)
    assert not jobs.make_partitions(now=NOW)
    first = days_of(parent)
    assert first[-1] == (NOW + 7 * DAY).date()
    assert first[0] == (NOW - 40 * DAY).date()
    assert len(first) == 48
    assert jobs.make_partitions(now=NOW + DAY)
    assert days_of(parent) == [*first, (NOW + 8 * DAY).date()]


def test_what_came_before_its_day_was_made_moves_there(city: City) -> None:
    minute = timedelta(minutes=1)
    city.hear(message("1", NOW - minute, power_w=1.0), message("2", NOW, power_w=90.0))
    assert number("SELECT count(*) FROM reading_default") == 2
    jobs.make_partitions(now=NOW)
    assert number("SELECT count(*) FROM reading_default") == 0
    assert number("SELECT count(*) FROM reading_20261121") == 2
    assert number("SELECT count(*) FROM sign_20261121") == number("SELECT count(*) FROM sign") > 0


def test_retention_drops_days_that_are_wholly_over_and_no_other(city: City, days: None) -> None:
    city.hear(message("1", NOW, power_w=1.0))
    last = NOW.replace(hour=0) + DAY + 90 * DAY  # 2026-11-21 ends and has had its ninety days
    while jobs.roll_up_hours(now=last):
        pass
    retention.run(now=last - timedelta(minutes=1))
    assert date(2026, 11, 21) in days_of("reading")
    assert date(2026, 11, 20) not in days_of("reading")
    retention.run(now=last)
    assert date(2026, 11, 21) not in days_of("reading")
    assert date(2026, 11, 21) not in days_of("sign")
    assert date(2026, 11, 22) in days_of("reading")
    assert number("SELECT count(*) FROM reading") == 0
