"""울리고 있는 알림 on the desk: for whom it rings, by whom it ends, and nobody who lives there."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms import actions as alarms
from anbu.care.effects import actions
from anbu.care.effects.models import Ring, Telling
from anbu.care.effects.rules import By, Cause, Thing
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import new_id
from anbu.desks.control_room import words
from tests.desks.control_room.conftest import NOW


@pytest.fixture
def ringing(world, alarm, settings) -> Telling:
    """Let the alarm ring: nobody has said how they are told, so all are called."""
    settings.GATEWAY_URL, settings.ALL_CALL = "http://127.0.0.1:1/", ["010-9999-4242"]
    actions.ring_next(now=NOW + timedelta(seconds=2))
    return Telling.objects.get(cause=alarm.id)


def test_the_page_says_what_rings_and_who_was_told_and_names_nobody_at_home(desk, ringing):
    page = desk.get("/tellings").content.decode()
    assert "사람을 기다리는 일 1건" in page
    assert "전체 호출 1번째" in page
    assert "…4242" in page
    assert f"/alarms/{ringing.cause}" in page
    for canary in ("윤정례", "은천로", "010-0000-4321", "심부전", "010-9999"):
        assert canary not in page
    assert "/tellings" in desk.get("/").content.decode()


def test_one_press_ends_it_and_is_a_trace(desk, world, ringing):
    answer = desk.post("/tellings/acknowledge", {"shown": str(ringing.id)})
    assert (answer.status_code, answer["Location"]) == (302, "/tellings")
    ringing.refresh_from_db()
    assert ringing.ended_by == world.operator
    assert Trace.objects.get(verb="acknowledge_telling").by == world.operator.actor
    assert "울리고 있는 알림이 없습니다." in desk.get("/tellings").content.decode()
    assert desk.post("/tellings/acknowledge", {"shown": str(ringing.id)}).status_code == 302
    assert Trace.objects.filter(verb="acknowledge_telling").count() == 1


def test_opening_the_signal_ends_it_too(desk, ringing):
    assert desk.get(f"/alarms/{ringing.cause}").status_code == 200
    ringing.refresh_from_db()
    assert ringing.ended_how == "acknowledged"


def test_the_link_on_the_page_ends_it_and_so_does_a_claim(desk, world, alarm, ringing):
    page = desk.get("/tellings").content.decode()
    ringing.refresh_from_db()
    assert ringing.ended_at is None  # to look at the list is no answer
    (link,) = re.findall(r'<a class="b lg" href="([^"]+)"', page)
    assert desk.get(link).status_code == 200
    ringing.refresh_from_db()
    assert (ringing.ended_how, ringing.ended_by) == ("acknowledged", world.operator)
    thing = Thing(kind=Cause.ALARM, id=alarm.id, post=world.operator.post_id, level=3)
    actions.tell([thing], now=NOW)
    told = {"version": alarm.version, "page": "incident"}
    assert desk.post(f"/alarms/{alarm.id}/claim", told).status_code == 302
    assert not Telling.objects.filter(ended_at=None).exists()


def test_whatever_rings_has_a_page_and_a_call_is_answered_by_opening_it(desk, world, clock):
    told = {"caller": "neighbour", "said": ["unseen"], "place": "은천로 어디", "by": world.operator}
    taken = alarms.take_call(**told, now=NOW)
    alarms.look_after_calls(now=NOW + timedelta(hours=1))  # nobody acted: it rings
    for kind in Cause:
        cause = taken.call if kind is Cause.CALL else new_id()
        thing = Thing(kind=kind, id=cause, post=world.operator.post_id, level=2)
        actions.tell([thing], now=NOW)
    page = desk.get("/tellings").content.decode()
    links = re.findall(r'<a class="b lg" href="([^"]+)"', page)
    assert len(links) == len(Cause)
    assert f"/calls/{taken.call}" in links
    assert "/roster" in links
    assert "은천로" not in page
    assert desk.get(f"/calls/{taken.call}").status_code == 200
    assert Telling.objects.get(cause=taken.call).ended_by == world.operator


@pytest.mark.parametrize("shown", ["", "x", "900101-1234567", "1,2"])
def test_nonsense_is_answered_in_words(desk, ringing, shown):
    answer = desk.post("/tellings/acknowledge", {"shown": shown})
    assert answer.status_code == 422
    assert "아직 하지 않았습니다." in answer.content.decode()
    ringing.refresh_from_db()
    assert ringing.ended_at is None


def test_the_next_dong_sees_nothing_and_ends_nothing(client: Client, world, ringing):
    client.force_login(world.next_planner)
    assert "울리고 있는 알림이 없습니다." in client.get("/tellings").content.decode()
    told = client.post("/tellings/acknowledge", {"shown": str(ringing.id)})
    nothing = client.post("/tellings/acknowledge", {"shown": str(new_id())})
    assert (told.status_code, told["Location"]) == (nothing.status_code, nothing["Location"])
    ringing.refresh_from_db()
    assert ringing.ended_at is None


def test_the_page_asks_the_same_however_many(desk, world, ringing, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        desk.get("/tellings")
    for _ in range(8):
        world.silent(at=NOW)
    actions.ring_next(now=NOW + timedelta(seconds=3))
    with django_assert_max_num_queries(12):
        assert "9건" in desk.get("/tellings").content.decode()


def test_every_code_has_a_word():
    assert set(words.TELLING_CAUSES) == {str(code) for code in Cause}
    assert set(words.TELLING_BYS) == {str(code) for code in By}
    assert set(words.RING_STATES) == set(Ring.Status.values)
