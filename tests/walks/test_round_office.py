"""Every page of the round as a dong, a district and the control room see it, in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from anbu.care.people.models import Person
from anbu.care.rounds.actions import (
    begin_visit,
    call_for_help,
    devices,
    note_hazard,
    note_refusal,
    programmes,
    replan_dong,
    set_pace,
    workers,
)
from anbu.care.rounds.models import CadenceRow, Device, Hazard, Unread, Worker
from anbu.care.rounds.rules import Cadence
from anbu.care.staff.models import Staff
from anbu.desks.control_room.templatetags.desk import tel
from tests.care.alarms.test_handover import district_officer
from tests.care.rounds.office import corps, in_round, log
from tests.care.rounds.test_office import asked
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor, say_why, sign_in
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]
TODAY = NOW.date()
NAMES = ("정말녀", "오복례", "한만수", "남궁옥분")
DAILY = Cadence(times=1, per_days=1, visit_days=7, bound_days=3)
DONG_PAGES = (
    "/rounds",
    "/rounds/plan",
    "/visits",
    "/rounds/questions",
    "/rounds/workers",
    "/rounds/cadences",
    "/rounds/months",
    "/programmes",
    "/rounds/meeting",
    "/rounds/figures",
)
DISTRICT_PAGES = (
    "/rounds",
    "/rounds/workers",
    "/rounds/cadences",
    "/rounds/months",
    "/programmes",
    "/rounds/figures",
)


@pytest.fixture
def homes(desk: Desk, settings: Any) -> list[UUID]:
    """A dong with something on every page of its round."""
    settings.CLOCK = desk.clock
    world = desk.evening.world
    give_keys("lee", world.planner, NOW)
    park, choi = corps(world, "park", "박민들레"), corps(world, "choi", "최개나리")
    give_keys("park", park.staff, NOW)
    until = TODAY + timedelta(days=200)
    workers.change(
        worker=park.pk, month_hours=48, partner=choi.pk, trained_until=until,
        screened_until=TODAY + timedelta(days=20), by=world.planner, now=NOW,
    )  # fmt: skip
    park.refresh_from_db()
    found = []
    for nth, name in enumerate(NAMES):
        home = in_round(world, worker=park, phone=f"010-0000-70{nth:02d}", at=NOW)
        Person.objects.filter(household=home).update(name=name)
        found.append(home)
    log(park, found[0], NOW - timedelta(hours=9), minutes=15)
    log(choi, found[1], NOW - timedelta(days=20), minutes=12)
    told: dict[str, Any] = {"by": world.planner, "now": NOW}
    set_pace(
        home=found[0], cadence=DAILY, reason="퇴원하심", until=TODAY + timedelta(days=14), **told
    )
    note_refusal(home=found[3], kind="call", words="그만 걸어요", **told)
    note_hazard(
        household=found[1], text="큰 개를 풀어 둠", until=TODAY + timedelta(days=30), **told
    )
    asked(found[0], park, "phone", "010-0000-7999")
    phone = devices.bring_device(worker=park, now=NOW)
    Unread.objects.create(
        device=phone, worker=park, digest="d", raw='{"what":"dance"}', why="strange",
        said="", told_at=NOW,
    )  # fmt: skip
    programmes.make(
        kind="walk", name="보라매 함께 걷기", place="보라매공원 정문",
        begins_at=NOW + timedelta(days=3), minutes=60, capacity=12, **told,
    )  # fmt: skip
    _behind_a_door(park, choi, found[1])
    replan_dong(dong=world.planner.dong_id or 0, day=TODAY, now=NOW)
    return found


def _behind_a_door(park: Worker, choi: Worker, home: UUID) -> None:
    begin_visit(
        id=UUID("01900000-0000-7000-8000-000000000001"), worker=park, partner=choi, household=home,
        minutes=30, at=NOW - timedelta(minutes=12), by=park.staff, now=NOW,
    )  # fmt: skip


def look(page: Page, address: str, who: str) -> None:
    """Open a page, hold it against axe and its own width, and keep a picture."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    check_axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{address} is {wide} px too wide"
    picture(page, f"office-{who}-{address.split('/', 3)[3].replace('/', '-')}", whole=True)


def test_a_dong_looks_at_every_page(desk: Desk, visit: Visit, homes: list[UUID]) -> None:
    page = visit("lee").page
    for address in DONG_PAGES:
        look(page, f"{desk.url}{address}", "dong")
    page.get_by_role("link", name="돌봄단원", exact=True).click()
    for name in ("시간·짝·기한 바꾸기", "쉬는 날 적기", "전화번호 적기", "전화를 잃어버림"):
        page.locator("summary", has_text=name).first.click()
    check_axe(page)
    picture(page, "office-dong-worker-open", whole=True)
    page.goto(f"{desk.url}/households/{homes[1]}/rounds")
    say_why(page)
    check_axe(page)
    picture(page, "office-dong-household", whole=True)
    for width in (1280, 1024):
        page.set_viewport_size({"width": width, "height": 900})
        for address in ("/rounds", "/rounds/workers", "/rounds/cadences"):
            look(page, f"{desk.url}{address}", f"dong-{width}")


def test_a_lost_telephone_is_cut_off_by_the_office(
    desk: Desk, visit: Visit, homes: list[UUID]
) -> None:
    page = visit("lee").page
    page.goto(f"{desk.url}/rounds/workers")
    card = page.locator(".ab-card", has_text="박민들레").first
    card.locator("summary", has_text="전화번호 적기").press("Enter")
    card.get_by_label("전화번호").fill("010-2222-3333")
    card.get_by_role("button", name="번호 적기").press("Enter")
    expect(page.locator(f"a[href='{tel('010-2222-3333')}']")).to_be_visible()
    card.locator("summary", has_text="전화를 잃어버림").press("Enter")
    card.get_by_role("button", name="이 전화 끊기").press("Enter")
    assert Device.objects.get().ended_at is None  # the browser asks for the tick first
    card.get_by_label("전화를 잃어버린 것이 맞습니다").press("Space")
    card.get_by_role("button", name="이 전화 끊기").press("Enter")
    expect(card).to_contain_text("다시 로그인하면 씀")
    row = Device.objects.get()
    assert row.ended_at is not None
    assert row.key_half is None
    picture(page, "office-dong-cut-off", whole=True)


def test_a_district_looks_at_every_page_and_sets_an_interval(
    desk: Desk, visit: Visit, homes: list[UUID]
) -> None:
    give_keys("gwanak", district_officer(desk.evening.world), NOW)
    page = visit(None).page
    sign_in(page, desk.url, "gwanak")
    page.wait_for_url("**/start")
    picture(page, "office-district-start", whole=True)
    for address in DISTRICT_PAGES:
        look(page, f"{desk.url}{address}", "district")
        for name in NAMES:
            expect(page.locator("main")).not_to_contain_text(name)
    page.goto(f"{desk.url}/rounds/cadences")
    told = {"times": "2", "per_days": "7", "visit_days": "14", "bound_days": "8"}
    page.select_option("select[name=tier]", "high")
    for name, value in {**told, "valid_from": TODAY.isoformat(), "reason": "겨울 동안"}.items():
        page.fill(f"form.pad [name={name}]", value)
    page.get_by_role("button", name="바꾸면 어떻게 되는지 보기").press("Enter")
    expect(page.locator(".rd-cost")).to_contain_text("고위험")
    check_axe(page)
    picture(page, "office-district-cadence-asked", whole=True)
    assert not CadenceRow.objects.exists()
    page.get_by_role("button", name="이렇게 정하기").press("Enter")
    expect(page.locator("main")).to_contain_text("지금 쓰는 것")
    assert CadenceRow.objects.get().made_by == Staff.objects.get(login="gwanak")
    check_axe(page)
    picture(page, "office-district-cadence-set", whole=True)


def test_the_control_room_reaches_the_visits(desk: Desk, visit: Visit, homes: list[UUID]) -> None:
    page = visit("moon").page
    page.get_by_role("link", name="방문 중인 돌봄단원").click()
    page.wait_for_url("**/visits")
    expect(page.locator("tbody")).to_contain_text("박민들레")
    check_axe(page)
    picture(page, "office-centre-visits", whole=True)


def test_an_objection_waits_for_somebody_else(desk: Desk, visit: Visit, homes: list[UUID]) -> None:
    page = visit("lee").page
    page.goto(f"{desk.url}/households/{homes[1]}/rounds")
    say_why(page)
    page.fill("[name=words]:visible >> nth=0", "개가 이제 없어요")
    page.get_by_role("button", name="이의 적기").press("Enter")
    expect(page.locator("main")).to_contain_text("개가 이제 없어요")
    expect(page.locator("main")).to_contain_text("다른 담당자가 정합니다")
    assert Hazard.objects.get().appeal == "개가 이제 없어요"


def test_the_centre_has_a_call_for_help_from_no_home(
    desk: Desk, visit: Visit, settings: Any
) -> None:
    settings.CLOCK = desk.clock
    new = corps(desk.evening.world, "sae", "한새별")
    call = call_for_help(worker=new, by=new.staff, now=NOW)
    page = visit("moon").page
    expect(page.locator("main")).to_contain_text("한새별")
    page.goto(f"{desk.url}/calls/{call}")
    expect(page.locator("main")).to_contain_text("어디인지 모름")
    expect(page.locator("main")).to_contain_text("단원에게 전화하지 마세요")
    check_axe(page)
    picture(page, "office-centre-cry", whole=True)
