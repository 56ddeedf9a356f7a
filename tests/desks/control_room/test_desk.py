"""The control room without a browser: who may see what, what is refused and in which words."""

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.test import Client

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm
from anbu.care.alarms.queries.queue import WHOLE
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import new_id
from tests.care.alarms.world import World, sweep
from tests.desks.control_room.conftest import NOW, StandingClock

HANGUL = re.compile("[가-힣]+")
HTMX = {"HX-Request": "true"}


def post(desk: Client, alarm: Alarm, deed: str, **given: object):
    """Do one deed as the page does it."""
    return desk.post(f"/alarms/{alarm.id}/{deed}", given, headers=HTMX)


def test_the_queue_shows_the_alarm_with_its_reason_and_next_step(desk: Client, alarm: Alarm):
    page = desk.get("/").content.decode()
    assert "윤정례" in page
    assert "변화 없음" in page
    assert "1차 전화" in page
    assert "담당 없음" in page


@pytest.mark.parametrize("homes", [1, 12])
def test_the_queue_asks_a_constant_number_of_questions(
    world: World, clock: StandingClock, desk: Client, homes: int, django_assert_max_num_queries
):
    for n in range(homes):
        world.silent(at=NOW - timedelta(seconds=10 * n + 10))
    with django_assert_max_num_queries(42):
        page = desk.get("/").content.decode()
    assert page.count('<li class="q lv') == homes


def test_a_queue_longer_than_what_is_shown_says_so(
    world: World, clock: StandingClock, desk: Client, monkeypatch
):
    monkeypatch.setattr(import_module("anbu.care.alarms.queries.queue"), "AT_MOST", 1)
    for n in range(3):
        world.silent(at=NOW - timedelta(seconds=10 * n + 10))
    assert "급한 순서로 1건만 보입니다. 모두 3건입니다." in desk.get("/list").content.decode()


def test_a_stranger_is_sent_to_the_log_in(client: Client, alarm: Alarm):
    for address in ("/", f"/alarms/{alarm.id}", f"/row/{alarm.id}", "/side", "/list"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login")


def test_for_the_planner_next_door_the_alarm_does_not_exist(
    world: World, client: Client, alarm: Alarm
):
    client.force_login(world.next_planner)
    assert "윤정례" not in client.get("/").content.decode()
    assert client.get(f"/alarms/{alarm.id}").status_code == 404
    assert client.get(f"/preview/{alarm.id}").status_code == 404
    assert client.get(f"/row/{alarm.id}").status_code == 204
    for deed, given in [
        ("claim", {"version": alarm.version}),
        ("call", {"whom": "person", "result": "safe"}),
        ("close", {"outcome": "safe_call"}),
        ("note", {"text": "봄"}),
        ("door", {}),
    ]:
        assert post(client, alarm, deed, **given).status_code == 404
    alarm.refresh_from_db()
    assert alarm.closed_at is None


def test_who_opens_an_incident_leaves_a_trace(desk: Client, alarm: Alarm, world: World):
    assert desk.get(f"/alarms/{alarm.id}").status_code == 200
    assert Trace.objects.filter(by=world.operator.actor, verb="open_incident").count() == 1


def test_the_way_in_is_hidden_until_asked_for_and_the_look_is_written_down(
    desk: Client, alarm: Alarm
):
    assert "1234*" not in desk.get(f"/alarms/{alarm.id}").content.decode()
    before = Trace.objects.count()
    assert "1234*" in post(desk, alarm, "door").content.decode()
    assert Trace.objects.count() == before + 1


def test_the_slower_of_two_is_told_who_was_faster(desk: Client, alarm: Alarm, world: World):
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=world.second, now=NOW)
    answer = post(desk, alarm, "claim", version=alarm.version)
    assert answer.status_code == 409
    assert "한지우 님이 먼저 맡았습니다 (22:47)." in answer.content.decode()


def test_a_missing_outcome_is_asked_for_in_words_inside_the_dialog(desk: Client, alarm: Alarm):
    answer = post(desk, alarm, "close", in_dialog="1", note="아직")
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "dialog[open] .faults"
    assert "결과를 골라 주세요." in answer.content.decode()


def test_a_call_a_note_and_an_end_stand_on_the_timeline_newest_first(desk: Client, alarm: Alarm):
    assert post(desk, alarm, "call", whom="person", result="no_answer").status_code == 200
    assert post(desk, alarm, "note", text="이웃이 어제 보았다고 함").status_code == 200
    answer = post(desk, alarm, "close", outcome="safe_visit", page="incident").content.decode()
    said = [re.sub("<[^>]+>|\\s+", " ", li) for li in answer.split('class="tl2"')[1].split("<li>")]
    told = " ".join(said)
    assert told.index("안전 · 현장") < told.index("이웃이 어제") < told.index("받지 않음")


def test_a_critical_alarm_cannot_be_put_off(desk: Client, alarm: Alarm):
    for _ in range(2):
        post(desk, alarm, "call", whom="person", result="no_answer")
    answer = post(desk, alarm, "shelve", span="15", reason="바쁨")
    assert answer.status_code == 409
    assert "심각" in answer.content.decode()


def test_an_alarm_is_handed_to_a_colleague_on_shift(desk: Client, alarm: Alarm, world: World):
    assert post(desk, alarm, "transfer", to_staff=world.second.pk).status_code == 200
    found = queries.row(alarm_id=alarm.id, seen_by=world.second, now=NOW)
    assert found is not None
    assert found.owner_is_me


def test_a_wrong_password_is_told_without_saying_what_was_wrong(client: Client, world: World):
    answer = client.post("/login", {"login": "moon", "password": "nein"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "아이디나 비밀번호가 맞지 않습니다" in page
    assert 'value="moon"' in page
    assert "nein" not in page


def test_the_shift_begins_with_a_theme_and_ends_with_the_log_out(desk: Client, world, clock):
    answer = desk.post("/shift", {"theme": "night"})
    assert answer["Location"] == "/"
    assert answer.cookies["anbu-theme"].value == "night"
    assert 'data-theme="night"' in desk.get("/").content.decode()
    assert [mate.name for mate in queries.crew(seen_by=world.operator)] == ["문가람"]
    assert desk.post("/logout")["Location"] == "/login"
    assert queries.crew(seen_by=world.operator) == ()


def test_a_real_city_has_no_pace_to_change(desk: Client, clock: StandingClock):
    assert desk.post("/rehearsal/pace", {"speed": "60"}).status_code == 404


def test_nobody_is_led_outside_by_the_way_back(desk: Client, clock: StandingClock):
    answer = desk.post("/language", {"language": "en", "back": "https://example.org/"})
    assert answer["Location"] == "/"


def test_pages_allow_no_script_and_no_style_but_our_own(desk: Client, alarm: Alarm):
    answer = desk.get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    page = answer.content.decode() + desk.get(f"/alarms/{alarm.id}").content.decode()
    assert " style=" not in page
    assert "<script>" not in page
    assert not re.search(r"\son\w+=", page)


def test_english_pages_hold_no_korean_but_the_people_and_their_data(
    desk: Client, alarm: Alarm, world: World
):
    post(desk, alarm, "call", whom="person", result="no_answer")
    post(desk, alarm, "dispatch")
    cry = world.home(still_at=NOW + timedelta(hours=9))
    world.cry(cry, at=NOW, words="")
    sweep(actions.raise_next_sos, NOW)
    cried = Alarm.objects.get(household=cry)
    desk.cookies["django_language"] = "en"
    incident = queries.incident(alarm_id=alarm.id, seen_by=world.operator, now=NOW)
    assert incident is not None
    row = incident.row
    known = [
        row.name,
        row.place,
        row.dong,
        row.unit,
        *row.chips,
        incident.address,
        incident.district,
        incident.health_note,
        "서울시 고립예방센터 관제센터",
        "문가람",
        "한지우",
        "노아름",
        "플러그",
        "한국어",
        "딸 윤O0",
        "딸 윤O1",
        "딸",
        "윤O0",
        "윤O1",
    ]
    for address in ("/", "/?view=done", "/shift", *pages(alarm), *pages(cried)):
        page = desk.get(address).content.decode()
        for data in sorted(known, key=len, reverse=True):
            page = page.replace(data, "")
        assert HANGUL.findall(page) == [], address
    desk.logout()
    desk.cookies["django_language"] = "en"
    assert HANGUL.findall(desk.get("/login").content.decode()) == ["한국어"]


def pages(alarm: Alarm) -> list[str]:
    """Return the addresses at which one alarm is shown."""
    return [f"/{page}/{alarm.id}" for page in ("alarms", "preview", "row")]


def test_the_same_facts_are_a_sentence_in_both_languages(desk: Client, alarm: Alarm):
    korean = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert "전력·조도 24시간 변화 없음." in korean
    desk.cookies["django_language"] = "en"
    english = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert "Power · Light: no change for 1 d." in english
    alarm.refresh_from_db()
    assert alarm.reason.startswith("전력·조도 24시간 변화 없음.")  # the record stays as it was


@pytest.mark.parametrize(
    ("deed", "given", "korean", "english"),
    [
        ("claim", {"version": 99}, "그 사이 바뀌었습니다.", "It has changed meanwhile."),
        ("shelve", {"span": "morning", "reason": "밤"}, "1시간 안에서", "within 1 h from now"),
        (
            "call",
            {"whom": "999999", "result": "safe"},
            "이 가구의 연락처가",
            "not a contact of this",
        ),
        ("note", {"text": "450101-2345678"}, "메모에 주민등록번호는", "Note: a resident"),
    ],
)
def test_a_refusal_is_told_in_the_readers_language(
    desk: Client, alarm: Alarm, deed: str, given: dict[str, str], korean: str, english: str
):
    said = post(desk, alarm, deed, **given)
    assert said.status_code in (409, 422)
    assert korean in said.content.decode()
    desk.cookies["django_language"] = "en"
    assert english in post(desk, alarm, deed, **given).content.decode()


def test_no_machine_is_said_to_send_anybody(desk: Client, alarm: Alarm):
    for _ in range(3):
        post(desk, alarm, "call", whom="person", result="no_answer")
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert "시간이 지나면 다음 할 일: 현장 출동" in page
    assert "자동" not in page


def test_every_look_at_a_home_leaves_a_trace(desk: Client, alarm: Alarm, world: World):
    looks = {
        "/": "list_alarms",
        "/list": "list_alarms",
        f"/row/{alarm.id}": "see_row",
        f"/preview/{alarm.id}": "see_preview",
        f"/strips?alarms={alarm.id}": "list_strips",
        f"/rows?alarms={alarm.id}": "list_alarms",
        f"/alarms/{alarm.id}": "open_incident",
    }
    for address, verb in looks.items():
        before = Trace.objects.count()
        assert desk.get(address).status_code == 200
        (trace,) = Trace.objects.order_by("id")[before:]
        assert (trace.by, trace.verb) == (world.operator.actor, verb)
        assert str(alarm.id) in str(trace.detail)


def test_a_refused_deed_shows_the_panel_and_the_look_is_written_down(desk: Client, alarm: Alarm):
    before = Trace.objects.filter(verb="see_preview").count()
    assert post(desk, alarm, "claim", version=99).status_code == 409
    assert Trace.objects.filter(verb="see_preview").count() == before + 1


def test_rows_that_changed_together_come_together_and_only_to_who_may_see_them(
    desk: Client, world: World, clock: StandingClock, client: Client
):
    for n in range(3):
        world.home(still_at=NOW - timedelta(seconds=n + 1))
    sweep(actions.raise_next_silence, NOW)
    ids = [str(one.id) for one in Alarm.objects.order_by("id")]
    asked = "/rows?alarms=" + ",".join([*ids, str(new_id())])
    answer = desk.get(asked).content.decode()
    assert re.findall('<li class="q lv[^>]* data-id="([^"]+)"', answer) == ids
    for id in ids:  # as one by one
        assert desk.get(f"/row/{id}").content.decode() in answer
    shelved = actions.shelve(
        alarm_id=Alarm.objects.earliest("id").id,
        reason="family",
        until=NOW + timedelta(hours=1),
        by=world.operator,
        now=NOW,
    )
    assert str(shelved.id) not in desk.get(asked).content.decode()  # has left the view
    assert str(shelved.id) in desk.get(asked + "&view=shelved").content.decode()
    assert desk.get("/rows?alarms=nonsense").status_code == 404
    client.force_login(world.next_planner)
    assert client.get(asked).content == b""


def test_far_rows_come_without_strips_and_get_them_once_asked_for(
    desk: Client, world: World, clock: StandingClock, client: Client
):
    for n in range(WHOLE + 3):
        world.home(still_at=NOW - timedelta(seconds=n + 1))
    sweep(actions.raise_next_silence, NOW)
    page = desk.get("/").content.decode()
    ids = re.findall('<li class="q lv[^>]* data-id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == WHOLE + 3
    whole, *far = re.split(r"data-later", page.split('id="rows"')[1].split("</ul>")[0])
    assert (whole.count('<svg class="strip'), len(far)) == (WHOLE, 3)
    answer = desk.get("/strips?alarms=" + ",".join(ids[WHOLE:])).content.decode()
    assert set(re.findall('data-of="([^"]+)"', answer)) == set(ids[WHOLE:])
    assert answer.count('<svg class="strip') == 3
    assert desk.get("/strips?alarms=nonsense").status_code == 404
    client.force_login(world.next_planner)
    assert client.get("/strips?alarms=" + ",".join(ids)).content == b""


def test_every_number_that_may_be_called_is_a_link(desk: Client, alarm: Alarm, settings: Any):
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    dialled = re.findall(r'href="(tel:[^"]*)"', page)
    assert dialled.count("tel:01000004321") == 2  # beside the name, and in the dialog of a call
    assert f"/alarms/{alarm.id}/dial" not in page
    settings.TELEPHONY_URL = "ari://anbu:pass@127.0.0.1:9"
    assert f"/alarms/{alarm.id}/dial" not in desk.get(f"/alarms/{alarm.id}").content.decode()
    assert "내선 번호" in desk.get("/shift").content.decode()
    wrong = desk.post("/shift", {"theme": "day", "extension": "이백삼"})
    assert wrong.status_code == 422
    assert "숫자 2~8자리" in wrong.content.decode()
    assert desk.post("/shift", {"theme": "day", "extension": "203"}).status_code == 302
    assert 'value="203"' in desk.get("/shift").content.decode()
    assert f"/alarms/{alarm.id}/dial" in desk.get(f"/alarms/{alarm.id}").content.decode()
    told = desk.post(f"/alarms/{alarm.id}/dial", {"whom": "person"})
    assert told.status_code == 409
    assert "직접 걸어 주세요" in told.content.decode()
    assert desk.post(f"/alarms/{alarm.id}/dial", {"whom": "01012345678x"}).status_code == 404
