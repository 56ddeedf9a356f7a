"""한 원인 on the desk: one row, one page, and what a person may do there."""

import pytest
from django.test import Client

from anbu.care.alarms.models import GroupSignal
from anbu.care.readings import jobs as clocks
from tests.care.alarms.test_groups import NOW, Vendor
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
