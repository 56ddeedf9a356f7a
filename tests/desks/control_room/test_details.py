"""등록 정보 on the desk: numbers, address, services, a no and notes, put right in words."""

import pytest
from django.test import Client

from anbu.care.alarms.models import Alarm
from anbu.care.foundation.models import Trace
from anbu.care.people.models import (
    Contact,
    Enrolment,
    HealthNote,
    Household,
    PastAddress,
    Person,
    Refusal,
)
from anbu.care.places.models import Dong
from anbu.care.register.models import Transfer
from tests.care.alarms.world import World


@pytest.fixture
def planner(desk: Client, world: World) -> Client:
    desk.force_login(world.planner)
    return desk


def put(client: Client, alarm: Alarm, rest: str, **told: str) -> tuple[int, str]:
    answer = client.post(f"/households/{alarm.household_id}/details/{rest}", told, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_move_keeps_the_address_before(planner: Client, alarm: Alarm) -> None:
    before = Household.objects.get(id=alarm.household_id).address
    status, seen = put(planner, alarm, "address", address="은천로 12", unit="반지하")
    assert status == 200
    assert "은천로 12 반지하" in seen
    assert before in seen
    assert PastAddress.objects.get(household=alarm.household_id).address == before
    status, seen = put(planner, alarm, "address", address="", unit="3층")
    assert status == 422
    assert 'value="3층"' in seen  # what was typed stays
    assert Household.objects.get(id=alarm.household_id).address == "은천로 12"


def test_numbers_are_confirmed_declared_dead_changed_and_added(
    planner: Client, alarm: Alarm
) -> None:
    home = {"household": alarm.household_id}
    Contact.objects.filter(**home).delete()
    status, seen = put(
        planner, alarm, "contact", name="채은지", relation="딸", phone="010-2345-6789"
    )
    assert status == 200
    assert "채은지" in seen
    one = Contact.objects.get(**home)
    assert put(planner, alarm, "number", contact=str(one.pk), answers="no")[0] == 200
    one.refresh_from_db()
    assert one.dead_since is not None
    assert put(planner, alarm, "number", contact="", answers="yes")[0] == 200
    assert Person.objects.get(**home).phone_confirmed_at is not None
    assert put(planner, alarm, "number", contact="999999", answers="no")[0] == 422
    assert put(planner, alarm, "phone", phone="02-123-4567")[0] == 200
    person = Person.objects.get(**home)
    assert (person.phone, person.phone_confirmed_at) == ("02-123-4567", None)
    assert put(planner, alarm, "contact-remove", line=str(one.pk))[0] == 200
    assert not Contact.objects.filter(**home).exists()
    assert Trace.objects.filter(verb="remove_contact").count() == 1


def test_a_service_begins_and_ends_and_a_no_stands_before_it(planner: Client, alarm: Alarm) -> None:
    assert put(planner, alarm, "enrol", service="care_corps")[0] == 200
    assert put(planner, alarm, "enrol-end", service="care_corps")[0] == 422  # no reason
    assert put(planner, alarm, "enrol-end", service="care_corps", why="이사")[0] == 200
    assert Enrolment.objects.get(service="care_corps").ended_why == "이사"
    told = {"reason": "혼자 있고 싶음", "ask_again_on": "2027-01-15"}
    assert put(planner, alarm, "refuse", service="care_corps", **told)[0] == 200
    status, seen = put(planner, alarm, "enrol", service="care_corps")
    assert status == 422
    assert "거절한 가구입니다" in seen
    assert "2027-01-15에 다시 여쭘" in seen
    assert put(planner, alarm, "agree", service="care_corps")[0] == 200
    assert put(planner, alarm, "enrol", service="care_corps")[0] == 200
    assert Refusal.objects.get().ended_at is not None


def test_a_note_about_health_is_seen_by_those_it_is_for(planner: Client, alarm: Alarm) -> None:
    assert put(planner, alarm, "health", text="당뇨 · 인슐린", audience="responders")[0] == 200
    status, seen = put(planner, alarm, "health", text="상담 중", audience="nurse")
    assert status == 200
    assert "당뇨 · 인슐린" in seen
    assert "상담 중" not in seen  # a planner is no nurse
    note = HealthNote.objects.get(audience="responders")
    assert put(planner, alarm, "health-end", line=str(note.pk))[0] == 200
    note.refresh_from_db()
    assert note.ended_at is not None


def test_a_resident_number_is_taken_nowhere(planner: Client, alarm: Alarm) -> None:
    status, seen = put(planner, alarm, "health", text="900101-1234567", audience="nurse")
    assert status == 422
    assert "1234567" not in seen
    assert not HealthNote.objects.exists()


def test_a_home_is_sent_to_another_dong(planner: Client, alarm: Alarm) -> None:
    home = Household.objects.get(id=alarm.household_id)
    other = Dong.objects.filter(valid_until=None).exclude(id=home.dong_id).earliest("id")
    assert put(planner, alarm, "send", into=other.code, reason="")[0] == 422
    assert put(planner, alarm, "send", into=other.code, reason="이사함")[0] == 200
    sent = Transfer.objects.get(household=home)
    assert (sent.into_id, sent.accepted_at) == (other.id, None)
    home.refresh_from_db()
    assert home.dong_id != other.id  # until that one accepts


def test_an_operator_reads_and_does_not_change(desk: Client, alarm: Alarm) -> None:
    page = desk.get(f"/households/{alarm.household_id}/details")
    assert page.status_code == 200
    assert '<form method="post" action="/households' not in page.content.decode()
    assert put(desk, alarm, "phone", phone="02-123-4567")[0] == 404


def test_a_stranger_meets_nothing(desk: Client, world: World, alarm: Alarm) -> None:
    desk.force_login(world.next_planner)
    assert put(desk, alarm, "phone", phone="02-123-4567")[0] == 404
    assert desk.get(f"/households/{alarm.household_id}/details").status_code == 404
