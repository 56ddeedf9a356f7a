"""The door on the desk: a link shown once, what was told on the telephone, a signed decision."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Entry, FieldJob, FieldText, JointResponse
from anbu.care.alarms.rules import Level, Rung, freeze
from anbu.care.foundation.models import Trace
from anbu.desks.control_room import words
from tests.care.alarms.test_field import ALL, ENTRY, WHO, WHY
from tests.desks.control_room.conftest import NOW, StandingClock

SEND = {**WHO, "page": "incident"}
LINK = re.compile(r"http://testserver/go/([\w-]{43})")


def link_in(told: str) -> str:
    (token,) = set(LINK.findall(told))
    return token


@pytest.mark.parametrize("by_script", [True, False])
@pytest.mark.parametrize("shown_on", ["incident", "queue"])
def test_the_link_is_shown_once(desk: Client, alarm: Alarm, by_script: bool, shown_on: str):
    heads = {"HX-Request": "true"} if by_script else {}
    got = desk.post(f"/alarms/{alarm.id}/dispatch", {**WHO, "page": shown_on}, headers=heads)
    told = got.content.decode()
    assert got.status_code == 200
    token = link_in(told)
    assert 'class="qr"' in told
    assert ("<html" in told) is not by_script  # without a script it is a page of its own
    assert desk.get(f"/go/{token}").status_code == 200
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert token not in page
    assert "박출동" in page
    assert "도착 목표 45분" in page


def test_a_message_to_the_agent_carries_the_link_and_no_name(desk: Client, alarm: Alarm):
    told = desk.post(f"/alarms/{alarm.id}/dispatch", SEND).content.decode()
    (body,) = re.findall(r'href="sms:010-2222-3333\?body=([^"]+)"', told)
    assert body.startswith("http%3A%2F%2Ftestserver%2Fgo%2F")
    assert not [word for word in ("윤정례", "은천로", "%EC") if word in body]


def test_without_a_name_they_are_telephoned(desk: Client, alarm: Alarm):
    told = {"note": "순찰차", "call_back": "02-2133-0120", "page": "incident"}  # put there by us
    got = desk.post(f"/alarms/{alarm.id}/dispatch", told)
    assert got.status_code == 302
    job = FieldJob.objects.get()
    assert (job.name, job.token) == ("", None)
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert "새 링크" not in page
    assert "dlg-visit" in page


@pytest.mark.parametrize(
    ("wrong", "status", "why"),
    [
        ({"name": "", "kind": "dong"}, 422, "가는 사람: 비워 둘 수 없습니다."),
        ({"kind": ""}, 409, "누가 가는지 골라 주세요."),
        ({"kind": "friend"}, 422, "목록에 없는"),
        ({"call_back": ""}, 422, "현장에서 걸 번호: 비워 둘 수 없습니다."),
        ({"phone": "공일공"}, 422, "숫자와 붙임표"),
        ({"name": "450301-2123456"}, 422, "주민등록번호는 적을 수 없습니다"),
    ],
)
def test_a_dialog_says_what_is_missing(
    desk: Client, alarm: Alarm, wrong: dict[str, str], status: int, why: str
):
    told = {**SEND, "in_dialog": "1", **wrong}
    got = desk.post(f"/alarms/{alarm.id}/dispatch", told, headers={"HX-Request": "true"})
    assert got.status_code == status
    assert why in got.content.decode()
    assert got["HX-Retarget"] == "dialog[open] .faults"
    assert not FieldJob.objects.exists()


def test_a_new_link_and_calling_off(desk: Client, alarm: Alarm):
    old = link_in(desk.post(f"/alarms/{alarm.id}/dispatch", SEND).content.decode())
    new = link_in(
        desk.post(f"/alarms/{alarm.id}/field/link", {"page": "incident"}).content.decode()
    )
    assert (desk.get(f"/go/{old}").status_code, desk.get(f"/go/{new}").status_code) == (404, 200)
    assert desk.post(f"/alarms/{alarm.id}/field/off").status_code == 302
    assert desk.get(f"/go/{new}").status_code == 404
    assert desk.post(f"/alarms/{alarm.id}/field/off").status_code == 409
    assert "그만 오게 하기" not in desk.get(f"/alarms/{alarm.id}").content.decode()


@pytest.mark.parametrize(
    ("finding", "offers"),
    [
        ("met", "안전 확인 · 현장으로 끝내기"),
        ("help", "119가 먼저입니다."),
        ("no_entry", "119·112와 함께"),
    ],
)
def test_what_is_told_on_the_telephone_offers_the_next_step(
    desk: Client, alarm: Alarm, clock: StandingClock, finding: str, offers: str
):
    desk.post(f"/alarms/{alarm.id}/dispatch", {"note": "순찰차"})
    clock.at = NOW + timedelta(minutes=40)
    told = {"arrived": "23:20", "finding": finding, **ALL}
    assert desk.post(f"/alarms/{alarm.id}/field/visit", told).status_code == 302
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert offers in page
    assert "전화로, 문가람 적음" in page
    alarm.refresh_from_db()
    assert alarm.closed_at is None


@pytest.mark.parametrize(
    ("address", "told", "why"),
    [
        ("visit", {"arrived": "25:00"}, "23:05처럼"),
        ("visit", {"finding": "no_answer", "arrived": "22:47"}, "다섯 가지를 모두"),
        ("visit", {"light": "yes"}, "결과를 골라 주세요"),
        ("joint", {"service": "119"}, "시각을 적어 주세요"),
        ("joint", {"service": "109", "called": "22:50"}, "목록에 없는"),
        ("joint", {"service": "119", "called": "22:50"}, "먼저 119·112에 알렸다고"),
    ],
)
def test_what_is_wrong_is_said(
    desk: Client, alarm: Alarm, address: str, told: dict[str, str], why: str
):
    desk.post(f"/alarms/{alarm.id}/dispatch", {"note": "순찰차"})
    told = {**told, "in_dialog": "1"}
    got = desk.post(f"/alarms/{alarm.id}/field/{address}", told, headers={"HX-Request": "true"})
    assert got.status_code in (409, 422)
    assert why in got.content.decode()


def test_the_times_of_119_stand_on_the_incident(desk: Client, alarm: Alarm, clock: StandingClock):
    desk.post(f"/alarms/{alarm.id}/119", {"note": WHY})
    clock.at = NOW + timedelta(minutes=30)
    told = {"service": "119", "called": "22:50", "arrived": "23:01", "who": "관악소방서 구조대"}
    assert desk.post(f"/alarms/{alarm.id}/field/joint", told).status_code == 302
    assert JointResponse.objects.get().arrived_at == NOW.replace(hour=23, minute=1)
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert "관악소방서 구조대" in page
    assert "문을 열지는 관제 책임자나 동 담당이 정하고 서명합니다." in page
    assert f"/alarms/{alarm.id}/entry" not in page


@pytest.fixture
def chief(world, client: Client, alarm: Alarm) -> Client:
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.operator, now=NOW)
    client.force_login(world.supervisor)
    return client


def test_a_decision_is_signed_added_to_and_printed(chief: Client, alarm: Alarm):
    address = f"/alarms/{alarm.id}/entry"
    assert "문 열기 결정" in chief.get(f"/alarms/{alarm.id}").content.decode()
    assert Trace.objects.filter(verb="open_entries").count() == 0
    assert "서명하기" in chief.get(address).content.decode()
    assert Trace.objects.filter(verb="open_entries", household=alarm.household_id).count() == 1
    assert chief.post(address, {**ENTRY, "sure": "on"}).status_code == 302
    entry = Entry.objects.get()
    told = {"text": "현관 잠금장치 파손"}
    assert chief.post(f"{address}/{entry.id}/note", told).status_code == 302
    page = chief.get(address).content.decode()
    for word in (*ENTRY["grounds"], "관악소방서 구조대", "봉천지구대 2명", told["text"]):
        assert word.replace("danger", "생명·신체의 위험이 닥침") in page
    paper = chief.post(
        f"/alarms/{alarm.id}/print", {"reason": "경찰에 건네려고 인쇄함"}
    ).content.decode()
    assert "봉천지구대 2명" in paper
    assert told["text"] in paper
    incident = chief.get(f"/alarms/{alarm.id}").content.decode()
    assert "문 열기를 정함 —" in incident  # on the timeline


@pytest.mark.parametrize("lacking", ["grounds", "evidence", "seen", "decided_by", "police", "fire"])
def test_a_decision_needs_all_of_it_and_keeps_the_rest(chief: Client, alarm: Alarm, lacking: str):
    told = {**ENTRY, "sure": "on", "damage": "경첩"}
    del told[lacking]
    got = chief.post(f"/alarms/{alarm.id}/entry", told)
    assert got.status_code == 422
    page = got.content.decode()
    assert 'value="경첩"' in page
    kept = re.findall(r'name="(?:grounds|evidence)" value="(\w+)" checked', page)
    assert kept == [code for name in ("grounds", "evidence") for code in told.get(name, ())]
    assert not Entry.objects.exists()
    del told["sure"]
    assert chief.post(f"/alarms/{alarm.id}/entry", {**told, lacking: "x"}).status_code == 422


def test_an_operator_has_no_page_to_sign(world, chief: Client, alarm: Alarm):
    chief.force_login(world.operator)
    assert chief.get(f"/alarms/{alarm.id}/entry").status_code == 404
    assert chief.post(f"/alarms/{alarm.id}/entry", {**ENTRY, "sure": "on"}).status_code == 404


def test_the_figures_say_how_soon_somebody_stood_there(
    world, desk: Client, alarm: Alarm, clock: StandingClock
):
    desk.post(f"/alarms/{alarm.id}/dispatch", {"note": "순찰차"})
    clock.at = NOW + timedelta(minutes=50)
    desk.post(f"/alarms/{alarm.id}/field/visit", {})
    page = re.sub(r"<[^>]+>", " ", desk.get("/figures").content.decode())
    told = re.sub(r"\s+", " ", page)
    assert "45분 안에 도착 목표 90% 0.0 %" in told
    assert "60분 안에 도착 목표 100% 100.0 %" in told


def climbs(alarm: Alarm, *does: str, rung: int) -> None:
    ladder = freeze([Rung(do=do, wait_s=600, level=Level.CRITICAL) for do in does])
    Alarm.objects.filter(pk=alarm.pk).update(ladder=ladder, rung=rung)


def next_step(client: Client, alarm: Alarm, where: str = "alarms") -> str:
    """Return what the one next step opens: a dialog by its name, or an address."""
    page = client.get(f"/{where}/{alarm.id}").content.decode()
    (tag,) = re.findall(r'<(?:a|button) class="ab-btn go ab-next"[^>]*>', page)
    return re.search(r'(?:href|data-open)="([^"]+)"', tag)[1]


def test_the_next_step_of_a_door_opens_its_decision(desk: Client, world, alarm: Alarm):
    climbs(alarm, "call", "enter", rung=1)
    for where in ("alarms", "preview"):  # who does not decide is told who does
        assert next_step(desk, alarm, where) == "dlg-note"
    assert "책임자나 동 담당이 정하고" in desk.get(f"/alarms/{alarm.id}").content.decode()
    desk.force_login(world.supervisor)
    for where in ("alarms", "preview"):
        assert next_step(desk, alarm, where) == f"/alarms/{alarm.id}/entry"
    page = desk.get(next_step(desk, alarm)).content.decode()
    assert "119·112에 알린 열린 사건에서만" in page
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.supervisor, now=NOW)
    assert 'name="grounds"' in desk.get(next_step(desk, alarm)).content.decode()
    climbs(alarm, "call", "enter", rung=0)
    assert next_step(desk, alarm) == "dlg-call"


def test_once_signed_the_next_step_is_the_one_behind_the_door(desk: Client, world, alarm: Alarm):
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.operator, now=NOW)
    climbs(alarm, "enter", "handover", rung=0)
    desk.force_login(world.supervisor)
    wrong = desk.post(f"/alarms/{alarm.id}/entry", {**ENTRY, "sure": "on", "police": ""})
    assert wrong.status_code == 422
    assert next_step(desk, alarm).endswith("/entry")
    signed = desk.post(f"/alarms/{alarm.id}/entry", {**ENTRY, "sure": "on"})
    assert signed.status_code == 302
    assert next_step(desk, alarm) == "dlg-handover"


def test_the_next_step_with_119_is_telling_them_then_their_times(desk, world, alarm: Alarm):
    climbs(alarm, "joint", rung=0)
    assert next_step(desk, alarm) == next_step(desk, alarm, "preview") == "dlg-119"
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.operator, now=NOW)
    assert next_step(desk, alarm) == "dlg-joint"
    assert next_step(desk, alarm, "preview") == f"/alarms/{alarm.id}"
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert 'id="dlg-joint"' in page
    assert f'<a class="ab-btn wide two" href="/alarms/{alarm.id}/packet">' in page


def test_a_link_that_did_not_go_out_is_said_on_the_incident(desk: Client, alarm: Alarm):
    told = desk.post(f"/alarms/{alarm.id}/dispatch", SEND).content.decode()
    assert "010-2222-3333(으)로도 문자를 보냅니다." in told
    row = FieldText.objects.get()
    assert link_in(told) in row.text
    for canary in ("윤정례", "은천로", "박출동"):
        assert canary not in row.text
    assert "링크 문자 보내는 중" in desk.get(f"/alarms/{alarm.id}").content.decode()
    actions.deliver_link(text_id=row.id, ports={}, now=NOW)
    page = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert "문자 실패: 불러 주세요" in page
    assert "현장 링크 문자 실패" in page  # and on the timeline


def test_every_state_of_a_text_has_a_word():
    assert set(words.FIELD_TEXTS) == set(FieldText.Status.values)
