"""인계: responsibility passes when the receiver has said back what is asked, and not before."""

from datetime import datetime, timedelta

import pytest

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Board, Handover, Step
from anbu.care.alarms.rules import NotAllowed, UnknownAlarm
from anbu.care.errands.models import Errand
from anbu.care.foundation.models import Trace
from anbu.care.people.rules import BadInput
from anbu.care.places import queries as where
from anbu.care.places.models import Post
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BY, MONDAY, World, sweep

NINE, SIX = MONDAY.replace(hour=9), MONDAY.replace(hour=18)
PREPARED = NINE - timedelta(minutes=30)
READ_BACK = "11시에 방문하겠습니다"


def night(world: World, **told: object) -> Alarm:
    """Return an alarm of the night that the operator took."""
    alarm = world.silent(at=NINE - timedelta(hours=2), **told)
    staffing.start_shift(by=world.operator, now=NINE - timedelta(hours=9))
    actions.claim(
        alarm_id=alarm.id, version=alarm.version, by=world.operator, now=NINE - timedelta(hours=1)
    )
    return Alarm.objects.get(id=alarm.id)


def fill(at: datetime) -> None:
    sweep(actions.fill_next_board, at)


def test_the_board_stands_half_an_hour_before_duty_passes(world: World):
    alarm = night(world)
    fill(PREPARED - timedelta(seconds=1))
    assert not Handover.objects.filter(board__switch_at=NINE).exists()
    fill(PREPARED)
    fill(PREPARED + timedelta(minutes=1))  # again changes nothing
    item = Handover.objects.get()
    assert (item.board.switch_at, item.board.towards) == (NINE, "dong")
    assert item.from_post.kind == Post.CENTRE
    assert item.to_post == world.planner.post
    assert item.up_at == NINE + timedelta(minutes=30)
    alarm.refresh_from_db()
    assert alarm.owner_staff == world.operator  # nothing has passed yet


def test_it_passes_at_the_moment_of_the_read_back(world: World):
    alarm = night(world)
    fill(PREPARED)
    item = Handover.objects.get()
    at = NINE + timedelta(minutes=3)
    with pytest.raises(BadInput):
        actions.accept_handover(handover=item.id, read_back="네", by=world.planner, now=at)
    with pytest.raises(BadInput):
        actions.accept_handover(handover=item.id, read_back=item.request, by=world.planner, now=at)
    actions.accept_handover(handover=item.id, read_back=READ_BACK, by=world.planner, now=at)
    alarm.refresh_from_db()
    item.refresh_from_db()
    assert (alarm.owner_staff, alarm.owner_since) == (world.planner, at)
    assert (item.state, item.answer, item.settled_by) == ("accepted", READ_BACK, world.planner)
    steps = Step.objects.filter(alarm=alarm, kind="handover").order_by("id")
    assert [step.detail["what"] for step in steps] == ["sent", "accepted"]
    assert Trace.objects.filter(verb="accept_handover", household=alarm.household_id).exists()
    with pytest.raises(NotAllowed):
        actions.accept_handover(handover=item.id, read_back=READ_BACK, by=world.planner, now=at)


def test_nobody_else_can_accept_it(world: World):
    night(world)
    fill(PREPARED)
    item = Handover.objects.get()
    with pytest.raises(UnknownAlarm):
        actions.accept_handover(
            handover=item.id, read_back=READ_BACK, by=world.next_planner, now=NINE
        )
    with pytest.raises(NotAllowed):
        actions.accept_handover(handover=item.id, read_back=READ_BACK, by=world.operator, now=NINE)


def test_who_refuses_says_why_and_it_stays_with_the_sender(world: World):
    alarm = night(world)
    fill(PREPARED)
    item = Handover.objects.get()
    with pytest.raises(BadInput):
        actions.refuse_handover(handover=item.id, reason=" ", by=world.planner, now=NINE)
    actions.refuse_handover(handover=item.id, reason="오늘 휴관", by=world.planner, now=NINE)
    fill(NINE + timedelta(minutes=1))
    assert Handover.objects.count() == 1  # not asked again
    alarm.refresh_from_db()
    assert alarm.owner_staff == world.operator


def test_what_nobody_accepts_goes_up_with_times(world: World):
    night(world)
    fill(PREPARED)
    officer = district_officer(world)
    item = Handover.objects.get()
    with pytest.raises(NotAllowed):  # not yet the district's
        actions.accept_handover(handover=item.id, read_back=READ_BACK, by=officer, now=NINE)
    stairs = []
    for minutes in (29, 30, 60, 90):
        sweep(actions.raise_next_waiting, NINE + timedelta(minutes=minutes))
        item.refresh_from_db()
        stairs.append((item.stair, item.told))
    assert stairs == [("office", 0), ("district", 1), ("city", 2), ("city", 3)]
    ups = Step.objects.filter(kind="handover", detail__what="up").order_by("at")
    assert [step.at for step in ups] == [NINE + timedelta(minutes=m) for m in (30, 60, 90)]


def test_the_district_accepts_for_a_dong_office_that_does_not_answer(world: World):
    alarm = night(world)
    fill(PREPARED)
    officer, item = district_officer(world), Handover.objects.get()
    at = NINE + timedelta(minutes=31)
    sweep(actions.raise_next_waiting, at)
    actions.accept_handover(handover=item.id, read_back=READ_BACK, by=officer, now=at)
    alarm.refresh_from_db()
    assert (alarm.owner_staff, alarm.owner_post) == (None, world.planner.post)
    item.refresh_from_db()
    assert item.settled_by == officer


def test_a_waiting_one_stays_with_who_sent_it_even_when_a_step_is_late(world: World):
    alarm = night(world)
    fill(PREPARED)
    late = NINE + timedelta(hours=1)
    Alarm.objects.filter(id=alarm.id).update(rung_due_at=late)
    sweep(actions.advance_next_overdue, late)
    alarm.refresh_from_db()
    assert alarm.owner_post is not None
    assert alarm.owner_post.kind == Post.CENTRE  # not the dong's, which has not accepted
    staffing.end_shift(by=world.operator, now=late)
    Alarm.objects.filter(id=alarm.id).update(rung_due_at=late + timedelta(minutes=1))
    sweep(actions.advance_next_overdue, late + timedelta(minutes=1))
    alarm.refresh_from_db()
    assert alarm.owner_post == world.planner.post  # nobody sits at the centre any more


def test_what_ends_meanwhile_is_asked_of_nobody(world: World):
    alarm = night(world)
    fill(PREPARED)
    actions.close(alarm_id=alarm.id, outcome="safe_call", by=world.operator, now=NINE)
    sweep(actions.raise_next_waiting, NINE + timedelta(seconds=2))
    assert Handover.objects.get().state == "withdrawn"


def test_in_the_evening_the_centre_takes_over_what_it_may_see(world: World):
    noon = MONDAY.replace(hour=12)
    seen = world.silent(at=noon)
    unseen = world.silent(at=noon, night=False)
    fill(SIX - timedelta(minutes=10))
    item = Handover.objects.get()
    assert item.alarm == seen
    assert item.to_post.kind == Post.CENTRE
    actions.accept_handover(handover=item.id, read_back=READ_BACK, by=world.operator, now=SIX)
    seen.refresh_from_db()
    unseen.refresh_from_db()
    assert seen.owner_staff == world.operator
    assert unseen.owner_post == world.planner.post


def test_a_switch_nobody_was_awake_for_is_made_up_for(world: World):
    night(world)
    fill(NINE + timedelta(hours=2))
    assert Board.objects.get().switch_at == NINE


def ended_with(world: World, **told: str) -> Alarm:
    alarm = night(world)
    actions.close(
        alarm_id=alarm.id, outcome="taken_to_hospital", by=world.operator, now=PREPARED, **told
    )
    alarm.refresh_from_db()
    return alarm


def test_a_request_about_something_ended_is_accepted_like_any_other(world: World):
    alarm = ended_with(world)
    told = {"alarm_id": alarm.id, "request": "오전에 병원 확인", "now": PREPARED}
    with pytest.raises(NotAllowed):
        actions.ask_after(**told, need="", by=world.operator)
    actions.ask_after(**told, need="health", by=world.operator)
    item = Handover.objects.get()
    assert (item.passes, item.need, item.to_post) == (False, "health", world.planner.post)
    assert not Errand.objects.exists()  # nobody has said that they have it
    actions.accept_handover(
        handover=item.id, read_back="열 시에 병원에 전화", by=world.planner, now=NINE
    )
    alarm.refresh_from_db()
    assert alarm.owner_staff == world.operator  # who closed it; nothing passes
    errand = Errand.objects.get()
    assert (errand.cause, errand.need, errand.promise) == (item.id, "health", "열 시에 병원에 전화")
    assert (errand.owner_post, errand.taken_by) == (world.planner.post, world.planner)


def test_a_need_is_told_in_closing_and_what_waited_is_taken_back(world: World):
    night(world)
    fill(PREPARED)
    waiting = Handover.objects.get()
    alarm = waiting.alarm
    told = {"alarm_id": alarm.id, "outcome": "safe_call", "by": world.operator, "now": PREPARED}
    with pytest.raises(BadInput):
        actions.close(**told, need="repair", request="")
    with pytest.raises(NotAllowed):
        actions.close(**told, need="가구", request="보일러")
    actions.close(**told, need="repair", request="보일러가 꺼져 있음")
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"
    assert Handover.objects.get(state="waiting").need == "repair"


def test_an_office_that_hears_of_a_need_has_it_to_do_at_once(world: World):
    alarm = night(world)
    fill(PREPARED)
    actions.accept_handover(
        handover=Handover.objects.get().id, read_back=READ_BACK, by=world.planner, now=NINE
    )
    actions.close(
        alarm_id=alarm.id,
        outcome="safe_visit",
        need="food",
        request="반찬 나눔에 올리기",
        by=world.planner,
        now=NINE,
    )
    assert not Handover.objects.filter(state="waiting").exists()
    errand = Errand.objects.get()
    assert (errand.need, errand.taken_by) == ("food", world.planner)
    assert Step.objects.filter(alarm=alarm, kind="handover", detail__what="kept").exists()


def test_the_leaving_side_signs_once(world: World):
    night(world)
    fill(PREPARED)
    with pytest.raises(NotAllowed):
        actions.sign_board(switch_at=NINE, by=world.planner, now=NINE)
    actions.sign_board(switch_at=NINE, by=world.operator, now=NINE)
    with pytest.raises(NotAllowed):
        actions.sign_board(switch_at=NINE, by=world.second, now=NINE)
    assert Board.objects.get().signed_by == world.operator


def test_reading_the_board_leaves_a_trace_and_shows_that_it_was_seen(world: World):
    alarm = night(world)
    fill(PREPARED)
    page = actions.open_board(seen_by=world.operator, now=NINE)
    assert Handover.objects.get().opened_at is None  # the sender's look counts for nothing
    assert page.ownerless == 0
    assert page.summary.alarms == 1
    actions.open_board(seen_by=world.planner, now=NINE)
    item = Handover.objects.get()
    assert (item.opened_by, item.opened_at) == (world.planner, NINE)
    looks = Trace.objects.filter(verb="list_handovers", by=world.planner.actor)
    assert looks.count() == 1
    assert looks.get().homes == [alarm.household_id]
    assert not actions.open_board(seen_by=world.next_planner, now=NINE).rows
    assert queries.waiting_for(seen_by=world.planner) == 1


def district_officer(world: World) -> Staff:
    gwanak = [one for one in where.organisations("district") if "관악" in one.name]
    person, _ = staffing.add_staff(
        login="gwanak", name="정해찬", role="officer", organisation=gwanak[0].id, by=BY, now=MONDAY
    )
    return person
