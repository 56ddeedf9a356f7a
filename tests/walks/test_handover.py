"""인계 in a browser: asked, seen, said back; refused; gone up to the district; on paper."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm
from tests.care.alarms.test_handover import district_officer
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor, sign_in
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]


@pytest.fixture
def silent(desk: Desk, settings: Any) -> Alarm:
    """Let a home of the planner's dong fall silent, and give the planner keys."""
    settings.CLOCK = desk.clock
    world = desk.evening.world
    give_keys("lee", world.planner, NOW)
    give_keys("gwanak", district_officer(world), NOW)
    return world.silent(at=NOW, tier="high")


def hand_over(page: Any, desk: Desk, alarm: Alarm) -> None:
    """Ask the dong office to take this signal over, by the keyboard."""
    page.goto(f"{desk.url}/alarms/{alarm.id}")
    page.get_by_role("button", name="인계", exact=True).click()
    expect(page.locator("#dlg-handover input[name=request]")).to_be_visible()
    page.fill("#dlg-handover input[name=request]", "아침에 들러 주세요")
    page.keyboard.press("Enter")
    page.wait_for_url("**/handover")


def test_it_passes_when_it_is_said_back(desk: Desk, visit: Visit, silent: Alarm) -> None:
    page = visit("moon").page
    hand_over(page, desk, silent)
    item = page.locator(".hand-item")
    expect(item).to_contain_text("아침에 들러 주세요")
    expect(item).to_contain_text("아직 안 열어 봄")
    expect(page.locator("main")).to_contain_text("0 / 1")
    picture(page, "handover-sent")
    check_axe(page)
    assert Alarm.objects.get(id=silent.id).owner_staff is None  # still the centre's

    other = visit("lee").page
    other.keyboard.press("h")
    other.wait_for_url("**/handover")
    mine = other.locator(".hand-item")
    mine.locator("[name=read_back]").fill("아침에 들러 주세요")
    other.keyboard.press("Enter")
    expect(other.locator(".ab-error")).to_contain_text("자기 말로")
    check_axe(other)
    mine.locator("[name=read_back]").fill("여덟 시에 방문하겠습니다")
    other.keyboard.press("Enter")
    expect(mine).to_contain_text("“여덟 시에 방문하겠습니다”")
    picture(other, "handover-accepted")
    check_axe(other)
    assert Alarm.objects.get(id=silent.id).owner_staff == desk.evening.world.planner

    page.reload()
    expect(page.locator("main")).to_contain_text("1 / 1")
    page.get_by_role("link", name="인계서 인쇄").click()
    page.fill("[name=reason]", "아침 회의에 가져감")
    page.keyboard.press("Enter")
    expect(page.locator(".paper")).to_contain_text("여덟 시에 방문하겠습니다")
    check_axe(page)
    page.emulate_media(media="print")
    assert page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_what_is_refused_stays_and_what_is_late_goes_up(
    desk: Desk, visit: Visit, silent: Alarm
) -> None:
    page = visit("moon", theme="night").page
    hand_over(page, desk, silent)
    other = visit("lee").page
    other.goto(f"{desk.url}/handover")
    other.get_by_text("받지 않기").click()
    other.locator("[name=reason]").fill("오늘 휴관입니다")
    other.keyboard.press("Enter")
    expect(other.locator(".hand-item")).to_contain_text("오늘 휴관입니다")

    hand_over(page, desk, silent)
    alarms.raise_next_waiting(now=NOW + timedelta(minutes=31))
    page.reload()
    late = page.locator(".hand-item.late")
    expect(late).to_contain_text("구청으로 올라감")
    expect(page.locator(".hand-item").first).to_have_class("hand-item waiting late")
    picture(page, "handover-late", whole=True)
    check_axe(page)

    district = visit(None).page
    sign_in(district, desk.url, "gwanak")
    district.wait_for_url("**/start")
    district.goto(f"{desk.url}/handover")
    district.locator("[name=read_back]").fill("구청 당직이 동에 연락해 가게 함")
    district.keyboard.press("Enter")
    expect(district.locator(".hand-item.accepted")).to_contain_text("정해찬")
    check_axe(district)
    alarm = Alarm.objects.get(id=silent.id)
    assert alarm.owner_post == desk.evening.world.planner.post


def test_the_board_speaks_english(desk: Desk, visit: Visit, silent: Alarm) -> None:
    page = visit("moon", language="en-GB").page
    page.goto(f"{desk.url}/handover")
    expect(page.locator("main")).to_contain_text("There is nothing to hand over.")
