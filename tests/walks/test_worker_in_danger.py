"""A worker behind a door whose telephone is dead, and one who calls without a sound."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from anbu.care.foundation.queries import now
from anbu.care.rounds import actions, jobs, queries
from anbu.care.rounds.models import Visit
from tests.care.rounds.visiting import MINUTE, SECOND, Pair, pair_of
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

OWN, DURESS = "2580", "9137"
See = Callable[..., Visitor]


@pytest.fixture
def pair(desk: Desk, settings) -> Pair:
    settings.CLOCK = desk.clock
    made = pair_of(desk.evening.world)
    actions.set_pins(worker=made.worker, own=OWN, duress=DURESS, by=made.staff, now=NOW)
    return made


def at(desk: Desk, later: timedelta) -> None:
    """Let the clock come there, and let it watch."""
    desk.clock.set_pace(speed=1, shown=NOW + later)
    while jobs.watch_visits(now()):
        pass


def row(page: Page, name: str):
    return page.locator("#rows > li", has_text=name)


def test_the_time_passes_while_the_telephone_is_dead(desk: Desk, pair: Pair, visit: See) -> None:
    begun = pair.begin(desk.evening.homes["한말순"], at=NOW)
    page = visit("moon").page
    assert row(page, "강둘레").count() == 0
    at(desk, 30 * MINUTE + SECOND)  # nothing comes from the telephone any more
    page.goto(f"{desk.url}/tellings")
    expect(page.locator("main")).to_contain_text("방문 시간이 지난 돌봄단원")
    page.get_by_role("link", name="방문 시간이 지난 돌봄단원").click()
    page.wait_for_url("**/visits")
    expect(page.locator("tbody tr")).to_contain_text("시간 지남")
    expect(page.locator("tbody tr")).to_contain_text("강둘레")
    check_axe(page)
    picture(page, "worker-late")

    page.goto(desk.url)
    at(desk, 35 * MINUTE + SECOND)
    expect(row(page, "강둘레")).to_be_visible(timeout=5000)
    expect(row(page, "강둘레")).to_contain_text("심각")
    expect(row(page, "강둘레")).to_contain_text("한말순")
    row(page, "강둘레").locator("a.nm").click()
    expect(page.locator("#panel")).to_contain_text("돌봄단원 강둘레에게 전화")
    check_axe(page)
    picture(page, "worker-row")

    alarm = Visit.objects.get(id=begun.id).alarm_id
    page.goto(f"{desk.url}/alarms/{alarm}")
    card = page.locator(".worker")
    expect(card).to_contain_text("강둘레")
    expect(card).to_contain_text("유한별")
    assert card.locator("a[href^='tel:']").count() == 2
    expect(page.locator(".script")).to_contain_text("‘네’, ‘아니요’로만")
    check_axe(page)
    picture(page, "worker-incident", whole=True)
    page.keyboard.press("Digit4")  # the worker does not answer: the partner is next
    expect(page.locator(".tl2")).to_contain_text("돌봄단원 강둘레에게 전화")
    expect(page.locator(".act")).to_contain_text("짝 유한별에게 전화")
    page.keyboard.press("Digit1")
    expect(page.locator(".tl2")).to_contain_text("짝 유한별에게 전화")
    page.keyboard.press("KeyS")
    page.keyboard.press("Digit1")
    expect(page.locator("#dlg-close input:checked")).to_have_value("worker_safe")
    page.keyboard.press("Enter")
    expect(page.locator(".tl2")).to_contain_text("돌봄단원 · 단원 안전 확인")
    at(desk, 37 * MINUTE)
    ended = Visit.objects.get(id=begun.id)
    assert (ended.stage, ended.ended_how) == ("out", "worker_safe")


def test_a_silent_call_and_the_number_under_duress(desk: Desk, pair: Pair, visit: See) -> None:
    pair.begin(desk.evening.homes["한말순"], at=NOW)
    page = visit("moon").page
    pair.help(now=NOW + MINUTE)
    at(desk, MINUTE + 11 * SECOND)
    expect(row(page, "강둘레")).to_contain_text("도움 요청(소리 없이)", timeout=5000)
    alarm = Visit.objects.get(worker=pair.worker).alarm_id
    page.goto(f"{desk.url}/alarms/{alarm}")
    card = page.locator(".worker")
    expect(card).to_contain_text("단원에게 전화하지 말고")
    assert card.locator("a[href^='tel:']").count() == 1, "the worker must not be rung by a slip"
    expect(page.locator(".act")).to_contain_text("짝 유한별에게 전화")
    check_axe(page)
    picture(page, "worker-silent", whole=True)

    assert pair.pin(DURESS, now=NOW + 2 * MINUTE)
    expect(card).to_contain_text("협박 번호", timeout=5000)
    expect(card).to_contain_text("단원의 화면에는 요청이 거두어진 것으로")
    check_axe(page)
    picture(page, "worker-duress", whole=True)
    seen = queries.visit_on_phone(worker=pair.worker, now=NOW + 2 * MINUTE)
    assert seen is not None
    assert (seen.is_calling, seen.stage) == (False, "inside")


def test_the_same_in_english(desk: Desk, pair: Pair, visit: See) -> None:
    pair.begin(desk.evening.homes["한말순"], at=NOW)
    pair.help(now=NOW + MINUTE, is_silent=False)
    at(desk, MINUTE + 11 * SECOND)
    page = visit("moon", language="en-GB").page
    expect(row(page, "강둘레")).to_contain_text("Worker 강둘레: call for help")
    alarm = Visit.objects.get(worker=pair.worker).alarm_id
    page.goto(f"{desk.url}/alarms/{alarm}")
    expect(page.locator(".worker")).to_contain_text("Last heard")
    expect(page.locator("dl.out")).to_contain_text("Worker made sure safe")
    check_axe(page)
