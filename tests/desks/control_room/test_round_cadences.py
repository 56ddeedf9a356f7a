"""안부 간격 as a page: what holds, what a change means, and who may make it."""

from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.places import queries as where
from anbu.care.rounds.actions import set_pace
from anbu.care.rounds.models import CadenceRow
from anbu.care.rounds.rules import Cadence
from anbu.care.staff import actions as staffing
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import BEFORE, BY, World
from tests.care.rounds.office import NOW, in_round
from tests.desks.control_room.conftest import StandingClock

TODAY = NOW.date()
PAGE = "/rounds/cadences"
TOLD = {
    "tier": "mid",
    "times": 1,
    "per_days": 5,
    "visit_days": 30,
    "bound_days": 9,
    "valid_from": TODAY.isoformat(),
    "reason": "겨울 동안 더 자주",
}


@pytest.fixture
def district(world: World, client: Client, clock: StandingClock) -> Client:
    clock.at = NOW
    client.force_login(district_officer(world))
    return client


def test_a_district_sees_what_a_change_means_and_sets_it(world: World, district: Client):
    in_round(world)
    assert "아무도 바꾸지 않은 처음 값" in district.get(PAGE).content.decode()
    asked = district.post(f"{PAGE}/ask", TOLD)
    page = asked.content.decode()
    assert asked.status_code == 200
    assert "중위험 1명의 간격을 이렇게 바꾸면" in page
    assert "5일에 1번 · 상한 9일 · 방문 30일마다" in page
    assert "모자람" in page  # nobody goes round here yet
    assert not CadenceRow.objects.exists()
    assert district.post(f"{PAGE}/set", TOLD).status_code == 302
    row = CadenceRow.objects.get()
    assert (row.per_days, row.reason) == (5, "겨울 동안 더 자주")
    page = district.get(PAGE).content.decode()
    assert "지금 쓰는 것" in page
    assert row.made_by.name in page


def test_bad_input_is_refused_in_words(world: World, district: Client):
    for deed in ("ask", "set"):
        wrong = district.post(f"{PAGE}/{deed}", TOLD | {"per_days": "자주"})
        assert wrong.status_code == 422
        assert "며칠에: 숫자로" in wrong.content.decode()
        wrong = district.post(f"{PAGE}/{deed}", TOLD | {"bound_days": 2})
        assert wrong.status_code == 409
        assert "상한은 연락 간격보다" in wrong.content.decode()
        past = (TODAY - timedelta(days=1)).isoformat()
        wrong = district.post(f"{PAGE}/{deed}", TOLD | {"valid_from": past})
        assert "오늘이나 그 뒤의" in wrong.content.decode()
        assert district.post(f"{PAGE}/{deed}", TOLD | {"reason": ""}).status_code == 422
        assert "겨울 동안 더 자주" in wrong.content.decode()  # what was typed stays
    assert not CadenceRow.objects.exists()


def test_a_dong_reads_it_and_sees_its_own_people(world: World, district: Client):
    home = in_round(world)
    daily = Cadence(times=1, per_days=1, visit_days=0, bound_days=3)
    until = TODAY + timedelta(days=9)
    set_pace(home=home, cadence=daily, reason="퇴원", until=until, by=world.planner, now=NOW)
    assert "윤정례" not in district.get(PAGE).content.decode()
    district.force_login(world.planner)
    page = district.get(PAGE).content.decode()
    assert "윤정례" in page
    assert "시와 구의 담당자가 정합니다" in page
    for deed in ("ask", "set"):
        assert district.post(f"{PAGE}/{deed}", TOLD).status_code == 404
    district.force_login(world.next_planner)
    assert "윤정례" not in district.get(PAGE).content.decode()
    district.force_login(world.operator)
    assert district.get(PAGE).status_code == 404


def test_the_city_sets_for_the_whole_city_and_is_told_why_the_rest_is_empty(
    world: World, district: Client
):
    (city,) = where.organisations("city")
    (centre,) = where.organisations("centre")
    for nth, (place, status) in enumerate(((city, 302), (centre, 409))):
        who, _ = staffing.add_staff(
            login=f"si{nth}",
            name="한나라",
            role="officer",
            organisation=place.id,
            by=BY,
            now=BEFORE,
        )
        district.force_login(who)
        assert "이 자리에서는" in district.get("/rounds").content.decode()
        assert district.post(f"{PAGE}/set", TOLD).status_code == status
        assert ("간격 바꾸기" in district.get(PAGE).content.decode()) is (status == 302)
    assert CadenceRow.objects.get().district is None
