"""The start of work checks what the night needs: the sound, the second factor, what is open."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from anbu.care.foundation.models import Trace
from tests.walks.conftest import Desk, Visitor, sign_in
from tests.walks.looks import check_axe, picture

Visit = Callable[..., Visitor]
TONES = """
    window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) {
        if (this.context.state === "running") window.tones++;
        return start.apply(this, at);
    };
"""


@pytest.fixture(autouse=True)
def _same_clock(desk: Desk, settings) -> None:
    settings.CLOCK = desk.clock


def at_the_start(desk: Desk, visit: Visit, *, muted: bool = False) -> Page:
    """Come in, and stand before the button; `muted`: the browser lets no sound out."""
    page = visit(None).page
    page.add_init_script(TONES)
    if muted:
        page.add_init_script(
            "AudioContext.prototype.resume = () => new Promise(() => undefined);"
            "Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'suspended' });"
        )
    page.goto(f"{desk.url}/shift")
    assert "/login" in page.url  # nobody stands here without having come in
    sign_in(page, desk.url, "moon")
    page.wait_for_url("**/shift")
    return page


def start(page: Page) -> None:
    page.click("[data-start-shift] > button")
    page.wait_for_selector("#rows", state="attached")


def test_the_tone_sounds_is_heard_and_the_open_things_stand_there(desk: Desk, visit: Visit):
    page = at_the_start(desk, visit)
    expect(page.locator(".checks")).to_contain_text("코드 앱으로 마쳤습니다")
    counts = page.locator(".open-items li").all_inner_texts()
    page.click("[data-tone]")
    expect(page.locator("[data-silent]")).to_be_hidden()
    page.wait_for_function("window.tones === 2")  # two falling tones
    page.check("[name=heard][value=yes]")
    expect(page.locator(".if-unheard")).to_be_hidden()
    check_axe(page)
    picture(page, "shift")
    start(page)
    shown = page.locator("#views a[data-key^=Digit] b").all_inner_texts()
    told = [text.split()[-1] for text in counts]
    assert told[:6] == [shown[n] for n in (0, 1, 2, 3, 4, 5)]
    assert int(shown[0]) > 0
    assert Trace.objects.get(verb="check_sound").detail["heard"] is True


def test_who_hears_nothing_is_shown_another_way_and_may_start(desk: Desk, visit: Visit):
    page = at_the_start(desk, visit, muted=True)
    page.click("[data-tone]")
    expect(page.locator("[data-silent]")).to_be_visible()
    assert page.evaluate("window.tones") == 0
    page.check("[name=heard][value=no]")
    expect(page.locator(".if-unheard")).to_contain_text("알리는 차례")
    check_axe(page)
    start(page)
    assert Trace.objects.get(verb="check_sound").detail["heard"] is False


def test_who_says_nothing_about_the_sound_starts_and_nothing_is_claimed(desk: Desk, visit: Visit):
    page = at_the_start(desk, visit)
    start(page)
    assert not Trace.objects.filter(verb="check_sound").exists()
