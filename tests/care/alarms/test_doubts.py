"""Nobody stays unseen, and nobody's deadline is lost in our own standstill, without a human."""

from datetime import timedelta

import pytest
from django.db import connection

from anbu.care.alarms import actions, jobs, queries
from anbu.care.alarms.models import Alarm, Blindness, Doubt, GroupSignal, LastLook, Standstill
from anbu.care.alarms.rules import NotAllowed, Plan, UnknownAlarm, plan_b
from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people.models import Household
from anbu.care.readings import jobs as clocks
from tests.care.alarms.test_groups import NOW, Vendor
from tests.care.alarms.world import BEFORE, BY, MONDAY, THERE, World, sweep

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("sees", "works", "plan"),
    [(True, True, "other"), (True, False, "other"), (False, True, "call"), (False, False, "visit")],
)
def test_what_still_sees_goes_before_a_call_and_a_call_before_a_visit(sees, works, plan):
    assert plan_b(is_seen_otherwise=sees, phone_works=works) == Plan(plan)


@pytest.fixture
def vendor(world: World) -> Vendor:
    clocks.make_partitions(now=NOW)
    made = Vendor(world)
    made.look(NOW)
    return made


def blind(home, since) -> None:
    post = GroupSignal.objects.get().owner_post
    Blindness.objects.filter(household=home, ended_at=None).delete()
    Blindness.objects.create(
        household_id=home, cause="feed", provider="lost", since=since, noticed_at=since,
        owner_post=post,
    )  # fmt: skip


def listed(world, now) -> list[tuple]:
    return [
        (row.household, row.plan.is_due)
        for row in actions.open_doubts(seen_by=world.operator, now=now)
    ]


def test_nobody_is_unseen_longer_than_the_tier_allows_without_a_row(world, vendor, settings):
    low, high, mid = vendor.homes[:3]  # TIERS of test_groups
    for home in (low, high, mid):
        blind(home, NOW)
    sweep(actions.raise_next_doubts, NOW + 6 * HOUR - timedelta(seconds=1))
    assert listed(world, NOW + 6 * HOUR) == []
    sweep(actions.raise_next_doubts, NOW + 6 * HOUR)
    assert listed(world, NOW + 6 * HOUR) == [(high, True)]
    sweep(actions.raise_next_doubts, NOW + 24 * HOUR)
    assert [home for home, _ in listed(world, NOW + 24 * HOUR)] == [high, mid, low]
    assert Trace.objects.filter(verb="list_doubts").count() == 2


def test_a_decision_stands_until_its_hour_and_then_asks_again(world, vendor):
    high = vendor.homes[1]
    blind(high, NOW)
    later = NOW + 6 * HOUR
    sweep(actions.raise_next_doubts, later)
    (row,) = actions.open_doubts(seen_by=world.operator, now=later)
    assert (row.plan.proposed, row.plan.through, row.plan.plan) == ("call", (), "")
    with pytest.raises(NotAllowed):
        actions.decide_doubt(doubt=row.id, plan="hope", hours=3, by=world.operator, now=later)
    with pytest.raises(NotAllowed):
        actions.decide_doubt(doubt=row.id, plan="visit", hours=73, by=world.operator, now=later)
    actions.decide_doubt(
        doubt=row.id, plan="visit", hours=3, reason="이웃이 봄", by=world.operator, now=later
    )
    assert listed(world, later + 2 * HOUR) == [(high, False)]
    assert queries.undecided(seen_by=world.operator, now=later + 2 * HOUR) == 0
    assert listed(world, later + 3 * HOUR) == [(high, True)]
    assert queries.undecided(seen_by=world.operator, now=later + 3 * HOUR) == 1
    trace = Trace.objects.get(verb="decide_doubt")
    assert (trace.household, trace.detail["plan"], trace.detail["hours"]) == (high, "visit", 3)


def test_whoever_was_reached_is_not_asked_about_again_before_the_time_has_passed_anew(
    world, vendor
):
    high = vendor.homes[1]
    blind(high, NOW)
    sweep(actions.raise_next_doubts, NOW + 6 * HOUR)
    (row,) = actions.open_doubts(seen_by=world.operator, now=NOW + 6 * HOUR)
    actions.end_doubt(doubt=row.id, how="reached", by=world.operator, now=NOW + 7 * HOUR)
    with pytest.raises(NotAllowed):
        actions.end_doubt(doubt=row.id, how="reached", by=world.operator, now=NOW + 7 * HOUR)
    sweep(actions.raise_next_doubts, NOW + 12 * HOUR)
    assert listed(world, NOW + 12 * HOUR) == []
    sweep(actions.raise_next_doubts, NOW + 13 * HOUR + timedelta(seconds=1))
    assert listed(world, NOW + 13 * HOUR) == [(high, True)]
    Blindness.objects.filter(household=high).update(ended_at=NOW + 14 * HOUR)
    sweep(actions.raise_next_doubts, NOW + 18 * HOUR)
    assert Doubt.objects.filter(ended_how="seen", ended_by=None).count() == 1


def test_the_next_district_sees_no_doubt_and_decides_nothing(world, vendor):
    blind(vendor.homes[0], NOW - 30 * HOUR)
    sweep(actions.raise_next_doubts, NOW)
    row = Doubt.objects.get()
    assert Household.objects.get(id=row.household_id).dong.code != THERE
    assert actions.open_doubts(seen_by=world.next_planner, now=NOW) == ()
    for deed in (
        lambda: actions.end_doubt(doubt=row.id, how="reached", by=world.next_planner, now=NOW),
        lambda: actions.decide_doubt(
            doubt=row.id, plan="call", hours=1, by=world.next_planner, now=NOW
        ),
    ):
        with pytest.raises(UnknownAlarm):
            deed()


def test_the_page_of_one_cause_proposes_a_way_to_each_and_counts_who_was_reached(world, vendor):
    signal = GroupSignal.objects.get()
    first, second = vendor.homes[1], vendor.homes[2]
    people.number_is_dead(household=second, contact=None, by=BY, now=NOW)
    page = actions.open_group(signal_id=signal.id, seen_by=world.operator, now=NOW)
    ways = {home.household: home.plan.proposed for home in page.members}
    assert (ways[first], ways[second], page.reached) == ("call", "visit", 0)
    doubt = actions.doubt_of(signal_id=signal.id, household=first, by=world.operator, now=NOW)
    assert doubt == actions.doubt_of(
        signal_id=signal.id, household=first, by=world.operator, now=NOW
    )
    actions.decide_doubt(doubt=doubt, plan="call", hours=2, by=world.operator, now=NOW)
    actions.end_doubt(doubt=doubt, how="reached", by=world.operator, now=NOW + HOUR)
    page = actions.open_group(signal_id=signal.id, seen_by=world.operator, now=NOW + HOUR)
    told = {home.household: home.plan for home in page.members}
    assert (page.reached, told[first].reached, told[first].by) == (1, "reached", "문가람")
    with pytest.raises(UnknownAlarm):  # not behind this cause
        actions.doubt_of(
            signal_id=signal.id, household=vendor.others[0], by=world.operator, now=NOW
        )


# ---- our own standstill ------------------------------------------------------------------------


def test_a_deadline_that_fell_into_our_standstill_stays_listed_until_a_human_clears_it(world):
    due_at = MONDAY
    still, calm = world.home(still_at=due_at), world.home(still_at=due_at + 10 * HOUR)
    began, back = due_at - timedelta(minutes=10), due_at + timedelta(minutes=20)
    jobs.judge_silence(began)  # everything is well, and then we stand still
    while jobs.judge_silence(back):
        pass
    row = Standstill.objects.get()
    assert (row.began_at, row.ended_at) == (began, back)
    missed = Doubt.objects.get()
    assert (missed.household_id, missed.cause, missed.since) == (still, "own", due_at)
    assert calm != still
    alarm = Alarm.objects.get()  # it rang as well, late
    (listed,) = actions.open_doubts(seen_by=world.operator, now=back)
    assert (listed.household, listed.alarm, listed.plan.is_due) == (still, alarm.id, True)
    sweep(actions.raise_next_doubts, back + 100 * HOUR)
    assert Doubt.objects.filter(ended_at=None).count() == 1  # no machine clears it
    actions.end_doubt(doubt=listed.id, how="visited", by=world.operator, now=back + HOUR)
    assert actions.open_doubts(seen_by=world.operator, now=back + HOUR) == ()


def test_a_clock_that_goes_on_lists_nobody(world):
    world.home(still_at=MONDAY)
    now = MONDAY - timedelta(minutes=1)
    for _ in range(6):
        while jobs.judge_silence(now):
            pass
        now += timedelta(seconds=59)
    assert Alarm.objects.count() == 1
    assert not Standstill.objects.exists()
    assert LastLook.objects.get().at == now - timedelta(seconds=59)


def test_the_database_holds_who_cleared_a_missed_deadline(world):
    home = world.home(still_at=MONDAY)
    row = Standstill.objects.create(began_at=BEFORE, noticed_at=BEFORE)
    Doubt.objects.create(
        household_id=home, cause="own", standstill=row, since=BEFORE, raised_at=BEFORE
    )
    with pytest.raises(Exception, match="an_ended_doubt_says_how_and_by_whom"), \
            connection.cursor() as cursor:  # fmt: skip
        cursor.execute("UPDATE alarms_doubt SET ended_at = now(), ended_how = 'seen'")
