"""The page of a household: what it shows, to whom, and what is written down."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.models import Trace
from anbu.care.places.rules import SEOUL
from tests.care.alarms.world import THERE, World
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.opening import say_why

TABS = ("", "/signals", "/absence", "/records", "/consents", "/looks")


def page(client: Client, home: object, rest: str = "") -> str:
    """Return what the household's page says."""
    answer = client.get(f"/households/{home}{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_who_lives_there_and_how_the_home_stands(desk: Client, alarm: Alarm):
    seen = page(desk, alarm.household_id)
    assert "윤정례" in seen
    assert "신호가 울렸습니다" in seen
    assert "기한이 지났습니다" in seen
    assert "정해진 시간" in seen
    assert f'href="/alarms/{alarm.id}"' in seen


def test_a_calm_home_shows_its_next_deadline(world: World, clock: StandingClock, desk: Client):
    home = world.home(still_at=NOW + timedelta(hours=1))
    world.report(home, at=NOW - timedelta(hours=1), watts=900)
    say_why(desk, home)
    seen = page(desk, home)
    assert "지금 평소와 같음. 마지막 활동 1시간 전 전력" in seen
    assert "내일 21:47" in seen  # 24 hours after the last life sign
    assert "까지 신호가 없으면 위기신호" in seen


def test_an_absence_is_registered_from_the_head_of_every_tab(desk: Client, alarm: Alarm):
    for rest in TABS:
        head = page(desk, alarm.household_id, rest).split('<nav class="tabs"')[0]
        assert f'href="/households/{alarm.household_id}/absence">부재 등록</a>' in head


def test_a_call_that_reached_the_person_says_that_the_number_works(
    desk: Client, world: World, alarm: Alarm
):
    assert "통화로 확인한 적 없음" in page(desk, alarm.household_id)
    alarms.record_call(alarm_id=alarm.id, whom="person", result="safe", by=world.operator, now=NOW)
    day = f"{NOW.astimezone(SEOUL):%-m/%-d}"
    assert f"{day} 통화로 확인" in page(desk, alarm.household_id)


def test_opening_any_tab_is_written_down_before_the_page_leaves(
    desk: Client, world: World, alarm: Alarm
):
    for rest in TABS:
        page(desk, alarm.household_id, rest)
        trace = Trace.objects.filter(verb="open_household").latest("id")
        assert (trace.by, trace.household) == (world.operator.actor, alarm.household_id)
        assert trace.detail["tab"] == (rest.strip("/") or "glance")


def test_for_the_planner_next_door_the_household_does_not_exist(
    world: World, client: Client, alarm: Alarm
):
    client.force_login(world.next_planner)
    for rest in TABS:
        assert client.get(f"/households/{alarm.household_id}{rest}").status_code == 404
    assert not Trace.objects.filter(verb="open_household").exists()


def test_a_stranger_is_sent_to_the_log_in(client: Client, alarm: Alarm):
    for address in ("/households", f"/households/{alarm.household_id}"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login")


def test_a_tab_or_zoom_that_is_not_there_is_not_found(desk: Client, alarm: Alarm):
    for rest in ("/secrets", "?zoom=9y"):
        assert desk.get(f"/households/{alarm.household_id}{rest}").status_code == 404


# Three of each: may the page be known of, does it stand open, is somebody's glass broken.
# Six on the first tab: which course a silence of this home would take now.
QUESTIONS = {"": 44, "?zoom=2w": 40, "?zoom=1y": 42, "/signals": 32, "/records": 27}
QUESTIONS |= {"/consents": 30, "/looks": 29, "/absence": 27, "/asking": 29}


def test_a_tab_asks_a_known_number_of_questions(world: World, desk: Client, alarm: Alarm):
    page(desk, alarm.household_id)  # the signal opens the page once
    for notes in (0, 5):
        for n in range(notes):
            alarms.note(alarm_id=alarm.id, text=f"메모 {n}", by=world.operator, now=NOW)
        asked = {}
        for rest in QUESTIONS:
            with CaptureQueriesContext(connection) as captured:
                page(desk, alarm.household_id, rest)
            asked[rest] = len(captured)
        assert asked == QUESTIONS


def test_without_night_consent_nobody_watches_at_night(
    world: World, clock: StandingClock, client: Client
):
    client.force_login(world.planner)
    watched = world.home(still_at=NOW + timedelta(hours=6))
    alone = world.home(still_at=NOW + timedelta(hours=6), night=False)
    for home in (watched, alone):
        say_why(client, home)
    assert "빈 시간 없음" in page(client, watched)
    seen = page(client, alone)
    assert f"빈 시간 {168 - 5 * 9}시간" in seen
    assert "야간 확인 동의가 없어" in seen


def test_what_people_wrote_is_on_the_page_and_what_machines_wrote_is_not(
    world: World, desk: Client, alarm: Alarm
):
    alarms.record_call(
        alarm_id=alarm.id,
        whom="person",
        result="no_answer",
        note="세 번 울림",
        by=world.operator,
        now=NOW,
    )
    for rest in ("", "/records"):
        seen = page(desk, alarm.household_id, rest)
        assert "받지 않음" in seen
        assert "세 번 울림" in seen
        assert "신호가 울림 —" not in seen


def test_who_looked_is_told_by_name_and_time(world: World, desk: Client, alarm: Alarm):
    page(desk, alarm.household_id)
    seen = page(desk, alarm.household_id, "/looks")
    assert "문가람 · " in seen
    assert "가구를 봄 · 한눈에" in seen
    assert "시스템(시계)" in seen


def test_the_incident_leads_to_the_household(desk: Client, alarm: Alarm):
    assert (
        f'href="/households/{alarm.household_id}"'
        in desk.get(f"/alarms/{alarm.id}").content.decode()
    )


# ---- the list --------------------------------------------------------------------------------


def test_a_planner_finds_the_homes_of_her_dong_and_no_others(
    world: World, clock: StandingClock, client: Client
):
    here = world.home(still_at=NOW + timedelta(hours=6))
    there = world.home(still_at=NOW + timedelta(hours=6), dong=THERE)
    client.force_login(world.planner)
    for words in ("", "윤정", "ㅇㅈㄹ", "4321", "은천로"):
        seen = client.post("/households", {"q": words}).content.decode()
        assert "우리 동 가구 1" in seen
        assert str(here) in seen, words
        assert str(there) not in seen, words


@pytest.mark.parametrize("homes", [1, 12])
def test_the_list_asks_a_constant_number_of_questions(
    world: World, clock: StandingClock, desk: Client, homes: int, django_assert_max_num_queries
):
    for _ in range(homes):
        world.home(still_at=NOW + timedelta(hours=6))
    alarms.count_city(now=NOW)  # as the clock does each minute
    for words in ("", "윤정례"):
        with django_assert_max_num_queries(14):
            seen = desk.post("/households", {"q": words}).content.decode()
        assert seen.count('<tr class="hit">') == homes


def test_a_list_leaves_a_trace_of_whom_it_showed(world: World, desk: Client, alarm: Alarm):
    desk.post("/households", {"q": "윤정례"})
    trace = Trace.objects.get(verb="search_households")
    assert trace.homes == [alarm.household_id]
    assert trace.detail["count"] == 1
    assert trace.household is None


def test_a_resident_number_is_not_searched_for_and_not_shown_again(desk: Client, alarm: Alarm):
    answer = desk.post("/households", {"q": "450101-2345678"})
    assert answer.status_code == 422
    assert "450101" not in answer.content.decode()
    assert not Trace.objects.filter(detail__words__contains="450101").exists()
