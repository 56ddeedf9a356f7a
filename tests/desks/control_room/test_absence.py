"""부재 on the desk: registered, moved, ended; told in words; unseen by the next dong."""

from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms.models import Alarm, Step
from anbu.care.people.models import Absence
from tests.care.alarms.world import World
from tests.desks.control_room.conftest import NOW, StandingClock

HOUR = timedelta(hours=1)
TOLD = {
    "kind": "hospital",
    "begins_at": "",
    "expected_until": "2026-11-27T18:00",
    "told_by": "딸",
    "told_how": "call",
    "note": "",
}


def ask(client: Client, alarm: Alarm, rest: str = "", told: dict | None = None) -> tuple[int, str]:
    address = f"/households/{alarm.household_id}/absence{rest}"
    answer = client.get(address) if told is None else client.post(address, told, follow=True)
    return answer.status_code, answer.content.decode()


def test_an_absence_is_registered_moved_and_ended(
    desk: Client, world: World, alarm: Alarm, clock: StandingClock
):
    status, seen = ask(desk, alarm, "/register", TOLD)
    assert status == 200
    assert "11월 27일 18:00" in seen
    assert "부재 · 11/27 18:00까지" in seen
    row = Absence.objects.get()
    assert (row.begins_at, row.registered_by) == (NOW, world.operator.actor)
    assert Step.objects.filter(alarm=alarm, detail__what="away").count() == 1
    later = {"expected_until": "2026-11-29T09:00", "told_by": "본인"}
    assert "11월 29일 09:00" in ask(desk, alarm, "/change", later)[1]
    clock.at = NOW + HOUR
    status, seen = ask(desk, alarm, "/end", {})
    assert (status, "지난 부재" in seen) == (200, True)
    assert Absence.objects.get().ended_at == NOW + HOUR
    assert "부재 · 11/29" not in seen


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"expected_until": "내일"}, "2026-11-25 18:00처럼"),
        ({"expected_until": "2026-11-01T09:00"}, "지금보다 뒤여야"),
        ({"told_by": ""}, "적어 주세요"),
        ({"note": "450101-2345678"}, "주민등록번호"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_what_was_typed_stays(
    desk: Client, alarm: Alarm, wrong: dict, word: str
):
    status, seen = ask(desk, alarm, "/register", TOLD | wrong)
    assert status == 422
    assert word in seen
    assert "2345678" not in seen
    assert 'value="딸"' in seen or "told_by" in wrong
    assert not Absence.objects.exists()


def test_a_sign_during_the_absence_is_shown_and_ends_nothing(
    desk: Client, world: World, alarm: Alarm, clock: StandingClock
):
    ask(desk, alarm, "/register", TOLD)
    clock.at = NOW + 2 * HOUR
    world.report(alarm.household_id, at=NOW + HOUR, watts=0)
    world.report(alarm.household_id, at=NOW + 2 * HOUR, watts=900)
    _, seen = ask(desk, alarm)
    assert "부재 중에 생활신호가 있었습니다" in seen
    assert Absence.objects.get().ended_at is None


@pytest.mark.parametrize("what", ["/register", "/change", "/end"])
def test_for_the_planner_next_door_there_is_no_home_to_be_absent_from(
    world: World, client: Client, alarm: Alarm, what: str
):
    client.force_login(world.next_planner)
    told = {"/register": TOLD, "/change": TOLD, "/end": {}}[what]
    assert ask(client, alarm, what, told)[0] == 404
    assert not Absence.objects.exists()


def test_the_incident_leads_to_the_form(desk: Client, alarm: Alarm):
    seen = desk.get(f"/alarms/{alarm.id}").content.decode()
    assert f"/households/{alarm.household_id}/absence" in seen
