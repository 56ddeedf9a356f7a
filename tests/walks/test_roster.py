"""근무표 in a browser: what is needed, a hole, filling it by the keyboard, a swap, going home."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from anbu.care.places import queries as where
from anbu.care.rosters import actions
from anbu.care.rosters.models import Hole, Turn
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]
SUNDAY = NOW.replace(hour=9, minute=0, second=0) + timedelta(days=1)


@pytest.fixture
def needed(desk: Desk) -> None:
    """Let the centre need one person, and put people on its roster for some days."""
    world, post = desk.evening.world, where.centre()
    told = {"post": post, "part": "duty", "by": world.supervisor, "now": NOW}
    actions.set_need(people=1, **told)
    for nth in range(6):
        who = (world.operator, world.second)[nth % 2]
        night = SUNDAY.replace(hour=18) + timedelta(days=nth)
        span = {"begins_at": night, "ends_at": night + timedelta(hours=15)}
        actions.add_turn(staff=who.pk, **span, **told)
    while actions.tell_next_holes(now=NOW):
        pass


def type_into(page: Page, selector: str, text: str) -> None:
    page.locator(selector).focus()
    page.locator(selector).fill(text)


def test_the_lead_fills_a_hole_by_the_keyboard(desk: Desk, visit: Visit, needed: None) -> None:
    page = visit("noh").page
    link = page.locator("#side").get_by_role("link", name="근무표")
    expect(link).to_contain_text("빈 자리")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/roster")
    holes = page.locator(".ros-hole")
    before = holes.count()
    assert before > 3
    expect(page.locator("#holes li").first).to_contain_text("시와 모든 분께 알림")
    picture(page, "roster-month", whole=True)
    check_axe(page)

    page.locator("#add select[name=staff]").focus()
    names = page.locator("#add select[name=staff] option").all_inner_texts()
    for _ in range(names.index("노아름")):
        page.keyboard.press("ArrowDown")
    assert page.locator("#add select[name=staff]").input_value() != ""
    type_into(page, "#add [name=begins_at]", f"{SUNDAY:%Y-%m-%dT09:00}")
    type_into(page, "#add [name=ends_at]", f"{SUNDAY:%Y-%m-%dT08:00}")
    page.keyboard.press("Enter")
    expect(page.locator(".ab-error")).to_contain_text("뒤여야 합니다")
    check_axe(page)
    type_into(page, "#add [name=ends_at]", f"{SUNDAY:%Y-%m-%dT18:00}")
    page.keyboard.press("Enter")
    expect(page.locator(".ros-hole")).to_have_count(before - 1)
    assert not Hole.objects.filter(begins_at=SUNDAY, ended_at=None).exists()
    turn = page.get_by_role("link", name="09:00–18:00 노아름")
    assert (turn.bounding_box() or {})["height"] >= 44
    turn.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#turn")).to_contain_text("직접 넣음")
    picture(page, "roster-turn", whole=True)
    check_axe(page)


def test_a_week_by_night_and_in_english(desk: Desk, visit: Visit, needed: None) -> None:
    page = visit("noh", theme="night").page
    page.goto(f"{desk.url}/roster")
    page.get_by_role("link", name="주로 보기").click()
    page.goto(f"{desk.url}/roster?week={SUNDAY:%Y-%m-%d}")
    picture(page, "roster-week-night", whole=True)
    check_axe(page)
    page.set_viewport_size({"width": 800, "height": 1200})
    check_axe(page)
    other = visit("noh", language="en-GB").page
    other.goto(f"{desk.url}/roster?month=2026-12")
    expect(other.locator("main")).to_contain_text("Christmas Day")
    expect(other.locator("#holes")).to_contain_text("told to the city and everybody")
    assert "빈" not in other.locator("#holes h2").inner_text()
    picture(other, "roster-english", whole=True)


def test_two_swap_and_a_calendar_opens(desk: Desk, visit: Visit, needed: None) -> None:
    own = Turn.objects.filter(staff=desk.evening.world.operator).earliest("begins_at")
    page = visit("moon").page
    page.goto(f"{desk.url}/roster?turn={own.pk}")
    page.locator("#turn select[name=partner]").select_option(index=1)
    page.get_by_role("button", name="바꾸자고 청하기").click()
    expect(page.locator("#swaps")).to_contain_text("답을 기다림")
    page.get_by_role("button", name="달력 주소 받기").click()
    address = page.locator("#link input[readonly]").input_value()
    picture(page, "roster-swap", whole=True)
    check_axe(page)
    other = visit("han").page
    other.goto(f"{desk.url}/roster")
    other.get_by_role("button", name="좋습니다").click()
    lead = visit("noh").page
    lead.goto(f"{desk.url}/roster")
    lead.get_by_role("button", name="허락하기").click()
    expect(lead.locator("#swaps")).to_have_count(0)
    assert Turn.objects.get(begins_at=own.begins_at, withdrawn_at=None).staff.login == "han"
    body = page.request.get(address).text()
    assert "BEGIN:VCALENDAR" in body
    assert "STATUS:CANCELLED" in body


def test_who_leaves_the_post_empty_is_told_first(desk: Desk, visit: Visit, needed: None) -> None:
    page = visit("moon").page
    page.goto(f"{desk.url}/shift")
    expect(page.locator(".work-card.off")).to_contain_text("지금은 근무표에 없습니다")
    picture(page, "shift-roster")
    check_axe(page)
    actions.set_need(
        post=where.centre(), part="duty", people=3, by=desk.evening.world.supervisor, now=NOW
    )
    page.locator(".ab-who summary").click()
    page.get_by_role("button", name="근무 끝내고 나가기").click()
    expect(page.locator("h1")).to_contain_text("사람이 모자랍니다")
    picture(page, "leave-short")
    check_axe(page)
    page.get_by_role("link", name="남아 있기").click()
    expect(page.locator("#rows")).to_be_attached()
    page.locator(".ab-who summary").click()
    page.get_by_role("button", name="근무 끝내고 나가기").click()
    page.get_by_role("button", name="알리고 나가기").click()
    page.wait_for_url("**/login")
