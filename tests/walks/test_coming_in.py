"""In a real browser: everybody's way in, with a code app, with a passkey, and out again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import CDPSession, Page, Route, expect

from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.lab.code_app import code_of
from tests.walks.city import BY, NOW, PASSWORD_OF
from tests.walks.conftest import Desk, Visitor, sign_in
from tests.walks.looks import check_axe, picture

type Visit = Callable[..., Visitor]
OWN = "바람 부는 언덕 위 등대"


def newcomer(role: str = "operator") -> str:
    """Take somebody on who has never been here; return the first password."""
    place = {"post": places.centre()}
    if role == "analyst":
        place = {"organisation": places.organisations("city")[0].id}
    _, password = staffing.add_staff(
        login="saeong", name="새온결", role=role, by=BY, now=NOW, **place
    )
    return password


def first_steps(page: Page, url: str, password: str) -> None:
    """Log in for the first time and choose a password of one's own."""
    page.goto(f"{url}/login")
    page.fill("[name=login]", "saeong")
    page.fill("[name=password]", password)
    page.click("main form button")
    page.wait_for_url("**/account/password")
    page.fill("[name=oldpassword]", password)
    page.fill("[name=password1]", OWN)
    page.fill("[name=password2]", OWN)
    page.click("main form button")
    page.wait_for_url("**/account/second")


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """Plug a passkey into this browser: a made one, but WebAuthn's own words are spoken."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    made = wire.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return wire, made["authenticatorId"]


def test_a_newcomer_brings_a_passkey_and_comes_in_with_it_alone(desk: Desk, visit: Visit) -> None:
    url = desk.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name
    password = newcomer()
    page = visit(None).page
    wire, key = authenticator(page)
    first_steps(page, url, password)
    check_axe(page)
    picture(page, "second")
    page.click("text=보안 열쇠(패스키)")
    check_axe(page)
    page.click("main form button")
    page.wait_for_url("**/shift")
    assert len(wire.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1

    page.goto(f"{url}/account")
    check_axe(page)
    picture(page, "account")
    page.click("header button:has-text('나가기')")
    page.wait_for_url("**/login")
    page.click("text=보안 열쇠(패스키)로 들어가기")
    page.wait_for_url("**/shift")  # no name, no password, no number

    page.context.clear_cookies()
    page.goto(f"{url}/login")
    page.fill("[name=login]", "saeong")
    page.fill("[name=password]", OWN)
    page.click("main form button")
    page.wait_for_url("**/login/second")
    check_axe(page)
    page.click("text=보안 열쇠로 확인하기")
    page.wait_for_url("**/shift")


def test_a_foreign_passkey_opens_nothing(desk: Desk, visit: Visit) -> None:
    url = desk.url.replace("127.0.0.1", "localhost")
    page = visit(None).page
    authenticator(page)
    page.goto(f"{url}/login")
    page.click("text=보안 열쇠(패스키)로 들어가기")
    expect(page.locator("[data-key-failed]")).to_be_visible()
    page.goto(f"{url}/start")
    page.wait_for_url("**/login?next=/start")


def test_a_newcomer_connects_an_app_and_an_analyst_sees_what_the_role_may_do(
    desk: Desk, visit: Visit
) -> None:
    password = newcomer("analyst")
    page = visit(None).page
    page.goto(f"{desk.url}/login")
    check_axe(page)
    picture(page, "login")
    first_steps(page, desk.url, password)
    page.click("main a:has-text('인증 앱')")
    check_axe(page)
    picture(page, "app")
    page.fill("[name=code]", "12345")
    page.click("main form button")
    expect(page.locator(".ab-error")).to_be_focused()
    secret = page.inner_text("[data-secret]")
    page.fill("[name=code]", code_of(secret))
    page.click("main form button")
    page.wait_for_url("**/start")
    expect(page.locator("h1")).to_contain_text("새온결")
    expect(page.locator(".lead")).to_contain_text("분석가")
    check_axe(page)
    picture(page, "start")
    answer = page.goto(desk.url)
    assert answer is not None
    assert answer.status == 404


def test_the_screen_empties_when_the_role_changes_and_when_nobody_is_there(
    desk: Desk, visit: Visit
) -> None:
    page = visit("moon").page
    expect(page.locator("#rows")).to_contain_text("윤정례")
    page.clock.install()
    page.reload()
    page.wait_for_selector("#rows")
    page.clock.run_for(9 * 60_000 + 2_000)
    expect(page.locator("#shout")).to_contain_text("1분 뒤")
    with page.expect_response("**/here"):  # it would renew the session that ends below
        page.keyboard.press("Shift")
    expect(page.locator("#shout")).to_be_empty()
    Session.objects.update(expire_date=NOW - timedelta(days=9))  # the server's own ten minutes
    asked: list[str] = []  # the way out fails: nobody may see the screen meanwhile

    def refuse(route: Route) -> None:
        if route.request.is_navigation_request():
            asked.append(route.request.url)
            route.abort("aborted")
        else:
            route.continue_()

    page.route("**/login?next=*", refuse)
    page.clock.run_for(10 * 60_000 + 2_000)
    for _ in range(4):
        page.clock.run_for(1_000)
        page.evaluate("fetch('/login').then(answer => answer.text())")  # real time goes by
    assert page.evaluate("document.body.style.display") == "none"
    assert len(asked) == 1, "asked each second, a slow answer would be given up each second"
    page.unroute("**/login?next=*")
    page.clock.run_for(20_000)
    page.wait_for_url("**/login?next=*")

    other = visit("han").page
    person = Staff.objects.get(login="han")
    staffing.change_role(
        staff=person.pk, role="supervisor", post=places.centre(), why="승진", by=BY, now=NOW
    )
    other.goto(desk.url)
    other.wait_for_url("**/login?next=/")


def test_a_rehearsal_shows_the_number_of_the_moment(desk: Desk, visit: Visit) -> None:
    page = visit(None).page
    page.goto(f"{desk.url}/login")
    page.fill("[name=login]", "moon")
    page.fill("[name=password]", PASSWORD_OF["moon"])
    page.click("main form button")
    number = page.inner_text("[data-code]")
    check_axe(page)
    picture(page, "number")
    page.fill("[name=code]", number)
    page.click("main form button")
    page.wait_for_url("**/shift")


def test_the_door_speaks_english(desk: Desk, visit: Visit) -> None:
    page = visit(None, language="en-GB").page
    page.goto(f"{desk.url}/login")
    expect(page.locator("h1")).to_have_text("Log in")
    sign_in(page, desk.url, "moon")
    page.wait_for_url("**/shift")
    page.goto(f"{desk.url}/account")
    expect(page.locator("h1")).to_have_text("My account")


@pytest.mark.parametrize("width", [390])
def test_the_door_fits_a_telephone(desk: Desk, visit: Visit, width: int) -> None:
    page = visit(None).page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{desk.url}/login")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, "login-phone")
