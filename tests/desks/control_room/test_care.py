"""동료 돌봄 on the desk: for the one who is to ask, and for nobody else."""

import pytest
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Care
from anbu.care.foundation.rules import new_id
from anbu.desks.control_room import words
from tests.desks.control_room.conftest import NOW


@pytest.fixture
def care(world, alarm) -> Care:
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=world.operator, now=NOW)
    actions.close(alarm_id=alarm.id, outcome="died", by=world.operator, now=NOW)
    return Care.objects.get()


@pytest.fixture
def chief(world, client: Client) -> Client:
    client.force_login(world.supervisor)
    return client


def test_the_supervisor_asks_and_writes_it_down(chief, care):
    page = chief.get("/care").content.decode()
    assert "물어볼 동료 1명" in page
    assert "문가람" in page
    assert "건강에 관한 것은 적지 않습니다" in page
    for canary in ("윤정례", "은천로", "심부전"):
        assert canary not in page
    assert "물어볼 동료 1명" in chief.get("/handover").content.decode()
    told = {"care": str(care.id), "state": "spoken", "note": "내일 쉬기로"}
    assert chief.post("/care/settle", told)["Location"] == "/care"
    care.refresh_from_db()
    assert (care.state, care.note) == ("spoken", "내일 쉬기로")
    assert "내일 쉬기로" in chief.get("/care").content.decode()
    assert "물어볼 동료" not in chief.get("/handover").content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_stays(chief, care):
    told = {"care": str(care.id), "note": "내일 쉬기로"}
    answer = chief.post("/care/settle", told | {"state": "shrug"})
    assert answer.status_code == 422
    assert "내일 쉬기로" in answer.content.decode()
    answer = chief.post("/care/settle", told | {"state": "spoken", "note": "900101-1234567"})
    assert answer.status_code == 422
    assert "900101" not in answer.content.decode()
    assert Care.objects.get().state == "asked"


def test_nobody_else_finds_the_page_or_what_stands_on_it(world, client: Client, care):
    client.force_login(world.operator)
    assert client.get("/care").status_code == 404
    client.force_login(world.planner)  # asks after workers of the own dong, and sees no others
    assert "문가람" not in client.get("/care").content.decode()
    Care.objects.update(owner_staff=world.second)
    client.force_login(world.supervisor)
    assert "문가람" not in client.get("/care").content.decode()
    told = {"state": "spoken"}
    forbidden = client.post("/care/settle", told | {"care": str(care.id)})
    missing = client.post("/care/settle", told | {"care": str(new_id())})
    assert (forbidden.status_code, missing.status_code) == (404, 404)
    assert forbidden.content == missing.content


def test_who_stood_at_the_door_is_named_by_role_alone(world, alarm, chief):
    on_it = {"alarm_id": alarm.id, "by": world.operator, "now": NOW}
    told = {"name": "박출동", "phone": "010-2222-3333", "call_back": "02-2133-0120"}
    actions.send_agent(**on_it, **told, kind="contractor")
    actions.record_visit(**on_it)
    actions.close(**on_it, outcome="rescued")
    page = chief.get("/care").content.decode()
    assert "현장에 간 분 · 출동 업체" in page
    assert "박출동" not in page
    row = Care.objects.get(whom=None)
    told = {"care": str(row.id), "state": "spoken"}
    assert chief.post("/care/settle", told).status_code == 302
    assert Care.objects.get(whom=None).state == "spoken"


def test_every_state_has_a_word():
    assert set(words.CARE_STATES) == {"asked", "spoken", "declined"}
