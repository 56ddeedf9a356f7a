"""안부: the desk of a dong and of a district, page by page and deed by deed."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anbu.care.alarms.models import Alarm
from anbu.care.foundation.models import Trace
from anbu.care.rounds.actions import mark_of, months, programmes, replan_dong, workers
from anbu.care.rounds.models import (
    Contact,
    Link,
    MonthReport,
    Pace,
    Programme,
    SignUp,
    Standing,
    Task,
    Worker,
)
from anbu.care.rounds.queries import day as day_query
from anbu.care.rounds.rules import Result, turn_days
from anbu.care.staff.models import Staff
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import BEFORE, World
from tests.care.rounds.office import NOW, corps, in_round, log
from tests.care.rounds.test_office import asked
from tests.desks.control_room.conftest import StandingClock
from tests.desks.opening import say_why

TODAY = NOW.date()
PAGES = (
    "/rounds",
    "/rounds/plan",
    "/rounds/questions",
    "/rounds/workers",
    "/rounds/months",
    "/rounds/figures",
    "/rounds/meeting",
    "/programmes",
)


@pytest.fixture
def park(world: World, clock: StandingClock) -> Worker:
    clock.at = NOW
    row = corps(world, "park", "박민들레")
    while TODAY.weekday() not in turn_days(row.pk):  # whose turn it is follows from the number
        row.delete()
        row = workers.add(login="park", by=world.planner, now=BEFORE)
    return row


@pytest.fixture
def dong(world: World, park: Worker, client: Client) -> Client:
    """A browser at which the planner sits."""
    client.force_login(world.planner)
    return client


def nurse(world: World) -> Staff:
    Staff.objects.filter(pk=world.next_planner.pk).update(role="nurse", post=world.planner.post)
    return Staff.objects.get(pk=world.next_planner.pk)


def test_each_page_opens_for_who_has_a_right_to_it(world: World, dong: Client, park: Worker):
    home = in_round(world, worker=park)
    asked(home, park, "phone", "010-0000-7777")
    log(park, home, NOW - timedelta(days=40))
    for page in PAGES:
        assert dong.get(page).status_code == 200, page
    dong.force_login(district_officer(world))
    shut = ("/rounds/plan", "/rounds/questions", "/rounds/meeting")
    for page in PAGES:
        answer = dong.get(page)
        assert answer.status_code == (404 if page in shut else 200), page
        assert "윤정례" not in answer.content.decode(), page
    dong.force_login(nurse(world))
    for page in PAGES:
        answer = dong.get(page)
        assert answer.status_code == (404 if page in (shut[0], shut[2]) else 200), page
    dong.force_login(world.operator)
    assert {dong.get(page).status_code for page in PAGES} == {404}
    dong.force_login(park.staff)
    own = {page: dong.get(page).status_code for page in PAGES}
    assert [page for page, code in own.items() if code == 200] == ["/rounds/months"]


def test_who_is_past_the_bound_stands_by_name(world: World, dong: Client, park: Worker):
    in_round(world, worker=park)
    page = dong.get("/rounds").content.decode()
    assert "윤정례" in page
    assert "일 지남" in page
    assert "박민들레" in page


def test_a_change_of_the_plan_shows_its_cost_before_it_is_made(
    world: World, dong: Client, park: Worker
):
    choi = corps(world, "choi", "최개나리")
    home = in_round(world, worker=park)
    replan_dong(dong=world.planner.dong_id or 0, day=TODAY, now=NOW)
    task = Task.objects.get(household=home)
    assert task.worker == park
    assert day_query.mark_of(task) == mark_of(task)
    told = {"day": TODAY.isoformat(), "worker": choi.pk, "way": "call"}
    page = dong.post(f"/rounds/plan/{home}/cost", told)
    assert page.status_code == 200
    assert "모르는 목소리를 듣는 집" in page.content.decode()
    assert "최개나리 단원의 전화로 바꾸면" in page.content.decode()
    assert Task.objects.get(household=home).worker == park  # nothing is changed yet
    wrong = dong.post(f"/rounds/plan/{home}/move", told | {"seen": "0:0:x"})
    assert wrong.status_code == 409
    assert "먼저 바꾸었습니다" in wrong.content.decode()
    done = dong.post(f"/rounds/plan/{home}/move", told | {"seen": mark_of(task)})
    assert done.status_code == 302
    task = Task.objects.get(household=home)
    assert (task.worker, task.set_by) == (choi, world.planner)
    assert "사람이 정함" in dong.get("/rounds/plan").content.decode()
    assert dong.post(f"/rounds/plan/{home}/let", {"day": TODAY.isoformat()}).status_code == 302
    assert Task.objects.get(household=home).set_by is None
    off = {"day": TODAY.isoformat(), "worker": "", "way": "call"}
    assert "이 날에서 빼면" in dong.post(f"/rounds/plan/{home}/cost", off).content.decode()
    assert dong.post(f"/rounds/plan/{home}/move", off).status_code == 302
    assert not Task.objects.filter(household=home).exists()
    assert "담당이 뺌" in dong.get("/rounds/plan").content.decode()
    assert dong.post(f"/rounds/plan/{home}/cost", {"way": "fly"}).status_code == 422
    assert dong.get("/rounds/plan?day=soon").status_code == 404
    dong.force_login(world.next_planner)
    assert dong.post(f"/rounds/plan/{home}/move", told).status_code in (404, 409)


def test_a_question_is_decided_by_one_click_of_a_person(world: World, dong: Client, park: Worker):
    home = in_round(world)
    row = asked(home, park, "phone", "010-0000-7777")
    page = dong.get("/rounds/questions").content.decode()
    assert "010-0000-4321" in page
    assert "010-0000-7777" in page
    assert "checked" not in page.split('id="q-')[1]
    assert dong.post(f"/rounds/questions/{row.pk}/choose", {"value": ""}).status_code == 422
    told = {"value": "010-0000-7777", "chosen": "1"}
    assert dong.post(f"/rounds/questions/{row.pk}/choose", told).status_code == 302
    assert "다르게 들은 것이 없습니다" in dong.get("/rounds/questions").content.decode()
    again = dong.post(f"/rounds/questions/{row.pk}/choose", told)
    assert again.status_code == 409
    assert dong.post("/rounds/questions/999999/choose", told).status_code == 404


def test_workers_are_kept_by_forms(world: World, dong: Client, park: Worker):
    assert dong.post("/rounds/workers/add", {"login": "moon"}).status_code == 409
    assert dong.post("/rounds/workers/add", {"login": ""}).status_code == 422
    change = {"month_hours": 40, "partner": "", "trained_until": "2026-12-01"}
    change |= {"screened_until": "2027-06-01"}
    assert dong.post(f"/rounds/workers/{park.pk}/change", change).status_code == 302
    page = dong.get("/rounds/workers").content.decode()
    assert "곧 끝남" in page
    wrong = dong.post(f"/rounds/workers/{park.pk}/change", change | {"month_hours": 60})
    assert wrong.status_code == 422
    day = (TODAY + timedelta(days=1)).isoformat()
    off = {"day": day, "reason": "병원"}
    assert dong.post(f"/rounds/workers/{park.pk}/off", off).status_code == 302
    assert "병원" in dong.get("/rounds/workers").content.decode()
    assert dong.post(f"/rounds/workers/{park.pk}/on", {"day": day}).status_code == 302
    assert dong.post(f"/rounds/workers/{park.pk}/end").status_code == 302
    assert dong.post(f"/rounds/workers/{park.pk}/end").status_code == 404


def test_a_month_is_signed_by_two_and_leaves_as_a_file(world: World, dong: Client, park: Worker):
    home = in_round(world, worker=park)
    row = log(park, home, NOW - timedelta(days=1), minutes=60)
    address = f"/rounds/months/{park.pk}"
    assert "윤정례" in dong.get(address).content.decode()  # traceable to its contacts
    assert Trace.objects.filter(verb="list_contacts").exists()
    assert dong.post(f"{address}/confirm").status_code == 404  # only the worker does
    dong.force_login(park.staff)
    page = dong.get(address).content.decode()
    assert "이 달이 맞습니다" in page
    assert dong.post(f"{address}/confirm").status_code == 302
    report = MonthReport.objects.get()
    assert dong.post(f"{address}/{report.pk}/sign").status_code == 409
    dong.force_login(world.planner)
    assert "서명하기" in dong.get(address).content.decode()
    assert dong.post(f"{address}/{report.pk}/file", {"form": "xlsx"}).status_code == 409
    assert dong.post(f"{address}/{report.pk}/sign").status_code == 302
    answer = dong.post(f"{address}/{report.pk}/file", {"form": "xlsx"})
    assert answer.status_code == 200
    assert months.code_of(report.pk) in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    told = [str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line]
    assert str(row.id) in told
    assert report.digest in told
    assert not [each for each in told if "윤정례" in each]
    assert any("이하늘" in each for each in told)  # who took it out
    pdf = dong.post(f"{address}/{report.pk}/file", {"form": "pdf"})
    assert pdf.status_code == 200
    assert pdf.content.startswith(b"%PDF")
    assert Trace.objects.filter(verb="export_month").count() == 2
    assert dong.post(f"{address}/{report.pk}/file", {"form": "doc"}).status_code == 422
    dong.force_login(world.next_planner)
    assert dong.get(address).status_code == 404
    assert dong.post(f"{address}/{report.pk}/file", {"form": "xlsx"}).status_code == 404


def test_one_person_has_a_round_and_the_desk_tells_too(world: World, dong: Client, park: Worker):
    home = in_round(world, worker=park)
    say_why(dong, home)
    address = f"/households/{home}/rounds"
    assert "안부 시계" in dong.get(address).content.decode()
    told = {"kind": "call", "result": "reached", "mood": "good", "note": "잘 지내심"}
    assert dong.post(f"{address}/tell", told).status_code == 302
    row = Contact.objects.get()
    page = dong.get(address).content.decode()
    assert "잘 지내심" in page
    right = dong.get(f"{address}?right={row.id}").content.decode()
    assert "기록 바로잡기" in right
    fix = {"kind": "call", "result": "no_answer", "replaces": row.id}
    assert dong.post(f"{address}/tell", fix).status_code == 302
    assert "뒤에 바로잡음" in dong.get(address).content.decode()
    assert Standing.objects.get(pk=home).contact_at is None
    wrong = dong.post(f"{address}/tell", {"kind": "call", "result": "reached"})
    assert wrong.status_code == 409
    assert "어떠셨는지 골라 주세요" in wrong.content.decode()
    assert dong.post(f"{address}/tell", {}).status_code == 422
    link = {"kind": "private", "what": "쌀 10kg", "amount_krw": "", "on": TODAY.isoformat()}
    assert dong.post(f"{address}/link", link).status_code == 302
    assert Link.objects.get().amount_krw == 0
    assert "쌀 10kg" in dong.get(address).content.decode()
    pace = {"times": 2, "per_days": 7, "visit_days": 0, "bound_days": 10}
    pace |= {"reason": "퇴원하심", "until": (TODAY + timedelta(days=20)).isoformat()}
    assert dong.post(f"{address}/pace", pace).status_code == 302
    assert dong.post(f"{address}/pace", pace | {"times": 99}).status_code == 422
    assert dong.post(f"{address}/pace", pace | {"bound_days": 1}).status_code == 409
    assert "퇴원하심" in dong.get(address).content.decode()
    assert dong.post(f"{address}/pace_end").status_code == 302
    assert not Pace.objects.filter(ended_at=None).exists()
    no = {"kind": "call", "words": "그만 거세요"}
    assert dong.post(f"{address}/refusal", no).status_code == 302
    assert "조용히 살핌" in dong.get(address).content.decode()
    yes = {"kind": "call", "words": "", "mood": "good"}
    assert dong.post(f"{address}/yes", yes).status_code == 302
    assert Standing.objects.get(pk=home).refuses_since is None


def test_words_of_a_crisis_go_to_the_control_room(world: World, dong: Client):
    home = in_round(world)
    say_why(dong, home)
    told = {"kind": "call", "result": "reached", "mood": "worry", "note": "죽고 싶다고 하심"}
    assert dong.post(f"/households/{home}/rounds/tell", told).status_code == 302
    alarm = Alarm.objects.get(household=home)
    assert alarm.closed_at is None
    told |= {"note": "잘 지내심"}
    other = in_round(world)
    say_why(dong, other)
    assert dong.post(f"/households/{other}/rounds/tell", told).status_code == 302
    assert not Alarm.objects.filter(household=other).exists()


def test_a_programme_is_made_filled_and_attended(world: World, dong: Client, clock: StandingClock):
    home, other = in_round(world), in_round(world)
    begins = NOW + timedelta(hours=3)
    made = {
        "kind": "walk",
        "name": "함께 걷기",
        "place": "보라매공원",
        "begins_at": begins.strftime("%Y-%m-%dT%H:%M"),
        "minutes": 90,
        "capacity": 1,
    }
    assert dong.post("/programmes/make", made | {"kind": ""}).status_code == 422
    answer = dong.post("/programmes/make", made)
    assert answer.status_code == 302
    address = answer["Location"]
    for each in (home, other):
        assert dong.post(f"{address}/sign-up", {"household": each}).status_code == 302
    assert "기다림 1" in dong.get(address).content.decode()
    assert dong.post(f"{address}/sign-up", {"household": home}).status_code == 409
    assert dong.post(f"{address}/attend", {"household": home, "came": "yes"}).status_code == 409
    clock.at = begins + timedelta(hours=2)
    assert dong.post(f"{address}/attend", {"household": home, "came": "yes"}).status_code == 302
    assert dong.post(f"{address}/attend", {"household": other, "came": "yes"}).status_code == 409
    assert dong.post(f"{address}/attend", {"household": other, "came": "no"}).status_code == 302
    assert Contact.objects.get().kind == "programme"
    assert SignUp.objects.filter(came=True).count() == 1
    page = dong.get(address).content.decode()
    assert "까닭을 여쭤 주세요" in page
    dong.force_login(district_officer(world))
    assert "윤정례" in dong.get(address).content.decode()  # of the own district, by reach
    assert dong.post(f"{address}/attend", {"household": home, "came": "no"}).status_code == 404
    dong.force_login(world.planner)
    assert dong.post(f"{address}/call-off", {"why": "비"}).status_code == 409
    assert dong.get(f"/programmes/{home}").status_code == 404
    assert Programme.objects.count() == 1


def test_the_meeting_is_written_down(world: World, dong: Client, park: Worker):
    in_round(world)
    told = {"month": f"{TODAY:%Y-%m}", "held_on": TODAY.isoformat(), "came": [park.pk]}
    assert dong.post("/rounds/meeting/hold", told | {"note": "둘씩"}).status_code == 302
    page = dong.get("/rounds/meeting").content.decode()
    assert "둘씩" in page
    assert "checked" in page
    assert dong.post("/rounds/meeting/hold", {"month": f"{TODAY:%Y-%m}"}).status_code == 422


def test_pages_ask_the_same_however_many_people(world: World, dong: Client, park: Worker):
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as told:
            assert dong.get(address).status_code == 200
        return len(told)

    def grow() -> None:
        home = in_round(world, worker=park)
        log(park, home, NOW - timedelta(days=45))
        asked(home, park, "phone", "010-0000-7777")
        programmes.sign_up(programme=walk, household=home, says_yes=True, by=world.planner, now=NOW)

    walk = programmes.make(
        kind="walk",
        name="걷기",
        place="공원",
        begins_at=NOW + timedelta(days=1),
        minutes=60,
        capacity=5,
        by=world.planner,
        now=NOW,
    ).pk
    grow()
    replan_dong(dong=world.planner.dong_id or 0, day=TODAY, now=NOW)
    pages = (*PAGES, f"/programmes/{walk}", f"/rounds/months/{park.pk}")
    before = {page: count(page) for page in pages}
    for _ in range(3):
        grow()
    replan_dong(dong=world.planner.dong_id or 0, day=TODAY, now=NOW)
    assert {page: count(page) for page in pages} == before


def test_the_desk_speaks_english(world: World, dong: Client, park: Worker):
    in_round(world, worker=park)
    for page in PAGES:
        told = dong.get(page, headers={"Accept-Language": "en"}).content.decode()
        body = told.split("<main")[1]
        for korean in ("상한", "돌봄단원", "활동일지", "계획", "모임"):
            assert korean not in body, (page, korean)


def test_the_plan_says_from_what_it_knows_the_hour(world: World, dong: Client, park: Worker):
    home = in_round(world, worker=park)
    for weeks in range(2, 8):  # six calls at three, all but the last answered
        result = Result.NO_ANSWER if weeks == 2 else Result.REACHED
        log(park, home, NOW.replace(hour=15) - timedelta(weeks=weeks), result=result)
    replan_dong(dong=world.planner.dong_id or 0, day=TODAY, now=NOW)
    plan = dong.get("/rounds/plan").content.decode()
    assert "15:00" in plan
    assert "이 시간에 6번 걸어 5번 받음" in plan
    assert "21일째" in plan
    say_why(dong, home)
    tab = dong.get(f"/households/{home}/rounds").content.decode()
    assert "15–16시" in tab
    assert "이 시간에 6번 걸어 5번 받음" in tab
    assert "모두의 기록으로 어림함" not in tab
    other = in_round(world, worker=park)
    say_why(dong, other)
    tab = dong.get(f"/households/{other}/rounds").content.decode()
    assert "이 시간에 걸어 본 적 없음" in tab
    assert "모두의 기록으로 어림함" in tab
