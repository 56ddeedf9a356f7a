"""Figures of how alarms were answered: counted from their timelines, with intervals."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm
from anbu.care.alarms.rules import Share, quantile
from tests.care.alarms.world import MONDAY, World, sweep

NIGHT = MONDAY.replace(hour=2)


def after(alarm: Alarm, seconds: float):
    return alarm.raised_at + timedelta(seconds=seconds)


def take_and_close(alarm: Alarm, world: World, *, after_s: float, outcome: str) -> None:
    at = after(alarm, after_s)
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=world.operator, now=at)
    actions.close(
        alarm_id=alarm.id, outcome=outcome, by=world.operator, now=at + timedelta(minutes=4)
    )


def test_answered_within_a_minute_is_counted_from_when_a_person_was_needed(world: World):
    first, second, third = (world.silent(at=NIGHT, tier="high") for _ in range(3))
    take_and_close(first, world, after_s=20, outcome="safe_call")
    take_and_close(second, world, after_s=150, outcome="rescued")
    until = after(third, 3600)
    told = queries.figures(since=NIGHT, until=until, seen_by=world.supervisor).answered
    assert (told.raised, told.waited, told.by_machine, told.untouched) == (3, 3, 0, 1)
    assert [(limit.total_seconds(), share.k, share.n) for limit, share in told.within] == [
        (60, 1, 3),
        (180, 2, 3),
    ]
    assert told.mean == timedelta(seconds=85)
    assert told.to_outcome in (timedelta(seconds=260), timedelta(seconds=390))


def test_what_a_machine_asks_waits_for_nobody_until_its_time_is_over(world: World):
    alarm = world.silent(at=NIGHT, tier="low")
    assert alarm.ladder[0]["do"] == "message"
    told = queries.figures(since=NIGHT, until=after(alarm, 60), seen_by=world.supervisor)
    assert (told.answered.raised, told.answered.waited) == (1, 0)
    late = alarm.rung_due_at + timedelta(seconds=1)
    sweep(actions.advance_next_overdue, late)
    alarm.refresh_from_db()
    actions.claim(
        alarm_id=alarm.id,
        version=alarm.version,
        by=world.operator,
        now=late + timedelta(seconds=30),
    )
    told = queries.figures(since=NIGHT, until=late + timedelta(hours=1), seen_by=world.supervisor)
    assert told.answered.waited == 1
    assert told.answered.median == timedelta(seconds=30)


def test_precision_stands_by_rule_source_provider_and_district(world: World):
    outcomes = ["safe_call", "safe_call", "rescued", "test"]
    for outcome in outcomes:
        alarm = world.silent(at=NIGHT, tier="high")
        take_and_close(alarm, world, after_s=10, outcome=outcome)
    told = queries.figures(since=NIGHT, until=NIGHT + timedelta(hours=1), seen_by=world.supervisor)
    by = dict(told.by)
    assert [row.name for row in by["rule"]] == ["silence"]
    assert [row.name for row in by["source"]] == ["smart_plug"]
    assert [row.name for row in by["district"]] == ["관악구"]
    row = by["provider"][0]
    assert (row.crises.k, row.crises.n) == (1, 3)  # the test is no alarm
    assert row.reasons == (("safe_call", 2),)
    assert row.hands_on == timedelta(minutes=4)


def test_a_dong_counts_its_own(world: World):
    world.silent(at=NIGHT, tier="high")
    told = {"since": NIGHT, "until": NIGHT + timedelta(hours=1)}
    assert queries.figures(**told, seen_by=world.planner).answered.raised == 1
    assert queries.figures(**told, seen_by=world.next_planner).answered.raised == 0


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(0, 10, 0.0, 27.8), (5, 10, 23.7, 76.3), (154, 46_974, 0.28, 0.38)],  # Wilson, published
)
def test_the_interval_is_wilsons(k: int, n: int, low: float, high: float):
    found = Share(k, n).interval
    assert found is not None
    assert found == (pytest.approx(low, abs=0.06), pytest.approx(high, abs=0.06))


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share(k: int, n: int):
    part = Share(min(k, n), n)
    assert part.interval is not None
    assert part.percent is not None
    low, high = part.interval
    assert 0 <= low <= part.percent + 1e-9
    assert part.percent - 1e-9 <= high <= 100


def test_nothing_is_said_of_nothing():
    assert (Share(0, 0).percent, Share(0, 0).interval, quantile([], 0.5)) == (None, None, None)
