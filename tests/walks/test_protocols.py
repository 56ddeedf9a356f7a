"""단계표 in a browser: pasted wrong, pasted right, previewed, switched on by another, frozen."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from anbu.care.alarms.models import Alarm
from anbu.care.staff import actions as staffing
from tests.care.alarms.test_protocols import NIGHTLY
from tests.care.alarms.world import BY
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]
SAID = re.compile("새것: 0:00 전화 .주의., 0:07 현장 출동 .심각.")  # to who cannot see it


@pytest.fixture
def second(desk: Desk, settings: Any) -> None:
    """Give a second supervisor keys: one proposes, the other switches on."""
    settings.CLOCK = desk.clock
    world = desk.evening.world
    told = {"name": "구관리", "role": "supervisor", "post": world.supervisor.post_id}
    give_keys("gu", staffing.add_staff(login="gu", **told, by=BY, now=NOW)[0], NOW)


def test_from_a_broken_document_to_a_frozen_ladder(desk: Desk, visit: Visit, second: None) -> None:
    page = visit("noh").page
    page.goto(f"{desk.url}/protocols")
    expect(page.locator("main")).to_contain_text("모든 신호가 시스템의 기본 단계표를 따릅니다")
    broken = NIGHTLY.replace("level = 2", "level = 7")
    page.get_by_label("단계표 (TOML)").fill(broken)
    page.get_by_role("button", name="제안하고 미리 보기").click()
    expect(page.locator(".ab-error")).to_contain_text("5번째 줄: level: 1부터 3까지의 수")
    expect(page.get_by_label("단계표 (TOML)")).to_have_value(broken)
    picture(page, "protocol-broken", whole=True)
    check_axe(page)

    page.get_by_label("단계표 (TOML)").fill(NIGHTLY)
    page.get_by_role("button", name="제안하고 미리 보기").click()
    expect(page.locator("main")).to_contain_text("제안한 사람은 켤 수 없습니다")
    expect(page.locator("svg.pl")).to_have_attribute("aria-label", SAID)
    address = page.url
    other = visit("gu", theme="night").page
    other.goto(address + "?days=30")
    expect(other.locator("main")).to_contain_text("지난 신호에 대어 보면")
    picture(other, "protocol-preview", whole=True)
    check_axe(other)
    other.get_by_label("까닭", exact=True).fill("야간 응답이 늦어서")
    other.get_by_label("두 단계표의 차이를 보았고").check()
    other.get_by_role("button", name="켜기", exact=True).click()
    expect(other.locator(".list-head")).to_contain_text("지금 쓰는 중")
    check_axe(other)

    alarm = desk.evening.world.silent(at=NOW + timedelta(minutes=1))
    assert [rung["do"] for rung in alarm.ladder] == ["call", "dispatch"]
    assert Alarm.objects.get(id=alarm.id).protocol is not None
    page.goto(f"{desk.url}/alarms/{alarm.id}")
    steps = page.locator("ol.steps li")
    expect(steps).to_have_count(4)  # signal, call, visit, end
    picture(page, "protocol-frozen")
    page.goto(f"{desk.url}/protocols")
    expect(page.locator("table.rec")).to_contain_text("지금 쓰는 중")
    picture(page, "protocol-list")
    check_axe(page)
