"""단계표: proposed by one, put in force by another, frozen onto the alarm, played to its end."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from anbu.care.alarms import actions, queries
from anbu.care.alarms.actions.asking import Found
from anbu.care.alarms.actions.raising import write_alarms
from anbu.care.alarms.models import Alarm, Message, Protocol, Step
from anbu.care.alarms.rules import LADDERS, BadProtocol, NotAllowed, freeze
from anbu.care.foundation.models import Trace
from anbu.care.people.rules import BadInput
from anbu.care.places.models import Post
from anbu.care.staff import actions as staffing
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import BY, MONDAY, World, make_world, sweep

NIGHT = MONDAY + timedelta(hours=22)
DAY = MONDAY + timedelta(hours=10)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
WHY = "야간 응답이 늦어서"
NIGHTLY = """
name = "밤 단계표"
[[ladder]]
name = "night"
[[ladder.step]]
do = "call"
wait_min = 7
level = 2
[[ladder.step]]
do = "dispatch"
wait_min = 20
level = 3
[[rule]]
ladder = "night"
hours = "18-09"
"""


@pytest.fixture
def world(db: None, settings) -> World:
    settings.GATEWAY_URL = settings.CALL_BOT_URL = "http://127.0.0.1:9/"
    return make_world()


@pytest.fixture
def boss(world: World):
    return staffing.add_staff(
        login="gu",
        name="구관리",
        role="supervisor",
        post=world.supervisor.post_id,
        by=BY,
        now=MONDAY,
    )[0]


def switch_on(text: str, world: World, boss, at: datetime) -> Protocol:
    """Propose a document as one person and put it in force as another."""
    made = actions.propose_protocol(text=text, by=world.supervisor, now=at)
    actions.approve_protocol(protocol=made, valid_from=at, reason=WHY, by=boss, now=at)
    return Protocol.objects.get(id=made)


def ladder_of(alarm: Alarm) -> list[tuple[str, int]]:
    return [(rung["do"], rung["wait_s"] // 60) for rung in alarm.ladder]


# ---- two people ------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_until_somebody_else_puts_it_in_force(world: World, boss):
    made = actions.propose_protocol(text=NIGHTLY, by=world.supervisor, now=NIGHT)
    told = {"protocol": made, "valid_from": NIGHT, "reason": WHY, "now": NIGHT}
    before = world.silent(at=NIGHT + MINUTE)
    assert before.ladder == freeze(LADDERS["silence_mid"])
    with pytest.raises(NotAllowed, match="제안한 사람은"):
        actions.approve_protocol(**told, by=world.supervisor)
    with pytest.raises(BadInput):
        actions.approve_protocol(**(told | {"reason": " "}), by=boss)
    with pytest.raises(NotAllowed, match="지난 때부터"):
        actions.approve_protocol(**(told | {"valid_from": NIGHT - MINUTE}), by=boss)
    actions.approve_protocol(**told, by=boss)
    with pytest.raises(NotAllowed, match="이미"):
        actions.approve_protocol(**told, by=boss)
    with pytest.raises(NotAllowed, match="이미"):
        actions.drop_protocol(protocol=made, reason=WHY, by=boss, now=NIGHT)
    after = world.silent(at=NIGHT + 2 * MINUTE)
    assert ladder_of(after) == [("call", 7), ("dispatch", 20)]
    assert after.protocol_id == made
    before.refresh_from_db()
    assert before.ladder == freeze(LADDERS["silence_mid"])  # what runs keeps its ladder
    verbs = set(Trace.objects.values_list("verb", flat=True))
    assert {"propose_protocol", "approve_protocol"} <= verbs


def test_the_database_itself_asks_for_two_people(world: World, boss):
    row = switch_on(NIGHTLY, world, boss, NIGHT)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Protocol.objects.filter(id=row.pk).update(decided_by=world.supervisor)
    with pytest.raises(IntegrityError, match="says_by_whom"), transaction.atomic():
        Protocol.objects.filter(id=row.pk).update(why="")


@pytest.mark.parametrize("role", ["operator", "planner"])
def test_who_only_answers_may_neither_propose_nor_know_of_it(world: World, role: str):
    made = actions.propose_protocol(text=NIGHTLY, by=world.supervisor, now=NIGHT)
    who = getattr(world, role)
    with pytest.raises(LookupError):
        actions.propose_protocol(text=NIGHTLY, by=who, now=NIGHT)
    with pytest.raises(LookupError):
        actions.drop_protocol(protocol=made, reason=WHY, by=who, now=NIGHT)
    assert queries.protocols(seen_by=who, now=NIGHT) == ()
    assert queries.protocol(protocol=made, seen_by=who, now=NIGHT) is None
    assert actions.try_protocol(protocol=made, days=7, seen_by=who, now=NIGHT) is None


def test_an_officer_decides_for_the_own_district_only(world: World):
    officer = district_officer(world)
    with pytest.raises(BadProtocol, match="관악구"):
        actions.propose_protocol(text=NIGHTLY, by=officer, now=NIGHT)
    own = NIGHTLY + 'district = "관악구"\n'
    assert actions.propose_protocol(text=own, by=officer, now=NIGHT)
    city = actions.propose_protocol(text=NIGHTLY, by=world.supervisor, now=NIGHT)
    told = {"valid_from": NIGHT, "reason": WHY, "by": officer, "now": NIGHT}
    with pytest.raises(BadProtocol, match="관악구"):
        actions.approve_protocol(protocol=city, **told)


def test_a_district_the_city_has_not_and_a_tie_with_another_document_are_refused(
    world: World, boss
):
    with pytest.raises(BadProtocol, match="모르는 자치구: 없는구"):
        actions.propose_protocol(text=NIGHTLY + 'district = "없는구"', by=boss, now=NIGHT)
    switch_on(NIGHTLY, world, boss, NIGHT)
    other = NIGHTLY.replace("밤 단계표", "새벽 단계표").replace("18-09", "00-05")
    with pytest.raises(BadProtocol, match="밤 단계표"):
        actions.propose_protocol(text=other, by=boss, now=NIGHT)
    narrower = actions.propose_protocol(text=other + 'tier = "high"', by=boss, now=NIGHT)
    assert Protocol.objects.get(id=narrower).version == 1
    again = actions.propose_protocol(text=NIGHTLY, by=boss, now=NIGHT)
    assert Protocol.objects.get(id=again).version == 2  # of its own name it may follow itself


# ---- chosen, frozen, and read once -----------------------------------------------------------


def test_it_holds_in_its_hours_from_its_moment_and_the_newest_version_replaces_it(
    world: World, boss
):
    row = switch_on(NIGHTLY, world, boss, DAY - timedelta(hours=3))
    by_day = world.silent(at=DAY)
    assert by_day.protocol_id is None
    assert world.silent(at=NIGHT).protocol_id == row.pk
    second = NIGHTLY.replace("wait_min = 7", "wait_min = 9")
    made = actions.propose_protocol(text=second, by=boss, now=NIGHT)
    later = NIGHT + timedelta(hours=1)
    told = {"reason": WHY, "by": world.supervisor, "now": NIGHT}
    actions.approve_protocol(protocol=made, valid_from=later, **told)
    assert ladder_of(world.silent(at=later - MINUTE))[0] == ("call", 7)
    assert ladder_of(world.silent(at=later + MINUTE))[0] == ("call", 9)
    phases = [card.phase for card in queries.protocols(seen_by=boss, now=NIGHT)]
    assert phases == ["coming", "now"]
    phases = [card.phase for card in queries.protocols(seen_by=boss, now=later)]
    assert phases == ["now", "past"]


def test_a_document_without_rules_takes_itself_back(world: World, boss):
    switch_on(NIGHTLY, world, boss, NIGHT)
    switch_on('name = "밤 단계표"', world, boss, NIGHT + MINUTE)
    assert world.silent(at=NIGHT + 2 * MINUTE).protocol_id is None


def test_a_cry_for_help_keeps_the_citys_own_ladder_unless_a_document_means_it(world: World, boss):
    switch_on(NIGHTLY, world, boss, NIGHT)
    home = world.home(still_at=NIGHT + timedelta(hours=9))
    world.cry(home, at=NIGHT + MINUTE)
    sweep(actions.raise_next_sos, NIGHT + MINUTE)
    alarm = Alarm.objects.get(household=home)
    assert (alarm.ladder, alarm.protocol_id) == (freeze(LADDERS["sos"]), None)
    cries = NIGHTLY.replace("밤 단계표", "도움 요청").replace("level = 2", "level = 3")
    row = switch_on(cries + 'kind = "sos"', world, boss, NIGHT + 2 * MINUTE)
    quiet = world.silent(at=NIGHT + 3 * MINUTE)
    world.cry(quiet.household_id, at=NIGHT + 4 * MINUTE)  # an alarm of its own that runs already
    sweep(actions.raise_next_sos, NIGHT + 4 * MINUTE)
    quiet.refresh_from_db()
    assert (quiet.protocol_id, quiet.level, ladder_of(quiet)[0]) == (row.pk, 3, ("call", 7))


def test_many_alarms_ask_as_often_as_few_with_documents_in_force(world: World, boss):
    switch_on(NIGHTLY, world, boss, NIGHT - MINUTE)

    def asked(homes: int, at: datetime) -> int:
        for _ in range(homes):
            world.home(still_at=at)
        with CaptureQueriesContext(connection) as few:
            sweep(actions.raise_next_silence, at + SECOND)
        return len(few.captured_queries)

    few, many = asked(2, NIGHT), asked(12, NIGHT + timedelta(hours=1))
    assert Alarm.objects.filter(protocol__isnull=False).count() == 14
    assert many <= few + 1


# ---- levels fall: closing softly, or by a person ---------------------------------------------

ASKING = """
name = "되묻기"
[[ladder]]
name = "ask"
confirm = "{confirm}"
[[ladder.step]]
do = "message"
times = 2
wait_min = 30
level = 1
[[ladder.step]]
do = "call"
wait_min = 15
level = 2
[[rule]]
ladder = "ask"
kind = "return"
"""


def asked_back(world: World, boss, confirm: str) -> Alarm:
    """Return the open question whether somebody is back, asked under a document."""
    switch_on(ASKING.format(confirm=confirm), world, boss, DAY)
    home = world.home(still_at=DAY + timedelta(hours=5))
    found = a_return(home)
    write_alarms([found], now=DAY + MINUTE)
    return Alarm.objects.get(household=home)


def a_return(home) -> Found:
    facts = {"rule": "return", "away": "여행", "began_at": DAY.isoformat()}
    facts |= {"ended_at": DAY.isoformat(), "sign_away": None}
    return Found(household=home, kind="return", due_at=DAY, last_sign_at=None, facts=facts)


@pytest.mark.parametrize("confirm", ["machine", "person"])
def test_an_answer_closes_softly_or_waits_for_a_person_as_the_protocol_says(
    world: World, boss, confirm: str
):
    alarm = asked_back(world, boss, confirm)
    assert alarm.confirms == (confirm == "person")
    assert (alarm.waits_for, alarm.asking["attempts"]) == ("answer", 2)
    assert ladder_of(alarm)[0] == ("message", 60)
    message = Message.objects.get(alarm=alarm)
    at = DAY + 5 * MINUTE
    actions.hear_answer(message_id=message.id, is_help=False, words="네", now=at)
    alarm.refresh_from_db()
    assert alarm.sign_returned_at == at
    if confirm == "machine":
        assert (alarm.state, alarm.outcome) == ("closed", "answered_by_sign")
        return
    assert (alarm.closed_at, alarm.waits_for, alarm.ask_again_at) == (None, "", None)
    staffing.start_shift(by=world.planner, now=at)
    actions.close(alarm_id=alarm.id, outcome="safe_message", by=world.planner, now=at + MINUTE)
    alarm.refresh_from_db()
    assert alarm.closed_by == world.planner


@pytest.mark.parametrize("confirm", ["machine", "person"])
def test_a_life_sign_does_as_an_answer_does(world: World, boss, confirm: str):
    alarm = asked_back(world, boss, confirm)
    world.report(alarm.household_id, at=DAY + 10 * MINUTE, watts=60, lux=300)
    world.report(alarm.household_id, at=DAY + 20 * MINUTE, watts=0, lux=0)
    sweep(actions.end_next_returns, DAY + 21 * MINUTE)
    alarm.refresh_from_db()
    assert alarm.sign_returned_at is not None
    assert (alarm.closed_at is not None) == (confirm == "machine")
    if confirm == "person":
        sweep(actions.advance_next_overdue, DAY + 62 * MINUTE)
        alarm.refresh_from_db()
        assert (alarm.rung, alarm.level) == (1, 2)  # nobody confirmed: a person calls


# ---- nobody acts -----------------------------------------------------------------------------


def test_what_nobody_takes_by_day_goes_up_to_the_centre_and_stays_there(world: World, boss):
    text = NIGHTLY.replace("18-09", "09-18").replace(
        "wait_min = 7", 'wait_min = 7\nelse = "centre"'
    )
    switch_on(text, world, boss, DAY)
    alarm = world.silent(at=DAY + MINUTE)
    assert alarm.owner_post == world.planner.post
    sweep(actions.advance_next_overdue, DAY + 10 * MINUTE)
    alarm.refresh_from_db()
    assert (alarm.rung, alarm.owner_post.kind) == (1, Post.CENTRE)
    owned = Step.objects.filter(alarm=alarm, kind="owner").latest("id")
    assert owned.detail["how"] == "up"
    sweep(actions.advance_next_overdue, DAY + 31 * MINUTE)
    alarm.refresh_from_db()
    assert alarm.owner_post.kind == Post.CENTRE
    said = [each.sentence for each in queries.timeline(alarm_id=alarm.id, seen_by=world.operator)]
    assert any("아무도 손대지 않음" in sentence for sentence in said)


def test_without_that_word_it_stays_at_the_dong_and_so_does_what_a_person_took(world: World, boss):
    text = NIGHTLY.replace("18-09", "09-18")
    switch_on(text, world, boss, DAY)
    lies = world.silent(at=DAY + MINUTE)
    sweep(actions.advance_next_overdue, DAY + 10 * MINUTE)
    lies.refresh_from_db()
    assert (lies.rung, lies.owner_post) == (1, world.planner.post)
    up = text.replace("wait_min = 7", 'wait_min = 7\nelse = "centre"')
    switch_on(up, world, boss, DAY + 11 * MINUTE)
    taken = world.silent(at=DAY + 12 * MINUTE)
    staffing.start_shift(by=world.planner, now=DAY)
    told = {"alarm_id": taken.id, "whom": "person", "result": "will_look", "by": world.planner}
    actions.record_call(**told, now=DAY + 13 * MINUTE)
    sweep(actions.advance_next_overdue, DAY + 25 * MINUTE)
    taken.refresh_from_db()
    assert (taken.rung, taken.owner_staff) == (1, world.planner)


def test_without_consent_for_the_night_the_centre_gets_it_only_when_a_life_is_at_stake(
    world: World, boss
):
    text = NIGHTLY.replace("18-09", "09-18").replace(
        "wait_min = 7", 'wait_min = 7\nelse = "centre"'
    )
    soft = text.replace("level = 3", 'level = 2\nelse = "centre"')
    switch_on(soft, world, boss, DAY)
    alarm = world.silent(at=DAY + MINUTE, night=False)
    sweep(actions.advance_next_overdue, DAY + 10 * MINUTE)
    alarm.refresh_from_db()
    assert (alarm.level, alarm.owner_post) == (2, world.planner.post)
    switch_on(text, world, boss, DAY + 11 * MINUTE)
    grave = world.silent(at=DAY + 12 * MINUTE, night=False)
    sweep(actions.advance_next_overdue, DAY + 20 * MINUTE)
    grave.refresh_from_db()
    assert (grave.level, grave.owner_post.kind) == (3, Post.CENTRE)


# ---- tried on the past -----------------------------------------------------------------------


def test_a_proposal_is_tried_on_past_alarms_and_the_look_leaves_a_trace(world: World, boss):
    first = world.silent(at=NIGHT)  # nobody answers; a visit finds her well
    staffing.start_shift(by=world.operator, now=NIGHT)
    told = {"alarm_id": first.id, "by": world.operator}
    for minute in (2, 16):
        actions.record_call(**told, whom="person", result="no_answer", now=NIGHT + minute * MINUTE)
    actions.dispatch(**told, now=NIGHT + 30 * MINUTE)
    actions.close(**told, outcome="safe_visit", now=NIGHT + 60 * MINUTE)
    second = world.silent(at=NIGHT + MINUTE)  # answers at once
    told = {"alarm_id": second.id, "by": world.operator}
    actions.record_call(**told, whom="person", result="safe", now=NIGHT + 3 * MINUTE)
    actions.close(**told, outcome="safe_call", now=NIGHT + 4 * MINUTE)
    world.silent(at=NIGHT + 2 * MINUTE)  # runs still: it is not reckoned
    made = actions.propose_protocol(text=NIGHTLY, by=boss, now=NIGHT + 90 * MINUTE)
    at = NIGHT + 2 * timedelta(hours=1)
    found = actions.try_protocol(protocol=made, days=7, seen_by=world.supervisor, now=at)
    assert found is not None
    assert (found.closed, found.chosen, found.cut) == (2, 2, False)
    assert (found.old.visits, found.new.visits) == (1, 1)
    assert (found.old.visit_median, found.new.visit_median) == (45 * MINUTE, 7 * MINUTE)
    assert (found.old.calls, found.old.night_calls) == (4, 4)  # home twice, a relative, home
    assert found.new.calls == 2
    assert (found.moved.same, found.moved.earlier) == (2, 0)
    assert [each.alarm for each in found.changed] == [first.id]
    trace = Trace.objects.get(verb="try_protocol")
    assert trace.homes == [first.household_id]
    short = actions.try_protocol(protocol=made, days=1, seen_by=boss, now=at + timedelta(days=2))
    assert short is not None
    assert (short.closed, short.changed) == (0, ())
    by_day = NIGHTLY.replace("18-09", "09-18")
    other = actions.propose_protocol(text=by_day, by=boss, now=at)
    none = actions.try_protocol(protocol=other, days=7, seen_by=boss, now=at)
    assert none is not None
    assert (none.closed, none.chosen) == (2, 0)


def test_the_households_page_says_which_protocol_holds(world: World, boss):
    home = world.home(still_at=NIGHT + timedelta(hours=5))
    told = {"household": home, "seen_by": world.planner, "now": NIGHT}
    assert queries.protocol_of(**told).name == ""
    switch_on(NIGHTLY, world, boss, NIGHT)
    found = queries.protocol_of(**told)
    assert (found.name, found.version, found.course) == ("밤 단계표", 1, "night")
    assert queries.protocol_of(household=home, seen_by=world.next_planner, now=NIGHT) is None
