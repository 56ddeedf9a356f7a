"""A desk as it runs, and a browser in front of it. No request may leave this machine."""

import json
import os
import shutil
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from anbu.config.clock import RehearsalClock
from anbu.lab.code_app import STEP_S, code_of
from tests.walks.canaries import leaks
from tests.walks.city import NOW, PASSWORD_OF, SECRET_OF, Evening, make_evening
from tests.walks.kept import copy, drop, standing_in
from tests.walks.loaded import Loaded

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "anbu/desks/static/built/desk.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HERE = ("http://127.0.0.1:", "http://localhost:", "data:", "blob:")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]


@dataclass
class Desk:
    """The running web role, on the test's own database and clock."""

    url: str
    evening: Evening
    clock: RehearsalClock
    start: Callable[[], None]
    stop: Callable[[], None]
    addresses: list[str] = field(default_factory=list)  # that were asked for


@dataclass
class Visitor:
    """One person at one browser."""

    page: Page
    context: BrowserContext
    outside: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")  # no longer: its loop would be in the way of asyncio.run elsewhere
def browser() -> Iterator[Browser]:
    """Start the Chromium of this machine."""
    found = os.environ.get("ANBU_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    args = QUIET + (["--no-sandbox"] if os.geteuid() == 0 else [])
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=args)
        yield started
        started.close()


@pytest.fixture(scope="session")
def kept(blank: str, django_db_blocker: Any) -> Iterator[tuple[Evening, str]]:
    """Make the evening once; return it and the name of the database it lies in."""
    name = f"{blank}_evening"
    copy(blank, name)
    with django_db_blocker.unblock(), standing_in(name):
        evening = make_evening()
    yield evening, name
    drop(name)


@pytest.fixture(scope="session")
def loaded(
    kept: tuple[Evening, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Loaded, Path]]:
    """Load the web role once; return it and the file of its clock."""
    clock = tmp_path_factory.mktemp("desk") / "clock.json"
    with Loaded(walked(kept[1]), clock) as loaded:
        yield loaded, clock


def walked(kept: str) -> str:
    """Return the name of the database that a walk may spoil."""
    return f"{kept}_walked"


@pytest.fixture
def desk(
    kept: tuple[Evening, str],
    loaded: tuple[Loaded, Path],
    django_db_blocker: Any,
    tmp_path: Path,
) -> Iterator[Desk]:
    """Copy the evening and run a web role of its own on it."""
    assert BUILT.exists(), "the desk's script is not built: npm ci && npm run build"
    evening, name = kept[0], walked(kept[1])
    _USED.clear()  # the copy has seen no number yet
    copy(kept[1], name)
    with django_db_blocker.unblock(), standing_in(name):
        yield from _open(evening, *loaded, tmp_path / "web.log")
    drop(name)


def _open(evening: Evening, role: Loaded, file: Path, log: Path) -> Iterator[Desk]:
    file.write_text(json.dumps({"real": 0, "shown": 0, "speed": 1}))
    clock = RehearsalClock(file)
    clock.set_pace(speed=1, shown=NOW)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    running: list[psutil.Process] = []

    def start() -> None:
        running.append(role.start(port, log))
        _wait_until(lambda: urllib.request.urlopen(f"{url}/login", timeout=2).status == 200)

    def stop() -> None:
        server = running.pop()
        server.terminate()
        server.wait(10)

    start()
    addresses: list[str] = []
    yield Desk(url, evening, clock, start, stop, addresses)
    told = leaks(url, log, addresses) if running else {}
    while running:
        stop()
    assert told == {}, "a person stands where nobody may: see canaries.py"


@pytest.fixture
def visit(browser: Browser, desk: Desk) -> Iterator[Callable[..., Visitor]]:
    """Return a way to sit somebody down at a browser of their own, logged in and on shift."""
    visitors: list[Visitor] = []

    def sit(login: str | None = "moon", theme: str = "day", language: str = "ko-KR") -> Visitor:
        context = browser.new_context(
            viewport={"width": 1600, "height": 1000}, locale=language, timezone_id="Asia/Seoul"
        )
        visitor = Visitor(context.new_page(), context)
        context.on("request", lambda request: _note(visitor, request, desk.addresses))
        visitors.append(visitor)
        if login:
            log_in(visitor.page, desk.url, login, theme)
        return visitor

    yield sit
    outside = [address for visitor in visitors for address in visitor.outside]
    for visitor in visitors:
        visitor.context.close()
    assert outside == [], f"requests left this machine: {outside}"


def log_in(page: Page, url: str, login: str, theme: str) -> None:
    """Log in, choose the theme and start the shift, as everybody does."""
    sign_in(page, url, login)
    page.wait_for_url("**/shift")
    page.check(f"input[name=theme][value={theme}]")
    page.click("[data-start-shift] > button")
    page.wait_for_selector("#rows", state="attached")  # an office may have nothing to do


def sign_in(page: Page, url: str, login: str) -> None:
    """Come in with the password and the number a code app shows."""
    page.goto(f"{url}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD_OF[login])
    page.click("main form button")
    page.wait_for_url("**/login/second")
    page.fill("[name=code]", next_code(login))
    page.click("main form button")


def say_why(page: Page, why: str = "따님이 안부를 물어 옴") -> None:
    """Open a page at which one has no task, as everybody must."""
    page.fill("[name=reason]", why)
    page.click("main form button")
    page.wait_for_selector("nav.tabs")


def next_code(login: str) -> str:
    """Return a number of this person's app that was not used yet: each opens the door once.

    The number before this one counts only until its half minute is over, which a busy machine may
    well reach between the reading and the door; without time left we wait for the next.
    """
    used = _USED.setdefault(login, set())
    while True:
        step, gone = divmod(time.time(), STEP_S)
        for ahead in (0, 1, -1) if gone < STEP_S - TIME_TO_TYPE_S else (0, 1):
            if int(step) + ahead not in used:
                used.add(int(step) + ahead)
                return code_of(SECRET_OF[login], steps_ahead=ahead)
        threading.Event().wait(STEP_S - gone)


TIME_TO_TYPE_S = 15
_USED: dict[str, set[int]] = {}


def _note(visitor: Visitor, request: Request, addresses: list[str]) -> None:
    addresses.append(request.url)
    if not request.url.startswith(HERE):
        visitor.outside.append(request.url)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait_until(ready: Callable[[], bool], seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        try:
            if ready():
                return
        except OSError:
            if time.monotonic() > ends:
                raise
        pause.wait(0.1)
