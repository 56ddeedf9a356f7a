"""업체: the contract on its page, and the desk of a vendor's people, which shows little."""

from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.models import Trace
from anbu.care.places.models import Contract
from anbu.care.staff.models import Staff
from tests.care.alarms.vendor_world import NAME, Vendor, make_vendor
from tests.desks.control_room.conftest import NOW


@pytest.fixture
def vendor(world, clock) -> Vendor:
    return make_vendor(on_shift_at=NOW - timedelta(hours=1))


@pytest.fixture
def theirs(world, vendor: Vendor) -> Alarm:
    return vendor.silent(world, at=NOW)


@pytest.fixture
def responder(client: Client, vendor: Vendor) -> Client:
    client.force_login(vendor.first)
    return client


def test_a_responder_sees_and_does_what_the_post_answers_for(responder, theirs, alarm, vendor):
    page = responder.get("/")
    assert page.status_code == 200
    told = page.content.decode()
    assert str(theirs.id) in told
    assert str(alarm.id) not in told
    for hidden in ('"/households"', '"/calls/new"', '"/coverage"'):
        assert hidden not in told
    incident = responder.get(f"/alarms/{theirs.id}").content.decode()
    for hidden in ("dispatch", "119", "door", "packet", "print"):
        assert f"/alarms/{theirs.id}/{hidden}" not in incident, hidden
    assert f"/households/{theirs.household_id}" not in incident
    for text in (told, incident, responder.get(f"/preview/{theirs.id}").content.decode()):
        assert "심부전" not in text  # health is nothing a vendor was agreed to be told
    assert responder.get(f"/alarms/{alarm.id}").status_code == 404
    assert responder.post(f"/alarms/{theirs.id}/call", {"whom": "person", "result": "no_answer"})
    theirs.refresh_from_db()
    assert theirs.owner_staff == vendor.first
    assert Trace.objects.filter(verb="open_incident", by=vendor.first.actor).exists()


def test_a_responder_finds_no_other_page_of_a_home(responder, theirs):
    home = theirs.household_id
    for address in (
        f"/households/{home}",
        "/households?q=윤",
        f"/alarms/{theirs.id}/packet",
        "/calls/new",
        "/coverage",
        "/vendors",
    ):
        assert responder.get(address).status_code == 404, address
    for deed in ("dispatch", "119", "door"):
        assert responder.post(f"/alarms/{theirs.id}/{deed}", {}).status_code == 404, deed


def test_the_supervisor_writes_and_ends_a_contract(world, client: Client, vendor: Vendor):
    client.force_login(world.supervisor)
    page = client.get("/vendors").content.decode()
    assert NAME in page
    assert "근무 중 1명" in page
    line = Contract.objects.get()
    told = {
        "vendor": str(vendor.organisation),
        "service": "ai_speaker",
        "provider": "",
        "district": str(line.district_id),
        "days": "working",
        "opens": "09:00",
        "closes": "18:00",
        "valid_from": f"{NOW:%Y-%m-%d}",
    }
    wrong = client.post("/vendors/write", told | {"opens": "아침"})
    assert wrong.status_code == 422
    assert "시각을 09:00처럼" in wrong.content.decode()
    assert client.post("/vendors/write", told)["Location"] == "/vendors"
    fresh = Contract.objects.get(service="ai_speaker")
    assert fresh.made_by == world.supervisor.actor
    again = client.post("/vendors/write", told)
    assert again.status_code == 409
    early = {"contract": str(fresh.pk), "until": "2020-02-03"}
    kept = client.post("/vendors/end", early)
    assert kept.status_code >= 400
    assert 'value="2020-02-03"' in kept.content.decode()  # what was typed stays
    end = {"contract": str(fresh.pk), "until": f"{NOW:%Y-%m-%d}"}
    assert client.post("/vendors/end", end)["Location"] == "/vendors"
    fresh.refresh_from_db()
    assert fresh.ended_by == world.supervisor.actor
    assert client.post("/vendors/end", end).status_code == 409


def test_a_district_reads_its_own_contracts_and_writes_none(world, client: Client, vendor: Vendor):
    line = Contract.objects.get()
    office = line.district.organisations.get(kind="district")
    Staff.objects.filter(pk=world.supervisor.pk).update(role="officer", organisation=office)
    world.supervisor.refresh_from_db()
    client.force_login(world.supervisor)
    page = client.get("/vendors").content.decode()
    assert NAME in page
    assert "계약 끝내기" not in page
    end = {"contract": str(line.pk), "until": f"{NOW:%Y-%m-%d}"}
    assert client.post("/vendors/end", end).status_code == 409
    line.refresh_from_db()
    assert line.ended_at is None


def test_a_consent_to_a_vendor_is_written_at_the_desk_with_its_name(theirs, world, client, vendor):
    actions.note(alarm_id=theirs.id, text="메모", by=world.planner, now=NOW)
    client.force_login(world.planner)
    home = theirs.household_id
    page = client.get(f"/households/{home}/consents").content.decode()
    assert NAME in page
