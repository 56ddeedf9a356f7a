"""알림 in a browser: how one is told, what rings, 알았음; and who is to be asked how they are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm, Care
from anbu.care.effects import actions
from anbu.care.effects.models import Order, Ring, Telling
from tests.care.alarms.world import sweep
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]


@pytest.fixture
def cry(desk: Desk, settings: Any) -> Alarm:
    """Let a home cry for help where nobody has answered anything yet."""
    settings.CLOCK = desk.clock
    settings.GATEWAY_URL, settings.ALL_CALL = "http://127.0.0.1:1/", ["010-9999-4242"]
    for row in Telling.objects.filter(ended_at=None):  # what the evening left
        Telling.objects.filter(id=row.id).update(ended_at=NOW, ended_how="over", next_at=None)
    world = desk.evening.world
    home = world.home(still_at=NOW + timedelta(hours=5))
    world.cry(home, at=NOW)
    sweep(alarms.raise_next_sos, NOW)
    return Alarm.objects.get(household=home)


def test_one_says_how_one_is_told_and_the_supervisor_how_the_post_is(
    desk: Desk, visit: Visit, cry: Alarm
) -> None:
    page = visit("noh").page
    page.goto(f"{desk.url}/account")
    page.get_by_role("link", name="보거나 바꾸기").click()
    page.wait_for_url("**/account/telling")
    expect(page.locator("main")).to_contain_text("보통 차례")
    check_axe(page)
    page.get_by_label("1번째 길").first.select_option("sms")
    page.get_by_label("내 전화번호").fill("010-12")
    page.keyboard.press("Enter")
    expect(page.locator(".ab-error")).to_contain_text("전화번호")
    check_axe(page)
    page.get_by_label("내 전화번호").fill("010-1111-0003")
    page.get_by_label("2번째 길").first.select_option("call")
    page.get_by_label("2번째까지 기다리는 초").first.fill("90")
    page.get_by_role("button", name="내 차례로 두기").click()
    expect(page.locator(".tell-turns")).to_contain_text("90초 뒤")
    picture(page, "telling-order", whole=True)
    check_axe(page)
    assert Order.objects.get().phone == "010-1111-0003"


def test_it_rings_until_somebody_says_so(desk: Desk, visit: Visit, cry: Alarm) -> None:
    actions.set_order(phone="010-1111-0001", turns=(), by=desk.evening.world.operator, now=NOW)
    for after_s in range(0, 500, 20):
        sweep(actions.ring_next, NOW + timedelta(seconds=after_s))
        Ring.objects.filter(status="queued").update(status="sent", settled_at=NOW)
    page = visit("moon").page
    page.goto(f"{desk.url}/tellings")
    item = page.locator(".tell-item").first
    expect(item).to_contain_text("위기신호")
    expect(item).to_contain_text("전체 호출")
    expect(item).to_contain_text("…4242")
    expect(page.locator("main")).not_to_contain_text("윤정례")
    picture(page, "telling-ringing", whole=True)
    check_axe(page)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("울리고 있는 알림이 없습니다.")
    assert Telling.objects.get(cause=cry.id).ended_by == desk.evening.world.operator
    assert Alarm.objects.get(id=cry.id).owner_staff is None  # heard of, not taken


def test_by_night_and_in_english(desk: Desk, visit: Visit, cry: Alarm) -> None:
    sweep(actions.ring_next, NOW + timedelta(seconds=2))
    page = visit("moon", theme="night", language="en-GB").page
    page.goto(f"{desk.url}/tellings")
    expect(page.locator("main")).to_contain_text("Got all of it")
    picture(page, "telling-night")
    check_axe(page)
    page.goto(f"{desk.url}/account/telling")
    expect(page.locator("main")).to_contain_text("How I am told")
    check_axe(page)


def test_after_a_death_the_supervisor_asks_who_was_there(
    desk: Desk, visit: Visit, cry: Alarm
) -> None:
    world = desk.evening.world
    alarms.claim(alarm_id=cry.id, version=cry.version, by=world.operator, now=NOW)
    alarms.close(alarm_id=cry.id, outcome="died", by=world.operator, now=NOW)
    page = visit("noh").page
    page.goto(f"{desk.url}/handover")
    page.get_by_role("link", name="동료 돌봄").click()
    page.wait_for_url("**/care")
    item = page.locator(".tell-item")
    expect(item).to_contain_text("문가람")
    picture(page, "care", whole=True)
    check_axe(page)
    item.locator("[name=note]").fill("내일 쉬기로 함")
    item.get_by_role("button", name="이야기함").click()
    expect(page.locator(".tell-item")).to_contain_text("내일 쉬기로 함")
    check_axe(page)
    assert Care.objects.get().state == "spoken"
