"""A citizen looks at the own record on a telephone; a file leaves by two people's word."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from anbu.care.exports import actions as exports
from anbu.care.exports.models import Export
from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose
from tests.care.exports.test_exports import take_on
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor, sign_in
from tests.walks.looks import check_axe, picture

TELEPHONE = {"width": 390, "height": 844}


@pytest.fixture
def home(desk: Desk, settings) -> str:
    settings.CLOCK = desk.clock
    world = desk.evening.world
    home = world.home(still_at=NOW, phone="010-5555-4321")
    looks = {"household": home, "at": NOW}
    record(by=world.planner.actor, verb="open_household", purpose=Purpose("visit", "1"), **looks)
    record(by=world.operator.actor, verb="see_strips", purpose=Purpose("signal", "1"), **looks)
    return str(home)


def come_in(page: Page, url: str) -> None:
    page.goto(f"{url}/me")
    page.locator("main button").click()
    page.fill("[name=name]", "윤정례")
    page.fill("[name=born]", "1945-03-01")
    page.fill("[name=phone]", "010-5555-4321")
    page.locator("main form button").click()
    page.wait_for_url("**/me/record")


def test_a_citizen_looks_withdraws_and_asks(
    desk: Desk, home: str, visit: Callable[..., Visitor]
) -> None:
    page = visit(None).page
    page.set_viewport_size(TELEPHONE)
    page.goto(f"{desk.url}/me")
    check_axe(page)
    picture(page, "me-door")
    come_in(page, desk.url)
    expect(page.locator("#looks")).to_contain_text("복지플래너")
    expect(page.locator("#looks")).not_to_contain_text("이하늘")
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    check_axe(page)
    picture(page, "me-record", whole=True)
    page.locator("#consents a", has_text="야간 확인").click()
    check_axe(page)
    picture(page, "me-withdraw")
    page.locator("main form button").click()
    expect(page.locator("[role=status]")).to_contain_text("동의를 거두었습니다")
    expect(page.locator("#consents")).not_to_contain_text("야간 확인")
    page.get_by_role("link", name="틀린 것을").click()
    page.locator("select").select_option("address")
    page.locator("textarea").fill("302호가 아니라 301호예요")
    check_axe(page)
    page.get_by_role("button", name="보내기").click()
    expect(page.locator("#asked")).to_contain_text("301호예요")

    english = visit(None, language="en-GB").page
    english.set_viewport_size(TELEPHONE)
    come_in(english, desk.url)
    expect(english.locator("h1")).to_have_text("The record of 윤정례")
    expect(english.locator("#looks")).to_contain_text("Looked because a signal rang")
    check_axe(english)
    picture(english, "me-record-en", whole=True)
    english.locator("main > form button").click()
    english.wait_for_url("**/me")


def test_a_file_is_asked_for_allowed_and_fetched(
    desk: Desk, home: str, visit: Callable[..., Visitor]
) -> None:
    world = desk.evening.world
    privacy = take_on("boho", "privacy_officer")
    give_keys("lee", world.planner, NOW)
    give_keys("boho", privacy, NOW)
    asker = visit("lee").page
    asker.goto(f"{desk.url}/exports")
    asker.locator("select[name=data_set]").select_option("homes")
    asker.fill("[name=reason]", "반찬 나눔에 쓸 명단")
    check_axe(asker)
    picture(asker, "exports-list", whole=True)
    asker.get_by_role("button", name="청하기").click()
    expect(asker.locator("main")).to_contain_text("허락 기다림")

    allower = visit(None).page
    sign_in(allower, desk.url, "boho")
    allower.wait_for_url(lambda address: "/login" not in address)
    allower.goto(f"{desk.url}/exports")
    check_axe(allower)
    allower.locator("table a").click()
    picture(allower, "exports-allow", whole=True)
    check_axe(allower)
    allower.get_by_role("button", name="허락하기").click()
    expect(allower.locator("main")).to_contain_text("만들 차례를 기다림")
    asker.reload()
    expect(asker.locator("progress")).to_have_count(1)
    assert exports.make(export=Export.objects.get().pk, now=NOW)
    asker.get_by_role("button", name="암호 보기").click(timeout=10_000)  # the page saw it by itself
    assert len(asker.inner_text("#password")) == 23
    check_axe(asker)
    picture(asker, "exports-ready", whole=True)
    with asker.expect_download() as coming:
        asker.get_by_role("button", name="잠긴 파일 받기").click()
    assert coming.value.suggested_filename.endswith(".zip")
