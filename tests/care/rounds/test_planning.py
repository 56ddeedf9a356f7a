"""The day's round: nobody over their hours, no door alone, nobody lost; and what a change costs."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from anbu.care.rounds.rules.planning import (
    CALL_MIN,
    VISIT_MIN,
    WALK_MIN,
    Because,
    Cost,
    Due,
    Left,
    Plan,
    Task,
    Way,
    Worker,
    cost,
    loads,
    plan_day,
)

TODAY = date(2026, 11, 24)
DONGS = (1, 2, 3)
NEAR = {1: (2,), 2: (3,), 3: (1,)}


def home(n: int) -> UUID:
    return UUID(int=n)


def due(n: int, **told: object) -> Due:
    usual = {"dong": 1, "tier": "mid", "way": Way.CALL, "due": TODAY}
    usual["bound"] = TODAY + timedelta(days=7)
    return Due(home=home(n), **{**usual, **told})  # type: ignore[arg-type]


def worker(id: int, **told: object) -> Worker:
    usual = {"dong": 1, "minutes": 240, "may_visit": True}
    return Worker(id=id, **{**usual, **told})  # type: ignore[arg-type]


@some.composite
def teams(draw: some.DrawFn) -> list[Worker]:
    size = draw(some.integers(0, 8))
    return [
        worker(
            id,
            dong=draw(some.sampled_from(DONGS)),
            minutes=draw(some.integers(0, 240)),
            may_visit=draw(some.booleans()),
            partner=draw(some.one_of(some.none(), some.integers(1, size))),
            never=frozenset(home(n) for n in draw(some.sets(some.integers(1, 40), max_size=3))),
        )
        for id in range(1, size + 1)
    ]


@some.composite
def rounds(draw: some.DrawFn) -> list[Due]:
    return [
        due(
            n,
            dong=draw(some.sampled_from(DONGS)),
            tier=draw(some.sampled_from(("high", "mid", "low"))),
            way=draw(some.sampled_from(list(Way))),
            bound=TODAY + timedelta(days=draw(some.integers(-20, 20))),
            usual=draw(some.one_of(some.none(), some.integers(1, 8))),
            promise=draw(some.one_of(some.none(), some.integers(540, 1000))),
            handed=draw(some.booleans()),
            consents=draw(some.integers(0, 9)) > 0,
            away=draw(some.integers(0, 9)) == 0,
            visit_due=draw(some.booleans()),
        )
        for n in range(1, draw(some.integers(0, 40)) + 1)
    ]


@settings(max_examples=300, deadline=None)
@given(teams(), rounds())
def test_no_plan_breaks_hours_pairs_or_consent_and_everybody_past_the_bound_is_named(
    team: list[Worker], people: list[Due]
) -> None:
    plan = plan_day(team, people, today=TODAY, neighbours=NEAR)
    by_id = {one.id: one for one in team}
    asked = {one.home: one for one in people}
    assert Counter([t.home for t in plan.tasks] + list(plan.left)) == Counter(list(asked))
    for id, minutes in loads(plan).items():
        assert minutes <= by_id[id].minutes
    for task in plan.tasks:
        told = asked[task.home]
        assert told.consents
        assert not told.away
        assert task.home not in by_id[task.worker].never
        if task.way == Way.VISIT:
            assert task.partner is not None
            pair = (by_id[task.worker], by_id[task.partner])
            assert pair[0].id != pair[1].id
            assert all(one.may_visit and task.home not in one.never for one in pair)
        else:
            assert task.partner is None
        if told.way != Way.VISIT:
            assert task.way == told.way  # who refuses calls gets none
    assert set(plan.past) == {one.home for one in people if one.bound < TODAY}


@settings(max_examples=60, deadline=None)
@given(teams(), rounds(), some.randoms(use_true_random=False))
def test_the_same_day_makes_the_same_plan_however_it_is_told(team, people, dice) -> None:
    first = plan_day(team, people, today=TODAY, neighbours=NEAR)
    dice.shuffle(team)
    dice.shuffle(people)
    again = plan_day(team, people, today=TODAY, neighbours=NEAR)
    assert set(first.tasks) == set(again.tasks)
    assert first.left == again.left


def test_who_is_past_the_bound_comes_before_a_promise_and_that_before_risk() -> None:
    people = [
        due(1, tier="high"),
        due(2, promise=660),
        due(3, tier="low", bound=TODAY - timedelta(days=2)),
        due(4, handed=True),
    ]
    plan = plan_day([worker(1, minutes=CALL_MIN)], people, today=TODAY)
    assert [task.home for task in plan.tasks] == [home(3)]
    assert plan.past == {home(3): 2}
    two = plan_day([worker(1, minutes=2 * CALL_MIN)], people, today=TODAY)
    assert {task.because for task in two.tasks} == {Because.BOUND, Because.PROMISE}
    assert two.left == {home(4): Left.NO_MINUTES, home(1): Left.NO_MINUTES}


def test_the_known_face_is_kept_until_it_would_carry_the_others_day() -> None:
    team = [worker(1), worker(2)]
    mine = [due(n, usual=1) for n in range(1, 4)]
    assert {t.worker for t in plan_day(team, mine, today=TODAY).tasks} == {1}
    many = plan_day(team, [due(n, usual=1) for n in range(1, 41)], today=TODAY)
    assert loads(many)[2] > 0.5 * loads(many)[1]
    assert cost(many).strangers == sum(t.worker == 2 for t in many.tasks)


def test_nobody_goes_alone_and_a_word_in_time_is_worth_more_than_a_visit() -> None:
    alone = [worker(1, partner=2)]
    late = due(1, way=Way.VISIT)
    plan = plan_day(alone, [late], today=TODAY)
    assert [(t.way, t.partner) for t in plan.tasks] == [(Way.CALL, None)]
    only_the_visit = due(1, way=Way.VISIT, visit_due=True)
    assert plan_day(alone, [only_the_visit], today=TODAY).left == {home(1): Left.NO_PAIR}
    untrained = [worker(1, partner=2), worker(2, partner=1, may_visit=False)]
    assert plan_day(untrained, [only_the_visit], today=TODAY).left == {home(1): Left.NO_PAIR}
    both = [worker(1, partner=2), worker(2, partner=1)]
    (task,) = plan_day(both, [only_the_visit], today=TODAY).tasks
    assert (task.way, {task.worker, task.partner}) == (Way.VISIT, {1, 2})


def test_another_dong_helps_only_with_what_cannot_wait() -> None:
    team = [worker(1, dong=2)]
    people = [due(1), due(2, bound=TODAY)]
    plan = plan_day(team, people, today=TODAY, neighbours=NEAR)
    assert [task.home for task in plan.tasks] == [home(2)]
    assert plan.left == {home(1): Left.NO_WORKER}


def test_what_a_planner_set_stays_and_its_cost_is_told() -> None:
    team = [worker(1, minutes=2 * CALL_MIN), worker(2, minutes=0)]
    people = [due(1, usual=1), due(2, usual=1, tier="high"), due(3, usual=1)]
    free = plan_day(team, people, today=TODAY)
    (third,) = plan_day([worker(1)], [people[2]], today=TODAY).tasks
    changed = plan_day(team, people, today=TODAY, fixed=[third])
    assert third in changed.tasks
    assert free.left == {home(3): Left.NO_MINUTES}
    assert changed.left == {home(1): Left.NO_MINUTES}
    assert cost(changed) - cost(free) == Cost(minutes=0, strangers=0, left=0, past=0)
    without = plan_day([], people, today=TODAY)
    assert (cost(without) - cost(free)).left == 2


def test_the_day_runs_by_promise_and_best_hour() -> None:
    people = [due(1, hour=15), due(2, promise=10 * 60 + 30), due(3, hour=10), due(4, hour=11)]
    plan = plan_day([worker(1)], people, today=TODAY)
    assert [task.home for task in plan.of(1)] == [home(3), home(2), home(4), home(1)]
    assert plan.of(9) == ()


@pytest.mark.parametrize(
    ("away", "consents", "why"), [(True, True, "away"), (False, False, "no_consent")]
)
def test_who_is_away_or_did_not_agree_is_left_with_that_reason(away, consents, why) -> None:
    plan: Plan = plan_day([worker(1)], [due(1, away=away, consents=consents)], today=TODAY)
    assert plan.left == {home(1): Left(why)}
    task: tuple[Task, ...] = plan.tasks
    assert not task


def test_a_members_year_adds_up():
    """528 h, 1,658 calls, 308 visits of two: domain.md 3."""
    year = 1_658 * CALL_MIN + 308 * 2 * (VISIT_MIN + WALK_MIN)
    assert abs(year / (528 * 60) - 1) < 0.01
