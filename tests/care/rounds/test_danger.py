"""A call for help is the desk's; whoever holds the telephone sees the same after either number."""

from datetime import timedelta
from uuid import uuid4

import pytest

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm, Step
from anbu.care.foundation.models import Trace
from anbu.care.rounds import actions, jobs, queries
from anbu.care.rounds.models import Visit
from anbu.care.rounds.rules import NotAllowed
from tests.care.alarms.world import World
from tests.care.rounds.visiting import DAY, MINUTE, SECOND, Pair, pair_of, signal

OWN, DURESS = "2580", "9137"


@pytest.fixture
def pair(world: World) -> Pair:
    made = pair_of(world)
    actions.set_pins(worker=made.worker, own=OWN, duress=DURESS, by=made.staff, now=DAY)
    return made


def watched(now) -> None:
    while jobs.watch_visits(now):
        pass


def shown(pair: Pair, now):
    return queries.visit_on_phone(worker=pair.worker, now=now)


def test_a_silent_call_is_the_control_rooms_after_ten_seconds(pair: Pair):
    visit = pair.begin(pair.home())
    called = pair.help(now=DAY + MINUTE)
    assert called.id == visit.id
    watched(DAY + MINUTE + 9 * SECOND)
    assert not Alarm.objects.exists()
    watched(DAY + MINUTE + 10 * SECOND)
    alarm = signal(visit)
    assert "도움 요청(소리 없이)" in alarm.reason
    assert alarm.facts["workers"][0]["is_silent"]
    assert [rung["do"] for rung in alarm.ladder] == ["contact", "joint"]  # they are not rung
    pair.help(now=DAY + 2 * MINUTE)
    watched(DAY + 3 * MINUTE)
    assert Alarm.objects.count() == 1


def test_the_own_number_takes_it_back_in_time(pair: Pair):
    visit = pair.begin(pair.home())
    pair.help(now=DAY + MINUTE)
    assert shown(pair, DAY + MINUTE).is_calling
    assert not pair.pin("0000", now=DAY + MINUTE + SECOND)
    assert shown(pair, DAY + MINUTE + SECOND).is_calling
    assert pair.pin(OWN, now=DAY + MINUTE + 2 * SECOND)
    watched(DAY + 5 * MINUTE)
    visit.refresh_from_db()
    assert (visit.stage, visit.called_at) == ("inside", None)
    assert not Alarm.objects.exists()
    watched(DAY + 35 * MINUTE)
    assert signal(visit).facts["workers"][0]["why"] == "late"  # the clock went on


def test_after_either_number_the_telephone_shows_the_same(pair: Pair, world: World):
    other = pair_of(world)
    actions.set_pins(worker=other.worker, own=OWN, duress=DURESS, by=other.staff, now=DAY)
    home = pair.home()
    own, forced = pair.begin(home), other.begin(pair.home())
    for each in (pair, other):
        each.help(now=DAY + MINUTE)
    at = DAY + MINUTE + 5 * SECOND
    assert pair.pin(OWN, now=at) is other.pin(DURESS, now=at) is True

    def face(each: Pair, now):
        seen = shown(each, now)
        return seen and (
            seen.began_at,
            seen.ends_at,
            seen.stage,
            seen.is_calling,
            seen.more_left,
            seen.faults,
        )

    forced.refresh_from_db()
    assert forced.stage == "red"  # at once, not after ten seconds
    alarm = signal(forced)
    assert alarm.facts["workers"][0]["why"] == "duress"
    assert "협박" in alarm.reason
    own.refresh_from_db()
    assert own.stage == "inside"
    for now in (at, DAY + 20 * MINUTE, DAY + 31 * MINUTE):
        assert face(pair, now) == face(other, now)
    verbs = [
        list(Trace.objects.filter(by=each.staff.actor).order_by("id").values_list("verb", "detail"))
        for each in (pair, other)
    ]
    bare = [[(verb, sorted(told)) for verb, told in each] for each in verbs]
    assert bare[0] == bare[1]
    # pressed out of the door by force: the telephone believes it, the desk does not
    for each, visit in ((pair, own), (other, forced)):
        each.says("out", visit, at=DAY + 25 * MINUTE)
    assert shown(pair, DAY + 25 * MINUTE) is shown(other, DAY + 25 * MINUTE) is None
    forced.refresh_from_db()
    assert forced.stage == "red"


def test_the_own_number_after_it_was_told_ends_nothing_but_is_told(pair: Pair):
    visit = pair.begin(pair.home())
    pair.help(now=DAY)
    watched(DAY + 10 * SECOND)
    assert pair.pin(OWN, now=DAY + 30 * SECOND)
    alarm = signal(visit)
    assert alarm.closed_at is None
    assert Step.objects.filter(alarm=alarm, detail__what="worker_pin").exists()
    assert not shown(pair, DAY + 31 * SECOND).is_calling


def test_duress_makes_a_signal_graver_that_rang_already(pair: Pair):
    visit = pair.begin(pair.home())
    pair.help(now=DAY)
    watched(DAY + 10 * SECOND)
    assert pair.pin(DURESS, now=DAY + 40 * SECOND)
    alarm = signal(visit)
    assert alarm.facts["workers"][0]["why"] == "duress"
    assert Step.objects.filter(alarm=alarm, detail__what="worker_duress").exists()


def test_guessing_ends_no_call(pair: Pair):
    pair.begin(pair.home())
    pair.help(now=DAY)
    for n in range(5):
        assert not pair.pin(f"111{n}", now=DAY + SECOND)
    assert not pair.pin(OWN, now=DAY + 2 * SECOND)
    watched(DAY + 10 * SECOND)
    assert Alarm.objects.count() == 1


def test_who_calls_from_no_visit_is_looked_for_where_they_were_last(pair: Pair):
    home = pair.home()
    visit = pair.help(now=DAY, household=home, is_silent=False)
    watched(DAY + 10 * SECOND)
    alarm = signal(visit)
    assert (alarm.household_id, alarm.reason) == (home, "돌봄단원 강둘레: 11:00 도움 요청. 짝 없음")
    alarms.close(alarm_id=alarm.id, outcome="worker_safe", by=pair.world.planner, now=DAY + MINUTE)
    watched(DAY + 2 * MINUTE)
    again = pair.help(now=DAY + timedelta(hours=1))
    watched(DAY + timedelta(hours=1, seconds=10))
    assert signal(again).facts["workers"][0]["is_last_place"]
    assert again.household_id == home


def test_a_call_from_no_visit_taken_back_leaves_nothing_to_watch(pair: Pair):
    visit = pair.help(now=DAY, household=pair.home())
    assert pair.pin(OWN, now=DAY + 3 * SECOND)
    visit.refresh_from_db()
    assert (visit.stage, visit.look_at) == ("out", None)
    assert shown(pair, DAY + 4 * SECOND) is None


def test_a_beginning_that_comes_after_the_call_is_of_the_same_visit(pair: Pair):
    home, id = pair.home(), uuid4()
    called = pair.help(now=DAY + 5 * MINUTE, visit=id, household=home)
    assert called.id == id
    begun = pair.begin(home, id=id, now=DAY + 6 * MINUTE)
    assert begun.called_at is not None
    watched(DAY + 6 * MINUTE)
    assert Visit.objects.count() == 1
    assert signal(begun).facts["workers"][0]["why"] == "help"


def test_who_is_looked_for_and_calls_is_graver_at_once(pair: Pair):
    visit = pair.begin(pair.home())
    watched(DAY + 35 * MINUTE)
    assert pair.help(now=DAY + 36 * MINUTE).id == visit.id
    alarm = signal(visit)
    assert alarm.facts["workers"][0]["why"] == "help"
    assert pair.pin(OWN, now=DAY + 37 * MINUTE)
    assert pair.help(now=DAY + 38 * MINUTE).id == visit.id
    told = Step.objects.filter(alarm=alarm, kind="evidence").order_by("id")
    assert list(told.values_list("detail__what", flat=True)) == [
        "worker_help",
        "worker_calls",
        "worker_pin",
        "worker_calls",
    ]
    assert Alarm.objects.count() == 1


def test_numbers_are_kept_as_digests_and_set_by_oneself(pair: Pair):
    pair.worker.refresh_from_db()
    assert OWN not in pair.worker.own_pin
    for own, duress in ((OWN, OWN), ("12", "3456"), ("abcd", "1234")):
        with pytest.raises(NotAllowed):
            actions.set_pins(worker=pair.worker, own=own, duress=duress, by=pair.staff, now=DAY)
    with pytest.raises(NotAllowed, match="본인만"):
        actions.set_pins(worker=pair.worker, own=OWN, duress=DURESS, by=pair.world.planner, now=DAY)
