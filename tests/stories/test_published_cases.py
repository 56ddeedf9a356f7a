"""Three published cases of the night and holiday centre, played through doors and pages.

Facts only: what rang, what was done, how it ended. Names, addresses and minutes are ours; no person
of the sources is named or meant. Time passes as the clock role would have swept it.
"""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from anbu.care.alarms import queries
from anbu.care.alarms.models import (
    Alarm,
    CallNote,
    CallStep,
    Care,
    Entry,
    FieldJob,
    Handover,
    JointResponse,
    Provision,
)
from anbu.care.errands.models import Errand
from anbu.care.foundation.models import Trace
from tests.care.alarms.test_field import ALL, ENTRY
from tests.care.alarms.world import MONDAY
from tests.stories.stage import MINUTE, Stage, contact_of, done, in_order, owners, page, words

pytestmark = pytest.mark.django_db
SECONDS = timedelta(seconds=1)
HOUR = timedelta(hours=1)
CENTRE = "서울시 고립예방센터 관제센터"
SPEAKS = timedelta(hours=3)  # how often the devices of these stories report
PACKET = {
    "office": "관악소방서 상황실",
    "person": "접수 1234",
    "way": "spoken",
    "reply_to": "02-2133-0120",
}
AGENT = {
    "kind": "contractor",
    "name": "박출동",
    "phone": "010-2222-3333",
    "call_back": "02-2133-0120",
}


def a_home_with_a_plug(stage: Stage, *, last_sign: datetime, code: str = "plug-1") -> UUID:
    """Let a home in that is at high risk, lives as usual for some days, and then is still."""
    home = stage.register(
        "김안부,1943,남,010-0000-4321,낙성대동,관악구 은천로00길 12,2층,고위험,"
        "김OO,아들,010-0000-1000,당뇨 · 인슐린"
    )
    stage.agree(home, "monitoring", "night", "rescue")
    stage.enrol(home, code=code, source="smart_plug", channels=("power_w", "lux"))
    stage.speak(code, last_sign - SPEAKS, watts=3, lux=2)
    stage.speak(code, last_sign, watts=700, lux=150)  # the last sign of all
    return home


def be_still(stage: Stage, *, since: datetime, until: datetime, code: str = "plug-1") -> None:
    """Let the plug say again and again that nothing has changed."""
    at = since + SPEAKS
    while at < until:
        stage.until(at, every=SPEAKS)
        stage.speak(code, at, watts=3, lux=150)
        at += SPEAKS
    stage.until(until, every=SPEAKS)


def call(
    stage: Stage, desk: Client, alarm: Alarm, whom: object, result: str, note: str = ""
) -> None:
    """Call somebody and write down what came of it, as long as a call takes."""
    stage.until(stage.clock.at + MINUTE)
    stage.do(desk, alarm.id, "call", whom=str(whom), result=result, note=note)


def give_packet(stage: Stage, desk: Client, alarm: Alarm, to: str, **told: str) -> str:
    """Make a sheet for 119 or 112 and return what is read aloud from it."""
    answer = desk.post(f"/alarms/{alarm.id}/packet", {**PACKET, "to": to, "urgent": "", **told})
    done(answer)
    return words(page(desk, answer["Location"]))


def hand_on_in_the_morning(stage: Stage, alarm: Alarm, request: str, promise: str) -> Errand:
    """Let the dong office read what the night asks, say it back, and see to it."""
    item = Handover.objects.get(alarm=alarm)
    assert item.state == "waiting"
    dong = stage.sit(stage.world.planner)
    assert request in page(dong, "/today")
    copied = dong.post(f"/handover/{item.id}/accept", {"read_back": request, "back": "today"})
    assert copied.status_code == 422  # not said back in one's own words
    assert not Errand.objects.exists()
    done(dong.post(f"/handover/{item.id}/accept", {"read_back": promise, "back": "today"}))
    errand = Errand.objects.get()
    done(dong.post(f"/errands/{errand.id}/take"))
    stage.until(stage.clock.at + 2 * HOUR, every=HOUR)
    done(dong.post(f"/errands/{errand.id}/close", {"end": "done", "note": "병원에 들러 이야기함"}))
    item.refresh_from_db()
    assert (item.state, item.answer) == ("accepted", promise)
    return Errand.objects.get()


def look_after(stage: Stage, whom: str) -> None:
    """Let the supervisor ask the one who was there how they are."""
    chief = stage.sit(stage.world.supervisor)
    assert whom in page(chief, "/care")
    care = Care.objects.get(whom__name=whom)
    told = {"care": str(care.id), "state": "spoken", "note": "이틀 쉬기로"}
    done(chief.post("/care/settle", told))
    care.refresh_from_db()
    assert care.state == "spoken"


def always_owned(stage: Stage, alarm: Alarm, names: list[str]) -> None:
    """See that at each instant exactly one had it, and that these were they in this order."""
    told = owners(alarm)
    assert [name for _, name in told] == names
    assert told[0][0] == alarm.raised_at
    assert stage.ownerless == []
    assert queries.broken_invariants(stage.clock.at) == []


def traced(home: UUID, *verbs: str) -> None:
    """See that each of these looks and deeds stands in the book under this home."""
    told = set(Trace.objects.filter(household=home).values_list("verb", flat=True))
    told |= set(Trace.objects.filter(homes__contains=[home]).values_list("verb", flat=True))
    assert set(verbs) <= told, set(verbs) - told


def test_the_light_is_on_and_an_old_man_lies_beside_his_bed(stage: Stage) -> None:
    """Plug, calls in vain, light, seen through the window, 119: mediahub.seoul.go.kr 2013252."""
    last_sign = MONDAY.replace(hour=19, minute=10)
    home = a_home_with_a_plug(stage, last_sign=last_sign)
    rings = last_sign + 24 * HOUR  # at high risk: 24 hours, rules/columns.py
    be_still(stage, since=last_sign, until=rings - MINUTE)
    assert not Alarm.objects.exists()
    stage.until(rings + 5 * SECONDS, every=SECONDS)
    alarm = Alarm.objects.get(household=home)
    assert alarm.due_at == rings
    moon = stage.sit(stage.world.operator)
    assert "김안부" in page(moon, "/list")
    stage.until(stage.clock.at + 40 * SECONDS, every=10 * SECONDS)
    stage.do(moon, alarm.id, "claim")
    for _ in range(3):
        call(stage, moon, alarm, "person", "no_answer")
    son = contact_of(home)
    call(stage, moon, alarm, son, "unknown", "지방에 있음, 어제부터 통화 안 됨")
    stage.do(moon, alarm.id, "message", to=str(son))

    way = stage.link(moon, alarm.id, note="불이 켜져 있는지 보아 주세요", **AGENT)
    sent_at = stage.clock.at
    agent = Client()
    assert "은천로" not in page(agent, way)  # a link alone shows nothing
    done(agent.post(f"{way}/open"))
    assert "은천로" in page(agent, way)
    assert "김안부" in agent.post(f"{way}/way").content.decode()
    stage.until(sent_at + 33 * MINUTE)
    done(agent.post(f"{way}/arrive"))
    stage.until(stage.clock.at + 4 * MINUTE)
    seen = {**ALL, "mail": "no", "finding": "help", "note": "창으로 보니 침대 옆에 쓰러져 있음"}
    done(agent.post(f"{way}/report", seen))
    alarm.refresh_from_db()
    assert (alarm.level, alarm.closed_at) == (3, None)  # a person decides

    stage.do(moon, alarm.id, "119", note="창 안에 쓰러진 사람이 보임")
    told = give_packet(stage, moon, alarm, "119")
    assert in_order(told, ["은천로00길 12", "김안부", "당뇨", "2026-0001"])
    called = stage.clock.at
    stage.until(called + 8 * MINUTE)
    times = {"service": "119", "called": f"{called:%H:%M}", "arrived": f"{stage.clock.at:%H:%M}"}
    done(moon.post(f"/alarms/{alarm.id}/field/joint", {**times, "who": "관악소방서 구급대"}))
    request = "입원한 병원에 들러 필요한 것을 물어봐 주세요"
    ended = {"outcome": "rescued", "note": "병원으로 이송", "need": "health", "request": request}
    stage.do(moon, alarm.id, "close", **ended)
    alarm.refresh_from_db()

    assert agent.get(way).status_code in (200, 404)
    assert "은천로" not in agent.get(way).content.decode()  # what was open at the door is shut
    stage.until(MONDAY + timedelta(days=2, hours=9), every=HOUR)
    hand_on_in_the_morning(stage, alarm, request, "열한 시에 병원으로 가겠습니다")
    look_after(stage, "문가람")

    always_owned(stage, alarm, [CENTRE, "문가람"])
    line = words(page(moon, f"/alarms/{alarm.id}"))
    for each in ("현장에 도착함", "도움 필요", "119에 전달지를 전함", "구조(119)"):
        assert each in line
    figures = words(page(moon, "/figures"))
    assert "60초 안에 시작 100.0 %" in figures
    assert "45분 안에 도착 목표 90% 100.0 %" in figures
    assert FieldJob.objects.get().arrived_at == sent_at + 33 * MINUTE
    assert not Entry.objects.exists()
    looks = ("open_incident", "open_job", "see_way_in", "give_packet", "call")
    traced(home, *looks, "accept_handover")


def test_the_telephone_rings_inside_and_police_and_fire_open_the_door(stage: Stage) -> None:
    """Telephone heard inside, 112 and 119 open, low blood sugar: smartcity.go.kr, 17 July 2024."""
    last_sign = (MONDAY - timedelta(days=2)).replace(hour=14, minute=20)
    home = a_home_with_a_plug(stage, last_sign=last_sign)
    rings = last_sign + 24 * HOUR  # a Sunday afternoon: no dong office is open
    be_still(stage, since=last_sign, until=rings - MINUTE)
    stage.until(rings + 5 * SECONDS)
    alarm = Alarm.objects.get(household=home)
    moon = stage.sit(stage.world.operator)
    stage.until(stage.clock.at + 30 * SECONDS, every=10 * SECONDS)
    stage.do(moon, alarm.id, "claim")
    for _ in range(2):
        call(stage, moon, alarm, "person", "no_answer")
    call(stage, moon, alarm, contact_of(home), "no_answer")
    stage.do(
        moon, alarm.id, "dispatch", note="가까운 순찰차"
    )  # they have no link: a telephone call
    sent_at = stage.clock.at
    stage.until(sent_at + 50 * MINUTE)
    seen = {**ALL, "light": "no", "mail": "no", "sound": "yes", "finding": "no_answer"}
    arrived = {"arrived": f"{sent_at + 48 * MINUTE:%H:%M}", "note": "안에서 전화벨이 울림"}
    done(moon.post(f"/alarms/{alarm.id}/field/visit", {**seen, **arrived}))

    called = stage.clock.at
    stage.do(moon, alarm.id, "119", note="벨이 안에서 울리고 대답이 없음")
    for to in ("112", "119"):
        told = give_packet(stage, moon, alarm, to)
        assert in_order(told, ["은천로00길 12", "김안부"])
        assert ("당뇨" in told) == (to == "119")  # the police are told no illness
    given = Provision.objects.order_by("nth").values_list("nth", "to")
    assert list(given) == [(1, "112"), (2, "119")]  # numbered without a gap
    stage.until(called + 12 * MINUTE)
    here = {"called": f"{called:%H:%M}", "arrived": f"{stage.clock.at - MINUTE:%H:%M}"}
    for service, who in (("112", "봉천지구대 2명"), ("119", "관악소방서 구조대 4명")):
        joint = {"service": service, "who": who, **here}
        done(moon.post(f"/alarms/{alarm.id}/field/joint", joint))

    way = f"/alarms/{alarm.id}/entry"
    assert moon.get(way).status_code == 404  # an operator opens no door
    chief = stage.sit(stage.world.supervisor)
    assert "서명하기" in page(chief, way)
    signed = {**ENTRY, "evidence": ["indicators", "inside"], "seen": "전화벨이 안에서 울림"}
    assert chief.post(way, signed).status_code == 422  # not read and confirmed
    done(chief.post(way, {**signed, "damage": "현관 잠금장치", "sure": "on"}))
    entry = Entry.objects.get(alarm=alarm)
    assert (entry.signed_by, entry.police) == (stage.world.supervisor, ENTRY["police"])
    stage.until(stage.clock.at + 10 * MINUTE)
    request = "퇴원하면 혈당 관리를 도와주세요"
    ended = {
        "outcome": "rescued",
        "note": "저혈당 쇼크, 이송",
        "need": "health",
        "request": request,
    }
    stage.do(moon, alarm.id, "close", **ended)

    stage.until(MONDAY.replace(hour=9), every=HOUR)
    alarm.refresh_from_db()
    hand_on_in_the_morning(stage, alarm, request, "방문간호사와 오후에 갑니다")
    colleagues = Care.objects.filter(job=None).values_list("whom__login", flat=True)
    assert set(colleagues) == {"moon", "noh"}  # both were there
    assert Care.objects.get(whom=None).job == FieldJob.objects.get()  # and who stood at the door
    look_after(stage, "문가람")
    always_owned(stage, alarm, [CENTRE, "문가람"])
    shown = words(page(moon, f"/alarms/{alarm.id}"))
    for each in ("대답 없음", "문 열기를 정함", "봉천지구대 2명", "저혈당 쇼크"):
        assert each in shown
    figures = words(page(moon, "/figures"))
    assert "45분 안에 도착 목표 90% 0.0 %" in figures  # 48 minutes: late, and said so
    assert "60분 안에 도착 목표 100% 100.0 %" in figures
    assert JointResponse.objects.filter(arrived_at=None).count() == 0
    traced(home, "open_incident", "give_packet", "open_entries", "sign_entry", "accept_handover")


def test_somebody_lost_calls_the_centre_and_the_police_are_told(stage: Stage) -> None:
    """A person with dementia calls in, lost, and 112 finds them: smartcity.go.kr, 17 July 2024."""
    rings = (MONDAY + timedelta(days=2)).replace(hour=2, minute=40)
    home = a_home_with_a_plug(stage, last_sign=rings - HOUR)
    stage.until(rings)
    assert not Alarm.objects.exists()  # no device knows of it: only the call does
    moon = stage.sit(stage.world.operator)
    said = {"caller": "self", "said": ["lost"], "words": "집을 못 찾겠어요", "take": "1"}
    where = {"call_back": "010-0000-4321", "place": "봉천역 근처", "name": "김 할아버지"}
    done(moon.post("/calls/new", {**said, **where}))
    note = CallNote.objects.get()
    assert (note.owner_staff, note.level) == (
        stage.world.operator,
        3,
    )  # owned from its first second
    assert "봉천역 근처" in page(moon, "/list")
    stage.until(stage.clock.at + MINUTE, every=20 * SECONDS)
    done(moon.post(f"/calls/{note.id}/119", {"told": "112 접수 77, 봉천역 근처"}))
    found = moon.post(f"/calls/{note.id}/home", {"q": "김안부", "find": "1"}).content.decode()
    assert str(home) in found
    done(moon.post(f"/calls/{note.id}/home", {"household": str(home)}))
    note.refresh_from_db()
    alarm = Alarm.objects.get(household=home)
    assert (note.outcome, alarm.level, alarm.raised_at) == ("linked", 3, stage.clock.at)

    stage.do(moon, alarm.id, "119", note="112에 길 잃은 어르신으로 신고")
    told = give_packet(stage, moon, alarm, "112", office="관악경찰서 상황실")
    assert in_order(told, ["은천로00길 12", "김안부"])
    call(stage, moon, alarm, contact_of(home), "will_look", "집으로 오는 중")
    called = stage.clock.at
    stage.until(called + 25 * MINUTE)
    times = {"service": "112", "called": f"{called:%H:%M}", "arrived": f"{stage.clock.at:%H:%M}"}
    done(moon.post(f"/alarms/{alarm.id}/field/joint", {**times, "who": "봉천지구대 2명"}))
    request = "치매 검진과 배회 감지기를 상담해 주세요"
    ended = {"outcome": "safe_visit", "note": "경찰이 집까지 모심", "need": "look"}
    stage.do(moon, alarm.id, "close", **ended, request=request)

    stage.until(rings.replace(hour=9, minute=0), every=HOUR)
    alarm.refresh_from_db()
    hand_on_in_the_morning(stage, alarm, request, "낮에 찾아가 상담하겠습니다")
    assert not Care.objects.exists()  # nobody died, and no door was opened
    assert not Entry.objects.exists()
    assert not FieldJob.objects.exists()  # nobody stood at a door
    always_owned(stage, alarm, [CENTRE, "문가람"])
    assert {at for at, _ in owners(alarm)} == {alarm.raised_at}  # both in the same instant
    owned = CallStep.objects.filter(call=note).order_by("id").values_list("at", flat=True)
    assert owned[0] == rings
    shown = words(page(moon, f"/alarms/{alarm.id}"))
    for each in ("전화가 걸려 옴", "길을 잃음", "112에 전달지를 전함", "경찰이 집까지 모심"):
        assert each in shown
    assert "60초 안에 시작 100.0 %" in words(page(moon, "/figures"))
    traced(home, "search_households", "open_incident", "give_packet", "accept_handover")
