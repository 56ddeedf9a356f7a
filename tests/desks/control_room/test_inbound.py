"""걸려 온 전화 on the desk: typed while somebody speaks; nothing typed is lost."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from anbu.care.alarms.models import Alarm, CallNote
from anbu.care.foundation.models import Trace
from tests.care.alarms.world import HERE, World
from tests.desks.control_room.conftest import NOW, StandingClock

TOLD = {
    "caller": "neighbour",
    "said": ["no_reply", "unseen"],
    "words": "어제부터 불이 켜져 있음",
    "call_back": "010-1234-5678",
    "place": "신림동 파란 문",
    "name": "김 할아버지",
    "take": "1",
}


@pytest.fixture
def home(world: World, clock: StandingClock) -> UUID:
    """Return a home at which nobody has anything to do."""
    return world.home(still_at=NOW + timedelta(hours=6))


def test_the_key_and_the_button_lead_to_the_form(desk: Client, world: World, clock):
    page = desk.get("/").content.decode()
    assert 'href="/calls/new" data-key="KeyI"' in page
    form = desk.get("/calls/new").content.decode()
    for words in ("본인", "이웃", "두드려도 대답 없음", "지금 생명이 위험해 보입니다"):
        assert words in form


def test_a_search_keeps_what_was_typed_and_is_traced(desk: Client, home: UUID):
    answer = desk.post("/calls/new", {**TOLD, "take": "", "find": "1", "q": "윤정례"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'name="household" value="{home}"' in page
    for kept in ("어제부터 불이 켜져 있음", "010-1234-5678", "신림동 파란 문", "김 할아버지"):
        assert kept in page
    assert 'value="neighbour" checked' in page
    assert page.count('name="said" value="no_reply" checked') == 1
    assert Trace.objects.get(verb="search_households").homes == [home]
    assert not CallNote.objects.exists()
    none = desk.post("/calls/new", {**TOLD, "find": "1", "q": "없는사람"}).content.decode()
    assert "명단에 없습니다" in none


def test_a_known_home_becomes_a_signal_and_one_is_led_there(desk: Client, home: UUID, world):
    answer = desk.post("/calls/new", {**TOLD, "household": str(home)})
    alarm = Alarm.objects.get(household=home)
    assert (answer.status_code, answer["Location"]) == (302, f"/alarms/{alarm.pk}")
    assert alarm.owner_staff == world.operator
    page = desk.get(f"/alarms/{alarm.pk}").content.decode()
    assert "전화가 걸려 옴" in page
    assert "이웃 010-1234-5678" in page
    assert "걱정하는 전화가 와서" in page
    assert not CallNote.objects.exists()


def test_an_open_signal_takes_the_call_as_evidence(desk: Client, alarm: Alarm):
    answer = desk.post("/calls/new", {**TOLD, "household": str(alarm.household_id)})
    assert answer["Location"] == f"/alarms/{alarm.pk}"
    assert Alarm.objects.count() == 1
    assert Alarm.objects.get().level == 3


def test_an_unknown_home_becomes_a_row_that_stays_until_it_ends(desk: Client, world, clock):
    answer = desk.post("/calls/new", TOLD)
    note = CallNote.objects.get()
    assert answer["Location"] == f"/calls/{note.pk}"
    queue = desk.get("/list").content.decode()
    assert "신림동 파란 문" in queue
    assert "지금 할 일이 없습니다" not in queue.split("hidden>")[0]
    page = desk.get(f"/calls/{note.pk}").content.decode()
    for words in ("신림동 파란 문", "김 할아버지", "두드려도 대답 없음", "어제부터", "낙성대동"):
        assert words in page
    assert desk.post(f"/calls/{note.pk}/note", {"text": "파출소에 물어봄"}).status_code == 302
    assert desk.post(f"/calls/{note.pk}/119", {"told": ""}).status_code == 422
    assert desk.post(f"/calls/{note.pk}/119", {"told": "관악소방서 7"}).status_code == 302
    lacking = desk.post(f"/calls/{note.pk}/close", {"outcome": "not_found", "text": ""})
    assert lacking.status_code == 422
    told = {"outcome": "rescued", "text": "병원 이송"}
    assert desk.post(f"/calls/{note.pk}/close", told).status_code == 302
    ended = desk.get(f"/calls/{note.pk}").content.decode()
    assert "구조·이송" in ended
    assert "/close" not in ended
    assert desk.post(f"/calls/{note.pk}/close", told).status_code == 409
    assert "신림동 파란 문" not in desk.get("/list").content.decode()


def test_a_mistake_loses_nothing(desk: Client, world: World, clock):
    for wrong, status in (
        ({"caller": ""}, 422),
        ({"place": ""}, 422),
        ({"call_back": "우리 집"}, 422),
        ({"said": [], "words": ""}, 409),
        ({"said": ["nonsense"]}, 422),
        ({"household": "nonsense"}, 422),
        ({"words": "x" * 301}, 422),
    ):
        answer = desk.post("/calls/new", {**TOLD, **wrong})
        assert answer.status_code == status, wrong
        page = answer.content.decode()
        assert "김 할아버지" in page
        assert "아직 하지 않았습니다." in page
    desk.post("/calls/new", {**TOLD, "caller": "", "household": "x", "q": "한\0글"})
    number = desk.post("/calls/new", {**TOLD, "words": "450101-2345678 이라고 함"})
    assert number.status_code == 422
    assert "450101" not in number.content.decode()
    assert not CallNote.objects.exists()


def test_somebody_elses_call_is_said_so_and_the_next_dong_finds_none(desk: Client, world, clock):
    desk.post("/calls/new", TOLD)
    note = CallNote.objects.get()
    second, stranger = Client(), Client()
    second.force_login(world.second)
    stranger.force_login(world.next_planner)
    taken = second.post(f"/calls/{note.pk}/claim")
    assert taken.status_code == 409
    assert "문가람" in taken.content.decode()
    assert stranger.get(f"/calls/{note.pk}").status_code == 404
    assert stranger.post(f"/calls/{note.pk}/claim").status_code == 404


def test_two_lines_typed_are_one(desk: Client, world: World, clock):
    desk.post("/calls/new", {**TOLD, "words": "어제부터\r\n불이 켜져 있음"})
    assert CallNote.objects.get().words == "어제부터 불이 켜져 있음"


def test_it_goes_to_a_dong_office(desk: Client, world: World, clock):
    desk.post("/calls/new", TOLD)
    note = CallNote.objects.get()
    assert desk.post(f"/calls/{note.pk}/hand", {"dong": "x"}).status_code == 422
    assert desk.post(f"/calls/{note.pk}/hand", {"dong": HERE}).status_code == 302
    dong = Client()
    dong.force_login(world.planner)
    assert "신림동 파란 문" in dong.get("/list").content.decode()
    assert dong.post(f"/calls/{note.pk}/claim").status_code == 302


def test_the_home_is_found_after_all(desk: Client, world: World, home: UUID):
    desk.post("/calls/new", TOLD)
    note = CallNote.objects.get()
    found = desk.post(f"/calls/{note.pk}/home", {"q": "윤정례", "find": "1"}).content.decode()
    assert str(home) in found
    answer = desk.post(f"/calls/{note.pk}/home", {"household": str(home)})
    alarm = Alarm.objects.get(household=home)
    assert answer["Location"] == f"/alarms/{alarm.pk}"
    assert "가구를 찾아 사건으로 이음" in desk.get(f"/calls/{note.pk}").content.decode()


def test_the_list_asks_one_question_for_all_calls(
    desk: Client, world: World, clock, django_assert_max_num_queries
):
    for _ in range(5):
        desk.post("/calls/new", TOLD)
    with django_assert_max_num_queries(42):
        assert desk.get("/list").content.decode().count("신림동 파란 문") == 5


def test_it_speaks_english(desk: Client, world: World, home: UUID):
    desk.cookies["django_language"] = "en"
    page = desk.get("/calls/new").content.decode()
    assert "Incoming call" in page
    assert "Neighbour" in page
    desk.post("/calls/new", {**TOLD, "household": str(home)})
    alarm = Alarm.objects.get(household=home)
    assert "No answer at the door" in desk.get(f"/alarms/{alarm.pk}").content.decode()
