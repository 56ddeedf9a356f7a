"""A rhythm that slowly changes becomes a quiet concern of the dong: once, and ended by a person."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from anbu.care.alarms.models import Alarm
from anbu.care.concerns import actions, queries, rules
from anbu.care.concerns.models import Concern, Round
from anbu.care.concerns.rules import NotAllowed, UnknownConcern
from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people.rules import BadInput
from anbu.care.places.rules import SEOUL
from anbu.care.readings import actions as readings
from anbu.care.readings.rules import last_week
from tests.care.alarms.world import BY, MONDAY, THERE, World, sweep
from tests.kernel.test_decline import ALL_OVER, FEWER, LATE, USUAL, life

AT = MONDAY + timedelta(hours=5)


def lives(world: World, recent: str, *, before: str = USUAL, seed: int = 1, **told: str) -> UUID:
    """Settle a home whose last four weeks were like this, and write its sixteen weeks."""
    home = world.home(still_at=AT, **told)  # type: ignore[arg-type]
    write(home, life(recent, before=before, seed=seed), until=AT)
    return home


def write(home: UUID, rows: np.ndarray, *, until: datetime) -> None:
    newest = last_week(until)
    began = [newest - timedelta(weeks=len(rows) - 1 - nth) for nth in range(len(rows))]
    readings.write_weeks(households=[home] * len(rows), began_on=began, rows=rows, by=BY, now=until)


def ask(at: datetime = AT) -> list[Concern]:
    sweep(actions.ask_next, at)
    return list(Concern.objects.order_by("raised_at", "id"))


@pytest.mark.parametrize(
    ("recent", "kind", "sentence"),
    [
        (FEWER, "shrink", "신호가 5"),
        (LATE, "shift", "늦어졌습니다"),
        (ALL_OVER, "flatten", "낮과 밤의 차이가 줄었습니다"),
    ],
)
def test_a_decline_is_told_to_the_dong_on_monday_and_rings_nowhere(
    world: World, recent: str, kind: str, sentence: str
):
    home = lives(world, recent)
    (concern,) = [one for one in ask() if one.kind == kind]
    assert (concern.household_id, concern.owner_post) == (home, world.planner.post)
    assert concern.since_on == datetime(2026, 10, 26, tzinfo=UTC).date()
    template, values = rules.sentence(kind, concern.facts)
    assert sentence in template % values
    assert not Alarm.objects.exists()
    assert Trace.objects.filter(verb="raise_concern", household=home, by="system:clock").exists()


def test_an_unchanged_home_is_left_alone_and_the_round_ends_once(world: World):
    lives(world, USUAL)
    assert ask() == []
    assert not actions.ask_next(now=AT + timedelta(days=6))
    (this,) = Round.objects.all()
    assert (this.homes, this.ended_at) == (1, AT)


def test_nobody_is_asked_about_before_monday_morning(world: World):
    lives(world, FEWER)
    assert not actions.ask_next(now=AT - timedelta(seconds=1))
    assert actions.ask_next(now=AT)


def test_a_concern_is_told_once_and_not_again_while_the_baseline_moves_on(world: World):
    home = lives(world, FEWER)
    (concern,) = [one for one in ask() if one.kind == "shrink"]
    write(home, life(FEWER)[-1:], until=AT + timedelta(weeks=1))
    ask(AT + timedelta(weeks=1))
    assert Concern.objects.filter(kind="shrink").count() == 1
    actions.close(concern_id=concern.id, outcome="nothing", text="", by=world.planner, now=AT)
    write(home, life(FEWER)[-1:], until=AT + timedelta(weeks=2))
    ask(AT + timedelta(weeks=2))
    assert Concern.objects.filter(kind="shrink").count() == 1


def test_a_home_without_consent_is_not_asked_about(world: World):
    home = lives(world, FEWER)
    people.withdraw_consent(household=home, kind="monitoring", by=BY, now=AT)
    assert ask() == []


def test_a_season_of_the_whole_city_is_nobodys_concern(world: World):
    for seed in range(55):
        lives(world, FEWER, seed=seed)
    assert ask() == []
    assert Round.objects.get().season is not None


def test_a_round_that_is_killed_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    homes = [lives(world, FEWER, seed=seed) for seed in range(5)]
    with transaction.atomic():
        actions.ask_next(now=AT)
        transaction.set_rollback(True)
    actions.ask_next(now=AT)
    with transaction.atomic():
        actions.ask_next(now=AT)
        transaction.set_rollback(True)
    ask()
    asked = Concern.objects.filter(kind="shrink").values_list("household", flat=True)
    assert sorted(asked) == sorted(homes)


# ---- people -----------------------------------------------------------------------------------


@pytest.fixture
def concern(world: World) -> Concern:
    lives(world, LATE)
    (one,) = ask()
    return one


def test_a_planner_takes_it_notes_and_ends_it_and_every_deed_leaves_a_trace(
    world: World, concern: Concern
):
    told = {"concern_id": concern.id, "by": world.planner, "now": AT}
    actions.acknowledge(**told)
    actions.note(text="잠이 안 온다고 하심", **told)
    actions.close(outcome="linked", text="보건소 연계", **told)
    (row,) = queries.concerns(seen_by=world.planner, closed=True, now=AT).rows
    assert (row.state, row.outcome, row.acknowledged_by) == ("closed", "linked", "이하늘")
    assert [note.text for note in row.notes] == [
        "잠이 안 온다고 하심",
        "보건소 연계",
    ]
    verbs = Trace.objects.filter(household=concern.household_id, by=world.planner.actor)
    assert set(verbs.values_list("verb", flat=True)) == {
        "acknowledge_concern",
        "note_concern",
        "close_concern",
    }


def test_what_the_table_does_not_hold_is_refused(world: World, concern: Concern):
    told = {"concern_id": concern.id, "by": world.planner, "now": AT}
    with pytest.raises(NotAllowed):
        actions.close(outcome="", text="", **told)
    with pytest.raises(BadInput):
        actions.note(text="  ", **told)
    actions.acknowledge(**told)
    with pytest.raises(NotAllowed):
        actions.acknowledge(**told)
    actions.close(outcome="nothing", text="", **told)
    for deed, more in (
        (actions.acknowledge, {}),
        (actions.note, {"text": "늦은 메모"}),
        (actions.close, {"outcome": "nothing", "text": ""}),
    ):
        with pytest.raises(NotAllowed):
            deed(**told, **more)


def test_the_next_dong_and_the_operators_know_nothing_of_it(world: World, concern: Concern):
    for stranger in (world.next_planner, world.operator):
        found = queries.concerns(seen_by=stranger, now=AT)
        assert (found.rows, found.open, found.closed) == ((), 0, 0)
        with pytest.raises(UnknownConcern):
            actions.acknowledge(concern_id=concern.id, by=stranger, now=AT)
    assert queries.concerns(seen_by=world.supervisor, now=AT).open == 1
    lives(world, LATE, dong=THERE)
    assert queries.concerns(seen_by=world.planner, now=AT).open == 1


def test_the_picture_holds_sixteen_weeks_of_which_four_are_new(world: World, concern: Concern):
    (row,) = queries.concerns(seen_by=world.planner, now=AT).rows
    assert [week.is_recent for week in row.weeks] == [False] * 12 + [True] * 4
    assert all(len(week.share) == 24 for week in row.weeks)


def test_the_list_asks_a_constant_number_of_questions(world: World, django_assert_num_queries):
    for seed in range(3):
        lives(world, LATE, seed=seed)
    ask()
    queries.concerns(seen_by=world.planner, now=AT)  # who asks is looked up once
    with django_assert_num_queries(QUESTIONS):
        assert len(queries.concerns(seen_by=world.planner, now=AT).rows) == 3
    for seed in range(3, 9):
        lives(world, LATE, seed=seed)
    Round.objects.all().delete()
    ask()
    with django_assert_num_queries(QUESTIONS):
        assert len(queries.concerns(seen_by=world.planner, now=AT).rows) == 9


QUESTIONS = 8  # concerns, two counts, homes, people, contacts, notes, weeks


def test_the_database_holds_one_open_concern_per_home_and_kind(world: World, concern: Concern):
    concern.pk = None
    concern.id = UUID(int=1)
    with pytest.raises(IntegrityError, match="one_open_concern_per_home_and_kind"):
        concern.save(force_insert=True)


def test_the_database_refuses_a_close_without_a_person(world: World, concern: Concern):
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="closed_by_a_person"):
        cursor.execute("UPDATE concerns_concern SET state = 'closed', closed_at = now()")


# ---- the sentence ------------------------------------------------------------------------------

WORST = {
    "weeks": 4, "lost": 0.999, "before": 48.0, "now": 9.9, "hours": -11.97,
    "night_before": 0.999, "night_now": 0.999,
}  # fmt: skip


@pytest.mark.parametrize("kind", list(rules.Kind))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_sentence_is_never_longer_than_sixty_letters(kind: str, sign: int):
    template, values = rules.sentence(kind, WORST | {"hours": sign * 11.97})
    assert len(template % values) <= rules.LONGEST


def test_every_state_can_be_reached_and_the_last_one_left_by_nobody():
    assert set(rules.NEXT) == set(rules.State)
    assert {one for one, after in rules.NEXT.items() if not after} == {rules.State.CLOSED}
    assert last_week(datetime(2026, 11, 23, tzinfo=SEOUL)).weekday() == 0
