"""현장 in a browser: sent by the keyboard, told with a thumb on a telephone without any script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from anbu.care.alarms.models import Alarm, Entry, FieldJob
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]
TELEPHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "timezone_id": "Asia/Seoul",
}
THUMB = 56  # [px], design/README.md 4.6
SIGNS = ("light", "mail", "sound", "neighbours", "smell")


@pytest.fixture
def silent(desk: Desk, settings: Any) -> Alarm:
    settings.CLOCK = desk.clock
    return desk.evening.world.silent(at=NOW, tier="high")


@pytest.fixture
def telephone(browser: Browser, desk: Desk) -> Any:
    """Return a way to take up a telephone, which notes where it asks."""
    taken = []

    def take(*, script: bool = True, language: str = "ko-KR") -> Page:
        context = browser.new_context(**TELEPHONE, locale=language, java_script_enabled=script)
        context.on("request", lambda request: desk.addresses.append(request.url))
        taken.append(context)
        return context.new_page()

    yield take
    for context in taken:
        context.close()


def send(page: Page, desk: Desk, alarm: Alarm) -> str:
    """Send a named agent by the keyboard alone, and return the link the page shows."""
    page.goto(f"{desk.url}/alarms/{alarm.id}")
    page.keyboard.press("v")
    dialog = page.locator("#dlg-dispatch")
    expect(dialog.locator("[name=name]")).to_be_focused()
    page.keyboard.type("박출동")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first of the kinds
    page.keyboard.press("Tab")
    page.keyboard.type("010-2222-3333")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("02-2133-0120")
    page.keyboard.press("Enter")
    box = page.locator(".field-link input")
    expect(box).to_be_focused()  # nothing takes it away before somebody has read it
    return box.input_value()


def big_enough(page: Page) -> None:
    """Hold everything that is pressed against a thumb."""
    for place in page.locator("main .ab-btn, .go-119 .ab-btn, .go-chips label").all():
        box = place.bounding_box()
        assert box is not None
        assert box["height"] >= THUMB, place.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_from_the_desk_to_the_door_and_back(
    desk: Desk, visit: Visit, silent: Alarm, telephone: Any
):
    page = visit("moon").page
    link = send(page, desk, silent)
    expect(page.locator(".field-link svg.qr")).to_be_visible()
    picture(page, "field-sent")
    check_axe(page)
    page.keyboard.press("Tab")  # the link may go

    phone = telephone(script=False)
    phone.goto(link)
    expect(phone.locator("main")).not_to_contain_text("은천로")
    picture(phone, "go-cover")
    phone.locator("main .ab-btn").tap()
    expect(phone.locator("h1")).to_contain_text("은천로")
    expect(phone.locator("main")).not_to_contain_text("윤정례")
    picture(phone, "go-job", whole=True)
    phone.get_by_role("button", name="부를 이름과 들어가는 법 보기").tap()
    expect(phone.locator("#way")).to_contain_text("1234*")
    phone.get_by_role("button", name="도착했어요").tap()
    expect(page.locator(".field-card")).to_contain_text("현장에 있음")  # at once, by the live link
    picture(phone, "go-looks", whole=True)
    phone.get_by_role("button", name="대답 없음").tap()
    expect(phone.get_by_role("alert")).to_contain_text("다섯 가지를 모두")
    for sign in SIGNS:
        phone.locator(f"[name={sign}][value={'yes' if sign == 'light' else 'unknown'}]").tap()
    phone.get_by_role("button", name="대답 없음").tap()
    expect(phone.locator("main")).to_contain_text("알려 주셔서 고맙습니다")
    picture(phone, "go-done")
    phone.goto(link)  # opened again: it says so again, and nothing of the home
    expect(phone.locator("main")).to_contain_text("알려 주셔서 고맙습니다")
    assert FieldJob.objects.get(alarm=silent).finding == "no_answer"

    expect(page.locator(".field-offer")).to_contain_text("박출동: 대답 없음")
    expect(page.locator(".field-card")).to_contain_text("불빛 있었음")
    expect(page.locator(".tl2")).to_contain_text("현장 확인 — 대답 없음")
    picture(page, "field-found")
    check_axe(page)
    assert Alarm.objects.get(id=silent.id).closed_at is None


def test_a_telephone_with_a_script_is_accessible_too(
    desk: Desk, visit: Visit, silent: Alarm, telephone: Any
):
    link = send(visit("moon", theme="night").page, desk, silent)
    phone = telephone(language="en-GB")
    phone.goto(link)
    check_axe(phone)
    big_enough(phone)
    phone.locator("main .ab-btn").tap()
    expect(phone.get_by_role("button", name="I am at the door")).to_be_visible()
    check_axe(phone)
    big_enough(phone)
    phone.get_by_role("button", name="I am at the door").tap()
    expect(phone.get_by_role("heading", name="How is it?")).to_be_visible()
    check_axe(phone)
    big_enough(phone)
    phone.get_by_role("button", name="Needs help").tap()
    expect(phone.get_by_role("link", name="Call 119")).to_be_visible()
    check_axe(phone)
    picture(phone, "go-help")
    phone.goto(f"{desk.url}/go/{'A' * 43}")
    expect(phone.locator("h1")).to_have_text("This link does not open")
    check_axe(phone)


def test_what_is_told_by_telephone_and_the_door_is_opened(desk: Desk, visit: Visit, silent: Alarm):
    page = visit("moon", theme="night").page
    page.goto(f"{desk.url}/alarms/{silent.id}")
    page.keyboard.press("v")
    expect(page.locator("#dlg-dispatch [name=name]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".field-card")).to_contain_text("누가 가는지 적지 않음")
    page.keyboard.press("f")
    dialog = page.locator("#dlg-visit")
    for sign in SIGNS:
        dialog.locator(f"[name={sign}][value=no]").check()
    dialog.locator("[name=finding][value=no_entry]").check(force=True)
    picture(page, "field-visit-told")
    check_axe(page)
    dialog.get_by_role("button", name="적기").click()
    expect(page.locator(".field-offer")).to_contain_text("못 들어감")
    page.keyboard.press("9")
    page.locator("#dlg-119 [name=note]").fill("두드려도 대답이 없음")
    page.keyboard.press("Enter")
    expect(page.locator(".field-card")).to_contain_text("관제 책임자나 동 담당이 정하고")
    page.keyboard.press("g")
    page.locator("#dlg-joint [name=service][value='119']").check(force=True)
    page.locator("#dlg-joint [name=called]").fill("22:40")
    page.locator("#dlg-joint [name=arrived]").fill("22:46")
    page.keyboard.press("Enter")
    expect(page.locator(".field-card")).to_contain_text("22:46")

    chief = visit("noh").page
    chief.goto(f"{desk.url}/alarms/{silent.id}/entry")
    check_axe(chief)
    chief.get_by_role("button", name="서명하기").click()
    expect(chief.locator(".ab-error")).to_contain_text("근거를 하나는")
    chief.locator("[value=danger]").check()
    chief.locator("[value=mail]").check()
    for name, text in (
        ("seen", "창으로 쓰러진 사람이 보임"),
        ("decided_by", "관제 책임 노아름"),
        ("police", "봉천지구대 2명"),
        ("fire", "관악소방서 구조대 4명"),
    ):
        chief.locator(f".entry-form [name={name}]").fill(text)
    chief.locator("[name=sure]").check()
    picture(chief, "entry-form", whole=True)
    chief.get_by_role("button", name="서명하기").click()
    expect(chief.locator(".entry-done")).to_contain_text("관악소방서 구조대 4명")
    picture(chief, "entry-signed", whole=True)
    check_axe(chief)
    assert Entry.objects.get(alarm=silent).signed_by == desk.evening.world.supervisor
