"""돌봄단원 위험, and crisis words: a colleague behind a door is somebody's matter at once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Step
from anbu.care.alarms.rules import LONGEST_REASON, InDanger, NotAllowed, Why, reason, with_worker
from anbu.care.effects.models import Telling
from anbu.care.readings.models import Watch
from tests.care.alarms.world import MONDAY, World, sweep

DAY = MONDAY.replace(hour=11)
NIGHT = MONDAY.replace(hour=22)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def home(world: World) -> UUID:
    """Return a home at which nobody has anything to do."""
    return world.home(still_at=NIGHT + timedelta(hours=20))


def danger(household: UUID, **told: Any) -> InDanger:
    usual: dict[str, Any] = {
        "visit": uuid4(),
        "household": household,
        "why": Why.LATE,
        "at": DAY,
        "since": DAY - timedelta(minutes=35),
        "worker": "강둘레",
        "worker_phone": "010-1111-0001",
        "partner": "유한별",
        "partner_phone": "010-1111-0002",
    }
    return InDanger(**{**usual, **told})


def raised(*dangers: InDanger, now=DAY) -> Alarm:
    found = actions.raise_for_workers(dangers=dangers, now=now)
    return Alarm.objects.get(id=found[dangers[0].visit])


def does(alarm: Alarm) -> list[str]:
    return [rung["do"] for rung in alarm.ladder]


def test_a_worker_nobody_hears_of_is_a_signal_at_once(world: World, home: UUID):
    alarm = raised(danger(home))
    assert (alarm.kind, alarm.level, alarm.household_id) == ("worker", 3, home)
    assert alarm.owner_post == world.planner.post
    assert alarm.centre_owned
    assert does(alarm) == ["call", "contact", "joint"]
    assert alarm.reason == "돌봄단원 강둘레: 10:25 뒤로 소식 없음. 짝 유한별"
    assert Telling.objects.get(cause=alarm.id, ended_at=None).post_id == world.planner.post_id
    assert queries.broken_invariants(DAY) == []


def test_told_twice_it_is_raised_once_and_a_graver_word_only_adds(world: World, home: UUID):
    one = danger(home)
    alarm = raised(one)
    again = raised(one, now=DAY + SECOND)
    assert (again.id, again.version) == (alarm.id, alarm.version)
    called = danger(home, visit=one.visit, why=Why.HELP, is_silent=True, at=DAY + MINUTE)
    graver = raised(called, now=DAY + MINUTE)
    assert graver.id == alarm.id
    assert does(graver) == ["contact", "joint"]
    assert "도움 요청(소리 없이)" in graver.reason
    forced = raised(
        danger(home, visit=one.visit, why=Why.DURESS, is_silent=True), now=DAY + 2 * MINUTE
    )
    assert len(forced.facts["workers"]) == 1
    raised(one, now=DAY + 3 * MINUTE)
    forced.refresh_from_db()
    assert forced.facts["workers"][0]["why"] == "duress"
    assert Alarm.objects.count() == 1


def test_who_called_without_a_sound_is_not_rung(world: World, home: UUID):
    alarm = raised(danger(home, why=Why.HELP, is_silent=True))
    assert does(alarm) == ["contact", "joint"]
    row = queries.row(alarm_id=alarm.id, seen_by=world.planner, now=DAY)
    assert (row.next_to, row.next_phone) == ("partner", "010-1111-0002")
    alone = raised(danger(world.home(still_at=NIGHT), why=Why.HELP, is_silent=True, partner=""))
    assert "짝 없음" in alone.reason


def test_of_whom_nobody_has_a_number_112_is_told_and_the_centre_asked(world: World, home: UUID):
    alarm = raised(danger(home, worker_phone="", partner_phone=""))
    assert does(alarm) == ["joint"]
    sweep(actions.advance_next_overdue, DAY + 181 * SECOND)
    alarm.refresh_from_db()
    assert alarm.owner_post == world.operator.post


def test_a_call_to_the_worker_is_a_call_to_the_worker(world: World, home: UUID):
    alarm = raised(danger(home))
    actions.record_call(
        alarm_id=alarm.id, whom="worker", result="no_answer", by=world.planner, now=DAY + SECOND
    )
    alarm.refresh_from_db()
    assert (alarm.rung, alarm.owner_staff) == (1, world.planner)
    told = Step.objects.get(alarm=alarm, kind="call").detail
    assert (told["whom"], told["name"], told["phone"]) == ("worker", "강둘레", "010-1111-0001")
    row = queries.row(alarm_id=alarm.id, seen_by=world.planner, now=DAY + SECOND)
    assert (row.next_to, row.next_whom) == ("partner", "짝 유한별")
    assert row.people == ()  # nobody who lives there was asked anything
    actions.record_call(
        alarm_id=alarm.id, whom="partner", result="will_look", by=world.planner, now=DAY + MINUTE
    )
    with pytest.raises(NotAllowed):
        actions.record_call(
            alarm_id=world.silent(at=NIGHT).id,
            whom="worker",
            result="safe",
            by=world.planner,
            now=NIGHT,
        )


def test_when_nobody_acts_the_centre_is_asked_by_day_too(world: World, home: UUID):
    alarm = raised(danger(home))
    sweep(actions.advance_next_overdue, DAY + 61 * SECOND)
    alarm.refresh_from_db()
    assert alarm.owner_post == world.operator.post
    assert alarm.rung == 1


def test_a_worker_who_is_well_says_nothing_of_who_lives_there(world: World, home: UUID):
    before = Watch.objects.get(household=home)
    alarm = raised(danger(home))
    with pytest.raises(NotAllowed, match="단원이 어떻게"):
        actions.close(alarm_id=alarm.id, outcome="safe_call", by=world.planner, now=DAY)
    actions.close(alarm_id=alarm.id, outcome="worker_safe", by=world.planner, now=DAY)
    after = Watch.objects.get(household=home)
    assert (after.confirmed, after.check_at) == (before.confirmed, before.check_at)


def test_a_worker_at_a_home_with_a_signal_is_its_gravest_evidence(world: World):
    alarm = world.silent(at=DAY)
    one = danger(alarm.household_id, at=DAY + MINUTE)
    found = raised(one, now=DAY + MINUTE)
    assert (found.id, found.kind, found.level) == (alarm.id, "silence", 3)
    assert does(found) == ["call", "contact", "joint"]
    assert "강둘레" in found.reason
    with pytest.raises(NotAllowed, match="집에 계신 분"):
        actions.close(alarm_id=alarm.id, outcome="worker_safe", by=world.planner, now=DAY + MINUTE)
    actions.close(alarm_id=alarm.id, outcome="safe_visit", by=world.planner, now=DAY + MINUTE)


def test_what_is_over_does_not_hide_what_comes_of_the_same_moment(world: World, home: UUID):
    one = raised(danger(home))
    actions.close(alarm_id=one.id, outcome="worker_slip", by=world.planner, now=DAY)
    two = raised(danger(home))
    assert two.id != one.id
    assert two.closed_at is None


def test_two_in_one_home_are_one_signal_and_no_brake_holds_them(world: World, home: UUID, settings):
    settings.BRAKE_AT_LEAST = 1
    first, second = danger(home), danger(home, worker="오가람", at=DAY + SECOND)
    others = [danger(world.home(still_at=NIGHT)) for _ in range(6)]
    found = actions.raise_for_workers(dangers=[first, second, *others], now=DAY)
    assert found[first.visit] == found[second.visit]
    alarms = Alarm.objects.all()
    assert len(alarms) == 7
    assert {alarm.waits_for for alarm in alarms} == {""}
    assert "외 1명" in Alarm.objects.get(id=found[first.visit]).reason


def test_a_reason_stays_short():
    told = danger(
        uuid4(), worker="남궁가나다라마바사아", partner="독고하나둘셋넷다섯", why=Why.DURESS
    )
    assert len(reason(with_worker({}, told), DAY)) <= LONGEST_REASON


def hear(world: World, household: UUID, **told: Any) -> Alarm:
    usual: dict[str, Any] = {
        "event": uuid4(),
        "household": household,
        "signs": ["harm"],
        "words": "자꾸 죽고 싶다고 하심",
        "heard_by": "강둘레",
        "call_back": "010-1111-0001",
        "at": DAY - MINUTE,
        "now": DAY,
    }
    return Alarm.objects.get(id=actions.raise_crisis(**{**usual, **told}))


def test_crisis_words_are_a_signal_of_the_post_on_duty(world: World, home: UUID):
    event = uuid4()
    alarm = hear(world, home, event=event)
    assert (alarm.kind, alarm.level) == ("call", 3)
    assert (alarm.owner_post, alarm.owner_staff) == (world.planner.post, None)
    assert alarm.reason == "돌봄단이 들음 10:59: 죽고 싶다고 함"
    told = Step.objects.get(alarm=alarm, kind="evidence").detail
    assert told["words"] == "자꾸 죽고 싶다고 하심"
    assert told["who"] == "강둘레"
    assert Telling.objects.filter(cause=alarm.id, ended_at=None).exists()
    assert hear(world, home, event=event, now=DAY + MINUTE).version == alarm.version
    assert Alarm.objects.count() == 1
    actions.close(alarm_id=alarm.id, outcome="safe_call", by=world.planner, now=DAY + MINUTE)
    assert hear(world, home, event=event, now=DAY + 2 * MINUTE).closed_at is not None


def test_what_a_worker_ticks_waits_for_no_office(world: World):
    home = world.home(still_at=NIGHT + timedelta(hours=20), night=False)
    alarm = hear(world, home, signs=[], words="", at_stake=True, at=NIGHT, now=NIGHT)
    assert (alarm.level, alarm.waits_for, alarm.owner_post) == (3, "", world.operator.post)


def test_crisis_words_of_a_home_with_a_signal_are_evidence_that_rings_anew(world: World):
    alarm = world.silent(at=DAY)
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=world.planner, now=DAY + SECOND)
    found = hear(world, alarm.household_id, at=DAY + MINUTE, now=DAY + MINUTE)
    assert (found.id, found.level, found.owner_staff) == (alarm.id, 3, world.planner)
    assert "죽고 싶다고 함" in found.reason
    worker = raised(danger(alarm.household_id), now=DAY + 2 * MINUTE)
    assert worker.id == alarm.id
