"""나의 기록: the door, the record, and what the page tells nobody."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as given
from django.test import Client

from anbu.care.citizens.models import Correction, Session
from anbu.care.citizens.rules import FREE_TRIES
from anbu.care.foundation.actions import record
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import Purpose
from anbu.care.people.models import Consent
from tests.care.alarms.world import World, make_world
from tests.desks.control_room.conftest import NOW, StandingClock

YUN = {"name": "윤정례", "born": "1945-03-01", "phone": "010-0000-4321"}
NOBODY = {"name": "김없음", "born": "1950-01-01", "phone": "010-7777-7777"}


@pytest.fixture
def clock(settings: Any) -> StandingClock:
    settings.CLOCK = StandingClock(NOW)
    settings.IDENTITY, settings.REHEARSAL = "double", True
    return settings.CLOCK


@pytest.fixture
def world(db: None, clock: StandingClock) -> World:
    return make_world()


@pytest.fixture
def home(world: World) -> Any:
    return world.home(still_at=NOW)


def prove(client: Client, who: dict[str, str]) -> Any:
    """Go all the way through the door, and return where one ends."""
    sent = client.post("/me/in")
    assert sent.status_code == 302
    state = sent["Location"].split("state=")[1]
    back = client.post("/me/practice", {**who, "state": state})
    assert back.status_code == 302, back.content.decode()
    return client.get(back["Location"])


def test_a_proven_person_sees_the_own_record_and_no_names_of_staff(world, home, client):
    record(
        by=world.planner.actor,
        verb="open_household",
        at=NOW,
        household=home,
        purpose=Purpose("visit", "1"),
    )
    arrived = prove(client, YUN)
    assert (arrived.status_code, arrived["Location"]) == (302, "/me/record")
    answer = client.get("/me/record")
    page = answer.content.decode()
    for told in (
        "윤정례 님의 기록",
        "복지플래너",
        "맡은 일",
        "은천로00길 12",
        "심부전",
        "야간 확인",
    ):
        assert told in page
    for hidden in ("이하늘", "staff:", "1234*"):
        assert hidden not in page
    assert "no-store" in answer["Cache-Control"]
    looked = Trace.objects.get(verb="look_at_own_record")
    assert looked.by.startswith("citizen:")
    assert (looked.household, looked.purpose, looked.kind) == (home, "citizen", "read")


def test_nobody_learns_at_the_door_who_is_known(world, home, client):
    """Not in the register, not proven, and two alike are one answer."""
    unknown = prove(client, NOBODY)
    state = client.post("/me/in")["Location"].split("state=")[1]
    unproven = client.get("/me/back", {"state": state, "code": "e30.00"})
    world.home(still_at=NOW)
    twice = prove(client, YUN)
    never = Client().get("/me/back", {"state": "x", "code": "y"})
    told = (unknown, unproven, twice, never)
    bodies = {re.sub(r'token" value="\w+', "", answer.content.decode()) for answer in told}
    assert len(bodies) == 1
    assert {answer.status_code for answer in told} == {403}
    assert Session.objects.count() == 0


@pytest.mark.parametrize("address", ["record", "correct", "ask", "withdraw/night"])
def test_without_a_sitting_there_is_only_the_door(world, home, client, clock, address):
    assert client.get(f"/me/{address}")["Location"] == "/me"
    client.force_login(world.operator)  # staff are nobody here
    assert client.get(f"/me/{address}")["Location"] == "/me"
    prove(client, YUN)
    assert client.get(f"/me/{address}").status_code == 200
    clock.at = NOW + timedelta(minutes=5)
    assert client.get(f"/me/{address}")["Location"] == "/me"


def test_a_sitting_is_no_session_of_staff_and_no_other_path_sees_it(world, home, client):
    prove(client, YUN)
    cookie = client.cookies[given.SESSION_COOKIE_NAME + "-me"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/me", True, "Lax")
    assert client.get("/households")["Location"].startswith("/login")
    client.post("/me/leave")
    assert client.get("/me/record")["Location"] == "/me"


def test_too_many_tries_shut_the_door_for_a_while(world, home, client, clock):
    for _ in range(FREE_TRIES):
        client.post("/me/in")
    answer = client.post("/me/in")
    assert answer.status_code == 429
    assert "1분 뒤" in answer.content.decode()
    clock.at = NOW + timedelta(minutes=2)
    assert client.post("/me/in").status_code == 302


def test_a_consent_is_taken_back_after_saying_what_it_does(world, home, client):
    prove(client, YUN)
    assert "관제센터가 살피지 않습니다" in client.get("/me/withdraw/night").content.decode()
    assert Consent.objects.filter(withdrawn_at=None).count() == 2
    assert client.post("/me/withdraw/night")["Location"] == "/me/record?done=withdrawn"
    assert Consent.objects.filter(withdrawn_at=None).count() == 1
    assert client.get("/me/withdraw/night").status_code == 404
    assert client.get("/me/withdraw/everything").status_code == 404


def test_a_request_goes_to_the_office_and_comes_back_answered(world, home, client):
    prove(client, YUN)
    wrong = client.post("/me/correct", {"what": "phone", "words": "450101-2345678"})
    assert wrong.status_code == 422
    assert "450101" not in wrong.content.decode()
    told = {"what": "phone", "words": "번호가 010-2222-3333으로 바뀌었어요"}
    assert client.post("/me/correct", told).status_code == 302
    asked = {"asks": "review", "words": "이제 딸과 함께 삽니다"}
    assert client.post("/me/ask", asked).status_code == 302
    assert client.post("/me/ask", asked).status_code == 409

    office = Client()
    office.force_login(world.planner)
    assert "바뀌었어요" in office.get("/corrections").content.decode()
    id = Correction.objects.get().pk
    assert office.post(f"/corrections/{id}/answer", {"reply": "corrected"}).status_code == 422
    answer = {"reply": "corrected", "words": "새 번호로 바꾸었습니다"}
    next_door = Client()
    next_door.force_login(world.next_planner)
    assert "바뀌었어요" not in next_door.get("/corrections").content.decode()
    assert next_door.post(f"/corrections/{id}/answer", answer).status_code == 404
    assert office.post(f"/corrections/{id}/answer", answer).status_code == 302
    assert office.post(f"/corrections/{id}/answer", answer).status_code == 409
    looks = office.get(f"/households/{home}/looks").content.decode()
    assert "본인" in looks
    assert "고쳐 달라고 함" in looks
    page = client.get("/me/record").content.decode()
    assert "새 번호로 바꾸었습니다" in page
    assert "사람이 다시 살펴봐 주세요" in page


def test_a_request_that_waits_opens_the_home_without_a_typed_reason(world, home, client):
    office = Client()
    office.force_login(world.planner)
    assert "윤정례" not in office.get(f"/households/{home}").content.decode()
    prove(client, YUN)
    client.post("/me/correct", {"what": "phone", "words": "번호가 바뀌었어요"})
    assert "윤정례" in office.get(f"/households/{home}").content.decode()
    assert Trace.objects.filter(verb="open_household", purpose__startswith="case:correction-")


def test_without_a_service_the_page_says_where_to_ask(world, client, settings):
    settings.IDENTITY = ""
    assert "동주민센터" in client.get("/me").content.decode()
    assert client.post("/me/in").status_code == 404
    assert client.get("/me/practice").status_code == 404


def test_the_pages_cost_the_same_however_much_there_is(
    world, home, client, django_assert_num_queries
):
    prove(client, YUN)
    for _ in range(5):
        client.post("/me/correct", {"what": "other", "words": "고칠 것이 하나 더 있어요"})
    with django_assert_num_queries(16):
        assert client.get("/me/record").status_code == 200
