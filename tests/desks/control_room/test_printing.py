"""인쇄: paper bears little and says who made it; nothing is printed without trace and reason."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm
from anbu.care.citizens.queries import citizen, looks
from anbu.care.citizens.rules import Why
from anbu.care.foundation.models import Trace
from anbu.care.looking import queries as looking
from anbu.care.looking.rules import month_of
from anbu.care.people.models import Household, Person
from tests.care.alarms.world import World
from tests.care.exports.test_exports import take_on
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.opening import say_why

WHY = "현장에 나가는 직원에게 줄 주소"
HEALTH, DOOR = "심부전", "1234*"


@pytest.fixture
def home(world: World, clock: StandingClock) -> UUID:
    """Return a home at which nobody has anything to do."""
    return world.home(still_at=NOW + timedelta(hours=6))


@pytest.fixture
def office(world: World, client: Client) -> Client:
    client.force_login(world.planner)
    return client


def test_a_sheet_bears_little_and_says_who_printed_it_and_why(office, home, world):
    say_why(office, home)
    asked = office.get(f"/households/{home}/print").content.decode()
    assert "이 가구를 왜 인쇄하나요" in asked
    assert "윤정례" not in asked
    answer = office.post(f"/households/{home}/print", {"reason": WHY})
    paper = answer.content.decode()
    for told in ("윤정례", "은천로00길 12", "010-0000-4321", "윤O0", "010-0000-1000"):
        assert told in paper
    for kept in (HEALTH, DOOR, "중위험", "1945"):
        assert kept not in paper
    trace = Trace.objects.get(kind="print")
    assert (trace.verb, trace.household, trace.reason) == ("print_household", home, WHY)
    assert trace.purpose.startswith("reason:")
    for mark in ("이하늘", "낙성대동", "2026-11-23 22:47", WHY, trace.detail["sheet"]):
        assert mark in paper
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("reason", ["", "출력", "450101-2345678 확인"])
def test_without_a_reason_there_is_no_paper_and_no_trace(office, home, reason):
    say_why(office, home)
    answer = office.post(f"/households/{home}/print", {"reason": reason})
    assert answer.status_code == 422
    assert "윤정례" not in answer.content.decode()
    assert "450101" not in answer.content.decode()
    assert not Trace.objects.filter(kind="print").exists()


def test_a_page_that_is_shut_prints_nothing(office, home, world):
    answer = office.post(f"/households/{home}/print", {"reason": WHY})
    assert (answer.status_code, answer["Location"]) == (302, f"/households/{home}")
    stranger = Client()
    stranger.force_login(world.next_planner)
    assert stranger.post(f"/households/{home}/print", {"reason": WHY}).status_code == 404
    assert not Trace.objects.filter(kind="print").exists()


def test_the_way_in_stands_on_paper_only_once_it_was_opened(desk, alarm: Alarm, clock):
    at = f"/alarms/{alarm.pk}"
    told = {"reason": WHY, "with_door": "on"}
    assert 'name="with_door"' not in desk.get(f"{at}/print").content.decode()
    refused = desk.post(f"{at}/print", told)
    assert refused.status_code == 409
    assert DOOR not in refused.content.decode()
    assert not Trace.objects.filter(kind="print").exists()
    desk.post(f"{at}/door")
    assert 'name="with_door"' in desk.get(f"{at}/print").content.decode()
    without = desk.post(f"{at}/print", {"reason": WHY}).content.decode()
    assert DOOR not in without
    assert HEALTH not in without
    assert alarm.number in without
    assert DOOR in desk.post(f"{at}/print", told).content.decode()
    doors = Trace.objects.filter(verb="print_incident").order_by("id").values_list("detail__door")
    assert list(doors) == [(False,), (True,)]
    clock.at = NOW + timedelta(minutes=60)
    assert desk.post(f"{at}/print", told).status_code == 409


def test_who_else_opened_the_way_in_opens_it_for_nobody_else(desk, alarm: Alarm, world: World):
    other = Client()
    other.force_login(world.second)
    other.post(f"/alarms/{alarm.pk}/door")
    told = {"reason": WHY, "with_door": "on"}
    assert desk.post(f"/alarms/{alarm.pk}/print", told).status_code == 409


def test_a_signal_that_is_over_is_not_printed(desk, alarm: Alarm, world: World):
    by = {"alarm_id": alarm.pk, "by": world.operator, "now": NOW}
    alarms.claim(version=alarm.version, **by)
    alarms.record_call(whom="person", result="safe", note="", **by)
    alarms.close(outcome="safe_call", **by)
    assert desk.post(f"/alarms/{alarm.pk}/print", {"reason": WHY}).status_code == 409
    assert ">인쇄<" not in desk.get(f"/alarms/{alarm.pk}").content.decode()


def test_a_protected_address_is_printed_for_who_answers_the_signal_alone(
    home, alarm: Alarm, world: World
):
    Household.objects.update(is_protected=True)
    client = Client()
    client.force_login(world.planner)
    say_why(client, home)
    paper = client.post(f"/households/{home}/print", {"reason": WHY}).content.decode()
    assert "은천로" not in paper
    assert "보호 주소" in paper
    operator = Client()
    operator.force_login(world.operator)
    paper = operator.post(f"/alarms/{alarm.pk}/print", {"reason": WHY}).content.decode()
    assert "은천로" in paper
    assert "누구에게도 보이지 마세요" in paper


def test_the_person_and_the_reviewer_learn_of_it(office, home, world: World, clock: Any):
    say_why(office, home)
    office.post(f"/households/{home}/print", {"reason": WHY})
    person = Person.objects.get(household=home)
    told = looks(actor=citizen(person=person.pk, household=home), now=NOW)
    assert [(line.why, line.times) for line in told if line.why == Why.PRINT] == [(Why.PRINT, 1)]
    page = looking.page(month=month_of(NOW), seen_by=take_on("boho", "privacy_officer"), now=NOW)
    (line,) = page.prints
    assert (line.staff, line.reason, line.with_door) == ("이하늘", WHY, False)
    assert "윤정례" not in str(line)
    assert page.exports == ()
    looked = office.get(f"/households/{home}/looks").content.decode()
    assert "가구를 인쇄함" in looked


def test_every_page_of_the_desk_says_that_it_is_not_for_paper(office, home):
    say_why(office, home)
    for address in (f"/households/{home}", "/", "/households", "/corrections"):
        assert 'data-no-print="' in office.get(address).content.decode()
