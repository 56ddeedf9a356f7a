"""The days of a round in the database: planned once, moved only where something changed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people import queries
from anbu.care.people.actions import UnknownHome
from anbu.care.places.rules import SEOUL
from anbu.care.rounds import actions
from anbu.care.rounds.actions import asking, replanning
from anbu.care.rounds.models import (
    Asked,
    DayLook,
    DayOff,
    Promise,
    Standing,
    Task,
    Unplaced,
    Worker,
)
from anbu.care.rounds.queries.hours import answer_hours
from anbu.care.rounds.rules import NotAllowed
from tests.care.alarms.world import BY, HERE, THERE, World
from tests.care.rounds.rounds_world import (
    LONG_AGO,
    NOON,
    TODAY,
    comes,
    home,
    pair,
    standing,
    told,
    worker,
)

MORNING = datetime(2026, 11, 24, 6, tzinfo=SEOUL)
EVENING = datetime(2026, 11, 23, 18, tzinfo=SEOUL)


def plan(now: datetime = MORNING) -> None:
    dong = Worker.objects.values_list("dong_id", flat=True).first()
    assert dong is not None
    for each in set(Worker.objects.values_list("dong_id", flat=True)):
        actions.replan_dong(dong=each, day=TODAY, now=now)


def day() -> dict[UUID, tuple[int, int | None, str]]:
    rows = Task.objects.filter(day=TODAY)
    return {row.household_id: (row.worker_id, row.partner_id, row.way) for row in rows}


def left() -> dict[UUID, str]:
    return dict(Unplaced.objects.filter(day=TODAY).values_list("household_id", "reason"))


def snapshot() -> list[tuple[object, ...]]:
    tasks = Task.objects.order_by("pk").values_list(
        "pk", "household", "worker", "partner", "way", "because", "hour", "place", "walk_min"
    )
    others = Unplaced.objects.order_by("pk").values_list("pk", "household", "reason", "days_past")
    return [*tasks, *others]


def test_who_is_due_stands_in_the_day_of_the_face_they_know(world: World):
    one, other = comes(), comes()
    mine, theirs = home(usual=one), home(usual=other)
    early = home(usual=one, began=TODAY)  # due next week
    plan()
    assert day() == {mine: (one.pk, None, "call"), theirs: (other.pk, None, "call")}
    assert early not in left()
    assert Trace.objects.filter(verb="plan_round", homes__contains=[mine]).exists()


def test_planning_twice_is_planning_once(world: World):
    first, _second = pair()
    comes()
    for nth in range(25):
        home(usual=first if nth % 3 else None, tier=("high", "mid", "low")[nth % 3],
             began=TODAY - timedelta(days=10 + nth * 3), consents=nth % 7 > 0)  # fmt: skip
    plan()
    before = snapshot()
    assert before
    plan()
    assert snapshot() == before


def test_a_day_off_moves_only_what_was_that_workers(world: World):
    one, other = comes(), comes()
    mine, theirs = home(usual=one), home(usual=other)
    plan()
    DayOff.objects.create(worker=one, day=TODAY, reason="병원", made_at=NOON, made_by=world.planner)
    assert sweep(MORNING + timedelta(hours=1)) >= 1
    assert day() == {mine: (other.pk, None, "call"), theirs: (other.pk, None, "call")}
    DayOff.objects.all().delete()
    assert sweep(MORNING + timedelta(hours=2)) >= 1
    assert day()[mine] == (one.pk, None, "call")
    assert sweep(MORNING + timedelta(hours=2)) == 0


def sweep(now: datetime) -> int:
    times = 0
    while replanning.plan_next(now=now):
        times += 1
        assert times < 100, "a sweep that never ends"
    return times


def test_the_coming_day_is_planned_in_the_evening_and_again_in_the_morning(world: World):
    one = comes()
    mine = home(usual=one)
    assert sweep(EVENING - timedelta(minutes=1)) == 25  # Monday itself
    assert not Task.objects.filter(day=TODAY).exists()
    assert sweep(EVENING) == 25
    assert day() == {mine: (one.pk, None, "call")}
    assert sweep(MORNING - timedelta(minutes=1)) == 0
    new = home(usual=one, tier="high")
    assert sweep(MORNING) == 26  # where somebody waits comes first
    assert set(day()) == {mine, new}
    assert DayLook.objects.filter(day=TODAY).count() == 426 or DayLook.objects.exists()


def test_somebody_new_at_high_risk_stands_in_the_day_within_one_sweep(world: World):
    comes()
    plan()
    new = home(tier="high")
    assert sweep(NOON) >= 1
    assert new in day()


def test_whom_nobody_can_be_given_to_is_named_with_the_reason(world: World):
    one = comes(visits=False)
    silent, away, mute = home(consents=False), home(), home(phone="")
    people.register_absence(
        household=away, kind="hospital", begins_at=NOON - timedelta(days=2),
        expected_until=NOON + timedelta(days=5), told_by="딸", told_how="call", note="",
        by=BY, now=NOON - timedelta(days=1),
    )  # fmt: skip
    plan()
    assert left() == {silent: "no_consent", away: "away", mute: "no_pair"}
    assert one.pk not in [row[0] for row in day().values()]


def test_what_is_done_or_set_by_hand_stays(world: World):
    one, other = comes(), comes()
    done, by_hand, out = home(usual=one), home(usual=one), home(usual=one)
    plan()
    told(done, at=NOON - timedelta(hours=2), by=one)
    actions.change_task(
        home=by_hand, day=TODAY, worker=other, way="call", by=world.planner, now=NOON
    )
    actions.change_task(home=out, day=TODAY, worker=None, way="call", by=world.planner, now=NOON)
    plan(NOON)
    assert day() == {done: (one.pk, None, "call"), by_hand: (other.pk, None, "call")}
    assert left() == {out: "by_hand"}
    assert Task.objects.get(household=done).done_by is not None
    actions.let_plan(home=out, day=TODAY, by=world.planner, now=NOON)
    assert out in day()


def test_a_change_says_what_it_costs_before_it_is_done(world: World):
    one, other = comes(), comes()
    mine = home(usual=one)
    plan()
    how = {"home": mine, "day": TODAY, "worker": other, "way": "call", "by": world.planner}
    before = snapshot()
    cost = actions.cost_of_change(**how, now=NOON)
    assert (cost.minutes, cost.strangers, cost.left, cost.past) == (0, 1, 0, 0)
    assert snapshot() == before
    assert actions.change_task(**how, now=NOON) == cost
    away = actions.cost_of_change(
        home=mine, day=TODAY, worker=None, way="call", by=world.planner, now=NOON
    )
    assert (away.minutes, away.left) == (-8, 1)
    for verb in ("look_round_change", "change_round_task"):
        assert Trace.objects.filter(verb=verb, household=mine, by=world.planner.actor).exists()


def test_of_two_planners_the_second_is_told_that_somebody_was_faster(world: World):
    one, other = comes(), comes()
    mine = home(usual=one)
    plan()
    seen = actions.mark_of(Task.objects.get(household=mine))
    how = {"home": mine, "day": TODAY, "way": "call", "by": world.planner, "now": NOON}
    actions.change_task(worker=other, seen=seen, **how)
    with pytest.raises(NotAllowed, match="먼저 바꾸었습니다"):
        actions.change_task(worker=one, seen=seen, **how)
    assert day()[mine][0] == other.pk


def test_by_hand_the_same_limits_hold(world: World):
    one, _ = pair()
    lone, late = comes(), comes(visits=False)
    mine, silent = home(), home(consents=False)
    plan()

    def change(who: Worker, way: str, at: UUID = mine) -> None:
        actions.change_task(home=at, day=TODAY, worker=who, way=way, by=world.planner, now=NOON)

    with pytest.raises(NotAllowed, match="두 사람"):
        change(lone, "visit")
    with pytest.raises(NotAllowed, match="동의하지"):
        change(one, "call", silent)
    late.never.add(mine)
    with pytest.raises(NotAllowed, match="가족"):
        change(late, "call")
    for nth in range(3):
        told(mine, at=NOON - timedelta(hours=nth), by=lone, minutes=80, result="no_answer")
    with pytest.raises(NotAllowed, match="시간이 모자랍니다"):
        change(lone, "call")
    change(one, "visit")
    assert day()[mine] == (one.pk, one.partner_id, "visit")
    with pytest.raises(UnknownHome):
        actions.change_task(
            home=mine, day=TODAY, worker=one, way="call", by=world.next_planner, now=NOON
        )


def test_the_hour_is_learned_of_each_and_said_with_what_it_is_known_from(world: World):
    one = comes()
    mine, new = home(usual=one), home(usual=one)
    for nth in range(1, 13):
        hour, answers = (15, "reached") if nth % 2 else (10, "no_answer")
        at = NOON.replace(hour=hour) - timedelta(days=8 + nth)
        told(mine, at=at, by=one, result=answers, minutes=5)
    plan()
    assert Task.objects.get(household=mine).hour == 15
    known = answer_hours(households=[mine, new], seen_by=world.planner)
    own, everybodys = known[mine], known[new]
    assert (own.hour, own.tries, own.answered, own.is_own) == (15, 6, 6, True)
    assert (everybodys.hour, everybodys.tries, everybodys.is_own) == (15, 0, False)
    assert answer_hours(households=[mine], seen_by=world.next_planner) == {}


def test_what_is_set_by_hand_counts_in_the_hours(world: World):
    one = comes()
    for _ in range(30):  # 240 minutes
        home(usual=one)
    extra = home(usual=one, began=TODAY)
    plan()
    assert (len(day()), left()) == (30, {})
    actions.change_task(home=extra, day=TODAY, worker=one, way="call", by=world.planner, now=NOON)
    plan()
    assert extra in day()
    assert list(left().values()) == ["no_minutes"]
    assert sum(Task.objects.values_list("minutes", flat=True)) == 240


def test_what_was_asked_for_is_asked_once_and_ended_by_a_contact(world: World):
    one = comes()
    mine = home(usual=one, began=TODAY)
    cause = uuid4()
    plan()
    assert mine not in day()
    assert actions.ask_for(home=mine, cause=cause, by=BY, now=NOON)
    assert not actions.ask_for(home=mine, cause=cause, by=BY, now=NOON)
    assert sweep(NOON) >= 1
    assert Task.objects.get(household=mine).because == "handed"
    assert sweep(NOON) == 0
    told(mine, at=NOON + timedelta(minutes=5), result="no_answer", by=one)
    assert not asking.end_asked(now=NOON + timedelta(minutes=6))
    row = told(mine, at=NOON + timedelta(minutes=7), by=one)
    assert asking.end_asked(now=NOON + timedelta(minutes=8))
    assert Asked.objects.get().ended_by == row


def test_somebody_of_no_round_who_was_asked_for_is_called_all_the_same(world: World):
    one = comes()
    mine = home(usual=one)
    Standing.objects.all().delete()
    plan()
    actions.ask_for(home=mine, cause=uuid4(), by=BY, now=NOON)
    assert sweep(NOON) >= 1
    assert day() == {mine: (one.pk, None, "call")}
    told(mine, at=NOON + timedelta(minutes=7), by=one)
    assert asking.end_asked(now=NOON + timedelta(minutes=8))


def test_a_promise_is_planned_at_its_minute(world: World):
    one = comes()
    mine = home(usual=one, began=TODAY)
    Promise.objects.create(
        household_id=mine, on=TODAY, minute=14 * 60 + 30, way="call", made_at=LONG_AGO
    )
    plan()
    task = Task.objects.get(household=mine)
    assert (task.because, task.at, task.place) == ("promise", 870, 870)


def test_who_is_past_the_bound_is_named_even_where_nobody_works(world: World):
    worker(HERE)
    Worker.objects.update(ended_at=LONG_AGO)
    mine = home(began=TODAY - timedelta(days=30))
    plan()
    row = Unplaced.objects.get(household=mine)
    assert (row.reason, row.days_past) == ("no_worker", 16)


def test_a_pairs_doors_are_walked_road_by_road(world: World):
    one, _ = pair()
    roads = ["은천로00길 12", "남부로 300", "은천로00길 14", "남부로 302"]
    for road in roads:
        home(usual=one, phone="", address=f"관악구 {road}")
    plan()
    rows = Task.objects.filter(way="visit").select_related("household").order_by("place")
    walked = [row.household.address.split()[1] for row in rows]
    assert len(walked) == 4
    assert walked[0] == walked[1] != walked[2] == walked[3]
    assert [row.walk_min for row in rows] == [8, 1, 8, 1]


def test_who_refuses_is_tried_quietly_and_then_by_another_voice(world: World):
    one, other = comes(), comes()
    mine = home(usual=one, began=TODAY - timedelta(days=60))
    told(mine, at=NOON - timedelta(days=40), result="declined", by=one)
    assert standing(mine).refuses_since is not None
    plan()
    assert Task.objects.get(household=mine).way == "note"
    for nth in (35, 33):
        told(mine, at=NOON - timedelta(days=nth), kind="note", result="left", by=one)
    told(mine, at=NOON - timedelta(days=32), kind="neighbour", result="no_answer", by=one)
    plan()
    assert day()[mine] == (other.pk, None, "call")


def test_nobody_visits_alone_and_no_home_stands_twice_in_the_tables(world: World):
    one = comes()
    mine = home(usual=one)
    row = {"day": TODAY, "household_id": mine, "worker": one, "minutes": 12, "hour": 10}
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(**row, way="visit", because="due")
    plan()
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(**row, way="call", because="due")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
def test_whatever_happens_nobody_is_lost_and_no_limit_is_passed(
    world: World, data: some.DataObject
):
    """Replan at any moment, whatever was done or changed: each due person stands exactly once."""
    with transaction.atomic():
        team = [*pair(), comes(HERE), comes(THERE)]
        homes = [
            home(
                dong=data.draw(some.sampled_from((HERE, THERE))),
                tier=data.draw(some.sampled_from(("high", "mid", "low"))),
                began=TODAY - timedelta(days=data.draw(some.integers(0, 40))),
                usual=data.draw(some.sampled_from((None, *team))),
                consents=data.draw(some.integers(0, 5)) > 0,
                phone=data.draw(some.sampled_from(("", "010-0000-4321"))),
            )
            for _ in range(data.draw(some.integers(1, 14)))
        ]
        plan()
        check(homes)
        for _ in range(data.draw(some.integers(1, 4))):
            _something(data, team, homes, world)
            plan(NOON)
            check(homes)
        before = snapshot()
        plan(NOON)
        assert snapshot() == before
        transaction.set_rollback(True)


def _something(data: some.DataObject, team: list[Worker], homes: list[UUID], world: World) -> None:
    who, mine = data.draw(some.sampled_from(team)), data.draw(some.sampled_from(homes))
    match data.draw(some.sampled_from(("off", "reached", "vain", "hand", "out", "asked"))):
        case "off":
            DayOff.objects.get_or_create(
                worker=who, day=TODAY,
                defaults={"reason": "쉼", "made_at": NOON, "made_by": world.planner},
            )  # fmt: skip
        case "reached":
            told(mine, at=NOON - timedelta(hours=1), by=who)
        case "vain":
            told(mine, at=NOON - timedelta(hours=1), by=who, result="no_answer", minutes=90)
        case "asked":
            actions.ask_for(home=mine, cause=uuid4(), by=BY, now=NOON)
        case what:
            to = who if what == "hand" else None
            try:
                with transaction.atomic():
                    actions.change_task(
                        home=mine, day=TODAY, worker=to, by=world.planner, now=NOON,
                        way=data.draw(some.sampled_from(("call", "visit"))),
                    )  # fmt: skip
            except (NotAllowed, UnknownHome):
                return


def check(homes: Iterable[UUID]) -> None:
    placed, named = day(), left()
    for mine in homes:
        row = standing(mine)
        is_due = row.due_on <= TODAY or (row.visit_due_on or row.due_on) <= TODAY
        assert (mine in placed) + (mine in named) <= 1
        if is_due:
            assert (mine in placed) + (mine in named) == 1
        if row.bound_on < TODAY and mine in named:
            assert Unplaced.objects.get(household=mine).days_past > 0
    for worker_ in Worker.objects.filter(ended_at=None):
        undone = [
            task
            for task in Task.objects.filter(done_by=None)
            if worker_.pk in (task.worker_id, task.partner_id)
        ]
        off = DayOff.objects.filter(worker=worker_).exists()
        assert not off or all(task.set_by_id for task in undone)
        worked = sum(row.minutes for row in worker_.contacts.filter(at__date=TODAY))
        by_plan = [task for task in undone if task.set_by_id is None]
        assert not by_plan or worked + sum(task.minutes for task in undone) <= 240
    for task in Task.objects.filter(way="visit", done_by=None):
        assert task.partner_id is not None
        assert task.worker.trained_until >= TODAY
    agreed = set(Task.objects.filter(done_by=None).values_list("household_id", flat=True))
    assert agreed <= queries.agreed(households=agreed, kind="monitoring", at=NOON)
