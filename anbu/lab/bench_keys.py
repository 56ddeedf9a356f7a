"""How long a key takes to a painted focus in a real Chromium, and a change to its painted row.

Needs the browser of this machine, and playwright, which only who develops has.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from playwright.sync_api import CDPSession, Page, sync_playwright

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff
from anbu.lab import bench_city
from anbu.lab.bench_desk import BY, NothingToMeasure, at, operator

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROBE = Path(__file__).with_name("bench_keys.js")
APART_MS = 130  # of two presses: quick for a person, and longer than a panel is put off
LAST_ROW_MS = 60_000
IME = {"key": "Process", "windowsVirtualKeyCode": 229}  # what any key is while 한글 is put together
PLAIN = {"KeyJ": {"key": "j", "windowsVirtualKeyCode": 74}}
PLAIN["KeyK"] = {"key": "k", "windowsVirtualKeyCode": 75}


def keys(
    commit: str,
    *,
    homes: int = 2_000,
    rows: tuple[int, ...] = (200, 500),
    presses: int = 200,
    changes: int = 100,
) -> dict[str, object]:
    """How long J and K take until the next row's focus is painted, with so many rows on the page.

    A page begins with 200 rows at most; the others arrive while it is open, as on a bad night.
    """
    bench_city.found(households=homes, lived=min(homes, 100))
    bench_city.cry_until(rows[0])
    told: dict[str, object] = {}
    slowest = 0.0
    with operator() as desk, _screen(desk) as page:
        line = page.context.new_cdp_session(page)
        for many in rows:
            _grow(page, many)
            for how in ("plain", "hangul"):
                times = _press(page, line, presses, is_ime=how == "hangul")
                told[f"{how}_{many}"] = {"p50": at(times, 0.5), "p99": at(times, 0.99)}
                slowest = max(slowest, at(times, 0.99))
            told[f"slowest_event_{many}"] = page.evaluate("window.slowestEvent()")
        shown = _changes(page, changes)
    return {
        "name": "keys",
        "value": slowest,
        "unit": "ms from a key to the painted focus, p99 of the worst case",
        "n": presses,
        "commit": commit,
        **told,
        "change_to_painted_row": {"n": len(shown), "p50": at(shown, 0.5), "p99": at(shown, 0.99)},
        "households": homes,
    }


@contextmanager
def _screen(desk: httpx.Client) -> Iterator[Page]:
    """Open the queue of whoever sits at this desk in a browser."""
    found = os.environ.get("ANBU_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        context = browser.new_context(
            viewport={"width": 1600, "height": 1000}, locale="ko-KR", timezone_id="Asia/Seoul"
        )
        url = f"http://127.0.0.1:{settings.HTTP_PORT}"
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": desk.cookies[name], "url": url}])
        page = context.new_page()
        page.add_init_script(PROBE.read_text())
        page.goto(url)
        page.wait_for_selector("#panel [data-shown]")
        yield page
        browser.close()


def _grow(page: Page, rows: int) -> None:
    """Let more homes cry until so many rows stand on the open page, every one with its strip."""
    bench_city.cry_until(rows)
    page.wait_for_function(
        "n => document.querySelectorAll('#rows > li').length >= n"
        " && !document.querySelector('[data-later]')",
        arg=rows,
        timeout=LAST_ROW_MS,
    )


def _press(page: Page, line: CDPSession, presses: int, *, is_ime: bool) -> list[float]:
    """Press J and K in turns of ten; return how long each took to its painted focus [ms].

    Raises:
        NothingToMeasure: a key moved nothing.
    """
    for nth in range(presses):
        code = "KeyJ" if nth // 10 % 2 == 0 else "KeyK"
        event: dict[str, Any] = {"code": code, **(IME if is_ime else PLAIN[code])}
        line.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event})
        line.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
        page.wait_for_timeout(APART_MS)
    times: list[float] = page.evaluate("window.takeTimes()")
    if len(times) != presses:
        raise NothingToMeasure(f"{len(times)} of {presses} keys moved the focus")
    return times


def _changes(page: Page, changes: int) -> list[float]:
    """Let a colleague write notes; return how long each took until its row was painted [ms]."""
    by = Staff.objects.filter(post=places.centre(), role=Staff.Role.OPERATOR).earliest("id")
    open_ones = Alarm.objects.filter(closed_at=None, owner_post=places.centre()).order_by("id")
    began: dict[str, float] = {}
    for id in list(open_ones.values_list("id", flat=True)[:changes]):
        after = actions.note(alarm_id=id, text=f"측정 {BY}", by=by, now=now())
        began[f"{id} {after.version}"] = now().timestamp() * 1000
        page.wait_for_timeout(300)
    until = time.monotonic() + LAST_ROW_MS / 1000
    while True:
        painted: dict[str, float] = page.evaluate("window.paintedRows()")
        if began.keys() <= painted.keys():
            return [painted[what] - when for what, when in began.items()]
        if time.monotonic() > until:
            raise NothingToMeasure(f"{len(began.keys() - painted.keys())} rows were never painted")
        threading.Event().wait(0.2)
