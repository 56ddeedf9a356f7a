"""단계표 on the desk: what is wrong with its line, a preview, switched on by another, frozen."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anbu.care.alarms.models import Protocol
from anbu.care.alarms.rules import LADDERS
from anbu.care.foundation.models import Trace
from anbu.care.staff import actions as staffing
from anbu.desks.control_room import protocol_svg
from tests.care.alarms.test_protocols import NIGHTLY, WHY
from tests.care.alarms.world import BY, MONDAY
from tests.desks.control_room.conftest import NOW


@pytest.fixture
def boss(world, clock) -> Client:
    person = staffing.add_staff(
        login="gu",
        name="구관리",
        role="supervisor",
        post=world.supervisor.post_id,
        by=BY,
        now=MONDAY,
    )[0]
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def desk(world, clock) -> Client:
    client = Client()
    client.force_login(world.supervisor)
    return client


def propose(desk: Client) -> Protocol:
    answer = desk.post("/protocols", {"text": NIGHTLY})
    assert answer.status_code == 302
    made = Protocol.objects.latest("proposed_at", "version")
    assert answer["location"] == f"/protocols/{made.id}"
    return made


def test_what_is_wrong_is_said_with_its_line_and_what_was_typed_stays(desk: Client):
    broken = NIGHTLY.replace("level = 2", "level = 7").replace("18-09", "18시")
    answer = desk.post("/protocols", {"text": broken})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "5번째 줄: level: 1부터 3까지의 수여야 합니다." in page
    assert "13번째 줄: hours:" in page
    assert page.count("level = 7") == 2  # in the field, and beside its number
    assert not Protocol.objects.exists()
    assert desk.post("/protocols", {"text": " "}).status_code == 422
    assert desk.post("/protocols", {"text": "900101-1234567"}).status_code == 422
    assert "900101" not in desk.post("/protocols", {"text": "900101-1234567"}).content.decode()


def test_a_file_is_as_good_as_what_is_pasted(desk: Client):
    file = SimpleUploadedFile("night.toml", NIGHTLY.encode())
    assert desk.post("/protocols", {"file": file}).status_code == 302
    assert Protocol.objects.get().text.strip() == NIGHTLY.strip()
    broken = SimpleUploadedFile("night.toml", b"\xff\xfe\x00")
    answer = desk.post("/protocols", {"file": broken})
    assert answer.status_code == 422
    assert "UTF-8" in answer.content.decode()


def test_proposed_by_one_and_switched_on_by_another(desk: Client, boss: Client, world):
    made = propose(desk)
    own = desk.get(f"/protocols/{made.id}").content.decode()
    assert "제안한 사람은 켤 수 없습니다" in own
    assert 'name="sure"' not in own
    told = {"valid_from": "", "reason": WHY, "sure": "on"}
    refused = desk.post(f"/protocols/{made.id}/approve", told)
    assert refused.status_code == 409
    page = boss.get(f"/protocols/{made.id}").content.decode()
    assert 'name="sure"' in page
    unsure = boss.post(f"/protocols/{made.id}/approve", {"valid_from": "", "reason": WHY})
    assert unsure.status_code == 422
    assert "읽고 확인했는지" in unsure.content.decode()
    assert WHY in unsure.content.decode()  # what was typed stays
    past = boss.post(f"/protocols/{made.id}/approve", told | {"valid_from": "2026-11-01 09:00"})
    assert past.status_code == 409
    assert boss.post(f"/protocols/{made.id}/approve", told).status_code == 302
    assert boss.post(f"/protocols/{made.id}/approve", told).status_code == 409
    assert "지금 쓰는 중" in desk.get("/protocols").content.decode()
    alarm = world.silent(at=NOW)
    assert alarm.protocol_id == made.id
    client = Client()
    client.force_login(world.operator)
    seen = client.get(f"/alarms/{alarm.id}").content.decode()
    assert "현장 출동" in seen
    home = client.get(f"/households/{alarm.household_id}").content.decode()
    assert "밤 단계표" in home


def test_a_tie_that_came_meanwhile_is_said_where_it_would_be_switched_on(
    desk: Client, boss: Client
):
    first = propose(desk)
    other = NIGHTLY.replace("밤 단계표", "새벽").replace("18-09", "00-05")
    assert desk.post("/protocols", {"text": other}).status_code == 302
    second = Protocol.objects.get(name="새벽")
    told = {"valid_from": "", "reason": WHY, "sure": "on"}
    assert boss.post(f"/protocols/{first.id}/approve", told).status_code == 302
    answer = boss.post(f"/protocols/{second.id}/approve", told)
    assert answer.status_code == 422
    assert "‘밤 단계표’의 줄과" in answer.content.decode()


def test_the_preview_shows_the_picture_the_sums_and_leaves_a_trace(
    desk: Client, boss: Client, world
):
    made = propose(desk)
    page = boss.get(f"/protocols/{made.id}?days=30").content.decode()
    assert 'class="pl"' in page
    assert "이 판이 맞는 것은 0건" in page
    assert Trace.objects.get(verb="try_protocol").detail["days"] == 30
    assert boss.get(f"/protocols/{made.id}?days=8").status_code == 404
    assert boss.post(f"/protocols/{made.id}/drop", {"reason": ""}).status_code == 422
    assert boss.post(f"/protocols/{made.id}/drop", {"reason": WHY}).status_code == 302
    assert "거둠" in boss.get(f"/protocols/{made.id}").content.decode()


def test_who_answers_alarms_finds_no_such_page(world, clock, desk: Client):
    made = propose(desk)
    client = Client()
    client.force_login(world.operator)
    told = {"valid_from": "", "reason": WHY, "sure": "on"}
    for answer in (
        client.get("/protocols"),
        client.post("/protocols", {"text": NIGHTLY}),
        client.get(f"/protocols/{made.id}"),
        client.post(f"/protocols/{made.id}/approve", told),
        client.post(f"/protocols/{made.id}/drop", {"reason": WHY}),
    ):
        assert answer.status_code == 404


def test_the_picture_says_each_step_and_its_moment():
    said = protocol_svg.ladders(LADDERS["silence_low"], LADDERS["sos"])
    assert "지금: 0:00 기계가 물음 (관심), 0:30 전화 (주의), 0:45 전화 (주의)" in said
    assert "새것: 0:00 전화 (심각), 0:01 119·112 (심각)" in said
    assert said.count('class="pl-3"') == 3 + 2  # relative, visit, 119; both of a cry
