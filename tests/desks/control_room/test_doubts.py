"""안부를 모르는 집 on the desk: the list, plan B behind one cause, and what a person decides."""

import pytest
from django.test import Client

from anbu.care.alarms.models import Doubt, GroupSignal
from anbu.care.readings import jobs as clocks
from tests.care.alarms.test_doubts import blind
from tests.care.alarms.test_groups import NOW, Vendor
from tests.desks.control_room.conftest import StandingClock


@pytest.fixture
def signal(world, clock: StandingClock) -> GroupSignal:
    clock.at = NOW
    clocks.make_partitions(now=NOW)
    Vendor(world).look(NOW)
    return GroupSignal.objects.get()


def test_a_person_confirms_plan_b_and_writes_down_who_was_reached(desk: Client, signal):
    at = f"/groups/{signal.id}"
    page = desk.get(at).content.decode()
    assert "5명 중 0명 확인" in page
    assert page.count("결정 필요") == 5
    home = signal.incident.hit.first().household_id
    to = f"{at}/homes/{home}"
    assert desk.post(to, {"plan": "hope", "hours": 2, "to": at}).status_code == 422
    assert desk.post(to, {"plan": "call", "hours": 99, "to": at}).status_code == 422
    assert 'name="reason"' in page  # who decides may say why
    told = {"plan": "call", "hours": 2, "to": at, "reason": "따님이 오늘 안 된다고 함"}
    answer = desk.post(to, told)
    assert (answer.status_code, answer["location"]) == (302, at)
    page = desk.get(at).content.decode()
    assert "돌봄단 전화</b>" in page
    assert "따님이 오늘 안 된다고 함</span>" in page
    assert desk.post(to, {"how": "reached", "to": "https://elsewhere.example"})["location"] == (
        "/doubts"
    )
    page = desk.get(at).content.decode()
    assert "5명 중 1명 확인" in page
    assert page.count("결정 필요") == 4


def test_the_list_counts_at_the_side_and_asks_a_constant_number_of_questions(
    desk: Client, signal, django_assert_max_num_queries
):
    homes = list(signal.incident.hit.values_list("household", flat=True))
    assert "/doubts" not in desk.get("/side").content.decode()
    for home in homes:
        blind(home, NOW)
        Doubt.objects.create(household_id=home, cause="blind", since=NOW, raised_at=NOW)
    assert "/doubts" in desk.get("/side").content.decode()
    with django_assert_max_num_queries(22):
        page = desk.get("/doubts").content.decode()
    assert page.count("결정 필요</b>") == 5
    row = Doubt.objects.first()
    assert desk.post(f"/doubts/{row.id}/end", {"how": "seen"}).status_code == 422
    assert desk.post(f"/doubts/{row.id}/end", {"how": "visited"}).status_code == 302
    assert desk.post(f"/doubts/{row.id}/end", {"how": "visited"}).status_code == 409
    assert desk.get("/doubts").content.decode().count("결정 필요</b>") == 4


def test_the_dong_next_door_finds_nobody(world, client: Client, signal):
    home = signal.incident.hit.first().household_id
    row = Doubt.objects.create(household_id=home, cause="blind", since=NOW, raised_at=NOW)
    signal.incident.hit.filter(household__dong__code="1162059500").delete()
    client.force_login(world.next_planner)
    assert "김" not in client.get("/doubts").content.decode().split("<main")[1]
    told = {"plan": "call", "hours": 2}
    assert client.post(f"/doubts/{row.id}/plan", told).status_code == 404
    assert client.post(f"/groups/{signal.id}/homes/{home}", told).status_code == 404
