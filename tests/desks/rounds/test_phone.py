"""What a worker's telephone asks of the server: who is let in, what comes back, what is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from anbu.care.foundation.rules import new_id
from anbu.care.rounds.jobs import watch_visits
from anbu.care.rounds.models import Contact, Device, Link, Unread, Visit
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


def link(day: Round, seq: int, **told: object) -> dict[str, object]:
    plain = {
        "what": "link",
        "id": str(new_id()),
        "seq": seq,
        "at": NOW.isoformat(),
        "home": str(day.homes[0]),
        "kind": "emergency",
        "text": "긴급생계비",
        "amount_krw": 713_100,
    }
    return plain | told


def test_help_that_was_brought_about_is_kept_once_in_whatever_order(phone: Client, day: Round):
    device = unlock(phone)
    told = [
        link(day, 2),
        link(day, 3, kind="private", text="쌀 10kg", amount_krw=35_000),
        link(day, 4, kind="benefit", text="기초연금 안내", amount_krw=0),
        event(day),
    ]
    for batch in (told[2:], told[::-1], told[:1], told):
        answer = post(phone, "sync", {"events": batch}, device)
        assert answer.json()["unread"] == []
    rows = Link.objects.order_by("amount_krw").values_list("kind", "what", "amount_krw", "worker")
    assert list(rows) == [
        ("benefit", "기초연금 안내", 0, day.worker.pk),
        ("private", "쌀 10kg", 35_000, day.worker.pk),
        ("emergency", "긴급생계비", 713_100, day.worker.pk),
    ]


def test_an_amount_that_nobody_gives_is_kept_for_a_person_and_holds_nothing_up(
    phone: Client, day: Round
):
    device = unlock(phone)
    strange = [
        link(day, 1, amount_krw=-1),
        link(day, 2, amount_krw=100_000_001),
        link(day, 3, text="  "),
        link(day, 4, text="쌀" * 81),
        link(day, 5, kind="loan"),
    ]
    answer = post(phone, "sync", {"events": [*strange, event(day, 6)]}, device)
    assert len(answer.json()["taken"]) == 6
    assert sorted(answer.json()["unread"]) == sorted(str(one["id"]) for one in strange)
    assert (Link.objects.count(), Unread.objects.count(), Contact.objects.count()) == (0, 5, 4)


def test_nothing_that_came_keeps_the_rest_of_a_batch_out(phone: Client, day: Round):
    """A clock that began anew, a number no table holds, a letter none can: kept for a person."""
    device = unlock(phone)
    begun = {"kind": None, "result": None, "mood": None, "what": "inside"}
    visit = {key: value for key, value in (event(day, 8) | begun).items() if value is not None}
    strange = [
        event(day, 1, note="아드님이\x00 옴"),
        event(day, 2**31),
        event(day, 3, partner=2**40),
        event(day, 4, at="1970-01-01T00:10:00+09:00"),
        event(day, 5, at="0001-01-01T00:00:00+00:00"),
        visit | {"minutes": 10**12, "partner": day.partner.pk},
    ]
    for one in strange:
        answer = post(phone, "sync", {"events": [one, event(day, 9)]}, device)
        assert answer.status_code == 200, one
        assert answer.json()["unread"] == [one["id"]]
    assert Unread.objects.count() == len(strange)
    assert Contact.objects.filter(device=device).count() == len(strange)


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


def faces(phone: Client, day: Round, device: str, settings: Any, pin: str) -> list[bytes]:
    """Return every answer to a telephone that calls for help, calls it off, and goes on."""
    ids = [f"01900000-0000-7000-8000-{n:012d}" for n in range(9)]
    seen: list[bytes] = []

    def ask(path: str, body: object, *, minute: int, second: int = 0) -> None:
        settings.CLOCK.at = NOW + timedelta(minutes=minute, seconds=second)
        while watch_visits(settings.CLOCK.at):
            pass
        answer = post(phone, path, body, device)
        seen.append(answer.status_code.to_bytes(2) + answer.content)

    def say(nth: int, what: str, minute: int, home: int, **more: object) -> None:
        at = (NOW + timedelta(minutes=minute)).isoformat()
        told = {"what": what, "id": ids[nth], "seq": nth, "at": at, "home": str(day.homes[home])}
        ask("sync", {"events": [told | more]}, minute=minute)

    def look(*minutes: int) -> None:
        for minute in minutes:
            ask("sync", {"events": []}, minute=minute)
            ask("pack", {}, minute=minute)

    say(1, "inside", 0, 3, minutes=30, partner=day.partner.pk)
    ask("help", {"visit": ids[1]}, minute=1)
    ask("help", {"pin": "0000"}, minute=1, second=3)
    ask("help", {"pin": pin}, minute=1, second=6)
    ask("help", {"pin": pin}, minute=1, second=8)
    look(2, 12, 31, 36)  # before the deadline, after it, and when it is red
    say(2, "fine", 37, 3, visit=ids[1])
    look(38)
    say(3, "longer", 39, 3, visit=ids[1])
    say(4, "inside", 40, 4, minutes=20, partner=day.partner.pk)
    look(41)
    say(5, "out", 50, 4, visit=ids[4])
    look(51)  # out of the second door: not back at the first one
    ask("help", {}, minute=52)  # from no door
    ask("help", {"pin": pin}, minute=52, second=5)
    look(53, 90)
    ask("pins", {"own": "1111", "duress": "2222"}, minute=91)
    ask("end", {}, minute=92)
    return seen


def test_after_either_number_every_answer_is_the_same_to_the_byte(
    phone: Client, day: Round, settings: Any
):
    """Whoever holds the telephone, and reads what comes over the line, learns nothing from it."""
    post(phone, "pins", {"own": "1357", "duress": "2468"})
    device, told, rang = unlock(phone), [], []
    for pin in ("1357", "2468"):
        with transaction.atomic():
            told.append(faces(phone, day, device, settings, pin))
            rang.append(Visit.objects.filter(is_duress=True, alarm__isnull=False).exists())
            transaction.set_rollback(True)
    assert rang == [False, True]
    own, duress = told
    assert [each[:2] for each in own] == [(200).to_bytes(2)] * len(own)
    assert own == duress
    stages = [json.loads(each[2:]).get("inside", {"stage": "-"}) for each in own]
    shown = [each["stage"] if each else "out" for each in stages if each != {"stage": "-"}]
    assert shown == [
        *("inside", "inside", "inside", "amber", "red"),
        *("inside", "inside", "inside", "inside", "inside", "out", "out", "out", "out"),
    ]


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
