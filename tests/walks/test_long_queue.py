"""A night with more alarms than a screen holds: far rows get their strips when there is time."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from anbu.care.alarms import actions as alarms
from tests.care.alarms.world import HERE, THERE, sweep
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import picture

MORE = 194


@pytest.fixture
def long_night(desk: Desk, settings) -> Desk:
    """Let more homes fall silent, until two hundred rows stand in the queue."""
    settings.CLOCK = desk.clock
    settings.BRAKE_AT_LEAST = MORE + 1  # a bad night, and not yet a flood
    for n in range(MORE):
        still_at, dong = NOW - timedelta(minutes=2, seconds=n), THERE if n % 3 == 0 else HERE
        desk.evening.world.home(still_at=still_at, dong=dong)
    sweep(alarms.raise_next_silence, NOW)
    return desk


def ids(page: Page) -> list[str]:
    """Return the rows as they stand, which is also the order a screen reader reads them in."""
    return page.eval_on_selector_all("#rows > li", "rows => rows.map(r => r.dataset.id)")


def drawn(page: Page) -> int:
    """Return how many rows show a strip."""
    return page.locator("#rows > li .sp > svg.strip").count()


def part_heads(page: Page) -> list[str]:
    """Return what stands over the first row of each part of a flood."""
    return page.eval_on_selector_all("#rows > li.part", "rows => rows.map(r => r.dataset.part)")


def test_no_row_is_lost_or_doubled_and_every_strip_comes(
    long_night: Desk, visit: Callable[..., Visitor]
) -> None:
    page = visit("moon").page
    expect(page.locator("[data-later]")).to_have_count(0, timeout=10_000)
    first = ids(page)
    assert len(first) == len(set(first)) > MORE
    assert drawn(page) == len(first)
    assert page.locator("[data-total]").inner_text() == str(len(first))
    expect(page.locator(".flood-line")).to_contain_text("빠진 것은 없습니다")
    keys = "rows => rows.map(r => [r.dataset.level, r.dataset.near, +r.dataset.due, r.id])"
    placed = page.eval_on_selector_all("#rows > li", keys)
    sizes = Counter((level, near) for level, near, _, _ in placed)
    # gravest first; what is not critical together by dong, the largest part first
    assert placed == sorted(placed, key=lambda row: _in_a_flood(row, sizes))
    heads = part_heads(page)
    assert heads == [f"{near} · {sizes[level, near]}건" for level, near in _parts(placed)]
    assert len(heads) > 1
    picture(page, "queue-flood")
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
    expect(page.locator("[data-later]")).to_have_count(0, timeout=15_000)  # 100 each 3 seconds
    assert ids(page) == first
    assert part_heads(page) == heads  # rows that came anew begin the same parts
    expect(page.locator("#rows > li").nth(49)).to_have_attribute("aria-current", "true")

    by = long_night.evening.world.second
    head = page.locator("#rows > li.part").nth(1)
    id, version = head.get_attribute("data-id"), head.get_attribute("data-v")
    alarms.note(alarm_id=id, text="이웃이 봤다고 함", by=by, now=NOW)  # type: ignore[arg-type]
    expect(page.locator(f"#row-{id}")).not_to_have_attribute("data-v", str(version))
    assert part_heads(page) == heads  # a row that comes anew is still the first of its part

    alarms.close(alarm_id=first[55], outcome="safe_call", by=by, now=NOW)  # type: ignore[arg-type]
    expect(page.locator(f"#row-{first[55]}")).to_have_count(0)
    assert ids(page) == first[:55] + first[56:]


def test_an_ordinary_night_is_not_put_together(desk: Desk, visit: Callable[..., Visitor]) -> None:
    page = visit("moon").page
    expect(page.locator("#load")).to_be_visible()
    expect(page.locator(".flood-line")).to_have_count(0)
    expect(page.locator("#rows > li.part")).to_have_count(0)


def _in_a_flood(row: list[Any], sizes: Counter[tuple[str, str]]) -> tuple[Any, ...]:
    level, near, due, id = row
    part = () if level == "3" else (-sizes[level, near], near)
    return (-int(level), part, due, id)


def _parts(placed: list[list[Any]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((level, near) for level, near, _, _ in placed if level != "3"))


def _let_everything_be_read_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""SELECT pg_notify('anbu_alarm', '{"id": "causes", "v": 0}')""")
