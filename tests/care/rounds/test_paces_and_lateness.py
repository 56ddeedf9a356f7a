"""How often, for whom, set by whom; who refuses; whom nobody reached; what others ask for."""

from datetime import datetime, timedelta

import pytest

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm, Doubt, Handover
from anbu.care.foundation.models import Trace
from anbu.care.places.models import District
from anbu.care.places.rules import SEOUL
from anbu.care.rounds import actions, jobs
from anbu.care.rounds.actions.asking import take_up_wishes
from anbu.care.rounds.actions.standing import set_all_dues
from anbu.care.rounds.models import Asked, CadenceRow, Pace
from anbu.care.rounds.queries.paces import cadence_lines, pace_lines
from anbu.care.rounds.rules import Cadence, NotAllowed, Step
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import World
from tests.care.rounds.rounds_world import NOON, TODAY, comes, home, officer, standing, told

DAILY = Cadence(times=1, per_days=1, visit_days=0, bound_days=3)
EVERY_FIVE = Cadence(times=1, per_days=5, visit_days=0, bound_days=9)


def cadence(by, *, district=None, tier="mid", cadence=EVERY_FIVE, valid_from=TODAY):
    return actions.set_cadence(
        district=district, tier=tier, cadence=cadence, valid_from=valid_from, reason="구 방침",
        by=by, now=NOON,
    )  # fmt: skip


def test_a_district_sets_its_own_cadence_from_a_day_on_and_no_others(world: World):
    gwanak, city = officer("gwanak", "district", "11620"), officer("seoul", "city")
    here, there = District.objects.get(code="11620"), District.objects.get(code="11680")
    mine = home(began=TODAY)
    assert standing(mine).due_on == TODAY + timedelta(days=7)
    cadence(city, cadence=Cadence(times=1, per_days=6, visit_days=0, bound_days=12))
    cadence(gwanak, district=here)
    set_all_dues(now=NOON)
    assert standing(mine).due_on == TODAY + timedelta(days=5)
    for refused in ({"district": there}, {"district": None}):
        with pytest.raises(NotAllowed, match="다른 자치구"):
            cadence(gwanak, **refused)
    with pytest.raises(NotAllowed, match="오늘이나"):
        cadence(city, valid_from=TODAY - timedelta(days=1))
    with pytest.raises(NotAllowed, match="시·구"):
        cadence(world.planner, district=here)
    assert CadenceRow.objects.count() == 2
    lines = cadence_lines(seen_by=gwanak)
    assert [(line.district, line.made_by) for line in lines] == [
        ("관악구", "정해찬"),
        ("", "정해찬"),
    ]
    assert Trace.objects.filter(verb="set_cadence", by=gwanak.actor).exists()


def test_one_persons_pace_has_a_reason_and_an_end(world: World):
    mine = home(began=TODAY)
    until = TODAY + timedelta(days=10)
    actions.set_pace(
        home=mine, cadence=DAILY, reason="퇴원 뒤", until=until, by=world.planner, now=NOON
    )
    assert standing(mine).due_on == TODAY + timedelta(days=1)
    (line,) = pace_lines(household=mine, seen_by=world.planner)
    assert (line.reason, line.until, line.made_by) == ("퇴원 뒤", until, world.planner.name)
    assert pace_lines(household=mine, seen_by=world.next_planner) == ()
    with pytest.raises(NotAllowed, match="맡은 동"):
        actions.set_pace(
            home=mine, cadence=DAILY, reason="x", until=until, by=world.next_planner, now=NOON
        )
    with pytest.raises(NotAllowed, match="92일"):
        actions.set_pace(
            home=mine, cadence=DAILY, reason="x", until=TODAY + timedelta(days=93),
            by=world.planner, now=NOON,
        )  # fmt: skip
    assert jobs.tell_late(NOON + timedelta(days=11))
    assert Pace.objects.get().ended_at is not None
    assert standing(mine).due_on == TODAY + timedelta(days=7)


def test_who_refuses_has_a_quiet_plan_until_they_say_yes(world: World):
    one = comes()
    mine = home(usual=one, began=TODAY - timedelta(days=30))
    actions.note_refusal(home=mine, kind="call", words="전화 그만", by=world.planner, now=NOON)
    row = standing(mine)
    assert (row.refuses_since, row.due_on) == (TODAY, TODAY + timedelta(days=30))
    (shown,) = actions.open_refusals(seen_by=world.planner, now=NOON)
    assert (shown.household, shown.step) == (mine, Step.NOTE)
    assert actions.open_refusals(seen_by=world.next_planner, now=NOON) == ()
    later = NOON + timedelta(days=31)
    told(mine, at=later, kind="note", result="left", by=one)
    told(mine, at=later + timedelta(days=1), kind="note", result="taken", by=one)
    (shown,) = actions.open_refusals(seen_by=world.planner, now=later)
    assert shown.step == Step.BAG  # what is taken from the door starts the clock, and is no step
    assert standing(mine).refuses_since == TODAY
    after = later + timedelta(days=2)
    how = {"home": mine, "kind": "visit", "mood": "good", "words": ""}
    actions.note_yes(**how, by=world.planner, now=after)
    assert standing(mine).refuses_since is None
    with pytest.raises(NotAllowed, match="거절한 상태가"):
        actions.note_yes(**how, by=world.planner, now=after)


def test_the_dong_is_told_once_and_days_later_the_district_once(world: World):
    officer("gwanak", "district", "11620")
    mine = home(tier="high", began=TODAY - timedelta(days=8))  # the bound was yesterday
    home(tier="high", began=TODAY - timedelta(days=7))  # it is today: not late
    night = datetime(2026, 11, 24, 3, tzinfo=SEOUL)
    assert not jobs.tell_late(night)
    assert jobs.tell_late(NOON)
    assert not jobs.tell_late(NOON)
    (trace,) = Trace.objects.filter(verb="tell_round_late")
    assert (trace.homes, trace.detail["people"]) == ([mine], 1)
    assert standing(mine).told_late_up_at is None
    (row,) = actions.open_overdue(seen_by=world.planner, now=NOON).rows
    assert (row.household, row.days_past, row.goes, row.left) == (mine, 1, "", "")
    assert actions.open_overdue(seen_by=world.next_planner, now=NOON).rows == ()
    friday = NOON + timedelta(days=3)  # four days past
    assert jobs.tell_late(friday)
    assert standing(mine).told_late_up_at == friday
    told(mine, at=friday + timedelta(hours=1))
    assert standing(mine).told_late_at is None


def test_a_dong_without_a_planner_is_the_districts_the_same_day(world: World):
    officer("gwanak", "district", "11620")
    mine = home(tier="low", began=TODAY - timedelta(days=31))  # since yesterday
    Staff.objects.filter(pk=world.planner.pk).update(is_active=False)
    assert jobs.tell_late(NOON)
    told_to = {
        trace.detail["to"].split("/")[0]: trace.detail["people"]
        for trace in Trace.objects.filter(verb="tell_round_late")
    }
    assert told_to == {"dong": 0, "district": 1}
    assert standing(mine).told_late_up_at == NOON


def test_the_list_of_whom_nobody_reached_asks_few_questions(
    world: World, django_assert_max_num_queries
):
    comes()
    for _ in range(3):
        home(began=TODAY - timedelta(days=20))
    actions.plan_city(day=TODAY, now=NOON)
    with django_assert_max_num_queries(14):
        page = actions.open_overdue(seen_by=world.planner, now=NOON)
    assert [row.way for row in page.rows] == ["call"] * 3
    assert page.whole == 3


def test_what_the_control_room_hands_over_is_called_the_same_day(world: World):
    comes()
    alarm = world.silent(at=NOON - timedelta(hours=10))
    staffing.start_shift(by=world.operator, now=NOON - timedelta(hours=11))
    alarms.claim(
        alarm_id=alarm.id, version=alarm.version, by=world.operator,
        now=NOON - timedelta(hours=9),
    )  # fmt: skip
    alarms.hand_over(
        alarm_id=alarm.id, request="목소리가 약하니 낮에 한 번 더", by=world.operator,
        now=NOON - timedelta(hours=9),
    )  # fmt: skip
    assert not take_up_wishes(now=NOON - timedelta(hours=3))
    alarms.accept_handover(
        handover=Handover.objects.get().id, read_back="점심 전에 전화하겠습니다",
        by=world.planner, now=NOON - timedelta(hours=2),
    )  # fmt: skip
    assert take_up_wishes(now=NOON)
    assert not take_up_wishes(now=NOON)
    row = Asked.objects.get()
    assert (row.household_id, row.why, row.asked_by) == (
        Alarm.objects.get().household_id, "handover", world.planner.actor,
    )  # fmt: skip


def test_a_home_nobody_can_see_is_called_once_a_person_decides_so(world: World):
    mine = world.home(still_at=NOON)
    doubt = Doubt.objects.create(
        household_id=mine, cause="blind", since=NOON - timedelta(days=2), raised_at=NOON
    )
    assert not take_up_wishes(now=NOON)
    alarms.decide_doubt(doubt=doubt.id, plan="other", hours=24, by=world.planner, now=NOON)
    assert not take_up_wishes(now=NOON)  # what still sees the home will do
    decided = NOON + timedelta(minutes=1)
    alarms.decide_doubt(doubt=doubt.id, plan="visit", hours=24, by=world.planner, now=decided)
    assert take_up_wishes(now=NOON + timedelta(minutes=2))
    assert not take_up_wishes(now=NOON + timedelta(minutes=3))
    row = Asked.objects.get()
    assert (row.household_id, row.why, row.way) == (mine, "outage", "visit")
    again = NOON + timedelta(hours=25)
    alarms.decide_doubt(doubt=doubt.id, plan="call", hours=24, by=world.planner, now=again)
    assert take_up_wishes(now=again)
    assert Asked.objects.count() == 2
