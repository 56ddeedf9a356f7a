"""Hours are counted when they are over, anew when more comes of them, and nothing counts twice."""

import random
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from anbu.care.readings import jobs, queries
from anbu.care.readings.actions.rolling import COUNTED_AFTER
from anbu.care.readings.models import RollLook
from anbu.care.readings.rules import KOREA
from anbu.care.staff.models import Staff
from anbu.kernel import hours

from .conftest import NOW, City, message, number, rows

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def operator(city: City) -> Staff:
    """Somebody of the control centre."""
    return Staff(login="op", name="김관제", role=Staff.Role.OPERATOR)


def count_hours(now: datetime) -> int:
    """Count all that is due; return in how many steps."""
    steps = 0
    while jobs.roll_up_hours(now=now):
        steps += 1
    return steps


def cell(at: datetime, device: str = "sensor-1") -> dict[str, int]:
    """Return what is written of the hour that holds this moment."""
    here = at.astimezone(KOREA)
    found = rows(
        "SELECT d.cells FROM readings_feedday d JOIN readings_feed f ON f.id = d.feed_id"
        " JOIN readings_device v ON v.id = f.device_id WHERE v.code = %s AND d.lived_on = %s",
        device,
        here.date(),
    )
    if not found:
        return {}
    row = hours.unpack(bytes(found[0][0]))[here.hour]
    return {name: int(row[name]) for name in ("marks", "signs", "heard")}


def add_sensor(city: City) -> UUID:
    """Add a home that agreed long ago."""
    city.now = NOW - 80 * HOUR
    return city.add_home("sensor-1", "motion", minutes=20)


def sensor(city: City, first: int, past: int, *, signs: range, minutes: int = 20) -> None:
    """Let the sensor say what it saw, hour by hour from NOW."""
    for hour in range(first, past):
        for minute in range(0, 60, minutes):
            at = NOW + hour * HOUR + minute * MINUTE
            city.now = at
            city.hear(
                message(f"{hour}-{minute}", at, device="sensor-1", motion=float(hour in signs))
            )


def test_an_hour_is_counted_when_it_is_over_and_only_once(city: City) -> None:
    add_sensor(city)
    sensor(city, -3, 1, signs=range(-3, -1))
    assert count_hours(NOW + COUNTED_AFTER - MINUTE) > 0
    assert cell(NOW - 3 * HOUR) == {"marks": 0b100010001, "signs": 3, "heard": 3}
    assert cell(NOW - 2 * HOUR)["signs"] == 3
    assert cell(NOW - HOUR) == {"marks": 0, "signs": 0, "heard": 0}  # not over long enough
    assert count_hours(NOW + COUNTED_AFTER - MINUTE) == 0
    assert count_hours(NOW + COUNTED_AFTER) > 0
    assert cell(NOW - HOUR) == {"marks": 0, "signs": 0, "heard": 3}  # silent, and seen
    assert cell(NOW) == {"marks": 0, "signs": 0, "heard": 0}
    RollLook.objects.update(rolled_until=NOW - 24 * HOUR)  # as if all had broken off
    assert count_hours(NOW + COUNTED_AFTER) > 0
    assert cell(NOW - 3 * HOUR) == {"marks": 0b100010001, "signs": 3, "heard": 3}
    assert number("SELECT count(*) FROM readings_feedday") == 1


def test_what_comes_late_renews_its_hour_and_a_duplicate_does_not(city: City) -> None:
    add_sensor(city)
    sensor(city, -6, 0, signs=range(0))
    city.now = NOW
    count_hours(NOW + COUNTED_AFTER)
    at = NOW - 5 * HOUR
    assert cell(at) == {"marks": 0, "signs": 0, "heard": 3}
    late = message("late", at + 7 * MINUTE, device="sensor-1", motion=1.0)
    assert city.hear(late, later=0.5) == ["accepted"]
    assert number("SELECT count(*) FROM readings_latehours") == 1
    assert count_hours(NOW + HOUR) > 0
    assert cell(at) == {"marks": 0b10, "signs": 1, "heard": 4}
    assert cell(at - HOUR)["heard"] == cell(at + HOUR)["heard"] == 3
    assert city.hear(late, later=0.6) == ["duplicate"]
    # the same reading under another name is the same reading
    city.hear(message("again", at + 7 * MINUTE, device="sensor-1", motion=1.0), later=0.6)
    count_hours(NOW + HOUR)
    assert cell(at)["heard"] == 4
    assert number("SELECT count(*) FROM readings_latehours") == 0


def test_what_comes_in_time_leaves_no_late_row(city: City) -> None:
    add_sensor(city)
    city.now = NOW
    city.hear(message("a", NOW - 5 * MINUTE, device="sensor-1", motion=1.0))
    city.hear(message("b", NOW - 4 * MINUTE, device="sensor-1", motion=1.0), later=0.15)
    assert number("SELECT count(*) FROM readings_latehours") == 0
    city.hear(message("c", NOW - 3 * MINUTE, device="sensor-1", motion=1.0), later=0.2)
    assert number("SELECT count(*) FROM readings_latehours") == 1


def test_every_reading_is_counted_once_however_it_comes(city: City) -> None:
    dice = random.Random(7)
    add_sensor(city)
    told = [NOW - 30 * HOUR + timedelta(minutes=dice.randrange(30 * 60)) for _ in range(120)]
    when = sorted((at + timedelta(minutes=dice.expovariate(1 / 90)), at) for at in told)
    counted = 0
    for nth, (received, at) in enumerate(when):
        city.now = received
        city.hear(message(str(nth), at, device="sensor-1", motion=float(nth % 2)))
        if nth % 10 == 0:
            counted += count_hours(received)
    city.now = NOW
    count_hours(NOW + 12 * HOUR)
    assert counted > 10
    days = rows("SELECT cells FROM readings_feedday")
    heard = sum(int(hours.unpack(bytes(day))["heard"].sum()) for (day,) in days)
    assert heard == number("SELECT count(DISTINCT (device_id, at)) FROM reading") > 100
    signs = sum(int(hours.unpack(bytes(day))["signs"].sum()) for (day,) in days)
    assert signs == number("SELECT count(*) FROM sign") > 20


def test_pictures_are_drawn_from_counted_hours_and_the_newest_from_signs(
    city: City, operator: Staff
) -> None:
    home = add_sensor(city)
    sensor(city, -50, 1, signs=range(-50, 1, 2))
    city.now = NOW
    at = NOW + 30 * MINUTE
    asked = {"households": [home], "now": at, "seen_by": operator}
    before = queries.strips(**asked)[home].lanes[0]
    days = queries.days(household=home, days=5, seen_by=operator, now=at)
    assert count_hours(at) > 0
    assert number("SELECT count(*) FROM readings_feedday") >= 2
    # what is counted needs no sign any more; what is not over still does
    rows("DELETE FROM sign WHERE at < %s RETURNING 1", NOW)
    after = queries.strips(**asked)[home].lanes[0]
    assert after.blind == before.blind
    assert [minute for minute, _ in after.marks] == pytest.approx(
        [minute for minute, _ in before.marks], abs=5
    )
    assert queries.days(household=home, days=5, seen_by=operator, now=at) == days
    assert any(any(day.blind) for day in days)
    silent = [h for day in days for h in range(24) if not day.signs[h] and not day.blind[h]]
    assert len(silent) > 10


def test_a_city_that_watched_before_is_caught_up(city: City) -> None:
    add_sensor(city)
    jobs.make_partitions(now=NOW)
    sensor(city, -72, -70, signs=range(-72, -70))
    rows("DELETE FROM readings_latehours RETURNING 1")
    count_hours(NOW)
    assert cell(NOW - 72 * HOUR) == {"marks": 0b100010001, "signs": 3, "heard": 3}


def test_no_data_is_not_heard(city: City) -> None:
    add_sensor(city)
    city.now = NOW
    city.hear(message("a", NOW - 2 * HOUR, device="sensor-1", motion=float("nan")))
    city.hear(message("b", NOW - 2 * HOUR + MINUTE, device="sensor-1", motion=0.0))
    count_hours(NOW)
    assert cell(NOW - 2 * HOUR)["heard"] == 1


def test_a_packed_day_is_read_back_as_it_was() -> None:
    day = hours.nothing()
    hours.put_signs(day[3], marks=0b100000000001, signs=999, strength=2.0)
    hours.put_heard(day[3], 70_000)
    row = hours.pack(day)
    assert len(row) == 144
    assert (hours.unpack(row) == day).all()
    assert hours.parts_of(int(day[3]["marks"])) == [0, 11]
    assert hours.first_minute(int(day[3]["marks"])) == 0
    assert hours.first_minute(0) is None
    assert (int(day[3]["signs"]), int(day[3]["heard"])) == (255, 65_535)
    assert np.flatnonzero(day["signs"]).tolist() == [3]
    with pytest.raises(ValueError):
        hours.unpack(row[1:])
