"""놓친 기회 돌아보기 in a browser: from the board to the picture, two signatures, one sheet."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm, LookBack
from tests.walks.city import NOW
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]


@pytest.fixture
def died(desk: Desk, settings: Any) -> Alarm:
    """Let the first home of the evening end with a death, after calls in vain."""
    settings.CLOCK = desk.clock
    by = desk.evening.world.operator
    alarm = Alarm.objects.get(household__people__name="윤정례", closed_at=None)
    told = {"alarm_id": alarm.id, "by": by}
    alarms.claim(**told, version=alarm.version, now=NOW)
    for nth in range(2):
        later = NOW + timedelta(minutes=4 * nth)
        alarms.record_call(**told, whom="person", result="no_answer", now=later)
    alarms.close(**told, outcome="died", now=NOW + timedelta(minutes=50))
    return alarm


def test_a_supervisor_reads_what_was_known_and_writes_what_was_learnt(
    desk: Desk, visit: Visit, died: Alarm
) -> None:
    page = visit("noh").page
    page.goto(f"{desk.url}/handover")
    page.get_by_role("link", name="놓친 기회 돌아보기").click()
    page.wait_for_url("**/reviews")
    expect(page.locator(".look-item")).to_contain_text("내가 맡음")
    picture(page, "look-back-list", whole=True)
    check_axe(page)
    page.get_by_role("link", name="열기").first.click()
    page.wait_for_url(f"**/reviews/{died.id}")
    expect(page.locator("svg.look-back title")).to_contain_text("시간 동안")
    expect(page.locator(".look-hours")).to_contain_text("전화 본인 · 받지 않음 (관제사)")
    expect(page.locator("main")).not_to_contain_text("윤정례")
    expect(page.locator("main")).not_to_contain_text("문가람")
    picture(page, "look-back", whole=True)
    check_axe(page)
    page.get_by_label("생활신호가 줄거나 달라짐").check()
    page.get_by_label("어떻게 알 수 있었나요").fill("저녁 신호가 사흘 전부터 절반")
    page.get_by_label("기기", exact=True).check()
    page.get_by_label("무엇을 어떻게 바꾸나요").fill("문 열림 감지기를 더함")
    page.get_by_role("button", name="적고 서명하기").click()
    expect(page.locator(".ab-kv")).to_contain_text("아직 없음")
    check_axe(page)
    page.get_by_role("link", name="인쇄", exact=True).click()
    page.get_by_label("왜 인쇄하나요").fill("화요일 책임자 회의에서 함께 보려고")
    check_axe(page)
    page.keyboard.press("Enter")
    expect(page.locator(".look-paper")).to_contain_text("노아름")
    picture(page, "look-back-sheet", whole=True)
    check_axe(page)
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") >= 1
    assert b"841" in paper  # points: A4 lies on its side
    assert LookBack.objects.get().version == 1


def test_by_night_and_in_english(desk: Desk, visit: Visit, died: Alarm) -> None:
    page = visit("noh", theme="night", language="en-GB").page
    page.goto(f"{desk.url}/reviews/{died.id}")
    expect(page.locator("main")).to_contain_text("What each source knew")
    expect(page.locator(".look-hours")).to_contain_text("Operator")
    picture(page, "look-back-night", whole=True)
    check_axe(page)
