"""Who takes part has a clock, and whoever reached them is heard on it."""

from datetime import timedelta

import pytest

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm
from anbu.care.people.actions import end_enrolment, enrol
from anbu.care.readings import actions as readings
from anbu.care.rounds import jobs
from anbu.care.rounds.models import Contact, Standing
from anbu.care.staff.queries import actor_of
from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading
from tests.care.alarms.world import BY, MONDAY, World, sweep

NOW = MONDAY.replace(hour=11)
HOUR = timedelta(hours=1)


@pytest.fixture
def home(world: World):
    made = world.home(still_at=NOW + 20 * HOUR)
    enrol(household=made, service="care_corps", by=actor_of(world.planner), now=NOW - 30 * HOUR)
    jobs.follow_members(NOW)
    return made


def test_who_takes_part_has_a_clock_until_they_do_not(world: World, home):
    clock = Standing.objects.get(household=home)
    assert (clock.began_on, clock.ended_at) == (NOW.date(), None)
    assert clock.due_on > clock.began_on
    end_enrolment(
        household=home, service="care_corps", why="이사", by=actor_of(world.planner), now=NOW
    )
    jobs.follow_members(NOW + HOUR)
    assert Standing.objects.get(household=home).ended_at == NOW + HOUR
    enrol(household=home, service="care_corps", by=actor_of(world.planner), now=NOW + 2 * HOUR)
    jobs.follow_members(NOW + 50 * HOUR)
    again = Standing.objects.get(household=home)
    assert (again.ended_at, again.began_on) == (None, (NOW + 50 * HOUR).date())


def test_whoever_answered_a_machine_is_heard_once(world: World, home):
    readings.add_provider(code="calls", name="전화", source="ai_call_vendor", by=BY, now=NOW)
    readings.add_device(
        code="call-1", household=home, provider="calls", interval=timedelta(days=7),
        channels=["checkin"], by=BY, now=NOW - HOUR,
    )  # fmt: skip
    said = Message(
        id="a", device="call-1", body=b"",
        readings=(Reading(BY_NAME["checkin"].code, NOW.timestamp(), 1.0),), sos=None,
    )  # fmt: skip
    readings.take_in(messages=[said], provider="calls", now=NOW)
    for later in (1, 2):
        jobs.hear_others(NOW + later * HOUR)
    row = Contact.objects.get()
    assert (row.kind, row.result, row.at) == ("ai_call", "reached", NOW)
    assert Standing.objects.get(household=home).contact_at == NOW


def test_whom_the_centre_reached_is_heard_and_whom_it_did_not_is_not(world: World, home):
    late = NOW + 21 * HOUR
    sweep(alarms.raise_next_silence, late)
    alarm = Alarm.objects.get(household=home)
    alarms.claim(alarm_id=alarm.id, version=alarm.version, by=world.planner, now=late)
    for result, minute in (("no_answer", 1), ("safe", 9)):
        alarms.record_call(
            alarm_id=alarm.id, whom="person", result=result, by=world.planner,
            now=late + timedelta(minutes=minute),
        )  # fmt: skip
    jobs.hear_others(late + HOUR)
    jobs.hear_others(late + 2 * HOUR)
    row = Contact.objects.get()
    assert (row.kind, row.by) == ("signal", world.planner.actor)
    assert row.at == late + timedelta(minutes=9)


def test_who_does_not_take_part_has_no_clock_and_no_row(world: World):
    home = world.home(still_at=NOW + 20 * HOUR)
    late = NOW + 21 * HOUR
    sweep(alarms.raise_next_silence, late)
    alarm = Alarm.objects.get(household=home)
    alarms.claim(alarm_id=alarm.id, version=alarm.version, by=world.planner, now=late)
    alarms.record_call(alarm_id=alarm.id, whom="person", result="safe", by=world.planner, now=late)
    jobs.hear_others(late + HOUR)
    assert not Contact.objects.exists()
