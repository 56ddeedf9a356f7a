"""A day's work over a slow line, and another shell while something waits to be sent."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Request, expect

from anbu.care.rounds.models import Contact, Task, Visit
from tests.care.rounds.a_round import Round, make_round
from tests.walks import telephones
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import ROOT, Desk
from tests.walks.loaded import Loaded
from tests.walks.telephones import PIN, Take, come_in, reached, until

CALLS, VISITS = 32, 4
THIRD_G = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # 400 kbit/s
# A day by the app's own buttons, as fast as they answer.
A_DAY = """async ([partner]) => {
  const find = (what) => document.querySelector(what);
  const until = async (what) => {
    for (let n = 0; n < 2000; n += 1) {
      const found = typeof what === "string" ? find(what) : what();
      if (found) return found;
      await new Promise((good) => setTimeout(good, 5));
    }
    throw new Error(`nothing came: ${what}`);
  };
  const press = async (what) => (await until(what)).click();
  const write = async (nth) => {
    await press("#r-reached");
    await press("#m-so_so");
    await press("#h-ate");
    if (nth % 3 === 0) {
      const note = await until("#note");
      note.value = "보일러가 약해서 춥다고 하시고 다음 주에 아드님이 오신다고 함";
      note.dispatchEvent(new Event("input"));
    }
    await press("#save");
    await until("[data-tab=today][aria-current]");
  };
  const left = () => find(".rd-card:not(.over) .act .rd-btn");
  for (let nth = 0; left(); nth += 1) {
    left().click();
    await until(() => find("#r-reached") || find("#begin"));
    if (find("#begin")) {
      await press(`#p-${partner}`);
      await press("#l-30");
      await press("#begin");
      await press("#fine");
      await press("#out");
    }
    await write(nth);
  }
}"""


@pytest.fixture
def telephone(browser: Browser, desk: Desk) -> Iterator[Take]:
    yield from telephones.taking(browser, desk)


@pytest.fixture
def full(desk: Desk, settings: Any) -> Round:
    settings.CLOCK = desk.clock
    made = make_round(NOW, homes=CALLS + VISITS)
    doors = Task.objects.filter(household__in=made.homes[4 : 3 + VISITS])
    doors.update(way="visit", partner=made.partner)
    give_keys("dol", made.worker.staff, NOW)
    return made


def line(page: Page, *, offline: bool) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": offline, **THIRD_G})
    return session


def test_a_days_work_over_a_slow_line(desk: Desk, full: Round, telephone: Take):
    context = telephone()
    page = come_in(context, desk)
    session = line(page, offline=True)
    page.evaluate(A_DAY, [full.partner.pk])
    waits = re.search(r"(\d+)건 보낼 것", page.locator("#sync").inner_text())
    assert waits is not None
    events = int(waits.group(1))
    assert events == CALLS + VISITS + 3 * VISITS  # logs; beginnings, words and endings of visits
    sent: list[Request] = []
    page.on(
        "requestfinished", lambda one: sent.append(one) if one.url.endswith("/round/sync") else None
    )
    began = time.monotonic()
    session.send("Network.emulateNetworkConditions", {"offline": False, **THIRD_G})
    page.wait_for_function(
        "() => !document.querySelector('#sync').textContent.includes('보낼 것')", polling=20
    )
    took = time.monotonic() - began
    size = sum(len(one.post_data_buffer or b"") for one in sent)
    served = max(one.timing["responseStart"] - one.timing["requestStart"] for one in sent)
    print(f"\n{events} events, {len(sent)} request, {size} bytes, 400 kbit/s, 400 ms: {took:.2f} s")
    print(f"from the first byte there to the first byte back: {served:.0f} ms")
    assert len(sent) == 1
    rows = Contact.objects.filter(device__isnull=False)
    assert rows.count() == rows.values("household").distinct().count() == CALLS + VISITS
    assert sorted(rows.values_list("kind").distinct()) == [("call",), ("visit",)]
    assert Visit.objects.filter(worker=full.worker, stage="out").count() == VISITS


def test_another_shell_comes_and_what_waits_is_not_lost(
    desk: Desk, loaded: tuple[Loaded, Path], settings: Any, telephone: Take
):
    telephones.a_day(desk, settings)
    context = telephone()
    page = come_in(context, desk)
    (before,) = page.evaluate("caches.keys()")
    page.route("**/round/sync", lambda route: route.abort())
    reached(page, "채길수")
    expect(page.locator("#sync")).to_contain_text("1건 보낼 것")
    script = ROOT / "anbu/desks/static/built/round.js"
    built = script.read_bytes()
    desk.stop()
    try:
        script.write_bytes(built + b"window.another = true;\n")
        loaded[0].again()
        desk.start()
        page.evaluate("navigator.serviceWorker.ready.then((one) => one.update())")
        until(
            page,
            "before => caches.keys().then(keys => keys.length === 1 && keys[0] !== before)",
            before,
        )
        expect(page.locator("#sync")).to_contain_text("1건 보낼 것")  # the page went on as it was
        page.reload()
        page.fill("#pin-1", PIN)
        page.locator("form .big").tap()
        expect(page.locator(".rd-sum")).to_contain_text("1집 끝남")
        assert page.evaluate("window.another") is True
        expect(page.locator("#sync")).to_contain_text("1건 보낼 것")
        assert not Contact.objects.filter(device__isnull=False).exists()
        page.unroute("**/round/sync")
        page.locator("#sync").tap()
        expect(page.locator("main")).to_contain_text("모두 보냈습니다")
    finally:
        script.write_bytes(built)
        desk.stop()
        loaded[0].again()
        desk.start()
    assert Contact.objects.filter(device__isnull=False).count() == 1
