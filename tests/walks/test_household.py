"""A planner finds a home and sees how it stands; a supervisor previews a rule. A real Chromium."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from anbu.care.foundation.models import Trace
from anbu.care.readings import actions as readings
from anbu.care.readings.models import Study
from anbu.lab import past
from tests.lab.test_past import settle
from tests.walks.conftest import Desk, Visitor, say_why
from tests.walks.looks import check_axe, picture

Visit = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _same_clock(desk: Desk, settings) -> None:
    settings.CLOCK = desk.clock


@pytest.mark.parametrize("theme", ["day", "night"])
def test_a_home_is_found_by_its_first_consonants_and_read_with_the_keyboard(
    desk: Desk, visit: Visit, theme: str
) -> None:
    page = visit("moon", theme=theme).page
    page.get_by_role("link", name="가구 찾기").click()
    page.wait_for_url("**/households")
    page.keyboard.press("Slash")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("ㅁㄱㅅ")
    page.keyboard.press("Enter")
    expect(page.locator("tr.hit")).to_have_count(1)
    assert "ㅁㄱㅅ" not in page.url, "a name must not stand in an address"
    check_axe(page)
    picture(page, f"households-{theme}", whole=True)
    page.get_by_role("link", name="마길순").click()
    expect(page.locator("h1")).to_have_text("이 가구를 왜 여시나요")
    assert "마길순" not in page.content()
    check_axe(page)
    picture(page, f"household-why-{theme}", whole=True)
    say_why(page)
    expect(page.locator("h1")).to_have_text("마길순")
    expect(page.locator(".why")).to_contain_text("지금 평소와 같음")
    expect(page.locator(".wk svg")).to_have_count(7)
    check_axe(page)
    picture(page, f"household-{theme}", whole=True)
    for zoom in ("2주", "1년"):
        page.get_by_role("link", name=zoom).click()
        expect(page.locator(".strip-box svg")).to_be_visible()
        check_axe(page)
        picture(page, f"household-{'2w' if zoom == '2주' else '1y'}-{theme}", whole=True)
    for tab in ("생활신호", "기록", "동의", "열람 기록"):
        page.locator(".tabs").get_by_role("link", name=tab, exact=True).click()
        expect(page.locator(".tabs [aria-current]")).to_have_text(tab)
        check_axe(page)
    expect(page.locator(".rec")).to_contain_text("가구를 봄 · 한눈에")
    assert Trace.objects.filter(verb="open_household").count() == 7


def test_what_if_answers_on_the_homes_own_past(desk: Desk, visit: Visit) -> None:
    page = visit("moon").page
    page.goto(f"{desk.url}/households/{desk.evening.homes['표은석']}/signals")
    page.check("input[name=detector][value=fixed]")
    page.fill("input[name=hours]", "6")
    page.locator(".try button").click()
    table = page.locator(".figures").first
    expect(table).to_contain_text("바꾼 기준")
    now, other = (int(x) for x in re.findall(r"\d+", table.locator("tbody tr").first.inner_text()))
    assert other > now, "less patience rings more often"
    check_axe(page)
    picture(page, "household-what-if", whole=True)
    page.fill("input[name=hours]", "30")
    page.locator(".try button").click()
    expect(page.locator(".figures").first.locator("tbody tr").first).to_contain_text("0")


def test_the_incident_leads_to_the_household_and_back(desk: Desk, visit: Visit) -> None:
    page = visit("moon").page
    page.locator("#rows > li", has_text="윤정례").locator("a").first.click()
    page.locator("h1 a").click()
    expect(page.locator("h1")).to_have_text("윤정례")
    expect(page.locator(".head")).to_contain_text("신호가 울렸습니다")
    picture(page, "household-alarm", whole=True)
    page.get_by_role("link", name="열린 사건 보기").click()
    page.wait_for_url("**/alarms/*")


def test_a_supervisor_previews_a_rule_and_is_told_when_the_past_is_too_short(
    desk: Desk, visit: Visit
) -> None:
    page = visit("noh").page
    page.goto(f"{desk.url}/studies")
    check_axe(page)
    page.select_option("select[name=district]", "11620")
    page.get_by_role("button", name="미리 보기 시작").click()
    expect(page.locator("progress")).to_be_visible()
    check_axe(page)
    study = readings.claim_study()
    assert study is not None
    readings.beat_study(study=study, part="days heard", done=40, total=100)
    expect(page.locator("#study")).to_contain_text("40 / 100", timeout=5000)
    readings.fail_study(study=study, why="자료가 모자랍니다.", now=desk.clock.now())
    expect(page.locator("#study")).to_contain_text("셈할 수 없음", timeout=5000)
    page.goto(f"{desk.url}/studies")
    page.get_by_role("button", name="미리 보기 시작").click()
    page.get_by_role("button", name="그만두기").click()
    expect(page.locator("#study")).to_contain_text("그만둠")
    assert Study.objects.filter(state="cancelled").count() == 1


@pytest.mark.parametrize("theme", ["day", "night"])
def test_a_preview_is_read_and_switched_on(desk: Desk, visit: Visit, theme: str) -> None:
    this_hour = desk.clock.now().replace(minute=0, second=0, microsecond=0)
    for n in range(2):
        settle(desk.evening.world, n, until=this_hour)
    page = visit("noh", theme=theme).page
    page.goto(f"{desk.url}/studies")
    page.get_by_role("button", name="미리 보기 시작").click()
    study = readings.claim_study()
    assert study is not None
    past.run(study, now=desk.clock.now())
    result = page.locator("#study")
    expect(result).to_contain_text("이 범위 모두에, 한 달이면", timeout=10_000)
    expect(result).to_contain_text("뽑은 2가구 중 2가구")
    expect(result.locator(".strip-box svg")).to_have_count(3)
    check_axe(page)
    picture(page, f"study-{theme}", whole=True)
    page.fill("input[name=valid_from]", "2026-12-01")
    page.fill("input[name=reason]", "석 달 시험")
    page.get_by_role("button", name="켜기").click()
    assert not page.locator("input[name=sure]").is_checked()  # the browser asks for the tick
    page.check("input[name=sure]")
    page.get_by_role("button", name="켜기").click()
    expect(page.locator("#adopt")).to_contain_text("2026-12-01부터 켰습니다")
    check_axe(page)
    assert Trace.objects.filter(verb="adopt_study").count() == 1


@pytest.mark.parametrize("theme", ["day", "night"])
def test_an_absence_and_a_persons_wishes_are_written_down(
    desk: Desk, visit: Visit, theme: str
) -> None:
    page = visit("moon", theme=theme).page
    home = desk.evening.homes["표은석"]
    page.goto(f"{desk.url}/households/{home}/asking")
    say_why(page)
    page.get_by_label("묻지 않는 시간 — 시작").fill("21")
    page.get_by_label("묻지 않는 시간 — 끝").fill("9")
    page.get_by_label("먼저 묻는 방법").select_option("voice")
    page.get_by_role("button", name="저장").click()
    expect(page.get_by_label("묻지 않는 시간 — 시작")).to_have_value("21")
    page.get_by_label("기다리는 시간").fill("36")
    page.get_by_label("까닭").fill("주말마다 딸네에 감")
    page.get_by_role("button", name="기다리는 시간 정하기").click()
    expect(page.get_by_role("cell", name="주말마다 딸네에 감")).to_be_visible()
    check_axe(page)
    picture(page, f"household-asking-{theme}", whole=True)
    page.get_by_label("기다리는 시간").fill("24")
    page.get_by_label("언제부터").fill("2020-01-01T09:00")
    page.get_by_label("까닭").fill("잘못 적음")
    page.get_by_role("button", name="기다리는 시간 정하기").click()
    expect(page.get_by_text("지난 때부터 바꿀 수는 없습니다.")).to_be_visible()
    check_axe(page)
    page.goto(f"{desk.url}/households/{home}/absence")
    check_axe(page)
    picture(page, f"household-absence-{theme}", whole=True)
