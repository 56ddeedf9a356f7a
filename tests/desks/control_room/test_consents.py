"""The tab of consents and the page of homes that are dark at night."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm
from anbu.care.alarms.rules import NotAllowed
from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people.models import Consent
from anbu.care.readings.models import Quarantine
from tests.care.alarms.world import BY, THERE, World
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.opening import say_why

MINUTE = timedelta(minutes=1)
FORM = {
    "kind": "rescue",
    "service": "",
    "about": "",
    "form": "2026-1",
    "obtained_how": "방문, 본인 서명",
    "evidence": "문서 12-345",
    "evidence_hash": "a" * 64,
    "until": "",
}


def tab(client: Client, home: object, rest: str = "") -> str:
    answer = client.get(f"/households/{home}/consents{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def home(world: World, desk: Client, clock: StandingClock) -> object:
    """Return a home whose page stands open to the operator."""
    made = world.home(still_at=NOW + timedelta(hours=6))
    say_why(desk, made)
    return made


def test_a_consent_is_given_with_its_form_and_evidence_and_the_tab_says_so(desk, home, world):
    never = "동의를 받은 적이 없습니다."
    assert tab(desk, home).count(never) == 2  # 119 and 112, and a vendor
    answer = desk.post(f"/households/{home}/consents/give", FORM)
    assert answer.status_code == 302
    row = Consent.objects.get(household=home, recipient="emergency")
    assert (row.form, row.evidence, row.evidence_hash) == ("2026-1", "문서 12-345", "a" * 64)
    assert row.obtained_by == world.operator.actor
    seen = tab(desk, home)
    assert seen.count(never) == 1
    assert "문서 12-345" in seen
    assert f"방문, 본인 서명 · {world.operator.name}" in seen


@pytest.mark.parametrize("name", ["kind", "form", "obtained_how", "evidence"])
def test_what_proves_a_consent_may_not_be_missing(desk, home, name):
    answer = desk.post(f"/households/{home}/consents/give", FORM | {name: ""})
    assert answer.status_code == 422
    assert not Consent.objects.filter(recipient="emergency").exists()


def test_what_ends_is_shown_before_a_consent_is_taken_back(desk, home):
    night = Consent.objects.get(household=home, recipient="centre")
    asked = tab(desk, home, f"?withdraw={night.pk}")
    assert "이 동의를 거두면" in asked
    assert "밤과 휴일에는 아무도 지켜보지 않습니다." in asked
    assert "자료를 더 받지 않습니다" not in asked
    night.refresh_from_db()
    assert night.withdrawn_at is None  # looking takes nothing back
    address = f"/households/{home}/consents/{night.pk}/withdraw"
    assert desk.post(address, {"how": ""}).status_code == 422
    assert desk.post(address, {"how": "전화, 본인"}).status_code == 302
    night.refresh_from_db()
    assert (night.withdrawn_at, night.withdrawn_how) == (NOW, "전화, 본인")
    seen = tab(desk, home)
    assert "동의를 거두었습니다." in seen
    assert Trace.objects.filter(verb="withdraw_consent", household=home).count() == 1
    assert desk.post(address, {"how": "또"}).status_code == 422  # twice is too much


def test_the_tab_counts_what_was_not_taken_in_and_nothing_of_it_is_kept(desk, home, world):
    people.withdraw_consent(household=home, kind="monitoring", by=BY, now=NOW - MINUTE)
    with pytest.raises(AssertionError, match="no_consent"):
        world.report(home, at=NOW, watts=900)
    seen = tab(desk, home)
    assert "동의가 없어 받지 않은 메시지: 24시간에 1건" in seen
    assert bytes(Quarantine.objects.get().body) == b""


def test_the_planner_next_door_can_do_none_of_it(world, client, home):
    client.force_login(world.next_planner)
    row = Consent.objects.filter(household=home).first()
    assert client.post(f"/households/{home}/consents/give", FORM).status_code == 404
    answer = client.post(f"/households/{home}/consents/{row.pk}/withdraw", {"how": "x"})
    assert answer.status_code == 404
    assert not Consent.objects.exclude(withdrawn_at=None).exists()


def test_119_is_told_without_consent_only_where_a_life_is_at_stake(world, alarm: Alarm):
    told = {"alarm_id": alarm.id, "by": world.operator, "now": NOW}
    with pytest.raises(NotAllowed, match="급한 까닭"):
        alarms.call_119(**told)
    done = alarms.call_119(**told, note="문 안에서 신음 소리")
    step = done.steps.filter(kind="state").latest("id")
    assert step.detail["basis"] == "vital"


def test_with_consent_119_is_told_without_further_words(world, alarm: Alarm):
    people.give_consent(
        household=alarm.household_id, kind="rescue", obtained_how="서면", by=BY, now=NOW
    )
    done = alarms.call_119(alarm_id=alarm.id, by=world.operator, now=NOW)
    assert done.steps.filter(kind="state").latest("id").detail["basis"] == "consent"


def test_no_message_goes_out_after_the_consent_is_withdrawn(world, alarm: Alarm):
    people.withdraw_consent(household=alarm.household_id, kind="monitoring", by=BY, now=NOW)
    with pytest.raises(NotAllowed, match="동의"):
        alarms.send_message(alarm_id=alarm.id, to="person", by=world.operator, now=NOW)


# ---- who is dark at night -------------------------------------------------------------------


def test_the_dark_homes_stand_there_with_their_reason(world, clock, desk):
    later = NOW + timedelta(hours=6)
    world.home(still_at=later)
    world.home(still_at=later, night=False)
    gone = world.home(still_at=later, dong=THERE)
    people.withdraw_consent(household=gone, kind="night", by=BY, now=NOW - timedelta(hours=1))
    deaf = world.home(still_at=later)
    people.withdraw_consent(household=deaf, kind="monitoring", by=BY, now=NOW)
    seen = desk.get("/coverage").content.decode()
    assert "가구 4 가운데 3" in seen
    for why, homes in (("no_night", 1), ("withdrawn", 1), ("no_consent", 1), ("unseen", 0)):
        chosen = desk.get(f"/coverage?why={why}").content.decode()
        assert chosen.count('<tr class="hit">') == homes, why
    assert len(Trace.objects.filter(verb="list_coverage").earliest("id").homes) == 3
    assert desk.get("/coverage?why=weather").status_code == 404


def test_a_planner_sees_the_dark_homes_of_her_dong_only(world, clock, client):
    for dong in (THERE, "1162058500"):
        world.home(still_at=NOW + timedelta(hours=6), night=False, dong=dong)
    client.force_login(world.planner)
    assert "가구 1 가운데 1" in client.get("/coverage").content.decode()


def test_the_page_asks_a_constant_number_of_questions(world, clock, desk):
    asked = []
    for more in (1, 6):
        for _ in range(more):
            world.home(still_at=NOW + timedelta(hours=6), night=False)
        with CaptureQueriesContext(connection) as captured:
            desk.get("/coverage")
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 14
