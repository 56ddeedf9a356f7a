"""한 원인 on the desk: one row, one page, and what a person may do there."""

from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms.models import Alarm, GroupSignal
from anbu.care.readings import actions as readings
from anbu.care.readings import jobs as clocks
from tests.care.alarms.test_groups import NOW, Vendor, hold
from tests.desks.control_room.conftest import StandingClock


@pytest.fixture
def signal(world, clock: StandingClock) -> GroupSignal:
    clock.at = NOW
    clocks.make_partitions(now=NOW)
    Vendor(world).look(NOW)
    return GroupSignal.objects.get()


def test_the_row_leads_to_the_page_and_the_page_to_the_end(desk: Client, signal: GroupSignal):
    listed = desk.get("/").content.decode()
    assert f"/groups/{signal.id}" in listed
    assert "동시에 끊김" in listed
    page = desk.get(f"/groups/{signal.id}").content.decode()
    assert page.count("<tr>") == 6  # the head and five homes
    assert desk.post(f"/groups/{signal.id}/claim").status_code == 302
    assert desk.post(f"/groups/{signal.id}/close", {"outcome": "recovered"}).status_code == 422
    assert desk.post(f"/groups/{signal.id}/close", {"outcome": "network"}).status_code == 302
    assert f"/groups/{signal.id}" not in desk.get("/").content.decode()


def test_the_list_asks_a_constant_number_of_questions(
    desk: Client, signal: GroupSignal, django_assert_max_num_queries
):
    with django_assert_max_num_queries(45):
        desk.get("/list")
    with django_assert_max_num_queries(30):
        desk.get(f"/groups/{signal.id}")


def test_the_dong_next_door_sees_no_page(world, client: Client, signal: GroupSignal):
    signal.incident.hit.filter(household__dong__code="1162059500").delete()
    client.force_login(world.next_planner)
    assert client.get(f"/groups/{signal.id}").status_code == 404
    assert client.post(f"/groups/{signal.id}/claim").status_code == 404


def test_an_alarm_that_was_held_says_what_held_it_and_since_when(
    world, desk: Client, clock: StandingClock
):
    clock.at = NOW
    clocks.make_partitions(now=NOW)
    vendor = Vendor(world)
    vendor.look(NOW)
    home = vendor.others[0]  # last life at 21:30
    hold(vendor, home)  # at 22:00
    readings.set_patience(household=home, hours=1, reason="시험", by="system:test", now=NOW)
    vendor.speak(vendor.others, NOW, NOW + timedelta(minutes=20))  # still seen, and still
    clock.at = NOW + timedelta(minutes=35)
    clocks.tell_patience(now=clock.at)
    vendor.look(clock.at)
    alarm = Alarm.objects.get(household=home)
    assert alarm.facts["held"]["name"] == "lost"
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert "한 원인(공급사 플러그 B)으로 보류되었다가 울림. 보류 22:00부터" in page
    shown = desk.get(f"/alarms/{alarm.id}", headers={"accept-language": "en-GB"}).content.decode()
    assert "held by one cause (Provider 플러그 B) since 22:00" in shown
    other = world.silent(at=clock.at)
    assert "보류되었다가" not in desk.get(f"/alarms/{other.id}").content.decode()
