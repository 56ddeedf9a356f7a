"""The door: two factors, wrong tries, and sessions that end when they must."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client

from anbu.care.foundation.models import Trace
from anbu.care.places import queries as places
from anbu.care.places.actions import load_organisations
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import SignInAttempt, Staff
from anbu.care.staff.rules import FREE_PER_ACCOUNT, FREE_PER_ADDRESS, SEATS, rights_of
from anbu.desks.control_room import live
from anbu.desks.entrance.guard import AT_A_DESK_S, ON_A_PHONE_S
from anbu.lab.code_app import code_of
from tests.care.alarms.vendor_world import make_vendor
from tests.care.alarms.world import World, make_world
from tests.desks.control_room.conftest import NOW, StandingClock

BY = "system:test"


@pytest.fixture
def world(db: None) -> World:
    """Return a small part of Seoul with people on duty in it."""
    return make_world()


@pytest.fixture(autouse=True)
def clock(settings) -> StandingClock:
    """Hand the door a clock that stands."""
    settings.CLOCK = StandingClock(NOW)
    return settings.CLOCK


def taken_on(role: str = "operator", login: str = "new", app: bool = True) -> tuple[str, str]:
    """Take somebody on; return the password and the secret of their code app."""
    kinds, chair = SEATS[role]
    place = {"post": places.centre()} if chair == "centre" else {}
    if chair == "dong":
        place = {"post": places.dong_post("1162058500").id}
    if chair == "vendor":
        place = {"post": make_vendor().post.pk}
    if not chair:
        standing = [one for kind in sorted(kinds) for one in places.organisations(kind)]
        place = {"organisation": standing[0].id}
    person, password = staffing.add_staff(
        login=login, name="새사람", role=role, by=BY, now=NOW, **place
    )
    return password, staffing.bring_app(staff=person, by=BY, now=NOW) if app else ""


def give_password(browser: Client, password: str, login: str = "new", **more: str):
    return browser.post("/login", {"login": login, "password": password}, **more)


def come_in(browser: Client, password: str, secret: str, login: str = "new") -> None:
    assert give_password(browser, password, login)["Location"] == "/login/second"
    answer = browser.post("/login/second", {"code": code_of(secret)})
    assert answer["Location"] == "/start"


def test_a_password_alone_opens_nothing(world: World, client: Client):
    password, secret = taken_on()
    assert give_password(client, password)["Location"] == "/login/second"
    for address in ("/", "/start", "/shift", "/account"):
        assert client.get(address).status_code == 302, address
    assert client.get("/start")["Location"].startswith("/login")
    assert client.post("/login/second", {"code": "000000"}).status_code == 422
    assert client.get("/start")["Location"].startswith("/login")
    client.post("/login/second", {"code": code_of(secret)})
    assert client.get("/shift").status_code == 200
    came = Trace.objects.get(verb="sign_in")
    assert (came.by, came.detail["how"]) == (Staff.objects.get(login="new").actor, "totp")
    assert came.source == "127.0.0.1"


def test_a_number_opens_the_door_once(world: World):
    password, secret = taken_on()
    come_in(Client(), password, secret)
    other = Client()
    give_password(other, password)
    assert other.post("/login/second", {"code": code_of(secret)}).status_code == 422


def test_who_is_new_chooses_a_password_and_brings_a_second_factor_first(
    world: World, client: Client
):
    password, _ = taken_on(app=False)
    assert give_password(client, password)["Location"] == "/start"
    for address in ("/start", "/", "/account", "/account/second", "/account/app"):
        assert client.get(address)["Location"] == "/account/password", address
    own = "짧지 않은 비밀번호 하나"
    fields = {"oldpassword": password, "password1": own, "password2": own}
    assert client.post("/account/password", fields | {"password1": "123"}).status_code == 422
    assert client.post("/account/password", fields)["Location"] == "/start"
    for address in ("/start", "/", "/account"):
        assert client.get(address)["Location"] == "/account/second", address
    assert client.get("/row/00000000-0000-0000-0000-000000000000", headers={
        "Sec-Fetch-Mode": "cors"}).status_code == 403  # fmt: skip
    page = client.get("/account/app").content.decode()
    secret = page.split("data-secret>")[1].split("<")[0]
    assert client.post("/account/app", {"code": code_of(secret)})["Location"] == "/start"
    assert client.get("/start")["Location"] == "/shift"
    kept = Authenticator.objects.get().data["secret"]
    assert secret not in kept  # sealed
    assert client.post("/logout")["Location"] == "/login"
    assert give_password(client, password).status_code == 422
    assert give_password(client, own)["Location"] == "/login/second"


def test_five_wrong_tries_are_free_then_the_account_waits(world: World, clock: StandingClock):
    password, _ = taken_on()
    for n in range(FREE_PER_ACCOUNT):
        browser = Client(REMOTE_ADDR=f"10.0.0.{n}")  # from wherever they come
        assert "맞지 않습니다" in give_password(browser, "wrong").content.decode()
    answer = give_password(Client(REMOTE_ADDR="10.0.1.1"), password)
    assert answer.status_code == 422
    assert "1분 뒤" in answer.content.decode()
    assert give_password(Client(), "x", login="planner").status_code == 422  # another account
    clock.at += timedelta(minutes=1, seconds=1)
    assert give_password(Client(), "wrong").status_code == 422
    assert "2분 뒤" in give_password(Client(), password).content.decode()  # twice as long
    clock.at += timedelta(minutes=2, seconds=1)
    assert give_password(Client(), password)["Location"] == "/login/second"
    assert not SignInAttempt.objects.filter(login="new", kind="password").exists()


def test_an_account_that_is_not_there_behaves_like_one_that_is(world: World):
    for login in ("moon", "nobody-at-all"):
        said = [give_password(Client(), "wrong", login).content.decode() for _ in range(7)]
        assert ["맞지 않습니다" in page for page in said] == [True] * 5 + [False] * 2, login
        assert "잠시 잠겼습니다" in said[-1]


def test_one_address_that_tries_many_accounts_waits_too(world: World):
    password, _ = taken_on()
    for n in range(FREE_PER_ADDRESS):
        give_password(Client(REMOTE_ADDR="10.9.9.9"), "wrong", login=f"guess-{n}")
    assert give_password(Client(REMOTE_ADDR="10.9.9.9"), password).status_code == 422
    assert give_password(Client(REMOTE_ADDR="10.9.9.8"), password).status_code == 302


def test_numbers_are_counted_as_well_as_passwords(world: World):
    password, secret = taken_on()
    browser = Client()
    for _ in range(FREE_PER_ACCOUNT):
        give_password(browser, password)  # a right password does not begin the count anew
        assert browser.post("/login/second", {"code": "000000"}).status_code == 422
    answer = browser.post("/login/second", {"code": code_of(secret)})
    assert "잠시 잠겼습니다" in answer.content.decode()
    staffing.unlock(staff=Staff.objects.get(login="new").pk, by=BY, now=NOW)
    assert browser.post("/login/second", {"code": code_of(secret)}).status_code == 302


def test_behind_a_proxy_the_address_is_what_the_proxy_saw(world: World, settings):
    settings.PROXIES = ["127.0.0.1"]
    give_password(Client(), "wrong", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.7"})
    assert SignInAttempt.objects.get().address == "203.0.113.7"


@pytest.mark.parametrize("deed", ["role", "leave", "lost"])
def test_a_session_is_dead_at_the_next_request(world: World, client: Client, deed: str):
    password, secret = taken_on()
    come_in(client, password, secret)
    person = Staff.objects.get(login="new")
    key = client.session.session_key
    assert client.get("/shift").status_code == 200
    assert live.is_in(key)
    if deed == "role":
        city = places.organisations("city")[0].id
        staffing.change_role(
            staff=person.pk, role="analyst", organisation=city, why="옮김", by=BY, now=NOW
        )
    elif deed == "leave":
        staffing.disable(staff=person.pk, by=BY, now=NOW)
    else:
        staffing.lose_device(staff=person.pk, by=BY, now=NOW)
    assert client.get("/shift")["Location"].startswith("/login")
    assert not live.is_in(key)  # an open stream ends at its next beat


def test_the_session_ends_ten_minutes_after_the_last_touch_and_five_on_a_phone(world: World):
    password, secret = taken_on()
    browser = Client()
    come_in(browser, password, secret)
    browser.get("/shift")
    assert browser.session.get_expiry_age() == AT_A_DESK_S == 600
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36"}
    browser.get("/shift", headers=phone)
    assert browser.session.get_expiry_age() == ON_A_PHONE_S == 300


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(world: World):
    password, secret = taken_on()
    browser = Client()
    come_in(browser, password, secret)
    browser.get("/shift")
    ends = Session.objects.get(pk=browser.session.session_key).expire_date
    browser.get("/side", headers={"Sec-Fetch-Mode": "cors"})
    assert Session.objects.get(pk=browser.session.session_key).expire_date == ends
    browser.post("/here", headers={"Sec-Fetch-Mode": "cors"})  # a key was pressed
    assert Session.objects.get(pk=browser.session.session_key).expire_date > ends


def test_the_number_of_the_moment_is_shown_in_a_rehearsal_and_nowhere_else(
    world: World, client: Client, settings
):
    password, secret = taken_on()
    give_password(client, password)
    assert "data-code" not in client.get("/login/second").content.decode()
    settings.REHEARSAL = True
    assert f"data-code>{code_of(secret)}<" in client.get("/login/second").content.decode()


@pytest.mark.parametrize("role", sorted(SEATS))
def test_every_role_begins_somewhere_that_is_there(world: World, client: Client, role: str):
    if role in ("case_manager", "provider", "council", "counsellor"):
        rows = {
            "case_manager": "agency,가온복지관,관악구,",
            "provider": "provider,나래모임,,",
            "council": "member,다솜약국,관악구,병원·의원",
            "counsellor": "team,외로움안녕120,,",
        }
        text = f"kind,name,district,member_type\n{rows[role]}\n"
        assert load_organisations(text=text, by=BY, now=NOW).new == 1
    password, secret = taken_on(role)
    come_in(client, password, secret)
    answer = client.get("/start", follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    for address in {part.split('"')[0] for part in page.split('href="/')[1:]}:
        if not address.startswith("static"):
            assert client.get(f"/{address}").status_code in (200, 302), address
    queue = client.get("/")
    if role in ("operator", "supervisor", "planner", "responder"):
        assert answer.redirect_chain[-1][0] == "/shift"
        assert queue.status_code == 200
    elif role == "privacy_officer":
        assert answer.redirect_chain[-1][0] == "/review"
        assert queue.status_code == 404
    elif role == "care_corps":
        assert answer.redirect_chain[-1][0] == "/round/"
        assert queue.status_code == 404
    else:
        assert Staff.Role(role).label in page
        assert queue.status_code == 404  # what is not for this role does not exist for it
        for right in rights_of(role):
            assert right.object in page


def test_the_last_second_factor_stays(world: World, client: Client):
    password, secret = taken_on()
    come_in(client, password, secret)
    assert "/account/app/drop" not in client.get("/account").content.decode()
    again = client.get("/account/app/drop")
    assert again["Location"].startswith("/login/again")  # asked for once more, first
    client.post("/login/again", {"password": password})
    client.post("/account/app/drop")
    assert Authenticator.objects.count() == 1


def test_a_resident_number_typed_as_a_login_is_neither_kept_nor_shown(world: World):
    answer = give_password(Client(), "x", login="450101-2345678")
    assert answer.status_code == 422
    assert "450101" not in answer.content.decode()
    assert not SignInAttempt.objects.exists()


def test_nobody_signs_up(client: Client, db: None):
    for address in ("/signup", "/account/signup", "/login/signup", "/accounts/signup/"):
        assert client.get(address).status_code == 404


def test_the_door_is_as_strict_as_every_page(world: World, client: Client):
    answer = client.get("/login")
    assert "form-action 'self'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "no-store" in answer["Cache-Control"]
