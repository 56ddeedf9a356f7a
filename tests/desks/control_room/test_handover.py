"""The board of hand-overs on the desk: read back, refuse, sign, print, by dong when many."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Board, Handover
from anbu.care.foundation.models import Trace
from tests.care.alarms.test_handover import NINE, PREPARED, READ_BACK, district_officer, fill, night
from tests.care.alarms.world import MONDAY
from tests.desks.control_room.conftest import StandingClock


@pytest.fixture
def item(world, clock: StandingClock) -> Handover:
    clock.at = PREPARED
    night(world)
    fill(PREPARED)
    clock.at = NINE + timedelta(minutes=1)
    return Handover.objects.get()


@pytest.fixture
def dong(world, client: Client) -> Client:
    client.force_login(world.planner)
    return client


def test_the_receiver_says_it_back_and_owns_it(world, dong: Client, item: Handover):
    page = dong.get("/handover").content.decode()
    assert "확인하고 받기" in page
    assert "오늘 안에 안부 확인" in page
    answer = dong.post(f"/handover/{item.id}/accept", {"read_back": "네"})
    assert answer.status_code == 422
    assert "한 줄로 적어 주세요" in answer.content.decode()
    copied = dong.post(f"/handover/{item.id}/accept", {"read_back": item.request})
    assert "자기 말로" in copied.content.decode()
    assert dong.post(f"/handover/{item.id}/accept", {"read_back": ""}).status_code == 422
    answer = dong.post(f"/handover/{item.id}/accept", {"read_back": READ_BACK})
    assert (answer.status_code, answer["location"]) == (302, "/handover")
    page = dong.get("/handover").content.decode()
    assert f"“{READ_BACK}”" in page
    assert "1 / 1" in page
    assert Alarm.objects.get().owner_staff == world.planner
    assert dong.post(f"/handover/{item.id}/accept", {"read_back": READ_BACK}).status_code == 409


def test_the_sender_cannot_accept_but_change_and_sign(world, desk: Client, item: Handover):
    page = desk.get("/handover").content.decode()
    assert "확인하고 받기" not in page
    assert "넘길 일에 서명" in page
    refused = desk.post(f"/handover/{item.id}/accept", {"read_back": READ_BACK})
    assert refused.status_code == 409
    assert desk.post(f"/handover/{item.id}/word", {"request": "열쇠는 옆집"}).status_code == 302
    assert desk.post("/handover/sign", {"at": NINE.isoformat()}).status_code == 302
    page = desk.get("/handover").content.decode()
    assert "열쇠는 옆집" in page
    assert re.search("서명 0?9:01", page)
    assert desk.post(f"/handover/{item.id}/withdraw", {}).status_code == 302
    assert Handover.objects.get().state == "withdrawn"


def test_the_dong_next_door_finds_nothing(world, client: Client, item: Handover):
    client.force_login(world.next_planner)
    assert "윤정례" not in client.get("/handover").content.decode()
    answer = client.post(f"/handover/{item.id}/accept", {"read_back": READ_BACK})
    assert answer.status_code == 404


def test_the_district_sees_what_is_late_and_accepts_for_the_dong(
    world, client: Client, item: Handover, clock: StandingClock
):
    client.force_login(district_officer(world))
    assert "확인하고 받기" not in client.get("/handover").content.decode()
    clock.at = NINE + timedelta(minutes=31)
    actions.raise_next_waiting(now=clock.at)
    page = client.get("/handover").content.decode()
    assert "구청으로 올라감" in page
    answer = client.post(f"/handover/{item.id}/accept", {"read_back": READ_BACK})
    assert answer.status_code == 302
    assert Alarm.objects.get().owner_post == world.planner.post


def test_more_than_ten_are_put_together_by_dong(world, desk: Client, clock: StandingClock, item):
    assert "hand-dong" not in desk.get("/handover").content.decode()
    for nth in range(10):
        world.silent(at=NINE - timedelta(hours=3, minutes=nth))
    fill(NINE)
    page = desk.get("/handover").content.decode()
    assert page.count("hand-item") == 11
    assert page.count("hand-dong") == 1


def test_the_board_asks_a_constant_number_of_questions(
    world, desk: Client, item, django_assert_max_num_queries
):
    for nth in range(5):
        world.silent(at=NINE - timedelta(hours=3, minutes=nth))
    fill(NINE)
    with django_assert_max_num_queries(43):  # three of them end the ringing about what it shows
        assert desk.get("/handover").content.decode().count("hand-item") == 6


def test_only_the_side_that_answers_for_it_hands_on(world, desk: Client, clock: StandingClock):
    clock.at = MONDAY.replace(hour=2)
    alarm = world.silent(at=clock.at, night=False)  # it waits for the dong office
    assert alarm.owner_post == world.planner.post
    answer = desk.post(f"/alarms/{alarm.id}/handover", {"request": "아침에 들러 주세요"})
    assert answer.status_code in (404, 409)
    assert not Handover.objects.exists()


def test_nonsense_is_not_found_and_a_past_board_can_be_read(world, desk: Client, item: Handover):
    for nonsense in ("gestern", "2026-13-40T09:00", "2026-11-23T09:00"):
        assert desk.get("/handover", {"at": nonsense}).status_code == 404
    page = desk.get("/handover", {"at": NINE.isoformat()}).content.decode()
    assert "윤정례" in page
    empty = desk.get("/handover", {"at": (NINE - timedelta(days=30)).isoformat()})
    assert "넘길 일이 없습니다" in empty.content.decode()


def test_paper_needs_a_reason_and_shows_no_address(world, desk: Client, item: Handover):
    assert desk.get("/handover/print").status_code == 200
    for reason in ("", "가", "ㅋㅋㅋㅋㅋㅋ"):
        answer = desk.post("/handover/print", {"reason": reason})
        assert answer.status_code == 422
        assert "왜 인쇄하나요" in answer.content.decode()
    page = desk.post("/handover/print", {"reason": "아침 회의에 가져감"}).content.decode()
    assert "윤정례" in page
    assert "은천로" not in page
    assert "010-" not in page
    trace = Trace.objects.get(verb="print_handovers")
    assert (trace.kind, trace.reason, trace.homes) == (
        "print",
        "아침 회의에 가져감",
        [Alarm.objects.get().household_id],
    )


def test_a_signal_is_handed_over_at_once_and_a_request_left_after_its_end(
    world, desk: Client, clock: StandingClock
):
    clock.at = MONDAY.replace(hour=2)
    alarm = world.silent(at=clock.at)
    told = {"request": "아침에 들러 주세요"}
    answer = desk.post(f"/alarms/{alarm.id}/handover", told)
    assert answer.status_code == 302
    assert desk.post(f"/alarms/{alarm.id}/handover", told).status_code == 409
    desk.post(f"/handover/{Handover.objects.get().id}/withdraw", {})
    assert desk.post(f"/alarms/{alarm.id}/request", told).status_code == 422  # about what?
    told["need"] = "look"
    assert desk.post(f"/alarms/{alarm.id}/request", told).status_code == 409  # it is open
    actions.close(alarm_id=alarm.id, outcome="safe_call", by=world.operator, now=clock.at)
    assert desk.post(f"/alarms/{alarm.id}/request", told).status_code == 302
    assert not Handover.objects.get(state="waiting").passes
    assert Board.objects.count() == 0
