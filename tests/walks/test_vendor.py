"""업체: the contract on its page, and the desk of somebody who works for a vendor."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from anbu.care.alarms.models import Alarm
from tests.care.alarms.vendor_world import NAME, Vendor, make_vendor
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]


@pytest.fixture
def vendor(desk: Desk) -> Vendor:
    made = make_vendor(on_shift_at=NOW)
    give_keys("on", made.first, NOW)
    return made


@pytest.fixture
def theirs(desk: Desk, vendor: Vendor) -> Alarm:
    return vendor.silent(desk.evening.world, at=NOW)


def test_the_supervisor_reads_writes_and_ends_contracts(
    desk: Desk, vendor: Vendor, visit: Visit
) -> None:
    page = visit("noh").page
    page.goto(f"{desk.url}/roster")
    page.get_by_role("link", name="업체 계약").click()
    page.wait_for_url("**/vendors")
    row = page.locator(".tell-item", has_text=NAME)
    expect(row).to_contain_text("근무 중 1명")
    picture(page, "vendors")
    check_axe(page)

    page.locator("form[action$='/vendors/write'] button").click()  # nothing chosen yet
    assert page.locator("form[action$='/vendors/write'] :invalid").count() > 0
    row.locator("[name=until]").fill("2026-12-31")
    row.get_by_role("button", name="계약 끝내기").click()
    expect(page.locator(".tell-item", has_text=NAME)).to_contain_text("2026-12-31")
    check_axe(page)


def test_a_vendors_desk_shows_its_own_signals_and_little_of_them(
    desk: Desk, vendor: Vendor, theirs: Alarm, visit: Visit
) -> None:
    page = visit("on", theme="night").page
    rows = page.locator("#rows > li")
    expect(rows).to_have_count(1)  # the centre's stay the centre's
    picture(page, "vendor-queue-night")
    check_axe(page)

    rows.first.locator("a.nm").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/alarms/{theirs.id}")
    for hidden in ("바로 출동", "119·112에 알림", "전달지", "가구 화면"):
        expect(page.get_by_text(hidden, exact=True)).to_have_count(0)
    picture(page, "vendor-incident-night")
    check_axe(page)
    theirs.refresh_from_db()
    assert theirs.owner_post == vendor.post
    page.keyboard.press("KeyA")
    expect(page.locator("#main")).to_contain_text("내 담당")
    theirs.refresh_from_db()
    assert theirs.owner_staff == vendor.first
