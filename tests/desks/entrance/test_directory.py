"""A city's own directory, spoken to over the wire: it says who, never what somebody may do."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from anbu.care.foundation.models import Trace
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.lab.code_app import code_of
from tests.care.alarms.world import World, make_world
from tests.desks.control_room.conftest import NOW, StandingClock

PEER = Path(__file__).with_name("oidc_peer.py")
CLIENT, SECRET = "anbu", "a-secret-of-the-directory"


@pytest.fixture(scope="module")
def directory() -> Iterator[str]:
    """Run the directory in a process of its own."""
    command = [sys.executable, str(PEER), CLIENT, SECRET]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    yield f"http://127.0.0.1:{int(running.stdout.readline())}"
    running.terminate()
    running.wait(60)
    running.stdout.close()


@pytest.fixture
def world(db: None, directory: str, settings) -> World:
    """Return people on duty, and a door that knows the directory."""
    settings.CLOCK = StandingClock(NOW)
    _know(settings, directory, SECRET)
    return make_world()


def _know(settings, directory: str, secret: str) -> None:
    app = {
        "provider_id": "directory",
        "name": "시 직원 계정",
        "client_id": CLIENT,
        "secret": secret,
        "settings": {"server_url": directory},
    }
    settings.OIDC_URL, settings.OIDC_NAME = directory, app["name"]
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }


def come_by(browser: Client, directory: str, who: str, **tamper: str):
    """Go to the directory as a browser does, and come back with what it said."""
    httpx.get(f"{directory}/become/{who}", trust_env=False)
    there = browser.post("/login/with/directory")
    assert there["Location"].startswith(f"{directory}/authorize")
    back = httpx.get(there["Location"], trust_env=False, follow_redirects=False)
    url = httpx.URL(back.headers["Location"])
    assert url.path == "/login/from/directory"
    return browser.get(url.path, dict(url.params) | tamper)


def test_the_directory_names_somebody_who_still_shows_our_second_factor(
    world: World, client: Client, directory: str
):
    assert "시 직원 계정" in client.get("/login").content.decode()
    secret = staffing.bring_app(staff=world.operator, by="system:test", now=NOW)
    assert come_by(client, directory, "moon")["Location"] == "/login/second"
    assert client.get("/start")["Location"].startswith("/login")
    answer = client.post("/login/second", {"code": code_of(secret)})
    assert answer["Location"] == "/start"
    assert client.get("/shift").status_code == 200
    assert SocialAccount.objects.get().user == world.operator


def test_who_has_no_second_factor_enrols_one_first(world: World, client: Client, directory: str):
    Staff.objects.filter(login="moon").update(password_is_first=False)
    come_by(client, directory, "moon")
    assert client.get("/shift")["Location"] == "/account/second"


def test_a_directory_that_asks_for_a_second_factor_is_believed_when_the_city_says_so(
    world: World, client: Client, directory: str, settings
):
    settings.OIDC_SECOND_FACTOR = True
    Staff.objects.filter(login="moon").update(password_is_first=False)
    come_by(client, directory, "moon")
    assert client.get("/shift").status_code == 200
    assert Trace.objects.get(verb="sign_in").detail["how"] == "directory"


@pytest.mark.parametrize("who", ["stranger", "gone"])
def test_the_directory_takes_nobody_on_and_brings_nobody_back(
    world: World, client: Client, directory: str, who: str
):
    gone, _ = staffing.add_staff(
        login="gone", name="떠난이", role="operator", post=world.operator.post_id,
        by="system:test", now=NOW,
    )  # fmt: skip
    staffing.disable(staff=gone.pk, by="system:test", now=NOW)
    answer = come_by(client, directory, who)
    assert answer["Location"] == "/login/error"
    assert client.get("/login/error").status_code == 401
    assert client.get("/start")["Location"].startswith("/login")
    assert not Staff.objects.filter(login="stranger").exists()
    assert not SocialAccount.objects.exists()


def test_an_answer_that_is_not_ours_opens_nothing(
    world: World, client: Client, directory: str, settings
):
    for tamper in ({"state": "made-up"}, {"code": "made-up"}):
        answer = come_by(client, directory, "moon", **tamper)
        assert answer["Location"] == "/login/error", tamper
    _know(settings, directory, "not the secret")
    assert come_by(client, directory, "moon")["Location"] == "/login/error"
    assert client.get("/start")["Location"].startswith("/login")
