"""A vendor's post answers for what it may, sees nothing else, and nothing ever waits there."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Handover, Step
from anbu.care.alarms.rules import NotAllowed, UnknownAlarm
from anbu.care.foundation.actions import act_as
from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.models import Consent, Contact, Person
from anbu.care.people.rules import BadInput
from anbu.care.places import actions as places
from anbu.care.places import queries as where
from anbu.care.places.actions import BadContract
from anbu.care.places.models import Contract, Post
from anbu.care.staff import actions as staffing
from anbu.care.staff.queries import actor_of
from tests.care.alarms.vendor_world import Vendor, all_sweeps, make_vendor
from tests.care.alarms.world import BY, MONDAY, THERE, World, sweep
from tests.care.people.test_walls import the_desks

NOON = MONDAY.replace(hour=12)
NIGHT = MONDAY.replace(hour=22)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def vendor(world: World) -> Vendor:
    return make_vendor(on_shift_at=MONDAY.replace(hour=8))


def owner_steps(alarm: Alarm) -> list[tuple[str, str]]:
    rows = Step.objects.filter(alarm=alarm, kind="owner").order_by("id")
    return [(step.detail["how"], step.detail["to"]) for step in rows]


def owned(alarm: Alarm) -> Alarm:
    alarm.refresh_from_db()
    assert queries.broken_invariants(alarm.owner_since) == []
    return alarm


def test_a_home_that_agreed_is_the_vendors_and_one_that_did_not_the_dongs(world, vendor):
    told = vendor.silent(world, at=NOON)
    other = vendor.silent(world, at=NOON + MINUTE, agrees=False)
    assert (told.owner_post, told.centre_owned) == (vendor.post, False)
    assert other.owner_post == world.planner.post
    late = vendor.silent(world, at=NIGHT)
    assert late.owner_post == vendor.post  # it answers by night too, when duty is the centre's


def test_an_empty_vendors_desk_is_given_nothing(world):
    vendor = make_vendor()  # nobody on shift
    assert vendor.silent(world, at=NOON).owner_post == world.planner.post
    night = vendor.silent(world, at=NIGHT)
    assert night.owner_post is not None
    assert night.owner_post.kind == Post.CENTRE


def test_what_a_vendor_has_goes_to_the_city_when_its_last_person_goes_home(world, vendor):
    alarm = vendor.silent(world, at=NOON)
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=vendor.first, now=NOON + MINUTE)
    staffing.start_shift(by=vendor.second, now=NOON + 2 * MINUTE)
    staffing.end_shift(by=vendor.first, now=NOON + 3 * MINUTE)
    all_sweeps(NOON + 3 * MINUTE)
    assert owned(alarm).owner_post == vendor.post  # a colleague is there
    staffing.end_shift(by=vendor.second, now=NOON + 4 * MINUTE)
    sweep(actions.release_next_from_vendors, NOON + 4 * MINUTE)
    assert owned(alarm).owner_post == world.planner.post
    assert owner_steps(alarm)[-1] == ("vendor_empty", world.planner.post.name)
    staffing.start_shift(by=vendor.second, now=NOON + 5 * MINUTE)
    all_sweeps(NOON + 5 * MINUTE)
    assert owned(alarm).owner_post == world.planner.post  # it moves once, and not back


def test_what_nobody_there_touches_in_time_goes_up_to_the_centre_once(world, vendor):
    alarm = vendor.silent(world, at=NOON)
    for _ in range(6):
        alarm.refresh_from_db()
        all_sweeps(max(alarm.rung_due_at, NOON) + timedelta(seconds=1))
    assert [how for how, _ in owner_steps(alarm)] == ["raised", "vendor_late"]
    alarm.refresh_from_db()
    assert alarm.owner_post.kind == Post.CENTRE


def test_who_calls_in_time_keeps_it_until_somebody_must_go(world, vendor):
    alarm = vendor.silent(world, at=NOON)
    at = NOON + MINUTE
    for _ in range(8):
        alarm.refresh_from_db()
        if alarm.ladder[alarm.rung]["do"] not in ("message", "call", "contact"):
            break
        assert (alarm.owner_staff or vendor.first) == vendor.first
        if alarm.ladder[alarm.rung]["do"] == "contact":
            whom = Contact.objects.filter(household=alarm.household_id).earliest("id").pk
        else:
            whom = "person"
        at += MINUTE
        told = {"alarm_id": alarm.id, "by": vendor.first, "now": at}
        actions.record_call(whom=whom, result="no_answer", **told)
        alarm.refresh_from_db()
        if alarm.acted:  # it waits for the fruit of the call; else the next step is due already
            at = max(at, alarm.rung_due_at) + timedelta(seconds=1)
            sweep(actions.advance_next_overdue, at)
    sweep(actions.release_next_from_vendors, at)
    assert owned(alarm).owner_post == world.planner.post
    assert [how for how, _ in owner_steps(alarm)] == ["raised", "claim", "vendor_step"]


def test_a_cry_and_a_call_for_help_leave_the_vendors_desk_at_once(world, vendor):
    cried, called = vendor.silent(world, at=NOON), vendor.silent(world, at=NOON + MINUTE)
    world.cry(cried.household_id, at=NOON + 2 * MINUTE)
    told = {"by": vendor.first, "now": NOON + 2 * MINUTE}
    actions.record_call(alarm_id=called.id, whom="person", result="help", **told)
    all_sweeps(NOON + 3 * MINUTE)
    for alarm in (cried, called):
        assert owned(alarm).owner_post == world.planner.post
        assert len(owner_steps(alarm)) <= 3


def test_a_consent_taken_back_takes_the_signal_away_and_the_sight_with_it(world, vendor):
    alarm = vendor.silent(world, at=NOON)
    consent = Consent.objects.get(household=alarm.household_id, recipient="vendor")
    assert queries.queue(seen_by=vendor.first, now=NOON + MINUTE).total == 1
    people.withdraw_one(
        household=alarm.household_id, consent=consent.pk, how="전화", by=BY, now=NOON + MINUTE
    )
    sweep(actions.release_next_from_vendors, NOON + MINUTE)
    assert owner_steps(alarm)[-1] == ("vendor_leave", world.planner.post.name)
    assert queries.queue(seen_by=vendor.first, now=NOON + 2 * MINUTE).total == 0
    with pytest.raises(UnknownAlarm):
        actions.note(alarm_id=alarm.id, text="메모", by=vendor.first, now=NOON + 2 * MINUTE)


def test_the_end_of_a_contract_ends_its_signals(world, vendor):
    alarm = vendor.silent(world, at=NOON)
    places.end_contract(
        contract=vendor.contract, until=date(2026, 11, 23), by=BY, now=NOON + MINUTE
    )
    sweep(actions.release_next_from_vendors, NOON + MINUTE)
    assert owned(alarm).owner_post == world.planner.post
    assert vendor.silent(world, at=NOON + 2 * MINUTE).owner_post == world.planner.post


def test_a_vendor_sees_the_homes_it_answers_for_and_no_other(world, vendor):
    mine, other = vendor.silent(world, at=NOON), vendor.silent(world, at=NOON, agrees=False)
    at = NOON + MINUTE
    seen = homes.within_sight(seen_by=vendor.first).values_list("id", flat=True)
    assert set(seen) == {mine.household_id}
    assert [row.id for row in queries.queue(seen_by=vendor.first, now=at).rows] == [mine.id]
    with pytest.raises(UnknownAlarm):
        actions.claim(alarm_id=other.id, version=other.version, by=vendor.first, now=at)
    actions.claim(alarm_id=mine.id, version=mine.version, by=vendor.first, now=at)
    actions.close(alarm_id=mine.id, outcome="safe_call", by=vendor.first, now=at)
    assert queries.queue(seen_by=vendor.first, now=at).rows == ()


def test_the_walls_of_the_database_say_the_same(world, vendor):
    mine = vendor.silent(world, at=NOON)
    other = vendor.silent(world, at=NOON, agrees=False)
    at = NOON + MINUTE
    actions.claim(alarm_id=mine.id, version=mine.version, by=vendor.first, now=at)
    with the_desks():
        act_as(actor_of(vendor.second), now=at)  # a colleague: the post's, whoever holds it
        assert seen_homes() == {mine.household_id}
        act_as(actor_of(world.planner), now=at)
        assert seen_homes() >= {mine.household_id, other.household_id}
    actions.close(alarm_id=mine.id, outcome="safe_call", by=vendor.first, now=at)
    with the_desks():
        act_as(actor_of(vendor.second), now=at + timedelta(minutes=59))
        assert seen_homes() == {mine.household_id}
        act_as(actor_of(vendor.second), now=at + timedelta(minutes=61))
        assert seen_homes() == set()


def seen_homes() -> set[UUID]:
    return set(Person.objects.values_list("household_id", flat=True))


def test_a_vendor_sends_nobody_and_hands_over_to_the_post_on_duty(world, vendor):
    alarm = vendor.silent(world, at=NOON)
    told = {"alarm_id": alarm.id, "by": vendor.first}
    for deed in (actions.dispatch, actions.call_119):
        with pytest.raises(NotAllowed):
            deed(**told, note="문을 두드려도 대답이 없음", now=NOON + MINUTE)
    actions.claim(version=alarm.version, now=NOON + MINUTE, **told)
    actions.hand_over(request="오늘 안에 방문", now=NOON + 2 * MINUTE, **told)
    item = Handover.objects.get()
    assert (item.from_post, item.to_post) == (vendor.post, world.planner.post)
    assert owned(alarm).owner_staff == vendor.first  # until it is said back
    actions.accept_handover(
        handover=item.id, read_back="2시에 가 봅니다", by=world.planner, now=NOON + 3 * MINUTE
    )
    assert owned(alarm).owner_staff == world.planner
    with pytest.raises(UnknownAlarm):
        actions.note(text="메모", now=NOON + 4 * MINUTE, **told)


def test_a_vendor_does_not_pass_its_signals_on_when_the_offices_close(world, vendor):
    six = MONDAY.replace(hour=18)
    mine = vendor.silent(world, at=six - 20 * MINUTE)
    dongs = vendor.silent(world, at=six - 20 * MINUTE, agrees=False)
    staffing.start_shift(by=world.planner, now=six - 30 * MINUTE)
    sweep(actions.fill_next_board, six)
    assert [item.alarm_id for item in Handover.objects.all()] == [dongs.id]
    assert owned(mine).owner_post == vendor.post
    with pytest.raises(NotAllowed):
        actions.sign_board(switch_at=six, by=vendor.first, now=six)


def test_nobody_hands_a_signal_to_a_vendor(world, vendor):
    alarm = vendor.silent(world, at=NOON, agrees=False)
    told = {"alarm_id": alarm.id, "by": world.planner, "now": NOON + MINUTE}
    for target in ({"to_staff": vendor.first.pk}, {"to_post": vendor.post.pk}):
        with pytest.raises(NotAllowed):
            actions.transfer(**target, **told)


def test_one_vendor_for_a_service_in_a_district_and_no_word_about_the_past(world, vendor):
    places.load_organisations(text="kind,name,district,dong\nvendor,다른콜,,\n", by=BY, now=MONDAY)
    other = where.find_organisation("vendor", "다른콜")
    told = {
        "service": "smart_plug",
        "district": vendor_district(vendor),
        "opens": NOON.time(),
        "closes": NOON.time(),
        "by": BY,
        "now": NOON,
    }
    with pytest.raises(BadContract):
        places.write_contract(vendor=other.id, valid_from=date(2026, 12, 1), **told)
    with pytest.raises(BadContract):
        places.write_contract(vendor=vendor.organisation, valid_from=date(2026, 11, 1), **told)
    with pytest.raises(BadContract):
        places.end_contract(contract=vendor.contract, until=date(2026, 11, 22), by=BY, now=NOON)
    places.end_contract(contract=vendor.contract, until=date(2026, 12, 1), by=BY, now=NOON)
    line = places.write_contract(vendor=other.id, valid_from=date(2026, 12, 1), **told)
    assert line.post.kind == Post.VENDOR


def test_a_consent_to_a_vendor_names_it_and_no_other_consent_does(world, vendor):
    home = world.home(still_at=NOON)
    told = {"household": home, "obtained_how": "서면", "by": BY, "now": MONDAY}
    for wrong in ({"kind": "vendor"}, {"kind": "night", "vendor": vendor.organisation}):
        with pytest.raises(BadInput):
            people.give_consent(**wrong, **told)


def test_a_batch_costs_the_same_questions_with_a_vendor_however_many(world, vendor):
    def cost(n: int, at) -> int:  # type: ignore[no-untyped-def]
        for _ in range(n):
            vendor.home(world, still_at=at)
        with CaptureQueriesContext(connection) as asked:
            actions.raise_next_silence(now=at + timedelta(seconds=1))
        return len(asked)

    cost(1, NOON - MINUTE)  # the day's first counts its numbers
    assert cost(2, NOON) == cost(9, NOON + timedelta(hours=1))
    assert set(Alarm.objects.values_list("owner_post", flat=True)) == {vendor.post.pk}


def test_another_district_is_not_the_vendors(world, vendor):
    places.end_contract(contract=vendor.contract, until=date(2026, 11, 23), by=BY, now=NOON)
    assert vendor.silent(world, at=NOON, dong=THERE).owner_post == world.next_planner.post


def vendor_district(vendor: Vendor) -> int:
    return Contract.objects.get(id=vendor.contract).district_id
