"""한꺼번에 울림 on the desk: one row, a page, and what a person chooses."""

import pytest
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Brake
from tests.care.alarms.test_brake import flood
from tests.desks.control_room.conftest import NOW, StandingClock


@pytest.fixture
def brake(world, clock: StandingClock, settings) -> Brake:
    settings.BRAKE_AT_LEAST = 5
    flood(world, many=6, at=NOW)
    return Brake.objects.get()


def test_one_row_stands_for_all_and_leads_to_the_choice(desk: Client, brake):
    page = desk.get("/").content.decode()
    assert "한꺼번에 6집이 조용합니다" in page
    assert 'id="row-' not in page
    at = f"/brakes/{brake.id}"
    page = desk.get(at).content.decode()
    assert "평소라면 5집까지" in page
    assert page.count("윤정례") == 6
    for wrong in (
        {"choice": "hope"},
        {"choice": "our_fault"},
        {"choice": "our_fault", "reason": " "},
    ):
        assert desk.post(f"{at}/choose", wrong).status_code == 422, wrong
    assert desk.post(f"{at}/claim")["location"] == at
    assert desk.post(f"{at}/choose", {"choice": "go"})["location"] == at
    assert desk.post(f"{at}/choose", {"choice": "by_risk"}).status_code == 409
    assert "님이 정함: 그대로 진행" in desk.get(at).content.decode()
    while actions.let_go_next(now=NOW):
        pass
    assert "모두 풀림" in desk.get(at).content.decode()
    page = desk.get("/").content.decode()
    assert "한꺼번에 6집" not in page
    assert page.count('id="row-') == 6
    assert desk.post(f"{at}/claim").status_code == 409


def test_in_english_it_says_the_same(desk: Client, brake):
    desk.cookies["django_language"] = "en"
    page = desk.get(f"/brakes/{brake.id}").content.decode()
    assert "6 homes are silent all at once" in page
    assert "Our own fault" in page
    assert "붙들" not in page.split("<main")[1]


def test_the_page_asks_a_constant_number_of_questions(
    desk: Client, brake, django_assert_max_num_queries
):
    with django_assert_max_num_queries(22):
        desk.get(f"/brakes/{brake.id}")
    assert desk.get(f"/brakes/{brake.id}?after=nobody").status_code == 404


def test_a_dong_looks_and_does_not_choose_and_the_next_finds_nothing(world, client: Client, brake):
    at = f"/brakes/{brake.id}"
    client.force_login(world.planner)
    page = client.get(at)
    assert page.status_code == 200
    assert "/choose" not in page.content.decode()
    assert client.post(f"{at}/choose", {"choice": "go"}).status_code == 404
    client.force_login(world.next_planner)
    for answer in (client.get(at), client.post(f"{at}/claim"), client.post(f"{at}/choose")):
        assert answer.status_code == 404
    assert "한꺼번에" not in client.get("/").content.decode().split("<main")[1]
