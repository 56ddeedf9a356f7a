"""열람: a page stays shut until a task or a reason opens it; broken glass ends by itself."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household, Opening
from anbu.care.people.queries import glass_unseen
from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BY, THERE, World
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.opening import WHY, say_why

SECRETS = ("윤정례", "은천로", "010-0000-4321", "심부전", "302호", "중위험")
FAR = "1168051000"  # a dong of another district
TOKEN = r"\b[A-Za-z0-9]{64}\b"  # of the forms: another one each time
MINUTE = timedelta(minutes=1)


@pytest.fixture
def home(world: World, clock: StandingClock) -> UUID:
    """Return a home at which nobody has anything to do."""
    return world.home(still_at=NOW + timedelta(hours=6))


@pytest.fixture
def office(world: World, client: Client) -> Client:
    client.force_login(world.planner)
    return client


def sit(who: Staff) -> Client:
    client = Client()
    client.force_login(who)
    return client


def test_without_a_task_the_door_is_shut_and_shows_nothing(office: Client, home: UUID):
    for rest in ("", "/signals", "/looks", "?zoom=2w"):
        answer = office.get(f"/households/{home}{rest}")
        told = answer.content.decode()
        assert answer.status_code == 200
        assert "이 가구를 왜 여시나요" in told
        assert not [word for word in SECRETS if word in told]
    assert not Trace.objects.filter(verb="open_household").exists()
    assert not Opening.objects.exists()


def test_a_typed_reason_opens_every_tab_for_an_hour_and_is_kept(
    office: Client, home: UUID, world: World, clock: StandingClock
):
    say_why(office, home)
    for minutes in (0, 59):
        clock.at = NOW + minutes * MINUTE
        assert "윤정례" in office.get(f"/households/{home}/consents").content.decode()
    traces = Trace.objects.filter(verb="open_household", household=home)
    opening = Opening.objects.get()
    assert {(t.purpose, t.reason) for t in traces} == {(f"reason:{opening.pk}", WHY)}
    assert (opening.staff, opening.kind, opening.reason) == (world.planner, "reason", WHY)
    clock.at = NOW + 60 * MINUTE
    assert "왜 여시나요" in office.get(f"/households/{home}").content.decode()
    assert "왜 여시나요" in sit(world.operator).get(f"/households/{home}").content.decode()


def test_one_goes_on_to_the_tab_one_asked_for(office: Client, home: UUID):
    assert 'name="tab" value="looks"' in office.get(f"/households/{home}/looks").content.decode()
    answer = office.post(f"/households/{home}/open", {"reason": WHY, "tab": "looks"})
    assert answer["Location"].endswith("/looks")
    assert WHY in office.get(f"/households/{home}/looks").content.decode()


@pytest.mark.parametrize("reason", ["", "확인", "ㅁㄴㅇㄹㅎㅋ", "가가가가가가"])
def test_what_says_nothing_opens_nothing(office: Client, home: UUID, reason: str):
    answer = office.post(f"/households/{home}/open", {"reason": reason})
    assert answer.status_code == 422
    assert "윤정례" not in answer.content.decode()
    assert not Opening.objects.exists()


def test_a_resident_number_is_no_reason_and_is_not_said_again(office: Client, home: UUID):
    answer = office.post(f"/households/{home}/open", {"reason": "450101-2345678 확인 요청"})
    assert answer.status_code == 422
    assert "450101" not in answer.content.decode()


def test_a_signal_opens_the_page_at_once_and_stands_in_the_trace(
    desk: Client, alarm: Alarm, world: World
):
    assert "윤정례" in desk.get(f"/households/{alarm.household_id}").content.decode()
    trace = Trace.objects.get(verb="open_household")
    assert (trace.purpose, trace.reason) == (f"signal:{alarm.pk}", "")
    assert Opening.objects.get().kind == "task"
    # the deed that ends the task does not shut the page in the middle of it
    alarms.claim(alarm_id=alarm.pk, version=alarm.version, by=world.operator, now=NOW)
    alarms.record_call(
        alarm_id=alarm.pk, whom="person", result="safe", note="", by=world.operator, now=NOW
    )
    alarms.close(alarm_id=alarm.pk, outcome="safe_call", by=world.operator, now=NOW)
    assert "윤정례" in desk.get(f"/households/{alarm.household_id}").content.decode()


def test_no_deed_is_done_behind_a_shut_door(office: Client, home: UUID):
    told = {"quiet_from": "21", "quiet_until": "9", "ask_by": "voice", "ask_hour": "11"}
    answer = office.post(f"/households/{home}/asking/wish", told)
    assert (answer.status_code, answer["Location"]) == (302, f"/households/{home}")
    assert not Trace.objects.filter(verb="set_asking").exists()


def test_every_address_of_a_household_stays_shut_by_itself():
    found = {}
    for each in get_resolver().url_patterns:
        for one in getattr(each, "url_patterns", []):
            if isinstance(one, URLPattern) and "<uuid:household_id>" in str(one.pattern):
                found[one.name] = getattr(one.callback, "stays_shut", False)
    assert len(found) > 20
    assert [name for name, shut in found.items() if not shut] == ["household_open", "glass_break"]


def test_who_may_not_know_of_a_home_cannot_open_it_by_a_reason(world: World, home: UUID):
    stranger = sit(world.next_planner)
    seen = set()
    for id in (home, new_id()):
        for answer in (
            stranger.get(f"/households/{id}"),
            stranger.post(f"/households/{id}/open", {"reason": WHY}),
        ):
            seen.add((answer.status_code, answer.content.decode().replace(str(id), "…")))
    assert len(seen) == 1
    assert next(iter(seen))[0] == 404
    assert not Opening.objects.exists()


# ---- the glass -------------------------------------------------------------------------------


def test_broken_glass_crosses_the_area_at_once_and_ends_by_itself(
    world: World, home: UUID, clock: StandingClock
):
    next_door = sit(world.next_planner)
    answer = next_door.post(f"/households/{home}/glass", {"reason": "쓰러졌다는 이웃의 전화"})
    assert answer.status_code == 302
    for minutes in (0, 29):
        clock.at = NOW + minutes * MINUTE
        page = next_door.get(f"/households/{home}").content.decode()
        assert "윤정례" in page
        assert "긴급 열람 중" in page
    assert "긴급 열람 중" in next_door.get("/households").content.decode()  # on every page
    assert "긴급 열람 중" not in sit(world.planner).get("/households").content.decode()
    clock.at = NOW + 30 * MINUTE
    assert next_door.get(f"/households/{home}").status_code == 404
    assert "긴급 열람 중" not in next_door.get("/households").content.decode()
    assert "윤정례" not in next_door.get("/households").content.decode()
    opening = Opening.objects.get()
    assert opening.until - opening.opened_at == 30 * MINUTE
    verbs = dict(Trace.objects.filter(household=home).values_list("verb", "purpose"))
    assert verbs["break_glass"] == verbs["open_household"] == f"break_glass:{opening.pk}"


def test_the_post_whose_home_it_is_is_told_and_says_that_it_has_seen(
    world: World, home: UUID, office: Client
):
    sit(world.next_planner).post(f"/households/{home}/glass", {"reason": "쓰러졌다는 전화"})
    assert glass_unseen(seen_by=world.planner) == 1
    assert glass_unseen(seen_by=world.next_planner) == 0
    assert "우리 가구 긴급 열람" in office.get("/").content.decode()
    page = office.get("/glass").content.decode()
    assert "쓰러졌다는 전화" in page
    assert "김바다" in page
    opening = Opening.objects.get()
    assert sit(world.next_planner).post(f"/glass/{opening.pk}/seen").status_code == 404
    assert office.post(f"/glass/{opening.pk}/seen").status_code == 302
    assert glass_unseen(seen_by=world.planner) == 0
    assert Opening.objects.get().seen_by_post_at == NOW


def test_glass_is_found_by_a_whole_name_and_where_and_by_nothing_less(
    world: World, home: UUID, client: Client
):
    who = sit(world.next_planner)
    twin = world.home(still_at=NOW + timedelta(hours=6), dong=FAR, phone="010-0000-9999")
    told = {"reason": "쓰러졌다는 이웃의 전화"}
    said = set()
    for name, where in (
        ("윤정", "4321"),
        ("윤정례", "은천로"),
        ("없는이", "4321"),
        ("윤정례", "ㅇ"),
    ):
        answer = who.post("/glass", told | {"name": name, "where": where})
        assert answer.status_code == 422
        page = answer.content.decode()
        said.add("한 사람으로 찾아지지 않습니다" in page)
        assert str(home) not in page
        assert str(twin) not in page
    assert said == {True}  # nobody and several are one answer
    assert Trace.objects.filter(verb="search_behind_glass", household=None).count() == 4
    answer = who.post("/glass", told | {"name": "윤정례", "where": "4321"})
    assert answer["Location"] == f"/households/{home}"
    assert Opening.objects.get().household_id == home


def test_without_a_reason_the_glass_holds_and_tells_nothing(world: World, home: UUID):
    who = sit(world.next_planner)
    seen = set()
    for id in (home, new_id()):
        answer = who.post(f"/households/{id}/glass", {"reason": "급함"})
        body = re.sub(TOKEN, "…", answer.content.decode()).replace(str(id), "…")
        seen.add((answer.status_code, body))
    assert len(seen) == 1
    assert next(iter(seen))[0] == 422
    assert who.post(f"/households/{new_id()}/glass", {"reason": WHY}).status_code == 404
    assert not Opening.objects.exists()


def test_a_protected_address_is_behind_glass_too(office: Client, home: UUID):
    Household.objects.filter(id=home).update(is_protected=True)
    say_why(office, home)
    page = office.get(f"/households/{home}").content.decode()
    assert "302호" not in page
    assert "보호 주소" in page
    office.post(f"/households/{home}/glass", {"reason": "문이 잠기고 대답이 없음"})
    assert "302호" in office.get(f"/households/{home}").content.decode()


@pytest.mark.parametrize("role", ["analyst", "system_operator", "privacy_officer"])
def test_who_has_no_business_with_homes_finds_no_glass(world: World, home: UUID, role: str):
    person: Any = staffing.add_staff(
        login=role, name="아무개", role=role, organisation=_centre(), by=BY, now=NOW
    )[0]
    client = sit(person)
    assert client.get("/glass").status_code == 404
    assert client.post(f"/households/{home}/glass", {"reason": WHY}).status_code == 404
    assert not Opening.objects.exists()


def _centre() -> int:
    return places.organisations("centre")[0].id


def test_the_planner_next_door_has_no_list_of_it(world: World, home: UUID):
    there = world.home(still_at=NOW + timedelta(hours=6), dong=THERE)
    sit(world.planner).post(f"/households/{there}/glass", {"reason": WHY})
    assert WHY in sit(world.next_planner).get("/glass").content.decode()
    assert WHY not in sit(world.planner).get("/glass").content.decode()
