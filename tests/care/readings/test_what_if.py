"""What another rule would have done in one home, on the readings it really sent."""

from datetime import timedelta

import numpy as np
import pytest

from anbu.care.alarms import queries as alarms
from anbu.care.alarms.rules import Watcher, watched_hours
from anbu.care.people import actions as people
from anbu.care.places.rules import USUAL_HOURS, duty_week
from anbu.care.readings import queries
from anbu.care.readings.models import Sign
from anbu.care.readings.queries import Rule
from anbu.care.readings.rules import Detector, usual_silence
from tests.care.alarms.world import BY, MONDAY, World, make_world

DAY = 86_400.0


# ---- what silence is usual: pure -------------------------------------------------------------


def usual(drawn: str, unseen: str = "") -> tuple[timedelta | None, int]:
    """Judge a drawing: one character is an hour, `#` is life, `.` is stillness, `?` unseen."""
    at = np.array([3600.0 * n for n, each in enumerate(drawn) if each == "#"])
    blind = np.array([each == "?" for each in drawn])
    return usual_silence(at, start=0.0, unseen=blind)


DAYS = "......##..#....#...#...." * 10


def test_the_longest_silence_of_an_ordinary_day_is_usual():
    assert usual(DAYS) == (timedelta(hours=11), 10)


def test_one_odd_day_in_forty_is_not_usual():
    odd = "......##................" + "......##..#....#...#...." * 39
    longest, days = usual(odd)
    assert (longest, days) == (timedelta(hours=11), 40)


def test_what_was_not_seen_is_no_silence():
    hidden = DAYS[:60] + "?" * 48 + DAYS[108:]
    longest, _ = usual(hidden)
    assert longest is not None
    assert longest <= timedelta(hours=11)


def test_too_few_days_say_nothing():
    assert usual("......##..#....#...#...." * 5)[0] is None
    assert usual("........................" * 30) == (None, 0)


# ---- who watches when: pure ------------------------------------------------------------------


def week(**told: object) -> tuple[Watcher, ...]:
    """Return the week of MONDAY with no holiday in it."""
    duty = duty_week(MONDAY.date(), frozenset(), USUAL_HOURS)
    given = {"monitoring": True, "night": True, "unseen": (False,) * 168}
    return watched_hours(duty=duty, **(given | told))  # type: ignore[arg-type]


def test_the_dong_watches_in_working_hours_and_the_centre_at_all_others():
    assert [str(each) for each in week()[:24]] == ["centre"] * 9 + ["dong"] * 9 + ["centre"] * 6
    assert set(week()[5 * 24 :]) == {Watcher.CENTRE}
    holiday = duty_week(MONDAY.date(), {MONDAY.date()}, USUAL_HOURS)
    assert set(holiday[:24]) == {"centre"}


def test_without_consent_or_sight_nobody_watches():
    assert week(night=False).count(Watcher.NOBODY) == 168 - 45
    assert set(week(monitoring=False)) == {Watcher.NOBODY}
    hidden = tuple(n % 24 in (3, 4, 5) for n in range(168))
    assert week(unseen=hidden).count(Watcher.NOBODY) == 21


# ---- one home's past -------------------------------------------------------------------------


@pytest.fixture
def world(db: None) -> World:
    """Return a small part of Seoul."""
    return make_world()


def lived(world: World, drawn: str):
    """Return a home that lived so, an hour a character, up to MONDAY."""
    home = world.home(still_at=MONDAY + timedelta(hours=24 - len(drawn)))
    begin = MONDAY - timedelta(hours=len(drawn))
    for nth, each in enumerate(drawn):
        at = begin + timedelta(hours=nth + 1)
        world.report(home, at=at, watts=900.0 if each == "#" else 3.0)
    return home


LIFE = "........#.#..#...#..#..." * 6 + "........#" + "." * 30 + "#.#"


def what_if(world: World, home, **told):
    rule = Rule(**({"detector": Detector.FIXED, "hours": 24.0} | told))
    return alarms.what_if(household=home, rule=rule, seen_by=world.operator, now=MONDAY)


def test_a_long_silence_of_the_past_would_have_rung_at_its_hour(world: World):
    found = what_if(world, lived(world, LIFE), hours=20.0)
    assert found is not None
    silence_began = MONDAY - timedelta(hours=len(LIFE) - 9 - 6 * 24)
    for rings, hours in ((found.present, 24), (found.other, 20)):
        assert rings.alarms == 1
        assert abs(rings.rings[0].at - silence_began - timedelta(hours=hours)) <= timedelta(hours=1)
        assert rings.rings[0].by_hours


def test_more_patience_never_rings_more(world: World):
    home = lived(world, LIFE)
    counts = [what_if(world, home, hours=float(h)).other.alarms for h in (8, 14, 20, 26, 40)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] == 0


def test_a_person_who_made_sure_starts_the_clock_anew(world: World):
    home = lived(world, LIFE)
    middle = MONDAY - timedelta(hours=15)
    rule = Rule(detector=Detector.FIXED, hours=20.0)
    told = {"household": home, "rule": rule, "seen_by": world.operator, "now": MONDAY}
    assert queries.what_if(**told).other.alarms == 1
    assert queries.what_if(**told, made_sure=[middle]).other.alarms == 0


def test_looking_back_changes_nothing(world: World):
    home = lived(world, LIFE)
    before = (
        Sign.objects.count(),
        queries.clock_card(household=home, seen_by=world.operator, now=MONDAY),
    )
    what_if(world, home, detector=Detector.LEARNED, theta=0.5)
    after = (
        Sign.objects.count(),
        queries.clock_card(household=home, seen_by=world.operator, now=MONDAY),
    )
    assert before == after


def test_for_the_planner_next_door_there_is_no_past(world: World):
    home = lived(world, LIFE)
    rule = Rule(detector=Detector.FIXED, hours=20.0)
    assert (
        queries.what_if(household=home, rule=rule, seen_by=world.next_planner, now=MONDAY) is None
    )


# ---- absences --------------------------------------------------------------------------------

DAYS_HERE = "........#.#..#...#..#..." * 3
GONE = "." * 48
TWICE_AWAY = DAYS_HERE + GONE + DAYS_HERE + GONE + DAYS_HERE


def away(world: World, home, drawn: str, first: int, hours: int = 48, told_late: int = 0):
    """Register that nobody is at home from the hour `first` of a drawing on, and end it."""
    begins = MONDAY - timedelta(hours=len(drawn) - first)
    ends = begins + timedelta(hours=hours)
    people.register_absence(
        household=home,
        kind="travel",
        begins_at=begins,
        expected_until=ends,
        told_by="딸",
        told_how="call",
        by=BY,
        now=begins + timedelta(hours=told_late),
    )
    people.end_absence(household=home, by=BY, now=ends)


def test_who_was_away_would_not_have_rung(world: World):
    home = lived(world, TWICE_AWAY)
    assert what_if(world, home, hours=20.0).other.alarms == 2
    first = len(DAYS_HERE)
    away(world, home, TWICE_AWAY, first)
    assert what_if(world, home, hours=20.0).other.alarms == 1
    away(world, home, TWICE_AWAY, 2 * first + 48)
    found = what_if(world, home, hours=20.0)
    assert (found.present.alarms, found.other.alarms) == (0, 0)
    assert found.seen_months < 11 / 30, "an absence is no time that was seen"


def test_an_absence_counts_from_when_we_were_told(world: World):
    home = lived(world, TWICE_AWAY)
    away(world, home, TWICE_AWAY, len(DAYS_HERE), told_late=30)
    assert what_if(world, home, hours=20.0).other.alarms == 2  # it rang before anybody told us
