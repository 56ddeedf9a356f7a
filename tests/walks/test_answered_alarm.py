"""A silent home becomes an answered alarm, in a real browser, with the keyboard alone."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries
from anbu.care.foundation.queries import now
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

Visit = Callable[..., Visitor]
# A browser without a telephone has nowhere to go by such a link: it is enough that it is followed.
WATCH_DIALS = """() => { window.dialled = ""; addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='tel:']");
    if (link) { window.dialled = link.getAttribute("href"); event.preventDefault(); }
}, { once: true }); }"""


@pytest.fixture(autouse=True)
def _same_clock(desk: Desk, settings) -> None:
    settings.CLOCK = desk.clock


def fall_silent(desk: Desk, name: str = "마길순") -> str:
    """Let the clock come to where this home's patience ends; return the alarm's id."""
    desk.clock.set_pace(speed=1, shown=_due(desk))
    assert alarms.raise_next_silence(now=now())
    rows = queries.queue(seen_by=desk.evening.world.supervisor, now=now()).rows
    return str(next(row.id for row in rows if row.name == name))


def _due(desk: Desk) -> datetime:
    return desk.clock.now() + timedelta(minutes=2)


def row(page: Page, name: str):
    """Return the row of this person."""
    return page.locator("#rows > li", has_text=name)


def key(page: Page, code: str, *, ime: bool = False) -> None:
    """Press a key by its place, as a Korean keyboard sends it while the IME is on."""
    if not ime:
        page.keyboard.press(code)
        return
    page.evaluate(
        """([code]) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent(
            "keydown", { code, key: "Process", keyCode: 229, bubbles: true, cancelable: true }))""",
        [code],
    )


def test_a_silent_home_becomes_an_answered_alarm(desk: Desk, visit: Visit) -> None:
    page = visit("moon", theme="night").page
    expect(page.locator("#panel")).to_contain_text("윤정례")
    expect(page).to_have_title("(1) 심각 · 지금 할 일 · 안부")
    assert row(page, "마길순").count() == 0
    page.evaluate("window.untouched = true")

    alarm = fall_silent(desk)
    expect(row(page, "마길순")).to_be_visible(timeout=5000)
    assert page.evaluate("window.untouched"), "the page was loaded again"

    while row(page, "마길순").get_attribute("aria-current") is None:
        key(page, "KeyJ")
    expect(page.locator("#panel")).to_contain_text("마길순")
    key(page, "KeyA")
    expect(row(page, "마길순")).to_contain_text("내 담당")
    for times in (1, 2):
        key(page, "KeyC")
        expect(page.locator("#dlg-call")).to_be_visible()
        page.evaluate(WATCH_DIALS)
        key(page, "KeyC")  # a second C follows the link
        assert page.evaluate("window.dialled").startswith("tel:010")
        key(page, "Digit4")
        key(page, "Enter")
        expect(page.locator("#panel .tl li")).to_have_count(times)
    expect(row(page, "마길순")).to_contain_text("심각")  # two calls unanswered: now the daughter

    row(page, "마길순").locator("a").focus()
    key(page, "Enter")
    page.wait_for_url(f"**/alarms/{alarm}")
    key(page, "Digit1")  # the daughter says: safe
    expect(page.locator(".tl2")).to_contain_text("안전하다고 함")
    key(page, "KeyS")
    key(page, "Digit1")
    expect(page.locator("#dlg-close input:checked")).to_have_value("safe_call")
    assert page.locator(".tl2").inner_text().count("끝냄") == 0, "closed without Enter"
    key(page, "Enter")
    expect(page.locator(".tl2")).to_contain_text("끝냄 — 안전 · 전화")
    expect(page.locator(".head")).to_contain_text("끝남")
    key(page, "Escape")
    page.wait_for_selector("#rows")
    assert row(page, "마길순").count() == 0
    key(page, "Digit7")
    expect(row(page, "마길순")).to_contain_text("안전 · 전화")


def test_the_keyboard_works_with_the_hangul_ime_on_but_never_inside_a_field(
    desk: Desk, visit: Visit
) -> None:
    page = visit("moon").page
    expect(page.locator("#panel")).to_contain_text("윤정례")
    key(page, "KeyJ", ime=True)
    expect(page.locator("#rows > li").nth(1)).to_have_attribute("aria-current", "true")
    key(page, "KeyN", ime=True)
    note = page.locator("#dlg-note textarea")
    expect(note).to_be_focused()
    page.keyboard.type("jkcavs")
    key(page, "KeyV", ime=True)
    assert note.input_value() == "jkcavs"
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Shift+Slash")
    page.uncheck("[data-keys-switch]")
    page.click("#dlg-keys [data-close]")
    key(page, "KeyN")
    assert page.locator("dialog[open]").count() == 0, "single keys were switched off"


def test_a_key_pressed_before_the_panel_has_come_waits_for_the_right_person(
    desk: Desk, visit: Visit
) -> None:
    page = visit("moon").page
    expect(page.locator("#panel h2").first).to_have_text("윤정례")
    second = page.locator("#rows > li").nth(1)
    name = second.locator(".nm").inner_text()
    held: list[Route] = []
    page.route("**/preview/*", lambda route: held.append(route))
    key(page, "KeyJ")
    key(page, "KeyN")
    while not held:
        page.wait_for_timeout(20)
    assert page.locator("dialog[open]").count() == 0, "the note would have gone to another home"
    held[0].continue_()
    expect(page.locator("#dlg-note textarea")).to_be_focused()
    expect(page.locator("#panel h2").first).to_have_text(name)


def test_the_answer_to_a_deed_takes_no_dialog_away_that_was_opened_since(
    desk: Desk, visit: Visit
) -> None:
    page = visit("moon").page
    expect(page.locator("#panel h2").first).to_have_text("윤정례")
    while row(page, "서복동").get_attribute("aria-current") is None:
        key(page, "KeyJ")
    expect(page.locator("#panel h2").first).to_have_text("서복동")
    held: list[Route] = []
    page.route("**/claim", lambda route: held.append(route))
    expect(page.locator('#panel [data-key="KeyA"]')).to_have_count(1)
    key(page, "KeyA")
    while not held:
        page.wait_for_timeout(20)
    key(page, "KeyC")
    expect(page.locator("#dlg-call")).to_be_visible()
    with page.expect_response("**/claim"):
        held[0].continue_()
    expect(row(page, "서복동")).to_contain_text("내 담당")
    page.wait_for_timeout(300)
    expect(page.locator("#dlg-call")).to_be_visible()
    page.keyboard.press("Escape")
    # read anew as soon as nobody's hand is in it
    expect(page.locator('#panel [data-key="KeyA"]')).to_have_count(0)


def test_two_operators_take_one_alarm_and_the_slower_is_told_who_has_it(
    desk: Desk, visit: Visit
) -> None:
    first, second = visit("moon").page, visit("han").page
    for page in (first, second):
        row(page, "서복동").locator("a").focus()
        expect(page.locator("#panel h2").first).to_have_text("서복동")
    # the slower one has not yet heard of the faster one's deed
    second.route("**/row/*", lambda route: route.abort())
    second.route("**/preview/*", lambda route: route.abort())
    key(first, "KeyA")
    expect(row(first, "서복동")).to_contain_text("내 담당")
    key(second, "KeyA")
    expect(second.locator("#panel [role=alert]")).to_contain_text("문가람 님이 먼저 맡았습니다")


def test_a_refused_form_keeps_what_was_typed(desk: Desk, visit: Visit) -> None:
    page = visit("moon").page
    row(page, "서복동").locator("a").focus()
    expect(page.locator("#panel h2").first).to_have_text("서복동")
    key(page, "KeyS")
    page.fill("#dlg-close [name=note]", "아직 모름")
    page.click("#dlg-close .go")
    expect(page.locator("#dlg-close .faults")).to_contain_text("결과를 골라 주세요")
    assert page.input_value("#dlg-close [name=note]") == "아직 모름"


def top_of(page: Page, name: str) -> float:
    """Return where a row stands; asked in one go, for a row may be renewed at any time."""
    return page.evaluate(
        """name => [...document.querySelectorAll("#rows > li")]
            .find(row => row.querySelector(".nm").textContent === name).offsetTop""",
        name,
    )


def test_a_row_in_hand_does_not_move_until_it_is_asked_to(desk: Desk, visit: Visit) -> None:
    page = visit("moon").page
    last = page.locator("#rows > li").last
    last.locator("a").focus()
    name = last.locator(".nm").inner_text()
    before = top_of(page, name)
    fall_silent(desk)
    expect(row(page, "마길순")).to_be_visible()
    expect(page.locator("[data-pill]")).to_contain_text("순서 바뀜 1")
    assert top_of(page, name) == before
    key(page, "KeyU")
    expect(page.locator("[data-pill]")).to_be_hidden()
    dues = page.eval_on_selector_all(
        "#rows > li", "rows => rows.map(r => [-r.dataset.level, +r.dataset.due])"
    )
    assert dues == sorted(dues)


def test_a_cut_link_is_told_within_twenty_seconds_and_nothing_is_lost_or_doubled(
    desk: Desk, visit: Visit
) -> None:
    page = visit("moon").page
    expect(page.locator("#panel")).to_contain_text("윤정례")
    page.wait_for_timeout(500)
    desk.stop()
    expect(page.locator("[data-link-lost]")).to_contain_text("연결이 끊겼습니다", timeout=31_000)
    assert "is-lost" in (page.locator("body").get_attribute("class") or "")
    fall_silent(desk)
    desk.start()
    expect(page.locator("[data-link-lost]")).to_be_hidden(timeout=15_000)
    expect(row(page, "마길순")).to_have_count(1)
    ids = page.eval_on_selector_all("#rows > li", "rows => rows.map(r => r.id)")
    assert len(ids) == len(set(ids)) == 7


def test_eight_tabs_share_one_stream(desk: Desk, visit: Visit) -> None:
    visitor = visit("moon")
    streams: list[str] = []
    visitor.context.on("request", lambda r: streams.append(r.url) if "/live" in r.url else None)
    tabs = [visitor.context.new_page() for _ in range(7)]
    for tab in tabs:
        tab.goto(desk.url)
    fall_silent(desk)
    for tab in [visitor.page, *tabs]:
        expect(row(tab, "마길순")).to_have_count(1, timeout=10_000)
    assert streams == []


@pytest.mark.parametrize("theme", ["day", "night"])
def test_the_pages_are_sound_for_everyone_and_look_as_drawn(
    desk: Desk, visit: Visit, theme: str
) -> None:
    login = visit(None).page
    login.goto(f"{desk.url}/login")
    check_axe(login)
    page = visit("moon", theme=theme).page
    page.goto(f"{desk.url}/shift")
    check_axe(page)
    page.goto(desk.url)
    expect(page.locator("#panel")).to_contain_text("윤정례")
    late = page.locator("#causes > li", has_text="통신 B")
    expect(late.get_by_role("link", name="대신 확인할 명단")).to_be_visible()
    page.wait_for_timeout(700)
    check_axe(page)
    picture(page, "queue" if theme == "night" else "queue-day")
    page.keyboard.press("KeyS")
    check_axe(page)
    page.keyboard.press("Escape")
    page.locator("#rows > li a").first.click()
    page.wait_for_selector(".tl2")
    page.wait_for_timeout(700)
    check_axe(page)
    if theme == "day":
        picture(page, "incident")
