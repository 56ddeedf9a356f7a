from datetime import timedelta

import pytest

from anbu.care.people.models import Household
from anbu.care.places.models import Dong, Post
from anbu.care.readings import actions, jobs, queries
from anbu.care.readings.models import Rhythm
from anbu.care.staff.models import Staff

from .conftest import NOW, message, number

HOUR = timedelta(hours=1)


@pytest.fixture
def operator(city):
    """Somebody of the control centre."""
    return Staff(login="op", name="김관제", role=Staff.Role.OPERATOR)


def test_a_strip_shows_signs_holes_and_what_is_missing(
    city, operator, django_assert_max_num_queries
):
    home = city.add_home("sensor-1", "motion", patience=5, minutes=60)
    for hour in [*range(-60, -30), *range(-9, 1)]:
        said = message(f"h{hour}", NOW + hour * HOUR, device="sensor-1", motion=float(hour < -5))
        city.hear(said)
    actions.judge_next(now=NOW)
    with django_assert_max_num_queries(7):
        strip = queries.strips(households=[home], now=NOW, seen_by=operator)[home]
    assert (strip.start, strip.now, strip.level) == (NOW - 72 * HOUR, NOW, None)
    (lane,) = strip.lanes
    assert (lane.name, lane.label, lane.freshness_s) == ("motion", "움직임", 0)
    assert len(lane.marks) == 34
    assert lane.marks[0][0] == pytest.approx(12 * 60)
    assert all(0 < strength <= 1 for _, strength in lane.marks)
    assert lane.blind == ((41 * 60, 63 * 60),)
    assert strip.silent_from is None
    assert strip.due is not None
    assert strip.rhythm == ()


def test_a_feed_that_stopped_is_blind_to_this_moment(city, operator):
    home = city.homes["plug-1"]
    city.hear(message("1", NOW, power_w=1))
    strip = queries.strips(households=[home], now=NOW + 10 * HOUR, seen_by=operator)[home]
    assert [lane.blind for lane in strip.lanes] == [((62 * 60, 72 * 60),), ((0, 72 * 60),)]
    assert [lane.freshness_s for lane in strip.lanes] == [36_000, None]


def test_a_rhythm_is_learned_from_signs_in_seen_hours(city, operator):
    start = NOW - timedelta(days=30)
    city.now = start
    home = city.add_home("sensor-1", "motion", patience=24, minutes=60)
    city.now = NOW
    for day in range(30):
        city.hear(
            *(
                message(
                    f"{day}-{hour}",
                    start + timedelta(days=day, hours=hour),
                    device="sensor-1",
                    motion=float(8 <= (hour + 22) % 24 < 20),  # NOW is 22:00 in Seoul
                )
                for hour in range(24)
            )
        )
    assert jobs.learn_next_rhythms(now=NOW)
    assert not jobs.learn_next_rhythms(now=NOW)
    rhythm = Rhythm.objects.get(household=home)
    signs, seen = rhythm.signs, rhythm.seen
    assert [count > 15 for count in signs[:24]] == [8 <= hour < 20 for hour in range(24)]
    assert all(19 <= count <= 23 for count in seen[:24])
    strip = queries.strips(households=[home], now=NOW, seen_by=operator)[home]
    assert len(strip.rhythm) == 78
    assert strip.rhythm[0] == 0  # 22 o'clock, three days ago
    assert strip.rhythm[12] == pytest.approx(1, abs=0.1)  # 10 o'clock
    assert jobs.learn_next_rhythms(now=NOW + timedelta(hours=21))


@pytest.mark.parametrize(("days", "is_known"), [(5, True), (4, True), (2, False)])
def test_few_days_are_enough_for_a_rhythm_and_a_silence_teaches_nothing(
    city, operator, days, is_known
):
    silent_h = 34  # NOW is Saturday 22:00 in Seoul; the last sign was on Friday at noon
    start = NOW - days * 24 * HOUR
    city.now = start
    home = city.add_home("sensor-1", "motion", patience=24, minutes=60)
    city.now = NOW
    for hour in range(days * 24):
        at = start + hour * HOUR
        is_up = 8 <= (at.hour + 9) % 24 < 20 and at <= NOW - silent_h * HOUR
        city.hear(message(f"h{hour}", at, device="sensor-1", motion=float(is_up)))
    city.hear(message("now", NOW, device="sensor-1", motion=0.0))
    actions.judge_next(now=NOW)
    assert jobs.learn_next_rhythms(now=NOW)
    strip = queries.strips(households=[home], now=NOW, seen_by=operator)[home]
    assert bool(strip.rhythm) == is_known
    assert (strip.missing_hours > 0) == is_known
    if is_known:
        saturday_noon, saturday_night = strip.rhythm[72 - 10], strip.rhythm[72 - 19]
        assert (saturday_noon, saturday_night) == (1, 0)


def test_the_next_dongs_planner_sees_no_strip(city, operator):
    operator.role = "planner"
    home = Household.objects.get(id=city.homes["plug-1"])
    here = Post(dong=home.dong)
    elsewhere = Post(dong=Dong.objects.exclude(id=home.dong_id).first())
    for post, sees in ((here, 1), (elsewhere, 0)):
        operator.post = post
        found = queries.strips(households=[home.id], now=NOW, seen_by=operator)
        assert len(found) == sees
    operator.is_active = False
    assert queries.strips(households=[city.homes["plug-1"]], now=NOW, seen_by=operator) == {}


def test_a_providers_feed_is_late_when_nothing_came(city):
    city.hear(message("1", NOW, power_w=1))
    (health,) = queries.feed_health(now=NOW + timedelta(minutes=10))
    assert (health.provider, health.late) == ("plugs", False)
    (health,) = queries.feed_health(now=NOW + HOUR)
    assert (health.late, health.last_at) == (True, NOW)
    assert number("SELECT count(*) FROM readings_feed") == 2
