"""A planner breaks the glass of the next dong's home; its dong and the reviewer are told, live."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from anbu.care.foundation import jobs as foundation
from anbu.care.looking import jobs
from anbu.care.people.models import Opening
from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from tests.care.alarms.world import BY
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor, sign_in
from tests.walks.looks import check_axe, picture

WHY = "쓰러졌다는 이웃의 전화"


@pytest.fixture
def home(desk: Desk, settings) -> str:
    settings.CLOCK = desk.clock
    world = desk.evening.world
    boho, _ = staffing.add_staff(
        login="boho",
        name="안새봄",
        role="privacy_officer",
        organisation=places.organisations("city")[0].id,
        by=BY,
        now=NOW,
    )
    for login, person in (("lee", world.planner), ("kim", world.next_planner), ("boho", boho)):
        give_keys(login, person, NOW)
    return str(world.home(still_at=NOW, phone="010-0000-7777"))


def test_broken_glass_is_seen_told_reviewed_and_ends(
    desk: Desk, home: str, visit: Callable[..., Visitor]
) -> None:
    owner = visit("lee").page
    review = visit(None).page
    sign_in(review, desk.url, "boho")
    review.wait_for_url("**/review")
    expect(review.locator("#waiting")).to_contain_text("없습니다.")

    page = visit("kim").page
    assert page.goto(f"{desk.url}/households/{home}").status == 404
    page.goto(f"{desk.url}/glass")
    page.fill("[name=name]", "윤정례")
    page.fill("[name=where]", "7777")
    page.fill("[name=reason]", WHY)
    check_axe(page)
    picture(page, "glass-ask-day", whole=True)
    page.get_by_role("button", name="찾아서 긴급 열람").click()
    expect(page.locator("h1")).to_have_text("윤정례")
    expect(page.locator(".glass-band")).to_contain_text("긴급 열람 중")
    check_axe(page)
    picture(page, "glass-open-day")
    page.goto(f"{desk.url}/")
    expect(page.locator(".glass-band")).to_be_visible()  # on every page while it lasts

    expect(owner.locator("#views")).to_contain_text("우리 가구 긴급 열람", timeout=8000)
    owner.get_by_role("link", name="우리 가구 긴급 열람").click()
    expect(owner.locator(".pg")).to_contain_text(WHY)
    owner.get_by_role("button", name="확인함").click()
    check_axe(owner)

    told = review.locator("#waiting tr.hit", has_text=WHY)
    expect(told).to_contain_text("확인", timeout=8000)  # without a reload
    while foundation.seal_traces(now=desk.clock.now()):
        pass
    jobs.weigh_looks(now=desk.clock.now())
    check_axe(review)
    picture(review, "review-day", whole=True)
    row = told
    row.locator("select").select_option("right")
    row.get_by_placeholder("까닭").fill("119 신고 기록과 맞음")
    row.get_by_role("button", name="판단").click()
    expect(told).to_have_count(0)
    expect(review.locator("tr.hit", has_text=WHY)).to_contain_text("정당함")

    page.goto(f"{desk.url}/households/{home}")
    expect(page.locator("h1")).to_have_text("윤정례")
    desk.clock.set_pace(speed=1, shown=NOW + timedelta(minutes=31))
    assert page.reload().status == 404
    assert Opening.objects.get(kind="break_glass").verdict == "right"

    night = visit("lee", theme="night", language="en-GB").page
    night.goto(f"{desk.url}/glass")
    expect(night.locator("h1")).to_have_text("Break the glass")
    check_axe(night)
    picture(night, "glass-night-en", whole=True)
