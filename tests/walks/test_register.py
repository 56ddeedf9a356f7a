"""A register with faults is brought in at the desk, in a real browser, and taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from anbu.care.foundation.queries import now
from anbu.care.people.models import Household
from anbu.care.register import jobs
from tests.walks.conftest import Desk, Visitor
from tests.walks.looks import check_axe, picture

Visit = Callable[..., Visitor]
TITLES = "연번,대상자 성명,생년월일,성별,연락처,행정동,도로명 주소,위험 등급,비고\n"
GOOD = "{n},윤OO{n},1945-03-15,여,010-0000-{n:04},은천동,관악구 은천로 {n},고위험,\n"
FAULTY = (
    "3,윤OO3,봄,여,010-0000-0003,은천동,관악구 은천로 3,고위험,\n"
    "4,윤OO4,1950,여,010-0000-0004,은춘동,관악구 은천로 4,아주 높음,\n"
    "5,윤OO5,1950,여,010-0000-0005,은천동,관악구 은천로 5,고위험,450101-2345678\n"
    "6,윤OO6,1950,여,010-0000-0006,은천동,=HYPERLINK(1),고위험,\n"
)


@pytest.fixture(autouse=True)
def _same_clock(desk: Desk, settings) -> None:
    settings.CLOCK = desk.clock


@pytest.mark.parametrize("theme", ["day", "night"])
def test_a_register_with_faults_is_brought_in_and_taken_back(
    desk: Desk, visit: Visit, theme: str
) -> None:
    page = visit("noh", theme=theme).page
    before = Household.objects.count()
    page.goto(f"{desk.url}/register/imports")
    check_axe(page)
    body = (TITLES + GOOD.format(n=1) + GOOD.format(n=2) + FAULTY).encode("cp949")
    page.set_input_files(
        "[name=file]", {"name": "은천동 명단.csv", "mimeType": "text/csv", "buffer": body}
    )
    page.get_by_role("button", name="미리 보기").click()
    expect(page.locator("h1")).to_have_text("은천동 명단.csv")
    for told in (
        "6줄 · 가져올 수 있음 2 · 고쳐야 함 4",
        "태어난 해를 네 자리로 적어 주세요",
        "이런 행정동이 없습니다. 관악구 은천동인가요?",
        "위험군은 고위험, 중위험, 저위험 가운데 하나로",
        "주민등록번호가 있습니다",
        "수식은 읽지 않습니다",
    ):
        expect(page.locator("main")).to_contain_text(told)
    assert "2345678" not in page.content()
    assert Household.objects.count() == before
    check_axe(page)
    if theme == "day":
        picture(page, "register-import")
    page.get_by_role("button", name="2줄 가져오기").click()
    expect(page.locator("#progress")).to_contain_text("이 화면을 닫아도 계속됩니다")
    check_axe(page)
    while jobs.take_import_step(now=now()):  # the clock's work
        pass
    expect(page.locator("main")).to_contain_text("가져옴 2", timeout=10_000)
    assert Household.objects.count() == before + 2
    check_axe(page)
    page.get_by_role("button", name="가져오기 되돌리기").click()
    expect(page.locator("#progress")).to_be_visible()
    while jobs.take_import_step(now=now()):
        pass
    expect(page.locator("main")).to_contain_text("되돌림 2", timeout=10_000)
    assert Household.objects.count() == before


def test_a_file_that_is_none_is_refused_in_words_and_in_english(desk: Desk, visit: Visit) -> None:
    page = visit("noh", language="en-US").page
    page.goto(f"{desk.url}/register/imports")
    page.set_input_files(
        "[name=file]", {"name": "a.xls", "mimeType": "x", "buffer": b"\xd0\xcf\x11\xe0" + b"0" * 99}
    )
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".ab-error")).to_contain_text("Save it as .xlsx")
    check_axe(page)


def test_what_is_not_there_says_so_on_a_page_for_everybody(desk: Desk, visit: Visit) -> None:
    page = visit("moon").page
    page.goto(f"{desk.url}/register/imports")  # not for operators
    expect(page.locator("h1")).to_have_text("찾을 수 없습니다")
    assert "imports" not in page.content()  # the address is not told again
    check_axe(page)
    picture(page, "not-found")
