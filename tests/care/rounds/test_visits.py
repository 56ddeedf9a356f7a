"""Visits behind doors: the deadline passes on the server, whatever becomes of the telephone."""

import random
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as some

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries as signals
from anbu.care.alarms.models import Alarm, Step
from anbu.care.effects.models import Telling
from anbu.care.foundation.models import Trace
from anbu.care.rounds import actions, jobs, queries
from anbu.care.rounds.models import Visit
from anbu.care.rounds.rules import Course, NotAllowed, Spoken, Word, course
from anbu.care.rounds.rules.events import Begun, Fine, Longer, Out
from tests.care.alarms.world import World, sweep
from tests.care.rounds.visiting import DAY, LATER, MINUTE, SECOND, Pair, pair_of, signal, worker

watch = jobs.watch_visits


@pytest.fixture
def pair(world: World) -> Pair:
    return pair_of(world)


def stage(visit: Visit) -> str:
    visit.refresh_from_db()
    return visit.stage


def watched(now) -> None:
    while watch(now):
        pass


def test_a_dead_telephone_turns_amber_and_red_and_a_person_says_how_it_ended(pair: Pair):
    visit = pair.begin(pair.home())
    watched(DAY + 29 * MINUTE)
    assert stage(visit) == "inside"
    watched(DAY + 30 * MINUTE)
    assert stage(visit) == "amber"
    telling = Telling.objects.get(cause=visit.id, ended_at=None)
    assert (telling.cause_kind, telling.post_id) == ("visit", pair.world.planner.post_id)
    assert not Alarm.objects.exists()
    watched(DAY + 34 * MINUTE)
    assert stage(visit) == "amber"
    watched(DAY + 35 * MINUTE)
    assert stage(visit) == "red"
    alarm = signal(visit)
    assert (alarm.kind, alarm.level, alarm.household_id) == ("worker", 3, visit.household_id)
    assert alarm.reason == "돌봄단원 강둘레: 11:00 뒤로 소식 없음. 짝 유한별"
    assert not Telling.objects.filter(cause=visit.id, ended_at=None).exists()
    watched(DAY + 2 * timedelta(hours=1))
    assert Alarm.objects.count() == 1
    assert stage(visit) == "red"  # red until a person says
    actions.close_visit(
        visit=visit.id, outcome="worker_safe", by=pair.world.planner, now=DAY + 40 * MINUTE
    )
    visit.refresh_from_db()
    assert (visit.stage, visit.ended_how) == ("out", "worker_safe")
    assert visit.out_by == pair.world.planner.actor
    verbs = set(Trace.objects.filter(household=visit.household_id).values_list("verb", flat=True))
    assert {"begin_visit", "visit_late", "visit_red", "visit_ended"} <= verbs


def test_a_signal_that_a_person_ends_ends_its_visit(pair: Pair):
    visit = pair.begin(pair.home())
    watched(DAY + 35 * MINUTE)
    alarm = signal(visit)
    alarms.close(
        alarm_id=alarm.id, outcome="worker_hurt", by=pair.world.planner, now=DAY + 50 * MINUTE
    )
    assert stage(visit) == "red"
    watched(DAY + 50 * MINUTE + SECOND)
    visit.refresh_from_db()
    assert (visit.stage, visit.ended_how) == ("out", "worker_hurt")


def test_what_comes_late_began_when_it_was_written_and_may_be_red_at_once(pair: Pair):
    visit = pair.begin(pair.home(), at=DAY, now=DAY + timedelta(hours=1))
    watched(DAY + timedelta(hours=1))
    assert stage(visit) == "red"
    assert not Telling.objects.filter(cause=visit.id).exists()  # there was no amber to tell


def test_a_visit_known_to_be_over_never_rings(pair: Pair):
    home, id = pair.home(), uuid4()
    out = Out(id=uuid4(), seq=2, at=DAY + 20 * MINUTE, home=home, visit=id)
    begun = Begun(id=id, seq=1, at=DAY, home=home, minutes=30, partner=pair.partner.pk)
    for event in (out, begun, out, begun):
        actions.take_visit(
            event=event,
            worker=pair.worker,
            device=None,
            by=pair.staff,
            now=DAY + timedelta(hours=3),
        )
        watched(DAY + timedelta(hours=3))
    visit = Visit.objects.get()
    assert (visit.stage, visit.began_at, visit.out_at) == ("out", DAY, DAY + 20 * MINUTE)
    assert not Alarm.objects.exists()


def test_ten_minutes_more_and_being_well_move_the_deadline_six_times(pair: Pair):
    visit = pair.begin(pair.home())
    pair.says("longer", visit, at=DAY + 10 * MINUTE)
    visit.refresh_from_db()
    assert visit.ends_at == DAY + 40 * MINUTE
    pair.says("fine", visit, at=DAY + 12 * MINUTE)
    visit.refresh_from_db()
    assert (visit.ends_at, visit.times_more) == (DAY + 40 * MINUTE, 1)
    watched(DAY + 41 * MINUTE)
    assert stage(visit) == "amber"
    pair.says("fine", visit, at=DAY + 42 * MINUTE)
    assert stage(visit) == "inside"
    assert visit.ends_at == DAY + 52 * MINUTE
    assert not Telling.objects.filter(cause=visit.id, ended_at=None).exists()
    for _ in range(9):
        pair.says("longer", visit, at=DAY + 43 * MINUTE)
    visit.refresh_from_db()
    assert (visit.ends_at, visit.times_more) == (DAY + 92 * MINUTE, 6)


def test_a_word_after_red_is_evidence_and_ends_nothing(pair: Pair):
    visit = pair.begin(pair.home())
    watched(DAY + 35 * MINUTE)
    alarm = signal(visit)
    pair.says("out", visit, at=DAY + 30 * MINUTE, now=DAY + 36 * MINUTE)
    assert stage(visit) == "red"
    told = Step.objects.filter(alarm=alarm, kind="evidence").values_list("detail__what", flat=True)
    assert list(told) == ["worker_out"]
    assert queries.visit_on_phone(worker=pair.worker, now=DAY + 36 * MINUTE) is None
    # and the worker may go on to another door
    pair.begin(pair.home(), at=DAY + 40 * MINUTE)
    assert stage(visit) == "red"


def test_nobody_is_at_two_doors(pair: Pair):
    first = pair.begin(pair.home())
    second = pair.begin(pair.home(), at=DAY + 40 * MINUTE)
    first.refresh_from_db()
    assert (first.stage, first.out_at) == ("out", DAY + 40 * MINUTE)
    assert stage(second) == "inside"
    row = Visit(
        worker=pair.worker,
        household_id=first.household_id,
        began_at=DAY,
        ends_at=DAY,
        stage="inside",
        look_at=DAY,
    )
    with pytest.raises(IntegrityError, match="one_visit_at_a_time"), transaction.atomic():
        row.save()


def test_two_go_and_both_are_trained_and_screened(pair: Pair):
    check = actions.check_visit
    check(worker=pair.worker, partner=pair.partner, now=DAY)
    with pytest.raises(NotAllowed, match="두 사람이 함께"):
        check(worker=pair.worker, partner=None, now=DAY)
    with pytest.raises(NotAllowed, match="자기 자신"):
        check(worker=pair.worker, partner=pair.worker, now=DAY)
    pair.partner.trained_until = DAY.date() - timedelta(days=1)
    with pytest.raises(NotAllowed, match="유한별 님의 방문 안전 교육"):
        check(worker=pair.worker, partner=pair.partner, now=DAY)
    pair.partner.trained_until, pair.partner.screened_until = DAY.date(), None
    with pytest.raises(NotAllowed, match="유한별 님의 방문 전 확인"):
        check(worker=pair.worker, partner=pair.partner, now=DAY)
    pair.partner.screened_until, pair.partner.ended_at = LATER, DAY
    with pytest.raises(NotAllowed, match="지금 돌봄단원이 아닙니다"):
        check(worker=pair.worker, partner=pair.partner, now=DAY)


def test_what_has_begun_is_never_refused_but_told(pair: Pair):
    visit = pair.begin(pair.home(), partner=None, minutes=500)
    assert stage(visit) == "inside"
    assert visit.ends_at == DAY + timedelta(hours=2)
    assert len(visit.faults) == 2
    alone = queries.visit_on_phone(worker=pair.worker, now=DAY)
    assert alone is not None
    assert "두 사람이" in alone.faults[0]


def test_somebody_elses_telephone_moves_nothing(pair: Pair):
    visit = pair.begin(pair.home())
    other = worker("남의손")
    event = Out(id=uuid4(), seq=1, at=DAY, home=visit.household_id, visit=visit.id)
    actions.take_visit(event=event, worker=other, device=None, by=other.staff, now=DAY)
    assert stage(visit) == "inside"
    with pytest.raises(NotAllowed):
        actions.leave(id=uuid4(), visit=visit.id, worker=other, at=DAY, by=other.staff, now=DAY)


def told_of(pair: Pair, homes):
    """Return the events of a morning: two visits, one whose end was lost, and another one."""
    first, second, third = uuid4(), uuid4(), uuid4()

    def at(minutes: int):
        return DAY + minutes * MINUTE

    partner = pair.partner.pk
    return [
        Begun(id=first, seq=1, at=at(0), home=homes[0], minutes=30, partner=partner),
        Longer(id=uuid4(), seq=2, at=at(25), home=homes[0], visit=first),
        Fine(id=uuid4(), seq=3, at=at(38), home=homes[0], visit=first),
        Begun(id=second, seq=4, at=at(60), home=homes[1], minutes=10, partner=partner),
        Out(id=uuid4(), seq=5, at=at(69), home=homes[1], visit=second),
        Begun(id=third, seq=6, at=at(90), home=homes[2], minutes=60, partner=partner),
        Fine(id=uuid4(), seq=7, at=at(95), home=homes[2], visit=third),
    ]


STANDS = ("id", "stage", "began_at", "ends_at", "times_more", "out_at", "length_min", "look_at")


def test_in_any_order_and_repeatedly_it_comes_to_the_same(pair: Pair):
    events = told_of(pair, [pair.home() for _ in range(3)])
    orders = list(permutations(events))
    dice = random.Random(7)
    wanted = None
    for order in [events, *dice.sample(orders, 40)]:
        again = [dice.choice(order) for _ in range(3)]
        Visit.objects.all().delete()
        for event in [*order, *again]:
            actions.take_visit(
                event=event,
                worker=pair.worker,
                device=None,
                by=pair.staff,
                now=DAY + 96 * MINUTE,
            )
        found = sorted(Visit.objects.values_list(*STANDS))
        wanted = wanted or found
        assert found == wanted, [type(event).__name__ for event in order]
    assert [row[1] for row in sorted(wanted, key=lambda row: row[2])] == ["out", "out", "inside"]


WORDS = some.lists(
    some.builds(
        Spoken,
        some.integers(0, 200).map(lambda minutes: DAY + minutes * MINUTE),
        some.uuids().map(str),
        some.sampled_from(Word),
    ),
    min_size=1,
    max_size=12,
)


@given(WORDS, some.randoms(), some.booleans())
@settings(max_examples=300)
def test_a_course_knows_no_order(words: list[Spoken], dice, begun: bool):
    start = DAY if begun else None
    wanted: Course = course(began_at=start, length=30 * MINUTE, heard=words)
    mixed = [*words, *dice.choices(words, k=3)]
    dice.shuffle(mixed)
    assert course(began_at=start, length=30 * MINUTE, heard=mixed) == wanted
    assert wanted.times_more <= 6
    assert wanted.ends_at >= wanted.began_at + 30 * MINUTE
    assert (wanted.out_at is None) == all(word.what is not Word.OUT for word in words)


def test_thousands_at_once_ask_few_questions(pair: Pair):
    homes = [pair.home() for _ in range(40)]
    workers = [worker(f"단원{n}") for n in range(40)]
    rows = [
        Visit(
            worker=each,
            partner=pair.partner,
            household_id=home,
            began_at=DAY,
            ends_at=DAY + 30 * MINUTE,
            length_min=30,
            stage="inside",
            look_at=DAY + 30 * MINUTE,
        )
        for each, home in zip(workers, homes, strict=True)
    ]
    Visit.objects.bulk_create(rows)
    with CaptureQueriesContext(
        connection,
    ) as amber:
        watched(DAY + 30 * MINUTE)
    with CaptureQueriesContext(connection) as red:
        watched(DAY + 35 * MINUTE)
    assert Visit.objects.filter(stage="red").count() == 40
    assert Alarm.objects.filter(kind="worker", waits_for="").count() == 40
    assert len(amber) < 30, len(amber)
    assert len(red) < 70, len(red)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM rounds_visit WHERE look_at <= now() ORDER BY look_at, id"
        )
        assert "visits_to_look_at" in str(cursor.fetchall())
    assert signals.broken_invariants(DAY + 35 * MINUTE) == []


def test_an_office_sees_who_is_behind_a_door_in_its_dong_alone(pair: Pair):
    visit = pair.begin(pair.home())
    seen = queries.late_visits(seen_by=pair.world.planner, now=DAY)
    assert [(row.id, row.worker, row.partner) for row in seen] == [(visit.id, "강둘레", "유한별")]
    assert queries.late_visits(seen_by=pair.world.next_planner, now=DAY) == ()


def test_the_ladder_goes_on_when_nobody_answers(pair: Pair):
    visit = pair.begin(pair.home())
    watched(DAY + 35 * MINUTE)
    sweep(alarms.advance_next_overdue, DAY + 36 * MINUTE + SECOND)
    assert signal(visit).owner_post == pair.world.operator.post
