"""안부 at the desk of a dong: plan changed, question decided, month signed, walk attended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from anbu.care.people.models import Household, Person
from anbu.care.rounds.actions import programmes, replan_dong
from anbu.care.rounds.models import Contact, MonthReport, Task, Worker
from anbu.care.staff.models import Staff
from tests.care.rounds.office import corps, in_round, log
from tests.care.rounds.test_office import asked
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor, sign_in
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]
MONDAY = (NOW + timedelta(days=2)).date()  # tonight is a Saturday
NAMES = ("정말녀", "오복례", "한만수")


@pytest.fixture
def dong(desk: Desk, settings: Any) -> list[UUID]:
    """Three neighbours of two workers: two past the bound, one reached today."""
    settings.CLOCK = desk.clock
    world = desk.evening.world
    give_keys("lee", world.planner, NOW)
    park, choi = corps(world, "park", "박민들레"), corps(world, "choi", "최개나리")
    give_keys("park", park.staff, NOW)
    homes = []
    for name, phone in zip(NAMES, ("010-0000-7001", "010-0000-7002", "010-0000-7003"), strict=True):
        home = in_round(world, worker=park, phone=phone, at=NOW)
        Person.objects.filter(household=home).update(name=name)
        homes.append(home)
    log(park, homes[0], NOW - timedelta(hours=9), minutes=15)
    log(choi, homes[1], NOW - timedelta(days=20), minutes=12)
    replan_dong(dong=world.planner.dong_id or 0, day=MONDAY, now=NOW)
    return homes


def test_a_planner_sees_the_round_and_changes_it_with_its_cost(
    desk: Desk, visit: Visit, dong: list[UUID]
) -> None:
    page = visit("lee").page
    page.keyboard.press("r")
    page.wait_for_url("**/rounds")
    expect(page.locator("main")).to_contain_text("상한이 지나도록 연락되지 않은 분")
    expect(page.locator("main")).to_contain_text("한만수")
    picture(page, "rounds-today", whole=True)
    check_axe(page)
    page.get_by_role("link", name="계획", exact=True).click()
    page.fill("input[name=day]", MONDAY.isoformat())
    page.get_by_role("button", name="이 날 보기").press("Enter")
    row = page.locator(f"#h-{dong[1]}")
    expect(row).to_contain_text("오복례")
    picture(page, "rounds-plan", whole=True)
    check_axe(page)
    row.locator("summary").focus()
    page.keyboard.press("Enter")  # by the keyboard alone
    row.locator("select[name=worker]").select_option(label="최개나리")
    row.locator("select[name=way]").select_option("call")
    row.get_by_role("button", name="무엇이 드는지 보기").press("Enter")
    cost = page.locator(".rd-cost")
    expect(cost).to_contain_text("오복례 님을 최개나리 단원의 전화로 바꾸면")
    assert Task.objects.get(household=dong[1], day=MONDAY).set_by is None
    picture(page, "rounds-cost")
    check_axe(page)
    cost.get_by_role("button", name="이렇게 바꾸기").press("Enter")
    expect(page.locator(f"#h-{dong[1]}")).to_contain_text("사람이 정함")
    task = Task.objects.get(household=dong[1], day=MONDAY)
    assert (task.worker.staff.name, task.set_by) == ("최개나리", desk.evening.world.planner)


def test_a_person_chooses_which_number_is_right(desk: Desk, visit: Visit, dong: list[UUID]) -> None:
    asked(dong[0], Worker.objects.get(staff__login="park"), "phone", "010-0000-7999")
    page = visit("lee", theme="night").page
    page.goto(f"{desk.url}/rounds/questions")
    expect(page.locator("main")).to_contain_text("010-0000-7001")
    expect(page.locator("main")).to_contain_text("010-0000-7999")
    assert page.locator("input[type=radio]:checked").count() == 0
    picture(page, "rounds-question-night")
    check_axe(page)
    page.get_by_label("010-0000-7999").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="이것이 맞음").press("Enter")
    expect(page.locator("main")).to_contain_text("다르게 들은 것이 없습니다.")
    assert Person.objects.get(household=dong[0]).phone == "010-0000-7999"


def test_a_month_is_confirmed_by_one_and_signed_by_another(
    desk: Desk, visit: Visit, dong: list[UUID]
) -> None:
    worker = Worker.objects.get(staff__login="park")
    page = visit(None).page
    sign_in(page, desk.url, "park")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"{desk.url}/rounds/months/{worker.pk}")
    expect(page.locator("main")).to_contain_text("박민들레")
    picture(page, "rounds-month-own", whole=True)
    check_axe(page)
    page.get_by_role("button", name="이 달이 맞습니다").press("Enter")
    expect(page.locator("main")).to_contain_text("서명 기다림")
    other = visit("lee").page
    other.goto(f"{desk.url}/rounds/months")
    check_axe(other)
    other.get_by_role("link", name="박민들레").click()
    other.get_by_role("button", name="서명하기").press("Enter")
    expect(other.locator("main")).to_contain_text("두 사람이 서명함")
    picture(other, "rounds-month-signed", whole=True)
    check_axe(other)
    with other.expect_download() as taken:
        other.get_by_role("button", name="XLSX로 받기").click()
    report = MonthReport.objects.get()
    assert taken.value.suggested_filename.endswith(".xlsx")
    assert Staff.objects.get(pk=report.signed_by_id).login == "lee"


def test_who_was_at_the_walk_is_reached(desk: Desk, visit: Visit, dong: list[UUID]) -> None:
    world = desk.evening.world
    walk = programmes.make(
        kind="walk",
        name="보라매 함께 걷기",
        place="보라매공원 정문",
        begins_at=NOW + timedelta(minutes=10),
        minutes=30,
        capacity=2,
        by=world.planner,
        now=NOW,
    ).pk
    page = visit("lee").page
    page.goto(f"{desk.url}/programmes")
    check_axe(page)
    page.get_by_role("link", name="보라매 함께 걷기").click()
    for name in NAMES:
        _sign_up(page, name)
    expect(page.locator(".rd-guests")).to_contain_text("기다림 1")
    picture(page, "rounds-programme", whole=True)
    check_axe(page)
    desk.clock.set_pace(speed=1, shown=NOW + timedelta(minutes=45))
    page.goto(f"{desk.url}/programmes/{walk}")
    page.get_by_role("button", name=f"{NAMES[1]} 왔음", exact=True).press("Enter")
    expect(page.locator(".rd-guests")).to_contain_text("왔음")
    page.get_by_role("button", name=f"{NAMES[0]} 안 왔음", exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text("까닭을 여쭤 주세요")
    picture(page, "rounds-attendance", whole=True)
    check_axe(page)
    row = Contact.objects.get(kind="programme")
    assert Household.objects.get(pk=row.household_id).pk == dong[1]
    page.goto(f"{desk.url}/rounds/figures?months=3")
    expect(page.locator("main")).to_contain_text("연락되지 않은 날")
    picture(page, "rounds-figures", whole=True)
    check_axe(page)
    for address in ("/rounds/workers", "/rounds/meeting"):
        page.goto(f"{desk.url}{address}")
        check_axe(page)
        picture(page, address.strip("/").replace("/", "-"), whole=True)
    page.goto(f"{desk.url}/households/{dong[1]}/rounds")
    if page.locator("[name=reason]").count():
        page.fill("[name=reason]", "모임에 온 뒤 안부를 보려고")
        page.click("main form button")
    expect(page.locator("main")).to_contain_text("안부 시계")
    picture(page, "rounds-person", whole=True)
    check_axe(page)


def _sign_up(page: Page, name: str) -> None:
    option = page.locator("select[name=household] option", has_text=name)
    page.select_option("select[name=household]", value=option.get_attribute("value"))
    page.get_by_role("button", name="신청하기").press("Enter")
    expect(page.locator(".rd-guests")).to_contain_text(name)
