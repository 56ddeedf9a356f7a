"""A planner asks, an answer cannot wait, and a person decides the tier, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from anbu.care.assess import actions
from anbu.care.assess.models import Crisis, Decision
from anbu.care.people.models import Household
from tests.care.alarms.world import BY
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor, say_why
from tests.walks.looks import check_axe, picture


@pytest.fixture
def home(desk: Desk, settings) -> str:
    settings.CLOCK = desk.clock
    world = desk.evening.world
    give_keys("lee", world.planner, NOW)
    actions.load_shipped(by=BY, now=NOW)
    return str(world.home(still_at=NOW))


def test_an_assessment_a_crisis_and_a_decision(
    desk: Desk, home: str, visit: Callable[..., Visitor]
) -> None:
    page = visit("lee").page
    page.goto(f"{desk.url}/households/{home}")
    say_why(page)
    page.get_by_role("link", name="평가", exact=True).click()
    page.get_by_role("link", name="PHQ-9 우울 선별").click()
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    check_axe(page)
    for nth, each in enumerate(page.locator("ol.items > li").all()):
        each.locator("label").nth(1 if nth in (0, 1, 4, 8) else 0).click()
    page.locator("label", has_text="만나서").click()
    picture(page, "assess-form-day", whole=True)
    page.get_by_role("button", name="답 적기").click()
    crisis = page.locator("section.crisis")
    expect(crisis).to_contain_text("지금 움직여 주세요")
    expect(crisis).to_contain_text("이하늘")
    expect(page.locator("article.answer")).to_contain_text("거의 없음")
    assert Household.objects.get(id=home).tier == "mid"
    page.get_by_text("위험군 결정하기").click()
    page.get_by_text("왜 이 점수인가").click()
    picture(page, "assess-tab-day", whole=True)
    check_axe(page)

    page.locator("label", has_text="고위험").first.click()
    page.locator("input[name=reason]").fill("죽고 싶다는 말을 처음 함, 찾는 이 없음")
    page.locator("input[name=review_on]").fill("2026-12-05")
    page.get_by_label("무엇을 보고 정했나").select_option(index=1)
    page.get_by_role("button", name="결정하기").click()
    expect(page.locator(".pg")).to_contain_text("2026-12-05에 다시 봅니다")
    assert Decision.objects.get().assessment is not None

    page.goto(f"{desk.url}/")
    page.locator("a.crisis-link").click()
    page.wait_for_url("**/assessments")
    expect(page.locator("section.crises")).to_contain_text("윤정례")
    check_axe(page)
    picture(page, "assess-work-day", whole=True)
    page.locator("section.crises a").click()
    page.get_by_text("한 일 적고 끝내기").click()
    page.locator("section.crisis label", has_text="109와 통화로 이음").click()
    page.locator("section.crisis input[name=note]").fill("곁에서 109 상담사와 20분 통화")
    page.locator("section.crisis").get_by_role("button", name="끝내기").click()
    expect(page.locator("section.crisis")).to_have_count(0)
    assert Crisis.objects.get().outcome == "line"

    night = visit("lee", theme="night", language="en-GB").page
    night.goto(f"{desk.url}/households/{home}/assess")
    expect(night.locator(".pg")).to_contain_text("Looked at again on 2026-12-05")
    check_axe(night)
    picture(night, "assess-tab-night-en", whole=True)
