"""The office answers what citizens asked to be put right: nonsense, yes, and no with a reason."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from anbu.care.citizens import actions as citizens
from anbu.care.citizens.models import Correction
from anbu.care.citizens.queries import citizen
from anbu.care.foundation.actions import acting
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Person
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

ASKED = {"phone": "번호가 010-2222-3333으로 바뀌었어요", "health": "심부전이 아니라 천식이에요"}


@pytest.fixture
def home(desk: Desk, settings) -> UUID:
    """Return a home whose person asked for two things, from the own record."""
    settings.CLOCK = desk.clock
    world = desk.evening.world
    give_keys("lee", world.planner, NOW)
    give_keys("kim", world.next_planner, NOW)
    made = world.home(still_at=NOW, phone="010-5555-8888")
    person = Person.objects.get(household=made)
    oneself = citizen(person=person.pk, household=made)
    with acting(oneself):
        for what, words in ASKED.items():
            citizens.ask_correction(what=what, words=words, by=oneself, now=NOW)
    return made


def test_the_office_corrects_and_refuses_with_a_reason(
    desk: Desk, home: UUID, visit: Callable[..., Visitor]
) -> None:
    page = visit("lee").page
    page.goto(f"{desk.url}/corrections")
    expect(page.locator("tbody form")).to_have_count(2)
    check_axe(page)
    picture(page, "corrections-day")

    send_unchecked(row(page, "phone"), "   ")
    expect(page.locator(".ab-error")).to_contain_text("내용을 적어 주세요.")
    send_unchecked(row(page, "phone"), "450101-2345678 로 확인함")
    expect(page.locator(".ab-error")).to_contain_text("주민등록번호")
    assert "450101" not in page.content()
    too_long = "가" * 301
    send_unchecked(row(page, "phone"), too_long)
    expect(page.locator(".ab-error")).to_contain_text("너무 깁니다")
    expect(row(page, "phone").get_by_label("본인에게 할 말")).to_have_value(too_long)  # stays
    expect(row(page, "health").get_by_label("본인에게 할 말")).to_have_value("")
    check_axe(page)
    picture(page, "corrections-nonsense")
    assert Correction.objects.filter(replied_at=None).count() == 2

    row(page, "phone").get_by_label("본인에게 할 말").fill("새 번호로 바꾸었습니다")
    row(page, "phone").get_by_role("button", name="고쳤음").click()
    expect(page.locator("tbody form")).to_have_count(1)
    row(page, "health").get_by_label("본인에게 할 말").fill("진단서를 보여 주시면 고칩니다")
    row(page, "health").get_by_role("button", name="고치지 않음").click()
    expect(page.locator("tbody")).to_contain_text("답을 기다리는 요구가 없습니다.")
    replies = Correction.objects.values_list("what", "reply", "reply_words")
    assert set(replies) == {
        ("phone", "corrected", "새 번호로 바꾸었습니다"),
        ("health", "refused", "진단서를 보여 주시면 고칩니다"),
    }
    assert Trace.objects.filter(verb="answer_correction", household=home).count() == 2


def test_the_next_dong_sees_none_of_it(
    desk: Desk, home: UUID, visit: Callable[..., Visitor]
) -> None:
    page = visit("kim", theme="night", language="en-GB").page
    page.goto(f"{desk.url}/corrections")
    expect(page.locator("h1")).to_have_text("Citizens' requests")
    expect(page.locator("main")).not_to_contain_text("윤정례")
    check_axe(page)
    picture(page, "corrections-night-en")
    page.goto(f"{desk.url}/account/road")  # where colleagues live is theirs to tell
    expect(page.locator("h1")).to_have_text("The road I live on")
    page.locator("select").select_option("1162058500")
    page.locator("[name=address]").fill("관악구 은천로 7, 202호")
    page.locator("main form button").click()
    expect(page.locator("main [role=status]")).to_contain_text("은천로")
    check_axe(page)
    picture(page, "own-road-en")


def row(page: Page, what: str) -> Locator:
    return page.locator("tbody tr", has_text=ASKED[what])


def send_unchecked(found: Locator, words: str) -> None:
    """Send what a browser would not let through by itself."""
    unchecked = "form => { form.noValidate = true; form.words.removeAttribute('maxlength') }"
    found.locator("form").evaluate(unchecked)
    found.get_by_label("본인에게 할 말").fill(words)
    found.get_by_role("button", name="고쳤음").click()
