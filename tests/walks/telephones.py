"""A telephone in a worker's hand: taken up, signed in, pressed by a thumb."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.care.rounds.a_round import Round, make_round
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import HERE, Desk, sign_in

PIN = "284915"
THUMB = 44
# This machine has no dialler: Chromium would ask which program is to open the number.
NO_DIALLER = """addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='tel:']");
  if (link) { event.preventDefault(); window.dialled = link.getAttribute("href"); }
}, true);"""
type Take = Callable[..., BrowserContext]


def a_day(desk: Desk, settings: Any) -> Round:
    """Make a worker's day, by the city's clock; they may sign in."""
    settings.CLOCK = desk.clock
    made = make_round(NOW)
    give_keys("dol", made.worker.staff, NOW)
    return made


def taking(browser: Browser, desk: Desk) -> Iterator[Take]:
    """Return a way to take up a telephone whose clock is the city's."""
    taken: list[BrowserContext] = []
    outside: list[str] = []
    fell: list[str] = []

    def note(address: str) -> None:
        desk.addresses.append(address)
        if not address.startswith((*HERE, "tel:")):
            outside.append(address)

    def take(
        *, language: str = "ko-KR", width: int = 393, ahead: timedelta = timedelta()
    ) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 852},
            has_touch=True,
            is_mobile=True,
            locale=language,
            timezone_id="Asia/Seoul",
        )
        context.clock.install(time=NOW + ahead)
        context.add_init_script(NO_DIALLER)
        context.on("request", lambda request: note(request.url))
        context.on("weberror", lambda trouble: fell.append(str(trouble.error)))
        context.set_default_timeout(15_000)
        taken.append(context)
        return context

    yield take
    for context in taken:
        context.close()
    assert outside == [], f"requests left this machine: {outside}"
    assert fell == [], "the script fell over"


def come_in(context: BrowserContext, desk: Desk, login: str = "dol") -> Page:
    """Sign in, choose the number of the day, and wait until the shell lies in the telephone."""
    page = context.new_page()
    sign_in(page, desk.url, login)
    page.wait_for_url("**/round/")
    page.fill("#pin-1", PIN)
    page.fill("#pin-2", PIN)
    page.locator("form .big").tap()
    expect(page.locator("h1")).to_have_text(re.compile("오늘 안부|Today"))
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    until(page, "() => caches.keys().then(keys => keys.length === 1)")
    until(
        page,
        "() => caches.keys().then(keys => caches.open(keys[0]))"
        ".then(cache => cache.keys()).then(files => files.length === 7)",
    )
    return page


def until(page: Page, script: str, arg: object = None) -> None:
    """Wait until a script's promise comes true: Playwright's own wait stops at any promise."""
    for _ in range(300):
        if page.evaluate(script, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(script)


def open_again(context: BrowserContext, desk: Desk) -> Page:
    """Open the app as from the home screen, and type the number."""
    page = context.new_page()
    page.goto(f"{desk.url}/round/")
    expect(page.locator("h1")).to_have_text("번호를 눌러 주세요")
    page.fill("#pin-1", PIN)
    page.locator("form .big").tap()
    return page


def time_passes(context: BrowserContext, desk: Desk, minutes: int) -> None:
    """Let the clocks of the city and of the telephone go on together."""
    desk.clock.set_pace(speed=1, shown=desk.clock.now() + timedelta(minutes=minutes))
    context.clock.run_for(minutes * 60_000)


def call(page: Page, name: str) -> None:
    page.locator(".rd-card", has_text=name).locator(".act .rd-btn").tap()
    expect(page.locator("h1")).to_contain_text(name)


def reached(page: Page, name: str, mood: str = "so_so") -> None:
    """Call, reached, how, save: four taps."""
    call(page, name)
    page.locator("#r-reached").tap()
    page.locator(f"#m-{mood}").tap()
    page.locator("#save").tap()
    expect(page.locator("h1")).to_contain_text("오늘 안부")


def big_enough(page: Page) -> None:
    """Hold everything that is pressed against a thumb, and the page against its width."""
    for place in page.locator("button:visible, a.rd-btn:visible, input:visible").all():
        box = place.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= THUMB, place.evaluate("e => e.outerHTML")
    width = page.evaluate("window.innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
