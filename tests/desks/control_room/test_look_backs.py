"""놓친 기회 돌아보기 on the desk: for supervisors, without names, signed by two, on paper."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, LookBack
from anbu.care.alarms.rules import Change, Missed
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import new_id
from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from anbu.desks.control_room import look_back_words
from tests.care.alarms.world import BY
from tests.desks.control_room.conftest import NOW
from tests.desks.opening import WHY

CANARIES = ("윤정례", "은천로", "010-0000-4321", "심부전", "문가람")
LEARNT = {
    "missed": ["signs", "blind"],
    "missed_words": "전날부터 신호가 줄었음",
    "changes": ["device"],
    "change_words": "문 열림 감지기를 더함",
}


@pytest.fixture
def died(world, alarm) -> Alarm:
    told = {"alarm_id": alarm.id, "by": world.operator, "now": NOW}
    actions.claim(**told, version=alarm.version)
    actions.record_call(**told, whom="person", result="no_answer")
    actions.close(**told, outcome="died")
    return alarm


@pytest.fixture
def chief(world, client: Client) -> Client:
    client.force_login(world.supervisor)
    return client


@pytest.fixture
def other(world) -> Client:
    one = staffing.add_staff(
        login="chae", name="채소담", role="supervisor", post=places.centre(), by=BY, now=NOW
    )[0]
    client = Client()
    client.force_login(one)
    return client


def test_the_picture_and_the_table_say_what_was_known_and_name_nobody(chief, died):
    assert "맡은 1건" in chief.get("/handover").content.decode()
    listed = chief.get("/reviews").content.decode()
    page = chief.get(f"/reviews/{died.id}").content.decode()
    assert died.number in listed
    assert died.number in page
    for canary in CANARIES:
        assert canary not in listed
        assert canary not in page
    table = re.sub(r"<[^>]+>", " ", page[page.index("look-hours") :])
    assert "전화 본인 · 받지 않음 (관제사)" in table
    assert "119·112 동의 없음" in table
    assert '<svg class="strip look-back"' in page
    assert 'role="img"><title>' in page
    trace = Trace.objects.filter(verb="open_look_back").latest("id")
    assert trace.purpose == f"review:{died.id}"


def test_two_sign_and_the_form_is_gone(chief, other, died):
    at = f"/reviews/{died.id}"
    assert "함께 서명하기" not in chief.get(at).content.decode()
    assert chief.post(f"{at}/write", LEARNT)["Location"] == at
    assert "함께 서명하기" not in chief.get(at).content.decode()
    assert chief.post(f"{at}/sign", {"version": 1}).status_code == 409
    assert "함께 서명하기" in other.get(at).content.decode()
    assert other.post(f"{at}/sign", {"version": 1})["Location"] == at
    page = chief.get(at).content.decode()
    assert "적고 서명하기" not in page
    assert "문 열림 감지기를 더함" in page
    assert chief.post(f"{at}/write", LEARNT).status_code == 409
    assert chief.post(f"{at}/add", {"text": "12월에 닮"})["Location"] == at
    assert "12월에 닮" in other.get(at).content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_stays(chief, died):
    at = f"/reviews/{died.id}/write"
    answer = chief.post(at, LEARNT | {"missed": ["somebody"]})
    assert answer.status_code == 422
    assert "문 열림 감지기를 더함" in answer.content.decode()
    answer = chief.post(at, LEARNT | {"missed": ["signs", "nothing"]})
    assert answer.status_code == 409
    assert "‘없음’은" in answer.content.decode()
    answer = chief.post(at, LEARNT | {"missed_words": "900101-1234567 님"})
    assert answer.status_code == 422
    assert "900101" not in answer.content.decode()
    assert LookBack.objects.get().written_at is None


def test_another_signal_is_opened_by_its_number_and_a_reason(world, chief, alarm):
    told = {"number": alarm.number, "reason": WHY}
    answer = chief.post("/reviews/open", told)
    assert answer.status_code == 409  # it has not ended
    assert WHY in answer.content.decode()
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=world.operator, now=NOW)
    actions.close(alarm_id=alarm.id, outcome="safe_call", by=world.operator, now=NOW)
    assert chief.post("/reviews/open", {"number": alarm.number}).status_code == 422
    assert chief.post("/reviews/open", told)["Location"] == f"/reviews/{alarm.id}"


def test_paper_is_asked_for_and_says_who_made_it(chief, died):
    at = f"/reviews/{died.id}/print"
    assert chief.post(at, {"reason": "ㅋㅋ"}).status_code == 422
    assert not Trace.objects.filter(verb="print_look_back").exists()
    page = chief.post(at, {"reason": WHY}).content.decode()
    assert "look-paper" in page
    assert "노아름" in page
    assert WHY in page
    for canary in CANARIES:
        assert canary not in page
    assert Trace.objects.get(verb="print_look_back").kind == "print"


def test_nobody_else_finds_any_of_it_and_what_is_unknown_is_the_same(world, chief, client, died):
    unknown = chief.get(f"/reviews/{new_id()}")
    assert unknown.status_code == 404
    for who in (world.operator, world.planner):
        client.force_login(who)
        answer = client.get(f"/reviews/{died.id}")
        assert (answer.status_code, answer.content) == (404, unknown.content)
        assert client.get("/reviews").status_code == 404
        for deed in ("take", "write", "sign", "add", "print"):
            assert client.post(f"/reviews/{died.id}/{deed}", LEARNT).status_code == 404
    assert LookBack.objects.get().owner_staff == world.supervisor


def test_few_are_not_told_on_the_page_of_figures(chief, died, clock):
    clock.at = NOW + timedelta(minutes=1)
    page = chief.get("/figures").content.decode()
    assert "연 돌아보기" in page
    assert "5 미만" in page


def test_every_code_has_a_word():
    assert set(look_back_words.MISSED) == set(Missed)
    assert set(look_back_words.CHANGES) == set(Change)
