"""오늘 in a browser: a need of the night is said back, put off, and done."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from anbu.care.alarms.models import Alarm, Handover
from anbu.care.errands.models import Errand
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]


@pytest.fixture
def silent(desk: Desk, settings: Any) -> Alarm:
    settings.CLOCK = desk.clock
    world = desk.evening.world
    give_keys("lee", world.planner, NOW)
    return world.silent(at=NOW, tier="high")


def close_with_a_need(page: Any, desk: Desk, alarm: Alarm) -> None:
    """End the signal and ask for a repair, by the keyboard."""
    page.goto(f"{desk.url}/alarms/{alarm.id}")
    page.keyboard.press("s")
    expect(page.locator("#dlg-close")).to_be_visible()
    page.keyboard.press("Digit1")
    page.locator("#dlg-close summary").click()
    page.select_option("#dlg-close [name=need]", "repair")
    picture(page, "today-close")
    page.locator("#dlg-close [name=request]").press("Enter")
    expect(page.locator("#dlg-close .faults")).to_contain_text("한 줄로 적어 주세요")
    page.fill("#dlg-close [name=request]", "보일러가 꺼져 있음")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("끝난 사건")


def test_a_need_of_the_night_is_done_by_the_dong(desk: Desk, visit: Visit, silent: Alarm) -> None:
    close_with_a_need(visit("moon").page, desk, silent)
    assert Handover.objects.get().need == "repair"

    page = visit("lee").page
    page.keyboard.press("d")
    page.wait_for_url("**/today")
    expect(page.locator(".hand-item")).to_contain_text("집 고장")
    picture(page, "today-waiting")
    check_axe(page)
    page.fill("[name=read_back]", "오늘 수리 기사와 갑니다")
    page.keyboard.press("Enter")
    page.get_by_text("다음 날들의 일 1").click()
    errand = page.locator(".errand")
    expect(errand).to_contain_text("“오늘 수리 기사와 갑니다”")
    errand.get_by_text("다른 날로 미루기").click()
    day = Errand.objects.get().due_on
    errand.locator("[name=until]").fill(day.isoformat())
    errand.locator("[name=reason]").fill("기사가 바쁨")
    errand.get_by_role("button", name="미루기").click()
    expect(page.locator(".errand .ab-error")).to_contain_text("뒤의 날을")
    expect(page.locator(".errand [name=reason]")).to_have_value("기사가 바쁨")
    check_axe(page)
    errand.get_by_text("결과 적고 끝내기").click()
    errand.get_by_label("해드림").check()
    picture(page, "today-errand", whole=True)
    check_axe(page)
    errand.get_by_role("button", name="끝내기").click()
    expect(page.locator("main")).to_contain_text("오늘까지 할 일이 없습니다.")
    assert Errand.objects.get().closed_by == desk.evening.world.planner


def test_the_list_speaks_english(desk: Desk, visit: Visit, silent: Alarm) -> None:
    page = visit("lee", language="en-GB", theme="night").page
    page.goto(f"{desk.url}/today")
    expect(page.locator("main")).to_contain_text("Nothing is due by today.")
    picture(page, "today-english")
    check_axe(page)
