"""The next thing a lost telephone asks for is answered so that it deletes what it keeps."""

from typing import Any

import pytest
from django.test import Client

from anbu.care.rounds.models import Contact
from tests.care.alarms.world import World
from tests.care.rounds.a_round import Round
from tests.desks.rounds.test_phone import NOW, day, event, phone, post, unlock, world

__all__ = ["day", "phone", "world"]  # fixtures of the telephone


@pytest.fixture
def office(world: World) -> Client:
    browser = Client()
    browser.force_login(world.planner)
    return browser


def cut(office: Client, day: Round, **told: Any) -> Any:
    return office.post(f"/rounds/workers/{day.worker.pk}/cut_off", {"cut": "1"} | told)


def test_the_lost_telephone_is_told_its_key_is_gone(phone: Client, office: Client, day: Round):
    device = unlock(phone)
    assert post(phone, "pack", {}, device).status_code == 200
    assert cut(office, day).status_code == 409  # nobody said they are sure
    assert post(phone, "pack", {}, device).status_code == 200
    assert cut(office, day, sure="on").status_code == 302
    for path, body in (("pack", {}), ("sync", {"events": [event(day)]}), ("end", {})):
        answer = post(phone, path, body, device)
        assert (answer.status_code, answer.json()["why"]) == (410, "key_gone"), path
    assert Contact.objects.count() == 3  # those of the days before
    assert post(phone, "unlock", {"device": device}, device).status_code == 401
    page = office.get("/rounds/workers").content.decode()
    assert f"{NOW:%H:%M}에 끊음" in page


def test_what_it_had_to_send_is_taken_in_after_a_new_sign_in(
    phone: Client, office: Client, day: Round
):
    device, kept = unlock(phone), event(day)
    cut(office, day, sure="on")
    assert post(phone, "sync", {"events": [kept]}, device).status_code == 410
    day.worker.staff.refresh_from_db()
    phone.force_login(day.worker.staff)
    answer = post(phone, "sync", {"events": [kept]}, device)
    assert answer.status_code == 410  # signed in, and not taken up again yet
    assert post(phone, "unlock", {"device": device}, device).json()["device"] == device
    assert post(phone, "sync", {"events": [kept]}, device).json()["taken"] == [kept["id"]]


def test_who_was_never_cut_off_is_asked_to_sign_in(client: Client, day: Round):
    for device in ("", "nonsense", "01900000-0000-7000-8000-000000000000"):
        assert post(client, "pack", {}, device).status_code == 401
