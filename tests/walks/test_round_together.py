"""Two telephones and a desk: what two say of one person, and what cannot wait."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from anbu.care.alarms.models import Alarm
from anbu.care.people.models import Household, Person
from anbu.care.rounds.models import Question, ToldValue
from tests.care.rounds.a_round import Round
from tests.walks import telephones
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture
from tests.walks.telephones import Take, big_enough, call, come_in

type Visit = Callable[..., Visitor]
SAID = {
    "dol": {"phone": "010-0000-7001", "address": "관악구 은천로00길 14", "risk": "mid"},
    "jjak": {"phone": "010-0000-7002", "address": "관악구 은천로00길 16", "risk": "low"},
}

IN_WORDS = {"mid": "중위험", "low": "저위험"}


@pytest.fixture
def day(desk: Desk, settings: Any) -> Round:
    made = telephones.a_day(desk, settings)
    give_keys("jjak", made.partner.staff, NOW)
    give_keys("lee", desk.evening.world.planner, NOW)
    return made


@pytest.fixture
def telephone(browser: Browser, desk: Desk) -> Iterator[Take]:
    yield from telephones.taking(browser, desk)


def tell(page: Page, name: str, said: dict[str, str]) -> None:
    """Say at a door what is otherwise than it stands."""
    for field, value in said.items():
        page.locator(".rd-card", has_text=name).locator(".act .rd-btn").tap()
        page.get_by_role("button", name="사실이 달라요").tap()
        expect(page.locator("[aria-pressed=true]")).to_have_count(0)
        page.locator(f"#f-{field}").tap()
        if field == "risk":  # the register knows three words for it
            page.locator(f"#v-{value}").tap()
        else:
            expect(page.locator("#value")).to_have_value("")
            page.locator("#value").fill(value)
        page.locator("#fact-send").tap()
        expect(page.locator("h1")).to_contain_text("오늘 안부")


def goes_online(context: BrowserContext, page: Page) -> None:
    context.set_offline(False)
    expect(page.locator("#sync")).not_to_contain_text("보낼 것")


@pytest.mark.parametrize("order", [("dol", "jjak"), ("jjak", "dol")])
def test_two_telephones_say_otherwise_of_one_person_and_a_person_chooses(
    desk: Desk, day: Round, telephone: Take, visit: Visit, order: tuple[str, str]
):
    home = day.homes[3]
    before = Household.objects.values_list("address", "tier").get(pk=home)
    held = {}
    for login, said in SAID.items():
        context = telephone()
        page = come_in(context, desk, login)
        context.set_offline(True)
        tell(page, "임춘화", said)
        expect(page.locator("#sync")).to_contain_text("3건 보낼 것")
        held[login] = (context, page)
    assert not ToldValue.objects.exists()
    for login in order:
        goes_online(*held[login])
    told = ToldValue.objects.order_by("value").values_list("field", "value", "worker__staff__login")
    assert set(told) == {(f, v, who) for who, said in SAID.items() for f, v in said.items()}
    assert Question.objects.filter(household=home, closed_at=None).count() == 3  # one a field
    assert Household.objects.values_list("address", "tier").get(pk=home) == before
    assert Person.objects.get(household=home).phone == "010-0000-4321"

    desk_page = visit("lee").page
    desk_page.goto(f"{desk.url}/rounds/questions")
    for said in SAID.values():
        for value in said.values():
            expect(desk_page.locator("main")).to_contain_text(IN_WORDS.get(value, value))
    for name in ("고은별", "노을빛", "010-0000-4321"):
        expect(desk_page.locator("main")).to_contain_text(name)
    assert desk_page.locator("input[type=radio]:checked").count() == 0
    check_axe(desk_page)
    picture(desk_page, f"round-two-{order[0]}-first", whole=True)
    choose(desk_page, "010-0000-7002")
    expect(desk_page.locator("main")).not_to_contain_text("010-0000-7001")
    choose(desk_page, "저위험")
    expect(desk_page.locator("main")).not_to_contain_text("중위험")
    assert Person.objects.get(household=home).phone == "010-0000-7002"
    assert Household.objects.get(pk=home).tier == "low"
    assert Question.objects.get(household=home, closed_at=None).field == "address"


def choose(page: Page, words: str) -> None:
    answer = page.get_by_label(words)
    answer.check()
    form = page.locator("form", has=answer)
    form.get_by_role("button", name="이것이 맞음").click()


@pytest.mark.parametrize("how", ["words", "tick"])
def test_what_cannot_wait_stands_in_the_control_room_at_once(
    desk: Desk, day: Round, telephone: Take, visit: Visit, how: str
):
    room = visit("moon").page
    row = room.locator("#rows > li", has_text="채길수")
    assert row.count() == 0
    page = come_in(telephone(), desk)
    call(page, "채길수")
    page.locator("#r-reached").tap()
    page.locator("#m-worry").tap()
    if how == "words":
        page.locator("#note").fill("자꾸 죽고 싶다고 하심")
        expect(page.locator("#crisis-words")).to_be_visible()
        page.locator("#save").tap()
    else:
        page.locator("#h-crisis").tap()
        check_axe(page)
        big_enough(page)
        picture(page, "round-crisis")
        page.locator("#crisis-go").tap()
        expect(page.get_by_role("status").filter(has_text="알렸습니다")).to_be_visible()
    expect(row).to_be_visible(timeout=5_000)  # nobody has pressed anything there
    picture(room, f"round-crisis-desk-{how}")
    alarm = Alarm.objects.get(household=day.homes[0], closed_at=None)
    assert (alarm.kind, alarm.owner_staff) == ("call", None)


def test_another_fact_is_told_without_a_network_and_asked_about(
    desk: Desk, day: Round, telephone: Take
):
    context = telephone()
    page = come_in(context, desk)
    context.set_offline(True)
    call(page, "채길수")
    page.locator("#wrong-fact").tap()
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    page.locator("#fact-send").tap()
    expect(page.locator("#fact-fault")).not_to_be_empty()
    page.locator("#f-phone").tap()
    page.locator("#value").fill("010-0000-7009")
    check_axe(page)
    big_enough(page)
    picture(page, "round-fact", whole=True)
    page.locator("#fact-send").tap()
    expect(page.locator("h1")).to_contain_text("채길수")  # back at the log
    page.locator("#sync, .rd-back").first.tap()
    page.locator("#sync").tap()
    expect(page.locator("main")).to_contain_text("전화번호 · 010-0000-7009")
    context.set_offline(False)
    expect(page.locator("main")).to_contain_text("모두 보냈습니다")
    told = ToldValue.objects.get()
    assert (told.field, told.value, told.was) == ("phone", "010-0000-7009", "010-0000-4321")
    assert Person.objects.get(household=day.homes[0]).phone == "010-0000-4321"
