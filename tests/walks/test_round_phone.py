"""우리동네돌봄단 in the hand: a telephone, a thumb, and a day that has no network."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from anbu.care.foundation.models import Trace
from anbu.care.rounds.models import Contact, Device, Link, Unread, Visit
from tests.care.rounds.a_round import Round
from tests.walks import telephones
from tests.walks.canaries import canaries
from tests.walks.city import NOW
from tests.walks.conftest import Desk
from tests.walks.looks import check_axe, picture
from tests.walks.telephones import (
    PIN,
    Take,
    big_enough,
    call,
    come_in,
    open_again,
    reached,
    time_passes,
)


@pytest.fixture
def day(desk: Desk, settings: Any) -> Round:
    return telephones.a_day(desk, settings)


@pytest.fixture
def telephone(browser: Browser, desk: Desk) -> Iterator[Take]:
    yield from telephones.taking(browser, desk)


def test_a_whole_day_without_a_network(desk: Desk, day: Round, telephone: Take):
    context = telephone()
    page = come_in(context, desk)
    expect(page.locator("h1")).to_have_text("오늘 안부 5집")
    picture(page, "round-list")
    context.set_offline(True)
    reached(page, "채길수")
    call(page, "국영자")
    page.locator("#r-no_answer").tap()  # two taps in all
    expect(page.locator("#undo")).to_be_visible()
    reached(page, "표은석", "good")
    expect(page.locator("#sync")).to_contain_text("3건 보낼 것")
    assert page.evaluate("window.dialled") == "tel:01000004321"
    expect(page.locator(".rd-card.over", has_text="국영자")).to_contain_text("안 받음")
    expect(page.locator(".rd-sum")).to_contain_text("3집 끝남")
    picture(page, "round-list-offline")
    page.close()  # killed: nothing of it runs any more
    assert Contact.objects.filter(device__isnull=False).count() == 0

    page = open_again(context, desk)  # in airplane mode
    expect(page.locator("h1")).to_have_text("오늘 안부 5집")
    expect(page.locator("#sync")).to_contain_text("3건 보낼 것")
    expect(page.locator(".rd-sum")).to_contain_text("3집 끝남")
    context.clock.run_for(10_000)  # what could be taken back may go
    context.set_offline(False)
    expect(page.locator("#sync")).not_to_contain_text("보낼 것")
    page.reload()
    page.fill("#pin-1", PIN)
    page.locator("form .big").tap()
    expect(page.locator(".rd-sum")).to_contain_text("3집 끝남")
    rows = Contact.objects.filter(device__isnull=False).order_by("seq")
    assert [(row.seq, row.result, row.mood) for row in rows] == [
        (1, "reached", "so_so"),
        (2, "no_answer", ""),
        (3, "reached", "good"),
    ]
    assert {row.household_id for row in rows} == set(day.homes[:3])


@pytest.mark.parametrize("days", [2, -2])
def test_a_telephone_whose_clock_is_wrong_goes_by_the_citys(
    desk: Desk, day: Round, telephone: Take, days: int
):
    context = telephone(ahead=timedelta(days=days))
    page = come_in(context, desk)
    expect(page.locator(".rd-box.warn")).to_have_count(0)  # it is today's list
    context.set_offline(True)
    reached(page, "채길수")
    time_passes(context, desk, 1)  # it looks whether its keys are over
    page.close()
    page = open_again(context, desk)
    expect(page.locator(".rd-sum")).to_contain_text("1집 끝남")
    context.set_offline(False)
    expect(page.locator("#sync")).not_to_contain_text("보낼 것")
    row = Contact.objects.get(device__isnull=False)
    assert abs(row.at - NOW) < timedelta(minutes=2)
    assert not Unread.objects.exists()


def test_what_was_one_tap_is_taken_back_and_its_number_used_again(
    desk: Desk, day: Round, telephone: Take
):
    context = telephone()
    page = come_in(context, desk)
    call(page, "국영자")
    page.locator("#r-no_answer").tap()
    page.locator("#undo").tap()
    expect(page.locator("h1")).to_contain_text("국영자")
    page.locator("#r-reached").tap()
    page.locator("#save").tap()
    expect(page.locator("#fault")).to_have_text("어떠셨는지 골라 주세요.")  # nothing is preselected
    page.locator("#m-good").tap()
    page.locator("#save").tap()
    expect(page.locator("#sync")).not_to_contain_text("보낼 것")
    rows = Contact.objects.filter(device__isnull=False)
    assert [(row.seq, row.result) for row in rows] == [(1, "reached")]


def test_a_log_is_read_by_everybody_and_pressed_by_a_thumb(desk: Desk, day: Round, telephone: Take):
    page = come_in(telephone(), desk)
    check_axe(page)
    big_enough(page)
    call(page, "채길수")
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    page.locator("#r-reached").tap()
    page.locator("#m-so_so").tap()
    for one in ("ate", "pain", "repair"):
        page.locator(f"#h-{one}").tap()
    page.locator("#w-repair").tap()
    check_axe(page)
    big_enough(page)
    picture(page, "round-log", whole=True)
    page.locator("#note").fill("보일러가 약해서 춥다고 하심")
    page.locator("#next-month").select_option("2")
    page.locator("#next-day").select_option("30")
    page.locator("#save").tap()
    expect(page.locator("#fault")).to_contain_text("그런 날은 없습니다")
    page.locator("#next-month").select_option("11")
    page.locator("#next-day").select_option("27")
    expect(page.locator("#next-said")).to_have_text("11월 27일 (금)")
    expect(page.locator("#following")).to_contain_text("다음 안부 11월 27일 (금)")
    page.locator("#save").tap()
    expect(page.locator("#sync")).not_to_contain_text("보낼 것")
    row = Contact.objects.get(device__isnull=False)
    assert row.next_on is not None
    assert row.next_on.isoformat() == "2026-11-27"
    assert (row.mood, row.heard, row.note) == (
        "so_so",
        ["ate", "pain", "repair"],
        "보일러가 약해서 춥다고 하심",
    )
    for tab, name in (("neighbours", "round-neighbours"), ("hours", "round-hours")):
        page.locator(f"[data-tab={tab}]").tap()
        check_axe(page)
        big_enough(page)
        picture(page, name, whole=True)
    page.locator("[data-tab=help]").tap()
    check_axe(page)
    big_enough(page)
    picture(page, "round-help")


def test_help_that_was_brought_about_is_written_by_its_kind_and_amount(
    desk: Desk, day: Round, telephone: Take
):
    context = telephone()
    page = come_in(context, desk)
    context.set_offline(True)
    call(page, "채길수")
    page.locator("#r-reached").tap()
    page.locator("#m-worry").tap()
    page.locator("#add-link").tap()
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    page.locator("#link-save").tap()
    expect(page.locator("#link-fault")).to_contain_text("하나를 골라 주세요")
    page.locator("#k-emergency").tap()
    page.locator("#link-what").fill("긴급생계비")
    page.locator("#link-won").press_sequentially("713100")
    expect(page.locator("#link-won")).to_have_value("713,100")
    expect(page.locator("#link-said")).to_have_text("71만 3,100원")
    check_axe(page)
    big_enough(page)
    picture(page, "round-link", whole=True)
    page.locator("#link-save").tap()
    expect(page.locator("h1")).to_contain_text("채길수")  # back at the log, which is as it was
    expect(page.locator("#m-worry")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("main")).to_contain_text("오늘 연계 1건")
    page.locator("#save").tap()
    page.locator("[data-tab=neighbours]").tap()
    page.get_by_role("button", name="연계한 것 적기 국영자").tap()
    page.locator("#k-private").tap()
    page.locator("#link-what").fill("쌀 10kg")
    page.locator("#link-won").fill("0")
    page.locator("#link-save").tap()
    page.locator("#sync").tap()
    expect(page.locator("main")).to_contain_text("긴급복지 · 긴급생계비 · 713,100원")
    picture(page, "round-outbox", whole=True)
    check_axe(page)
    context.set_offline(False)
    expect(page.locator("main")).to_contain_text("모두 보냈습니다")
    rows = Link.objects.order_by("amount_krw").values_list("kind", "what", "amount_krw")
    assert list(rows) == [("private", "쌀 10kg", 0), ("emergency", "긴급생계비", 713_100)]


def test_a_worker_puts_a_home_off_and_back_on_this_telephone_alone(
    desk: Desk, day: Round, telephone: Take
):
    context = telephone()
    page = come_in(context, desk)
    names = page.locator(".rd-card h2")
    expect(names).to_have_text(["채길수", "국영자", "표은석", "임춘화", "한말복"])
    page.get_by_role("button", name="나중에 채길수").tap()
    expect(names).to_have_text(["국영자", "표은석", "임춘화", "한말복", "채길수"])
    check_axe(page)
    big_enough(page)
    page.reload()
    page.fill("#pin-1", PIN)
    page.locator("form .big").tap()
    expect(names).to_have_text(["국영자", "표은석", "임춘화", "한말복", "채길수"])
    page.get_by_role("button", name="제자리로 채길수").tap()
    expect(names.first).to_have_text("채길수")
    reached(page, "채길수")
    over = page.locator(".rd-card.over")
    expect(over).to_contain_text("통화함 · 다음 안부 11월 24일 (화)")
    expect(page.locator("#sync")).not_to_contain_text("보낼 것")
    assert Contact.objects.filter(device__isnull=False).count() == 1


def test_a_visit_with_a_clock_that_the_server_has_too(desk: Desk, day: Round, telephone: Take):
    context = telephone()
    page = come_in(context, desk)
    page.locator(".rd-card", has_text="임춘화").locator(".act .rd-btn").tap()
    expect(page.locator("main")).to_contain_text("큰 개가 있음")
    expect(page.locator("main")).to_contain_text("1234*")
    page.locator("#begin").tap()
    expect(page.locator(".rd-fault")).to_contain_text("골라 주세요")
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)  # what is planned is no answer
    expect(page.locator("main")).to_contain_text("계획: 노을빛")
    page.locator(f"#p-{day.partner.pk}").tap()
    page.locator("#l-30").tap()
    check_axe(page)
    big_enough(page)
    picture(page, "round-door", whole=True)
    page.locator("#begin").tap()
    expect(page.locator("#known")).to_contain_text("전화가 꺼져도")
    visit = Visit.objects.get(worker=day.worker)
    assert (visit.ends_at - visit.began_at).total_seconds() == 30 * 60
    time_passes(context, desk, 9)
    picture(page, "round-visit")
    check_axe(page)
    big_enough(page)
    with page.expect_response("**/round/sync"):
        page.locator("#ten-more").tap()
    visit.refresh_from_db()
    assert (visit.ends_at - visit.began_at).total_seconds() == 40 * 60
    time_passes(context, desk, 32)
    expect(page.locator("#advice")).to_contain_text("시간이 지났습니다")
    picture(page, "round-visit-amber")
    time_passes(context, desk, 6)
    expect(page.locator("#advice")).to_contain_text("관제센터가 찾고 있습니다")
    picture(page, "round-visit-red")
    check_axe(page)
    page.locator("#out").tap()
    expect(page.locator("h1")).to_contain_text("임춘화")
    page.locator("#r-reached").tap()
    page.locator("#m-good").tap()
    page.locator("#save").tap()
    expect(page.locator("#sync")).not_to_contain_text("보낼 것")
    log = Contact.objects.get(device__isnull=False)
    assert (log.kind, log.partner_id) == ("visit", day.partner.pk)


def test_help_is_called_by_holding_and_by_tapping(desk: Desk, day: Round, telephone: Take):
    context = telephone()
    page = come_in(context, desk)
    page.locator("[data-tab=help]").tap()
    box = page.locator("#sos").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 50, box["y"] + 30)
    page.mouse.down()
    context.clock.run_for(2_000)
    expect(page.locator("#sos")).to_be_visible()  # not yet
    context.clock.run_for(1_500)
    expect(page.locator("#sos-state")).to_have_text("도움을 요청했습니다")
    page.mouse.up()
    assert Visit.objects.get(worker=day.worker).called_at is not None
    picture(page, "round-sos")
    check_axe(page)


def test_five_taps_are_as_good(desk: Desk, day: Round, telephone: Take):
    context = telephone()
    page = come_in(context, desk)
    page.locator("[data-tab=help]").tap()
    for _ in range(4):
        page.locator("#sos").tap()
    expect(page.locator("#sos")).to_be_visible()
    page.locator("#sos").tap()
    expect(page.locator("#sos-state")).to_have_text("도움을 요청했습니다")
    assert Visit.objects.get(worker=day.worker).called_at is not None


def test_after_twelve_hours_what_lies_there_is_noise(desk: Desk, day: Round, telephone: Take):
    context = telephone()
    page = come_in(context, desk)
    context.set_offline(True)
    reached(page, "채길수")
    context.clock.fast_forward(12 * 3600_000 + 60_000)
    expect(page.locator("#why")).to_contain_text("읽을 수 없게 되었습니다")
    expect(page.locator("#kept")).to_contain_text("1건")
    expect(page.locator("body")).not_to_contain_text("채길수")
    picture(page, "round-gone")
    check_axe(page)
    assert not {"wrap", "pack", "day"} & kept_names(page)


# What a telephone keeps: names of what is kept, and all of it as text. Keys cannot be read.
STORES = """async (told) => {
  const asked = indexedDB.open("anbu-round");
  const base = await new Promise((good) => { asked.onsuccess = () => good(asked.result); });
  const all = async (store, what) => new Promise((good) => {
    const found = base.transaction(store).objectStore(store)[what]();
    found.onsuccess = () => good(found.result);
  });
  const names = await all("keep", "getAllKeys");
  const kept = [...await all("keep", "getAll"), ...await all("out", "getAll")];
  base.close();
  if (told === "names") return names;
  const bytes = (one) => one instanceof ArrayBuffer || one instanceof Uint8Array;
  const text = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const one of kept) {
    text.push(JSON.stringify(one));
    const parts = Object.values(one ?? {}).filter(bytes);
    text.push(...parts.map((part) => new TextDecoder().decode(part)));
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) {
      text.push(key.url);
      if (!/woff2|png/.test(key.url)) text.push(await (await cache.match(key)).text());
    }
  }
  return text.join(" ");
}"""


def kept_names(page: Page) -> set[str]:
    return set(page.evaluate(STORES, "names"))


def test_nothing_personal_lies_open_in_the_telephone(desk: Desk, day: Round, telephone: Take):
    context = telephone()
    page = come_in(context, desk)
    context.set_offline(True)
    reached(page, "채길수")
    lying = page.evaluate(STORES, "all")
    assert "round.js" in lying
    assert [word for word in canaries() if word in lying] == []
    assert str(day.homes[0]) not in lying
    assert PIN not in lying


def test_wrong_numbers_wipe_it(desk: Desk, day: Round, telephone: Take):
    context = telephone()
    page = come_in(context, desk)
    page.close()
    page = context.new_page()
    page.goto(f"{desk.url}/round/")
    for n in range(5):
        expect(page.locator("#pin-1")).to_be_visible()
        page.fill("#pin-1", "111222")
        page.locator("form .big").tap()
        if n < 4:
            expect(page.locator("#pin-fault")).to_contain_text(f"{4 - n}번 더")
    expect(page.locator("#why")).to_contain_text("여러 번 틀려")
    assert not {"wrap", "pack", "day"} & kept_names(page)


def test_the_largest_font_a_small_telephone_and_english(desk: Desk, day: Round, telephone: Take):
    page = come_in(telephone(width=320), desk)
    page.locator("[data-tab=hours]").tap()
    page.locator("[lang=en]").tap()
    page.locator("[data-tab=today]").tap()
    expect(page.locator("h1")).to_contain_text("5")
    page.evaluate("document.documentElement.style.fontSize = '125%'")  # 200 % of what it is
    for name in ("today", "neighbours", "hours", "help"):
        page.locator(f"[data-tab={name}]").tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        picture(page, f"round-large-{name}", whole=True)
    page.locator("[data-tab=today]").tap()
    call(page, "채길수")
    page.locator("#r-reached").tap()
    page.locator("#m-good").tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    picture(page, "round-large-log", whole=True)
    check_axe(page)


def test_the_end_of_the_day_takes_the_key_away(desk: Desk, day: Round, telephone: Take):
    page = come_in(telephone(), desk)
    assert Device.objects.get().key_half is not None
    page.locator("[data-tab=hours]").tap()
    page.locator("#end-day").tap()
    page.locator("#end-yes").tap()
    expect(page.locator("#why")).to_contain_text("오늘 일을 마쳤습니다")
    assert Device.objects.get().key_half is None
    assert Trace.objects.filter(verb="end_round_day").count() == 1
