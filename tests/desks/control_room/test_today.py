"""오늘: a planner's three lists, and what is typed in them."""

from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Handover
from anbu.care.errands.models import Errand
from tests.care.alarms.test_handover import NINE, PREPARED, night
from tests.desks.control_room.conftest import StandingClock

READ_BACK = "오후에 수리 기사와 갑니다"


@pytest.fixture
def dong(world, clock: StandingClock, client: Client) -> Client:
    """The night's signal was closed with a need, and the planner comes in."""
    clock.at = PREPARED
    alarm = night(world)
    actions.close(
        alarm_id=alarm.id,
        outcome="safe_call",
        need="repair",
        request="보일러가 꺼져 있음",
        by=world.operator,
        now=PREPARED,
    )
    clock.at = NINE + timedelta(minutes=1)
    client.force_login(world.planner)
    return client


def accepted(dong: Client) -> Errand:
    item = Handover.objects.get()
    told = {"read_back": READ_BACK, "back": "today"}
    answer = dong.post(f"/handover/{item.id}/accept", told)
    assert (answer.status_code, answer["location"]) == (302, "/today")
    return Errand.objects.get()


def test_a_need_of_the_night_is_on_the_list_and_becomes_an_errand(dong: Client):
    page = dong.get("/today").content.decode()
    assert "집 고장" in page
    assert "보일러가 꺼져 있음" in page
    item = Handover.objects.get()
    wrong = dong.post(f"/handover/{item.id}/accept", {"read_back": "네", "back": "today"})
    assert wrong.status_code == 422
    told = wrong.content.decode()
    assert "한 줄로 적어 주세요" in told
    assert "<h1>오늘" in told
    errand = accepted(dong)
    page = dong.get("/today").content.decode()
    assert f"“{READ_BACK}”" in page
    assert "다음 날들의 일 1" in page
    assert str(errand.id) in page


def test_what_is_typed_wrong_is_told_and_stays(dong: Client):
    errand = accepted(dong)
    for told, words in (
        ({"end": "", "note": "기사를 못 만남"}, "어떻게 끝났는지 골라 주세요"),
        ({"end": "not_met", "note": ""}, "한 줄로 적어 주세요"),
    ):
        answer = dong.post(f"/errands/{errand.id}/close", told)
        assert answer.status_code in (409, 422)
        page = answer.content.decode()
        assert words in page
        assert told["note"] in page
    late = {"until": "2026-11-01", "reason": "기사가 바쁨"}
    answer = dong.post(f"/errands/{errand.id}/put-off", late)
    assert "31일 안의 날을" in answer.content.decode()
    assert 'value="기사가 바쁨"' in answer.content.decode()
    assert dong.post(f"/errands/{errand.id}/put-off", {"until": "내일"}).status_code == 422
    assert Errand.objects.get().closed_at is None


def test_it_is_done_with_one_form(dong: Client, world):
    errand = accepted(dong)
    assert dong.post(f"/errands/{errand.id}/take").status_code == 302
    answer = dong.post(f"/errands/{errand.id}/close", {"end": "done", "note": ""})
    assert (answer.status_code, answer["location"]) == (302, "/today")
    assert Errand.objects.get().closed_by == world.planner
    assert "다음 날들의 일" not in dong.get("/today").content.decode()
    assert dong.post(f"/errands/{errand.id}/close", {"end": "done"}).status_code == 409


def test_closing_with_half_a_need_is_refused(desk: Client, world, clock: StandingClock):
    clock.at = NINE - timedelta(hours=1)
    alarm = night(world)
    for told in ({"need": "repair"}, {"request": "보일러"}):
        answer = desk.post(f"/alarms/{alarm.id}/close", {"outcome": "safe_call", **told})
        assert answer.status_code == 422
        assert "무엇인지 고르고 한 줄로" in answer.content.decode()
    assert not Handover.objects.exists()
    done = {"outcome": "safe_call", "need": "repair", "request": "보일러"}
    assert desk.post(f"/alarms/{alarm.id}/close", done).status_code == 302
    assert Handover.objects.get().need == "repair"
