"""A night with more alarms than a screen holds: far rows get their strips when there is time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from anbu.care.alarms import actions as alarms
from tests.care.alarms.world import sweep
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor

MORE = 60


@pytest.fixture
def long_night(desk: Desk, settings) -> Desk:
    """Let sixty more homes fall silent."""
    settings.CLOCK = desk.clock
    settings.BRAKE_AT_LEAST = MORE + 1  # a bad night, and not yet a flood
    for n in range(MORE):
        desk.evening.world.home(still_at=NOW - timedelta(minutes=2, seconds=n))
    sweep(alarms.raise_next_silence, NOW)
    return desk


def ids(page: Page) -> list[str]:
    """Return the rows as they stand, which is also the order a screen reader reads them in."""
    return page.eval_on_selector_all("#rows > li", "rows => rows.map(r => r.dataset.id)")


def drawn(page: Page) -> int:
    """Return how many rows show a strip."""
    return page.locator("#rows > li .sp > svg.strip").count()


def test_no_row_is_lost_or_doubled_and_every_strip_comes(
    long_night: Desk, visit: Callable[..., Visitor]
) -> None:
    page = visit("moon").page
    expect(page.locator("[data-later]")).to_have_count(0, timeout=10_000)
    first = ids(page)
    assert len(first) == len(set(first)) > MORE
    assert drawn(page) == len(first)
    assert page.locator("[data-total]").inner_text() == str(len(first))
    keys = "rows => rows.map(r => [-r.dataset.level, +r.dataset.due, +r.dataset.raised, r.id])"
    placed = page.eval_on_selector_all("#rows > li", keys)
    assert placed == sorted(placed)
    for _ in range(50):
        page.keyboard.press("KeyJ")
    page.keyboard.press("KeyK")
    expect(page.locator("#rows > li").nth(49)).to_have_attribute("aria-current", "true")

    page.route("**/strips?*", lambda route: route.abort())
    with page.expect_request("**/strips?*"):  # far rows come again without strips
        _let_everything_be_read_anew()
    assert page.locator("[data-later]").count() > MORE / 2
    assert drawn(page) == len(first)  # and keep theirs until the new ones are here
    page.unroute("**/strips?*")
    expect(page.locator("[data-later]")).to_have_count(0)
    assert ids(page) == first
    expect(page.locator("#rows > li").nth(49)).to_have_attribute("aria-current", "true")

    by = long_night.evening.world.second
    alarms.close(alarm_id=first[55], outcome="safe_call", by=by, now=NOW)  # type: ignore[arg-type]
    expect(page.locator(f"#row-{first[55]}")).to_have_count(0)
    assert ids(page) == first[:55] + first[56:]


def _let_everything_be_read_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""SELECT pg_notify('anbu_alarm', '{"id": "causes", "v": 0}')""")
