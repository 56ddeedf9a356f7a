"""What a worker's telephone asks of the server: who is let in, what comes back, what is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anbu.care.foundation.rules import new_id
from anbu.care.rounds.models import Contact, Device, Visit
from anbu.care.staff.models import Staff
from anbu.desks.rounds import shell
from tests.care.alarms.world import MONDAY, World
from tests.care.alarms.world import make_world as made_world
from tests.care.rounds.a_round import Round, make_round
from tests.desks.control_room.conftest import StandingClock

NOW = MONDAY + timedelta(hours=10)


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.CLOCK = StandingClock(NOW)
    return made_world()


@pytest.fixture
def day(world: World) -> Round:
    return make_round(NOW)


@pytest.fixture
def phone(client: Client, day: Round) -> Client:
    client.force_login(day.worker.staff)
    return client


def post(client: Client, path: str, body: Any, device: str = "") -> Any:
    more = {"HTTP_X_ANBU_DEVICE": device} if device else {}
    return client.post(f"/round/{path}", json.dumps(body), content_type="application/json", **more)


def unlock(phone: Client) -> str:
    answer = post(phone, "unlock", {})
    assert answer.status_code == 200
    return str(answer.json()["device"])


def event(day: Round, seq: int = 1, **told: object) -> dict[str, object]:
    plain = {
        "what": "contact",
        "id": str(new_id()),
        "seq": seq,
        "at": NOW.isoformat(),
        "home": str(day.homes[0]),
        "kind": "call",
        "result": "reached",
        "mood": "good",
        "minutes": 5,
    }
    return plain | told


def test_the_shell_is_for_the_care_corps_and_holds_nobody(phone: Client, day: Round):
    page = phone.get("/round/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "채길수" not in text
    assert day.worker.staff.name not in text
    assert "<script src=" in text
    assert "onclick" not in text
    assert "style=" not in text
    csp = page["Content-Security-Policy"]
    assert "default-src 'self'" in csp
    assert "unsafe" not in csp


def test_who_is_not_signed_in_is_sent_to_the_door_and_told_so_in_json(client: Client, day: Round):
    assert client.get("/round/")["Location"].startswith("/login")
    assert post(client, "pack", {}).status_code == 401
    assert client.get("/round/worker.js").status_code == 200
    assert client.get("/round/manifest.webmanifest").json()["scope"] == "/round/"


def test_another_role_finds_nothing(client: Client, world: World, day: Round):
    client.force_login(world.planner)
    assert client.get("/round/").status_code == 404
    for path in ("unlock", "pack", "sync", "help", "pins", "end"):
        assert post(client, path, {}).status_code == 404


def test_a_member_whom_nobody_took_on_is_told_whom_to_ask(client: Client, world: World):
    Staff.objects.filter(pk=world.planner.pk).update(role="care_corps")
    client.force_login(Staff.objects.get(pk=world.planner.pk))
    answer = post(client, "unlock", {})
    assert answer.status_code == 422
    assert "동주민센터" in answer.json()["text"]


def test_a_pack_is_fetched_and_what_was_done_is_told_once(phone: Client, day: Round):
    device = unlock(phone)
    answer = post(phone, "pack", {}, device)
    assert len(answer.json()["pack"]["tasks"]) == 5
    assert answer["Cache-Control"] == "no-store"
    told = {
        "events": [event(day), event(day, 2, home=str(day.homes[1]), result="no_answer", mood=None)]
    }
    for _ in range(2):
        answer = post(phone, "sync", told, device)
        assert answer.status_code == 200, answer.content
        assert sorted(answer.json()["taken"]) == sorted(one["id"] for one in told["events"])
    assert Contact.objects.filter(device=device).count() == 2


def test_a_visit_begun_on_the_telephone_comes_back_with_the_servers_deadline(
    phone: Client, day: Round
):
    device = unlock(phone)
    begun = {
        "what": "inside",
        "id": str(new_id()),
        "seq": 1,
        "at": NOW.isoformat(),
        "home": str(day.homes[3]),
        "minutes": 30,
        "partner": day.partner.pk,
    }
    answer = post(phone, "sync", {"events": [begun]}, device)
    assert answer.json()["inside"]["id"] == begun["id"]
    assert Visit.objects.get().ends_at == NOW + timedelta(minutes=30)


def test_help_needs_no_key_and_a_number_ends_it(phone: Client, day: Round):
    assert post(phone, "pins", {"own": "1357", "duress": "2468"}).status_code == 200
    assert post(phone, "pins", {"own": "1357", "duress": "1357"}).status_code == 422
    Device.objects.all().delete()
    assert post(phone, "help", {}).status_code == 200
    assert post(phone, "help", {"pin": "0000"}).json() == {"ended": False}
    assert post(phone, "help", {"pin": "1357"}).json() == {"ended": True}


def test_a_telephone_that_lost_its_key_is_told_to_sign_in(phone: Client, day: Round, settings: Any):
    device = unlock(phone)
    settings.CLOCK.at = NOW + timedelta(hours=12, minutes=1)
    assert post(phone, "pack", {}, device).status_code == 410
    assert post(phone, "sync", {"events": []}, device).status_code == 410


def test_nonsense_is_refused_in_words(phone: Client, day: Round):
    device = unlock(phone)
    assert post(phone, "pack", {}, "nonsense").status_code == 422
    assert post(phone, "sync", {"nothing": 1}, device).status_code == 422
    assert phone.post("/round/unlock", b"\xff{", content_type="text/plain").status_code == 422
    assert phone.get("/round/pack").status_code == 405


def test_a_round_may_be_silent_for_a_morning_and_the_desk_not(phone: Client, day: Round):
    """Its app locks itself; what is told and cried from it needs the session."""
    phone.get("/round/")
    assert phone.session.get_expiry_age() == 12 * 3600


def test_every_word_of_the_script_is_there_in_both_languages():
    words = shell._words()
    assert set(words["ko"]) == set(words["en"])
    assert [
        key for key, word in words["en"].items() if any("가" <= each <= "힣" for each in word)
    ] == []


def test_the_worker_keeps_the_shell_and_nothing_else(client: Client, db: None):
    script = client.get("/round/worker.js").content.decode()
    assert shell.version() in script
    assert "POST" in script
    for name in ("unlock", "pack", "sync", "help"):
        assert f"/round/{name}" not in script
