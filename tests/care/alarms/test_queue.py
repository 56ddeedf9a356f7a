"""The queue: its order, its views, its size, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Message, Step
from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people.actions import NewHousehold, NewPerson
from anbu.care.readings.models import Watch
from tests.care.alarms.world import BY, HERE, MONDAY, sweep

NIGHT = MONDAY.replace(hour=22, minute=40)
MINUTE = timedelta(minutes=1)


def questions(ask) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask()
    return len(asked)


def many(count: int) -> None:
    """Let many homes be overdue at once, as after a night without a clock."""
    began = NIGHT - timedelta(days=2)
    homes = people.register_households(
        homes=[
            NewHousehold(
                dong=HERE,
                address=f"은천로00길 {n}",
                tier="low",
                patience_hours=24,
                person=NewPerson(name=f"이웃{n}", birth_year=1950, sex="m", phone="010-0000-0000"),
                consents=("monitoring", "night"),
                obtained_how="서면",
            )
            for n in range(count)
        ],
        by=BY,
        now=began,
    )
    # Devices one by one would take minutes; their silence is set as the kernel would leave it.
    Watch.objects.bulk_create(
        Watch(
            household_id=home,
            patience_s=24 * 3600,
            blind_after_s=7200,
            last_seen=NIGHT.timestamp(),
            last_sign=began.timestamp(),
            check_at=NIGHT,
        )
        for home in homes
    )


def test_the_gravest_comes_first_then_what_falls_due_first(world):
    low = world.silent(at=NIGHT, tier="low")
    mid = world.silent(at=NIGHT + MINUTE)
    later = world.silent(at=NIGHT + 2 * MINUTE)
    home = world.home(still_at=NIGHT + timedelta(hours=9))
    world.cry(home, at=NIGHT + 3 * MINUTE)
    sweep(actions.raise_next_sos, NIGHT + 3 * MINUTE)
    cry = Alarm.objects.get(household=home)
    queue = queries.queue(seen_by=world.operator, now=NIGHT + 4 * MINUTE)
    assert [row.id for row in queue.rows] == [cry.id, mid.id, later.id, low.id]
    assert queue.levels == {3: 1, 2: 2, 1: 1}
    assert (queue.total, queue.counts["now"], queue.counts["mine"]) == (4, 4, 0)
    assert (queue.watched, queue.night_consents) == (4, 4)


def test_each_view_shows_its_own(world):
    me, now = world.operator, NIGHT + MINUTE
    mine, asked, out, off, ended, other = (world.silent(at=NIGHT) for _ in range(6))
    for alarm in (mine, asked, out, off, ended):
        actions.claim(alarm_id=alarm.id, version=alarm.version, by=me, now=now)
    actions.claim(alarm_id=other.id, version=other.version, by=world.second, now=now)
    actions.record_call(alarm_id=asked.id, whom="person", result="no_answer", by=me, now=now)
    actions.dispatch(alarm_id=out.id, by=me, now=now)
    actions.shelve(alarm_id=off.id, until=now + 10 * MINUTE, reason="곧 옴", by=me, now=now)
    actions.close(alarm_id=ended.id, outcome="test", by=me, now=now)
    expected = {
        "now": {mine, asked},
        "mine": {mine, asked, out, off},
        "waiting": {asked},
        "dispatched": {out},
        "shelved": {off},
        "unseen": set(),
        "done": {ended},
    }
    for view, alarms in expected.items():
        queue = queries.queue(seen_by=me, view=view, now=now)
        assert {row.id for row in queue.rows} == {alarm.id for alarm in alarms}, view
        assert queue.counts[view] == queue.total == len(alarms)
    assert queries.row(alarm_id=off.id, seen_by=me, view="now", now=now) is None
    assert queries.row(alarm_id=off.id, seen_by=me, view="shelved", now=now) is not None
    load = queries.load_10min(staff=me, hands=1, now=now)
    assert (load.own, load.arrived, load.hands) == (5, 6, 1)
    assert not load.is_flood
    assert queries.load_10min(staff=me, hands=1, now=now + 10 * MINUTE).arrived == 0
    with pytest.raises(queries.UnknownView):
        queries.queue(seen_by=me, view="all", now=now)


def test_the_queue_asks_as_often_for_thirty_homes_as_for_one(world):
    world.silent(at=NIGHT)
    me = world.operator
    one = questions(lambda: queries.queue(seen_by=me, now=NIGHT + MINUTE))
    for _ in range(30):
        world.home(still_at=NIGHT)
    sweep(actions.raise_next_silence, NIGHT + MINUTE)
    thirty = questions(lambda: queries.queue(seen_by=me, now=NIGHT + MINUTE))
    assert one == thirty <= 24
    alarm = Alarm.objects.first()
    told = {"alarm_id": alarm.id, "seen_by": me, "now": NIGHT + MINUTE}
    assert questions(lambda: queries.row(**told)) <= 13
    assert questions(lambda: queries.preview(**told)) <= 18
    assert questions(lambda: queries.incident(**told)) <= 25


def test_two_thousand_silences_at_once_are_two_thousand_alarms_with_one_owner_each(world):
    many(2000)
    asked = questions(lambda: sweep(actions.raise_next_silence, NIGHT + MINUTE))
    assert Alarm.objects.count() == Message.objects.count() == 2000
    assert Alarm.objects.exclude(owner_post=world.operator.post).count() == 0
    assert Step.objects.count() == 6000
    assert Trace.objects.filter(verb="raise_silence").count() == 2000
    assert len(set(Alarm.objects.values_list("number", flat=True))) == 2000
    assert asked < 4 * 80  # by the chunk of 500, not by the home
    me, now = world.operator, NIGHT + 2 * MINUTE
    queue = queries.queue(seen_by=me, now=now)
    (brake,) = queue.brakes  # so many at once are one row, until somebody has chosen
    assert (queue.rows, brake.held) == ((), 2000)
    actions.choose_brake(brake_id=brake.id, choice="go", by=me, now=now)
    sweep(actions.let_go_next, now)
    queue = queries.queue(seen_by=me, now=now)
    assert (len(queue.rows), queue.total) == (200, 2000)
    sweep(actions.advance_next_overdue, NIGHT + timedelta(hours=1))
    assert Alarm.objects.filter(rung=1, level=2).count() == 2000
    assert queries.broken_invariants(NIGHT + timedelta(hours=1)) == []


def test_the_rule_shows_how_often_it_was_right_and_says_none_when_nobody_knows(world):
    alarm = world.silent(at=NIGHT)
    record = queries.rule_record(rule="silence", now=NIGHT)
    assert (record.closed, record.crises) == (0, 0)
    actions.close(alarm_id=alarm.id, outcome="rescued", by=world.operator, now=NIGHT + MINUTE)
    record = queries.rule_record(rule="silence", now=NIGHT + 2 * MINUTE)
    assert (record.days, record.closed, record.crises) == (90, 1, 1)


def test_a_home_that_cannot_be_written_hides_no_other(world):
    homes = [world.home(still_at=NIGHT) for _ in range(3)]
    with connection.cursor() as cursor:  # the database itself refuses one of them
        cursor.execute(
            "ALTER TABLE alarms_alarm ADD CONSTRAINT one_bad_home CHECK (household_id <> %s)",
            [homes[1]],
        )
    sweep(actions.raise_next_silence, NIGHT + MINUTE)
    assert set(Alarm.objects.values_list("household", flat=True)) == {homes[0], homes[2]}
    assert Watch.objects.get(household=homes[1]).check_at == NIGHT + MINUTE + timedelta(minutes=5)
