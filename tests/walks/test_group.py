"""A vendor's feed is lost: one row, one page with everybody to reach, and its end, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from anbu.care.alarms.models import Alarm
from anbu.care.readings.models import HeldSilence
from tests.care.alarms.test_groups import Vendor, hold
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture


@pytest.fixture
def vendor(desk: Desk, settings) -> Vendor:
    settings.CLOCK = desk.clock
    made = Vendor(desk.evening.world, began=NOW.replace(hour=17, minute=0, second=0))
    made.look(NOW)
    hold(made, made.homes[2], at=NOW)
    return made


def test_one_row_tells_of_all_homes_and_leads_to_the_people_behind_it(
    desk: Desk, vendor: Vendor, visit: Callable[..., Visitor]
) -> None:
    alarms = Alarm.objects.filter(closed_at=None).count()
    page = visit("moon").page
    row = page.locator("#causes > li.grp", has_text="플러그 B")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("5가구 중 5가구")
    expect(page.locator("#rows > li", has_text="김0")).to_have_count(0)  # nobody rings alone
    # the carrier whose feed was lost before is one row, and not a second one as its dong
    expect(page.locator("#causes > li", has_text="통신 B")).to_have_count(1)
    expect(page.locator("#causes > li", has_text="보라매동")).to_have_count(0)
    picture(page, "group-row")
    check_axe(page)

    row.get_by_role("link").click()
    page.wait_for_url("**/groups/*")
    homes = page.locator("table.group-homes tbody tr")
    expect(homes).to_have_count(5)
    for nth, told in enumerate(("고위험", "중위험", "저위험", "저위험", "저위험")):
        expect(homes.nth(nth)).to_contain_text(told)
    expect(homes.first).to_contain_text("010-0000-0001")
    expect(homes.nth(1)).to_contain_text("보류 · ")
    expect(page.locator("section.head")).to_contain_text("관제센터")
    picture(page, "group-page")
    check_axe(page)

    # plan B for each: confirmed for one, and another has been reached
    expect(page.locator("main")).to_contain_text("5명 중 0명 확인")
    homes.first.get_by_role("button", name="이대로 하기").click()
    expect(homes.first).to_contain_text("문가람 · ")
    homes.nth(1).get_by_role("button", name="통화함").click()
    expect(page.locator("main")).to_contain_text("5명 중 1명 확인")
    picture(page, "group-plan-b")
    check_axe(page)
    page.goto(f"{desk.url}/doubts")
    expect(page.locator("table.group-homes tbody tr")).to_have_count(1)
    picture(page, "doubts")
    check_axe(page)
    page.go_back()

    page.get_by_role("button", name="내가 맡기").click()
    expect(page.locator("section.head")).to_contain_text("문가람")
    page.get_by_role("button", name="공급사 쪽 고장").click()
    page.wait_for_url(f"{desk.url}/")
    expect(page.locator("#causes a[href*='/groups/']", has_text="플러그 B")).to_have_count(0)
    # nobody can see these homes yet, and the list goes on saying so
    expect(page.locator("#causes > li.grp", has_text="플러그 B")).to_have_count(1)
    assert Alarm.objects.filter(closed_at=None).count() == alarms
    assert HeldSilence.objects.get().rings_at > NOW
