"""근무표 on the desk: a month, a hole that says so, a swap, a file, a calendar, a start of work."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar

from anbu.care.places import queries as where
from anbu.care.rosters import actions
from anbu.care.rosters.models import Need, Rotation, Swap, Turn
from anbu.care.staff.models import Shift
from tests.care.alarms.world import World
from tests.care.rosters.test_rosters import NIGHT, NOW, keep_roster, put
from tests.desks.control_room.conftest import StandingClock


@pytest.fixture(autouse=True)
def noon(clock: StandingClock) -> None:
    clock.at = NOW


@pytest.fixture
def lead(world: World, client: Client) -> Client:
    client.force_login(world.supervisor)
    return client


def page_of(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/roster{query}")
    assert answer.status_code == 200
    return answer.content.decode()


ADDED = {"begins_at": "2026-11-23T18:00", "ends_at": "2026-11-24T09:00", "part": "duty"}


def test_the_lead_adds_changes_and_takes_off(world: World, lead: Client):
    told = {**ADDED, "post": where.centre(), "staff": world.operator.pk, "at_month": "2026-11"}
    answer = lead.post("/roster/add", told)
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/roster?post={where.centre()}&month=2026-11",
    )
    turn = Turn.objects.get()
    assert (turn.begins_at, turn.ends_at) == NIGHT
    again = lead.post("/roster/add", told)
    assert again.status_code == 409
    page = again.content.decode()
    assert "이미 근무표에 있는 분" in page
    assert 'value="2026-11-23T18:00"' in page  # what was typed stays
    assert lead.post("/roster/add", told | {"ends_at": "2026-11-23T17:00"}).status_code == 422
    assert lead.post("/roster/add", told | {"begins_at": "어제"}).status_code == 422
    page = page_of(lead, f"?month=2026-11&turn={turn.pk}")
    assert "근무표에서 빼기" in page
    assert lead.post(f"/roster/turns/{turn.pk}/change", ADDED | {"order": ""}).status_code == 302
    assert lead.post(f"/roster/turns/{turn.pk}/withdraw", {}).status_code == 302
    assert lead.post(f"/roster/turns/{turn.pk}/withdraw", {}).status_code == 409


def test_the_month_names_holidays_and_hatches_what_is_empty(world: World, lead: Client):
    answer = lead.post("/roster/need", {"post": where.centre(), "part": "duty", "people": "1"})
    assert answer.status_code == 302
    put(world, world.operator)
    page = page_of(lead, "?month=2026-12")
    assert "기독탄신일" in page
    assert page.count("ros-hole") > 5
    assert "1명 빔" in page
    assert "문가람" in page_of(lead, "?week=2026-11-23")
    english = lead.get("/roster?month=2026-12", headers={"accept-language": "en"})
    assert "Christmas Day" in english.content.decode()


def test_what_makes_no_sense_is_not_there(world: World, lead: Client):
    for query in (
        "month=gestern",
        "month=2026-13",
        "week=9999-12-31",
        "post=x",
        "turn=7",
        "month=0001-01",
        "post=987654321",
    ):
        assert lead.get(f"/roster?{query}").status_code == 404, query


def test_who_only_reads_finds_nothing_to_write(world: World, desk: Client):
    keep_roster(world)
    page = page_of(desk)
    assert "근무 넣기" not in page
    told = {**ADDED, "post": where.centre(), "staff": world.operator.pk}
    assert desk.post("/roster/add", told).status_code == 409
    assert desk.get("/roster/import").status_code == 200
    assert not Turn.objects.exists()


def test_the_next_dong_does_not_know_of_it(world: World, client: Client):
    client.force_login(world.next_planner)
    assert client.get(f"/roster?post={world.planner.post_id}").status_code == 404
    told = {**ADDED, "post": world.planner.post_id, "staff": world.planner.pk}
    assert client.post("/roster/add", told).status_code == 404


def test_two_swap_by_the_desk(world: World, client: Client, lead: Client):
    own, theirs = put(world, world.operator), put(world, world.second, days=1)
    client.force_login(world.operator)
    assert client.post(f"/roster/turns/{own.pk}/swap", {"partner": "me"}).status_code == 422
    page = page_of(client, f"?turn={own.pk}")
    assert f"turn:{theirs.pk}" in page
    told = {"partner": f"turn:{theirs.pk}"}
    assert client.post(f"/roster/turns/{own.pk}/swap", told).status_code == 302
    swap = Swap.objects.get()
    assert client.post(f"/roster/swaps/{swap.pk}/agree", {}).status_code == 409
    client.force_login(world.second)
    assert "좋습니다" in page_of(client)
    assert client.post(f"/roster/swaps/{swap.pk}/agree", {}).status_code == 302
    client.force_login(world.supervisor)
    assert "허락하기" in page_of(client)
    assert client.post(f"/roster/swaps/{swap.pk}/allow", {}).status_code == 302
    assert client.post(f"/roster/swaps/{swap.pk}/refuse", {}).status_code == 409
    assert Turn.objects.get(withdrawn_at=None, begins_at=NIGHT[0]).staff == world.second


def test_a_swap_is_taken_back_or_refused_by_the_desk(world: World, client: Client):
    own = put(world, world.operator)
    for who, way, state in (
        (world.operator, "takeback", "withdrawn"),
        (world.second, "refuse", "refused"),
    ):
        client.force_login(world.operator)
        told = {"partner": f"staff:{world.second.pk}"}
        assert client.post(f"/roster/turns/{own.pk}/swap", told).status_code == 302
        client.force_login(who)
        swap = Swap.objects.get(settled_at=None)
        assert client.post(f"/roster/swaps/{swap.pk}/{way}", {}).status_code == 302
        swap.refresh_from_db()
        assert swap.state == state


def test_a_rotation_is_made_laid_out_and_ended(world: World, lead: Client):
    told = {
        "post": where.centre(),
        "name": "야간조",
        "pattern": "주야비휴",
        "starts_on": "2026-12-01",
        "teams": "moon\nhan",
    }
    wrong = lead.post("/roster/rotations", told | {"teams": "moon\nniemand"})
    assert wrong.status_code == 422
    assert "niemand" in wrong.content.decode()
    assert lead.post("/roster/rotations", told | {"pattern": "abc"}).status_code == 422
    assert lead.post("/roster/rotations", told).status_code == 302
    made = Rotation.objects.get()
    page = lead.post(
        f"/roster/rotations/{made.pk}/lay", {"month": "2026-12-31", "at_month": "2026-12"}
    ).content.decode()
    laid = Turn.objects.filter(rotation=made).count()
    assert f"근무 {laid}개를 폈습니다" in page
    assert laid > 10
    assert lead.post(f"/roster/rotations/{made.pk}/lay", {"month": ""}).status_code == 422
    assert lead.post(f"/roster/rotations/{made.pk}/end", {}).status_code == 302
    assert "주야비휴 " not in page_of(lead)


CSV = "날짜,시작,끝,아이디\n2026-11-24,18:00,09:00,moon\n2026-11-25,18:00,09:00,han\n"


def workbook(text: str) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in text.splitlines():
        book.active.append(line.split(","))
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_looked_at_and_then_brought_in(world: World, lead: Client, kind: str):
    body = CSV.encode("cp949") if kind == "csv" else workbook(CSV)
    told = {"post": where.centre(), "file": SimpleUploadedFile(f"a.{kind}", body)}
    answer = lead.post("/roster/import", told)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2개 모두 넣기" in page
    assert "한지우" in page
    assert not Turn.objects.exists()
    text = re.search(r"<textarea name=\"text\" hidden>(.*?)</textarea>", page, re.S)
    assert text is not None
    answer = lead.post("/roster/import/bring", {"post": where.centre(), "text": text.group(1)})
    assert answer.status_code == 302
    assert Turn.objects.filter(source="import").count() == 2
    again = lead.post("/roster/import/bring", {"post": where.centre(), "text": text.group(1)})
    assert again.status_code == 409


def test_a_file_with_a_bad_line_says_which_and_brings_in_nothing(world: World, lead: Client):
    body = (CSV + "2026-11-26,morgens,09:00,moon\n2026-11-27,18:00,09:00,lee\n").encode()
    told = {"post": where.centre(), "file": SimpleUploadedFile("a.csv", body)}
    answer = lead.post("/roster/import", told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "4번째 줄: 시작 칸에" in page
    assert "5번째 줄: 이 자리에서 일하는 분의 아이디가 아닙니다." in page
    assert "모두 넣기" not in page
    forced = lead.post("/roster/import/bring", {"post": where.centre(), "text": body.decode()})
    assert forced.status_code == 409
    for bad in (b"", b"\x00\x01", "이름\n윤".encode()):
        told = {"post": where.centre(), "file": SimpleUploadedFile("a.csv", bad)}
        assert lead.post("/roster/import", told).status_code in (409, 422)
    assert not Turn.objects.exists()


def test_a_calendar_link_is_shown_once_and_opens_without_a_log_in(world: World, desk: Client):
    turn = put(world, world.operator)
    page = desk.post("/roster/link", {}).content.decode()
    found = re.search(r"http://testserver(/calendar/[\w-]+\.ics)", page)
    assert found is not None
    assert "/calendar/" not in page_of(desk)
    stranger = Client()
    answer = stranger.get(found.group(1))
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(each["UID"]) for each in events] == [f"{turn.pk}@anbu"]
    assert stranger.get("/calendar/nonsense.ics").status_code == 404
    assert desk.post("/roster/link/end", {}).status_code == 302
    assert stranger.get(found.group(1)).status_code == 404


def test_the_queue_tells_the_lead_of_holes(world: World, lead: Client):
    assert "빈 자리" not in lead.get("/side").content.decode()
    keep_roster(world)
    actions.tell_next_holes(now=NOW)
    assert "빈 자리 3" in lead.get("/side").content.decode()
    hole = re.search(r"/roster/holes/([0-9a-f-]+)/take", page_of(lead))
    assert hole is not None
    assert lead.post(f"/roster/holes/{hole.group(1)}/take", {}).status_code == 302
    assert lead.post(f"/roster/holes/{hole.group(1)}/take", {}).status_code == 409
    assert "노아름 님이 맡음" in page_of(lead)


def test_work_begins_on_the_roster_or_with_a_reason(
    world: World, desk: Client, clock: StandingClock
):
    keep_roster(world)
    clock.at = NIGHT[0]
    page = desk.get("/shift").content.decode()
    assert "지금은 근무표에 없습니다" in page
    answer = desk.post("/shift", {"theme": "day"})
    assert answer.status_code == 422
    assert not Shift.objects.exists()
    number = desk.post("/shift", {"theme": "day", "reason": "450101-2345678"})
    assert number.status_code == 422
    assert desk.post("/shift", {"theme": "day", "reason": "대신"}).status_code == 302
    assert Shift.objects.get().staff == world.operator
    put(world, world.operator)
    assert re.search("까지 근무표에 있습니다", desk.get("/shift").content.decode())


def test_who_would_leave_the_post_empty_is_asked_first(
    world: World, desk: Client, clock: StandingClock
):
    keep_roster(world)
    put(world, world.operator)
    put(world, world.second, part="on_call", order=1)
    clock.at = NIGHT[0]
    assert desk.post("/shift", {"theme": "day"}).status_code == 302
    answer = desk.post("/logout")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "남는 분이 아무도 없습니다" in page
    assert "한지우" in page
    assert desk.get("/").status_code == 200  # still there
    assert desk.post("/logout", {"sure": "on"})["Location"] == "/login"
    assert Shift.objects.get().ended_at == NIGHT[0]


def test_the_month_asks_a_constant_number_of_questions(
    world: World, lead: Client, django_assert_max_num_queries
):
    keep_roster(world)
    for day in range(10):
        put(world, (world.operator, world.second)[day % 2], days=day)
    with django_assert_max_num_queries(40):
        page = page_of(lead, "?month=2026-11")
    assert page.count("ros-turn") >= 8
    assert Need.objects.count() == 1
