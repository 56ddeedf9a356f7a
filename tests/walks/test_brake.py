"""A flood of silences: one row, one page, and a choice, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm
from tests.care.alarms.test_brake import flood
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture


@pytest.fixture
def flooded(desk: Desk, settings) -> Desk:
    settings.CLOCK = desk.clock
    settings.BRAKE_AT_LEAST = 5
    flood(desk.evening.world, many=12, at=NOW)
    return desk


def test_a_flood_is_one_row_until_somebody_chooses(
    flooded: Desk, visit: Callable[..., Visitor]
) -> None:
    held = Alarm.objects.filter(waits_for="brake").count()
    assert held >= 12
    page = visit("moon").page
    before = page.locator("#rows > li").count()
    row = page.locator("#causes > li.brake")
    expect(row).to_contain_text(f"한꺼번에 {held}집이 조용합니다")
    expect(row).to_contain_text("메시지를 붙들어 두었습니다")
    picture(page, "brake-row")
    check_axe(page)
    row.get_by_role("link").click()
    page.wait_for_url("**/brakes/*")
    homes = page.locator("table.group-homes tbody tr")
    expect(homes).to_have_count(held)
    expect(homes.first).to_contain_text("고위험")
    picture(page, "brake-page", whole=True)
    check_axe(page)

    page.get_by_role("button", name="내가 맡기").click()
    expect(page.locator("section.head")).to_contain_text("문가람")
    page.get_by_role("button", name="그대로 진행").click()
    expect(page.locator("section.head")).to_contain_text("문가람 님이 정함: 그대로 진행")
    while alarms.let_go_next(now=NOW):
        pass
    page.reload()
    expect(page.locator("section.head")).to_contain_text("모두 풀림")
    page.get_by_role("link", name="지금 할 일").click()
    expect(page.locator("#causes > li.brake")).to_have_count(0)
    expect(page.locator("#rows > li")).to_have_count(before + held)


def test_the_same_in_english(flooded: Desk, visit: Callable[..., Visitor]) -> None:
    page = visit("moon", language="en-GB").page
    row = page.locator("#causes > li.brake")
    expect(row).to_contain_text("homes are silent all at once")
    row.get_by_role("link").click()
    page.wait_for_url("**/brakes/*")
    expect(page.get_by_role("button", name="By risk, one after the other")).to_be_visible()
    picture(page, "brake-page-english", whole=True)
    check_axe(page)
