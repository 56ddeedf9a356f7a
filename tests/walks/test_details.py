"""등록 정보: what is written down about a person and a home, put right in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from anbu.care.foundation.models import Trace
from anbu.care.people.models import Contact, Refusal
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor, say_why
from tests.walks.looks import check_axe, picture


@pytest.fixture
def home(desk: Desk, settings) -> str:
    settings.CLOCK = desk.clock
    give_keys("lee", desk.evening.world.planner, NOW)
    return str(desk.evening.world.home(still_at=NOW))


def test_a_planner_puts_the_register_right(
    desk: Desk, home: str, visit: Callable[..., Visitor]
) -> None:
    page = visit("lee").page
    page.goto(f"{desk.url}/households/{home}")
    say_why(page)
    page.get_by_role("link", name="등록 정보", exact=True).click()
    page.get_by_text("연락할 사람 더하기").click()
    adding = page.locator("form[action$='/details/contact']")
    adding.get_by_label("이름").fill("조카 민서")
    adding.get_by_label("관계").fill("조카")
    adding.get_by_label("전화번호").fill("010 77")
    adding.get_by_role("button", name="더하기").click()
    expect(page.locator(".wide-notice")).to_be_visible()  # told why, and nothing typed is lost
    expect(adding.get_by_label("이름")).to_have_value("조카 민서")
    check_axe(page)
    adding.get_by_label("전화번호").fill("010-2345-6789")
    adding.get_by_role("button", name="더하기").click()
    line = page.locator("ul.lines > li", has_text="조카 민서")
    line.get_by_role("button", name="결번").click()
    expect(page.locator("ul.lines > li", has_text="조카 민서")).to_contain_text("부터 결번")
    assert Contact.objects.get(name="조카 민서").dead_since is not None

    page.get_by_text("거절 적기").click()
    refusing = page.locator("form[action$='/details/refuse']")
    refusing.get_by_label("까닭").fill("혼자 있고 싶다고 하심")
    refusing.get_by_label("다시 여쭐 날").fill("2027-01-15")
    picture(page, "details-day", whole=True)
    refusing.get_by_role("button", name="거절로 적기").click()
    expect(page.locator(".pg")).to_contain_text("2027-01-15에 다시 여쭘")
    assert Refusal.objects.get().service == ""

    page.emulate_media(media="print")  # as the browser's own menu would
    expect(page.locator("main")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="인쇄", exact=True).click()
    check_axe(page)
    picture(page, "print-why-day")
    page.get_by_label("왜 인쇄하나요").fill("현장에 나가는 직원에게 줄 주소")
    page.get_by_role("button", name="인쇄할 종이 만들기").click()
    expect(page.locator(".paper-mark")).to_contain_text("이하늘")
    check_axe(page)
    picture(page, "print-sheet-day")
    page.evaluate("window.print = () => { window.printed = true }")
    page.get_by_role("button", name="인쇄", exact=True).click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    expect(page.locator(".paper h1")).to_be_visible()
    expect(page.locator(".sheet-bar")).to_be_hidden()
    picture(page, "print-sheet-paper", whole=True)
    assert Trace.objects.get(kind="print").reason == "현장에 나가는 직원에게 줄 주소"

    night = visit("lee", theme="night", language="en-GB").page
    night.goto(f"{desk.url}/households/{home}/details")
    expect(night.locator("h2").first).to_have_text("Numbers and people to ask")
    picture(night, "details-night-en", whole=True)
    check_axe(night)
