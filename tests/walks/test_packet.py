"""119·112 전달지 and 걸려 온 전화 in a browser, by the keyboard, beside design/packet.png."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from anbu.care.alarms.models import Alarm, CallNote, Provision
from anbu.care.people import actions as people
from tests.care.alarms.world import BY
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]


@pytest.fixture
def silent(desk: Desk, settings: Any) -> Alarm:
    """Let a home fall silent that agreed to 119 and 112 being told."""
    settings.CLOCK = desk.clock
    alarm = desk.evening.world.silent(at=NOW, tier="high")
    told = {"household": alarm.household_id, "obtained_how": "서면", "by": BY, "now": NOW}
    people.give_consent(kind="rescue", **told)
    return alarm


def ask_for(page: Any, desk: Desk, alarm: Alarm, way: str) -> None:
    """Open the form by its key and fill it in."""
    page.goto(f"{desk.url}/alarms/{alarm.id}")
    page.keyboard.press("p")
    page.wait_for_url("**/packet")
    page.locator(f"input[name=way][value={way}]").check()
    page.fill("[name=office]", "관악소방서 상황실")
    page.fill("[name=person]", "접수 1234")
    page.fill("[name=reply_to]", "02-0000-0000")


@pytest.mark.parametrize("theme", ["day", "night"])
def test_it_is_read_aloud_line_by_line(desk: Desk, visit: Visit, silent: Alarm, theme: str) -> None:
    page = visit("moon", theme=theme).page
    ask_for(page, desk, silent, "spoken")
    check_axe(page)
    picture(page, f"packet-ask-{theme}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/packets/*")
    expect(page.locator(".say-aloud")).to_contain_text("은천로00길 12")
    page.locator(".say-aloud input[type=checkbox]").first.check()
    page.get_by_role("button", name="들어가는 법 보기").click()
    expect(page.locator("#door")).to_contain_text("1234*")
    check_axe(page)
    picture(page, f"packet-aloud-{theme}", whole=True)
    assert Provision.objects.get().way == "spoken"


def test_it_is_one_page_of_paper(desk: Desk, visit: Visit, silent: Alarm) -> None:
    page = visit("moon").page
    ask_for(page, desk, silent, "print")
    page.keyboard.press("Enter")
    page.wait_for_url("**/packets/*")
    paper = page.locator(".packet")
    expect(paper).to_contain_text("119·112 전달지")
    expect(paper).to_contain_text("2026-0001")
    expect(paper).not_to_contain_text("1234*")
    check_axe(page)
    picture(page, "packet", whole=True)
    address = page.get_by_role("link", name="PDF").get_attribute("href")
    page.emulate_media(media="print")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1
    answer = page.request.get(f"{desk.url}{address}")
    assert answer.body().startswith(b"%PDF-")


def test_a_call_about_a_stranger_is_taken_and_joined_to_a_home(
    desk: Desk, visit: Visit, silent: Alarm
) -> None:
    page = visit("moon").page
    page.keyboard.press("i")
    page.wait_for_url("**/calls/new")
    page.get_by_label("이웃").check()
    page.get_by_label("두드려도 대답 없음").check()
    page.fill("[name=q]", "없는사람")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("명단에 없습니다")
    expect(page.get_by_label("두드려도 대답 없음")).to_be_checked()
    page.fill("[name=place]", "신림동 파란 문")
    check_axe(page)
    picture(page, "call-taken", whole=True)
    page.get_by_role("button", name="접수하고 맡기").click()
    page.wait_for_url("**/calls/*-*")
    check_axe(page)
    picture(page, "call-note", whole=True)
    note = CallNote.objects.get()
    page.goto(desk.url)
    row = page.locator("#calls > li")
    expect(row).to_contain_text("신림동 파란 문")
    check_axe(page)
    picture(page, "call-row")
    row.get_by_role("link").click()
    page.fill("[name=q]", "윤정례")
    page.keyboard.press("Enter")
    page.locator(f"[name=household][value='{silent.household_id}']").check()
    page.get_by_role("button", name="이 가구의 사건으로 잇기").click()
    page.wait_for_url(f"**/alarms/{silent.id}")
    expect(page.locator(".tl2")).to_contain_text("전화가 걸려 옴")
    note.refresh_from_db()
    assert note.alarm_id == silent.id


def test_a_call_speaks_english(desk: Desk, visit: Visit, silent: Alarm) -> None:
    page = visit("moon", language="en-GB").page
    page.goto(f"{desk.url}/calls/new")
    expect(page.locator("main")).to_contain_text("A life seems to be in danger now")
    page.goto(f"{desk.url}/alarms/{silent.id}/packet")
    expect(page.locator("main")).to_contain_text("Who receives it?")
