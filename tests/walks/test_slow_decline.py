"""A planner reads of a home whose day has slid, looks into it, and ends it, in a browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from anbu.care.alarms.models import Alarm
from anbu.care.concerns import actions
from tests.care.alarms.world import sweep
from tests.care.concerns.test_concerns import write
from tests.kernel.test_decline import ALL_OVER, FEWER, LATE, life
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture


@pytest.fixture
def planner(desk: Desk, settings) -> None:
    settings.CLOCK = desk.clock
    world = desk.evening.world
    give_keys("lee", world.planner, NOW)
    for recent in (FEWER, LATE, ALL_OVER):
        write(world.home(still_at=NOW + timedelta(hours=2)), life(recent), until=NOW)
    sweep(actions.ask_next, NOW)


def test_a_slow_decline_is_read_taken_and_ended(
    desk: Desk, planner: None, visit: Callable[..., Visitor]
) -> None:
    alarms = Alarm.objects.count()
    page = visit("lee").page
    page.click("text=서서히 달라진 집")
    page.wait_for_url("**/concerns")
    cards = page.locator("article.concern")
    expect(cards).not_to_have_count(0)
    late = page.locator("article.concern", has_text="하루가 옮겨짐").first
    expect(late).to_contain_text("늦어졌습니다")
    expect(late.locator("svg.cw")).to_have_count(2)
    picture(page, "concerns-day")
    late.get_by_role("button", name="살펴보겠습니다").click()
    late = page.locator("article.concern", has_text="하루가 옮겨짐").first
    expect(late).to_contain_text("살펴보는 중")
    late.get_by_placeholder("메모").fill("월요일에 전화드림")
    late.get_by_placeholder("메모").press("Enter")
    expect(page.locator("article.concern", has_text="월요일에 전화드림")).to_have_count(1)

    noted = page.locator("article.concern", has_text="월요일에 전화드림")
    noted.locator("summary").click()
    noted.get_by_role("button", name="끝내기").click()
    expect(noted.locator(".ab-error")).to_contain_text("결과를 골라 주세요")
    check_axe(page)
    noted.locator("label", has_text="돌봄·진료로 이음").click()
    noted.get_by_role("button", name="끝내기").click()
    expect(page.locator("article.concern", has_text="월요일에 전화드림")).to_have_count(0)
    page.click("text=끝난 관심")
    expect(page.locator("article.concern")).to_contain_text("돌봄·진료로 이음")
    assert Alarm.objects.count() == alarms


def test_the_list_reads_in_english_and_at_night(
    desk: Desk, planner: None, visit: Callable[..., Visitor]
) -> None:
    page = visit("lee", theme="night", language="en-GB").page
    page.goto(f"{desk.url}/concerns")
    expect(page.locator("h1")).to_contain_text("homes whose life slowly changed")
    picture(page, "concerns-night-en", whole=True)
