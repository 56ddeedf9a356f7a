"""놓친 기회 돌아보기: asked for by a death, owned by one, signed by two, never changed."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, LookBack, LookBackNote
from anbu.care.alarms.queries import LookBackPage
from anbu.care.alarms.rules import NotAllowed, UnknownAlarm
from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people.models import Household
from anbu.care.people.rules import BadInput
from anbu.care.places import queries as places
from anbu.care.places.rules import SEOUL
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BY, MONDAY, World, sweep

NIGHT = MONDAY.replace(hour=22, minute=40)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WHY = "이웃이 먼저 알아챈 집이라서"
LEARNT = {
    "missed": ["signs", "contact"],
    "missed_words": "전날 저녁부터 신호가 절반으로 줄었음",
    "changes": ["protocol"],
    "change_words": "두 번째 무응답 뒤 바로 출동으로",
}


def another(world: World, login: str = "chae", name: str = "채소담") -> Staff:
    return staffing.add_staff(
        login=login, name=name, role="supervisor", post=places.centre(), by=BY, now=NIGHT
    )[0]


def close(world: World, outcome: str = "died", *, at: datetime = NIGHT) -> Alarm:
    """Let a home light a lamp, fall silent for a day, be called in vain, and be closed."""
    home = world.home(still_at=at - 19 * HOUR, tier="high")
    world.report(home, at=at - DAY, lux=300)
    sweep(actions.raise_next_silence, at + timedelta(seconds=1))
    alarm = Alarm.objects.get(household=home)
    told = {"alarm_id": alarm.id, "by": world.operator}
    actions.claim(**told, version=alarm.version, now=at + MINUTE)
    actions.record_call(**told, whom="person", result="no_answer", now=at + 2 * MINUTE)
    actions.note(**told, text="이웃 김철수 씨가 봄", now=at + 3 * MINUTE)
    actions.close(**told, outcome=outcome, now=at + 9 * MINUTE)
    alarm.refresh_from_db()
    return alarm


def page_of(alarm: Alarm, by: Staff, now: datetime = NIGHT + HOUR) -> LookBackPage:
    return actions.see_look_back(alarm_id=alarm.id, by=by, now=now)


def facts_of(page: LookBackPage, source: str) -> list[str]:
    keys = {lane.key for lane in page.lanes if lane.source == source}
    return [fact.what for cell in page.cells if cell.lane in keys for fact in cell.facts]


def held_in(page: LookBackPage, source: str) -> set[str]:
    keys = {lane.key for lane in page.lanes if lane.source == source}
    return {what for cell in page.cells if cell.lane in keys for what in cell.held}


def lately_held(page: LookBackPage, lane: str) -> set[str]:
    last = [cell for cell in page.cells if cell.nth == page.window.hours - 1]
    return {what for cell in last if cell.lane == lane for what in cell.held}


@pytest.mark.parametrize(("outcome", "asks"), [("died", 1), ("rescued", 1), ("safe_visit", 0)])
def test_a_death_and_a_late_rescue_ask_for_it(world: World, outcome: str, asks: int):
    alarm = close(world, outcome)
    assert LookBack.objects.count() == asks
    if asks:
        row = LookBack.objects.get(alarm=alarm)
        assert row.owner_staff == world.supervisor
        assert row.due_at == datetime(2026, 12, 7, 18, tzinfo=SEOUL)  # ten working days
        assert (row.last_sign_at, row.found_at) == (alarm.last_sign_at, alarm.closed_at)


def test_whoever_was_there_does_not_answer_for_it(world: World):
    second = another(world)
    alarm = world.silent(at=NIGHT, tier="high")
    told = {"alarm_id": alarm.id, "by": world.supervisor}
    actions.claim(**told, version=alarm.version, now=NIGHT + MINUTE)
    actions.close(**told, outcome="died", now=NIGHT + 2 * MINUTE)
    assert LookBack.objects.get().owner_staff == second


def test_it_never_has_two_owners_or_none(world: World):
    close(world)
    for broken in ({"owner_post_id": places.centre()}, {"owner_staff": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LookBack.objects.update(**broken)


def test_who_has_left_answers_for_nothing_any_more(world: World):
    close(world)
    staffing.disable(staff=world.supervisor.pk, by=BY, now=NIGHT + DAY)
    sweep(actions.hand_on_look_backs, NIGHT + DAY)
    row = LookBack.objects.get()
    assert (row.owner_staff, row.owner_post_id) == (None, places.centre())
    second = another(world)
    sweep(actions.hand_on_look_backs, NIGHT + DAY)
    row.refresh_from_db()
    assert (row.owner_staff, row.owner_post) == (second, None)


def test_a_supervisor_opens_one_for_any_ended_signal_and_says_why(world: World):
    alarm = close(world, "safe_call")
    told = {"number": alarm.number, "now": NIGHT + HOUR}
    with pytest.raises(BadInput):
        actions.open_look_back(**told, reason="그냥", by=world.supervisor)
    for other in (world.operator, world.planner):
        with pytest.raises(UnknownAlarm):
            actions.open_look_back(**told, reason=WHY, by=other)
    assert actions.open_look_back(**told, reason=WHY, by=world.supervisor) == alarm.id
    with pytest.raises(NotAllowed):
        actions.open_look_back(**told, reason=WHY, by=world.supervisor)
    trace = Trace.objects.get(verb="ask_to_look_back")
    assert (trace.household, trace.reason) == (alarm.household_id, WHY)


def test_an_open_signal_and_an_unknown_number_are_one_answer(world: World):
    alarm = world.silent(at=NIGHT)
    said = []
    for number in (alarm.number, "26-1123-9999"):
        with pytest.raises(NotAllowed) as refused:
            actions.open_look_back(number=number, reason=WHY, by=world.supervisor, now=NIGHT)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_two_different_people_sign_and_then_nothing_changes(world: World):
    alarm, second = close(world), another(world)
    told = {"alarm_id": alarm.id, "now": NIGHT + HOUR}
    with pytest.raises(NotAllowed):  # nothing is written yet
        actions.sign_look_back(**told, version=0, by=second)
    with pytest.raises(NotAllowed):  # not the owner
        actions.write_look_back(**told, **LEARNT, by=second)
    actions.write_look_back(**told, **LEARNT, by=world.supervisor)
    with pytest.raises(NotAllowed):  # who wrote it
        actions.sign_look_back(**told, version=1, by=world.supervisor)
    with pytest.raises(NotAllowed):
        actions.add_to_look_back(**told, text="아직", by=second)
    actions.write_look_back(**told, **LEARNT, by=world.supervisor)
    with pytest.raises(NotAllowed):  # has read what stood there before
        actions.sign_look_back(**told, version=1, by=second)
    actions.sign_look_back(**told, version=2, by=second)
    for deed in (
        lambda: actions.write_look_back(**told, **LEARNT, by=world.supervisor),
        lambda: actions.sign_look_back(**told, version=2, by=second),
        lambda: actions.take_look_back(**told, by=second),
    ):
        with pytest.raises(NotAllowed):
            deed()
    actions.add_to_look_back(**told, text="단계표를 바꿈", by=second)
    page = page_of(alarm, second)
    assert (page.written_by, page.signed_by) == ("노아름", "채소담")
    assert [note.text for note in page.notes] == ["단계표를 바꿈"]


def test_the_database_itself_holds_a_signed_result_and_its_two_people(world: World):
    alarm, second = close(world), another(world)
    told = {"alarm_id": alarm.id, "now": NIGHT + HOUR}
    actions.write_look_back(**told, **LEARNT, by=world.supervisor)
    with pytest.raises(IntegrityError, match="signed_by_two"), transaction.atomic():
        LookBack.objects.update(signed_by=world.supervisor, signed_at=NIGHT)
    actions.sign_look_back(**told, version=1, by=second)
    actions.add_to_look_back(**told, text="덧붙임", by=second)
    for rows, change in (
        (LookBack.objects.all(), {"missed_words": "다른 말"}),
        (LookBackNote.objects.all(), {"text": "다른 말"}),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            rows.update(**change)


def test_another_supervisor_takes_it_over_once(world: World):
    alarm, second = close(world), another(world)
    actions.take_look_back(alarm_id=alarm.id, by=second, now=NIGHT)
    with pytest.raises(NotAllowed):
        actions.take_look_back(alarm_id=alarm.id, by=second, now=NIGHT)
    assert LookBack.objects.get().owner_staff == second


def test_only_supervisors_know_of_it_and_each_look_leaves_a_trace(world: World):
    alarm = close(world)
    for other in (world.operator, world.second, world.planner):
        assert queries.look_backs(seen_by=other, now=NIGHT) == ()
        with pytest.raises(UnknownAlarm):
            page_of(alarm, other)
    before = Trace.objects.count()
    page_of(alarm, world.supervisor)
    trace = Trace.objects.latest("id")
    assert Trace.objects.count() == before + 1
    assert (trace.verb, trace.kind, trace.household) == (
        "open_look_back",
        "read",
        alarm.household_id,
    )
    assert trace.purpose == f"review:{alarm.id}"
    actions.print_look_back(alarm_id=alarm.id, reason=WHY, by=world.supervisor, now=NIGHT)
    trace = Trace.objects.latest("id")
    assert (trace.kind, trace.reason) == ("print", WHY)


def test_what_each_source_knew_stands_in_its_lane(world: World):
    alarm = close(world)
    page = page_of(alarm, world.supervisor)
    assert page.window.has(alarm.last_sign_at)
    assert page.window.since == alarm.last_sign_at.replace(minute=0)
    assert facts_of(page, "feed") == ["still", "signs"]  # the plug, then the lamp
    assert facts_of(page, "contact") == ["call"]
    assert "due" in facts_of(page, "clock")
    assert {"raised", "owner", "note", "closed"} <= set(facts_of(page, "signal"))
    assert held_in(page, "consent") == {"rescue"}  # monitoring and night were agreed to
    named = repr(page.cells)
    for name in ("문가람", "윤정례", "김철수", "윤O"):
        assert name not in named
    assert "operator" in named


def test_blindness_is_not_silence_and_stands_apart(world: World):
    alarm = close(world)
    page = page_of(alarm, world.supervisor)
    assert "blind" not in held_in(page, "feed")  # blind after 36 h: the plug still sees
    later = NIGHT + 3 * DAY
    home = world.home(still_at=NIGHT - 3 * DAY, tier="high")
    blind = cry_and_close(world, home, at=later)
    page = page_of(blind, world.supervisor, later + HOUR)
    assert "blind" in held_in(page, "feed")


def cry_and_close(world: World, home: UUID, *, at: datetime) -> Alarm:
    world.cry(home, at=at)
    sweep(actions.raise_next_sos, at)
    alarm = Alarm.objects.get(household=home, closed_at=None)
    told = {"alarm_id": alarm.id, "by": world.operator}
    actions.claim(**told, version=alarm.version, now=at + MINUTE)
    actions.close(**told, outcome="died", now=at + 9 * MINUTE)
    return Alarm.objects.get(id=alarm.id)


def test_an_absence_and_a_withdrawn_consent_stand_there_too(world: World):
    home = world.home(still_at=NIGHT)
    began = NIGHT - 5 * HOUR
    people.register_absence(
        household=home,
        kind="travel",
        begins_at=began,
        expected_until=NIGHT - 2 * HOUR,
        told_by="딸",
        told_how="call",
        by=BY,
        now=began,
    )
    people.withdraw_consent(household=home, kind="night", how="전화", by=BY, now=NIGHT - HOUR)
    page = page_of(cry_and_close(world, home, at=NIGHT), world.supervisor)
    assert facts_of(page, "absence") == ["told"]
    assert held_in(page, "absence") == {"travel"}
    assert "withdrawn" in facts_of(page, "consent")
    assert lately_held(page, "consent") == {"night", "rescue"}


def test_a_home_that_has_left_is_still_looked_back_at(world: World):
    alarm = close(world)
    before = page_of(alarm, world.supervisor)
    Household.objects.filter(id=alarm.household_id).update(left_at=NIGHT + HOUR)
    after = page_of(alarm, world.supervisor)
    assert after.cells == before.cells


def test_a_page_asks_a_bounded_number_of_questions(world: World, django_assert_max_num_queries):
    alarm = close(world)
    with django_assert_max_num_queries(40):
        page_of(alarm, world.supervisor)


def test_the_figures_count_and_hide_what_is_few(world: World):
    until = NIGHT + DAY
    told = {"since": NIGHT - DAY, "until": until, "seen_by": world.supervisor}
    assert queries.figures(**told).look_backs.opened == 0
    for nth in range(5):
        close(world, at=NIGHT + nth * 20 * MINUTE)
        found = queries.figures(**told).look_backs
        assert found.opened == (None if nth < 4 else 5)
        assert (found.to_found is None) is (nth < 4)
        assert found.signed == 0


def test_retention_takes_it_with_its_signal(world: World):
    alarm, second = close(world), another(world)
    told = {"alarm_id": alarm.id, "now": NIGHT + HOUR}
    actions.write_look_back(**told, **LEARNT, by=world.supervisor)
    actions.sign_look_back(**told, version=1, by=second)
    with connection.cursor() as cursor:  # a signed row is never changed, but it may go
        cursor.execute("DELETE FROM alarms_lookback")
    assert not LookBack.objects.exists()
