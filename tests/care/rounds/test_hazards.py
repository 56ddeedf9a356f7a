"""주의할 것: facts for a time, and the person may object."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import Actor, Reach
from anbu.care.places import queries as places
from anbu.care.rounds import actions, queries
from anbu.care.rounds.models import Hazard
from anbu.care.rounds.rules import NotAllowed
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BEFORE, BY, HERE, World
from tests.care.rounds.visiting import DAY, NIGHT

TODAY = DAY.date()
HALF_YEAR = TODAY + timedelta(days=180)


@pytest.fixture
def home(world: World) -> UUID:
    return world.home(still_at=NIGHT + timedelta(hours=20))


@pytest.fixture
def other(world: World) -> Staff:
    post = places.dong_post(HERE)
    assert post is not None
    made = staffing.add_staff(
        login="park", name="박나무", role="planner", post=post.id, by=BY, now=BEFORE
    )
    return made[0]


def on_phone(home: UUID, now=DAY) -> tuple[str, ...]:
    who = Actor(name="staff:1", role="care_corps", reach=Reach.of("homes", [home]))
    return queries.hazard_texts(households=[home], actor=who, now=now).get(home, ())


def noted(world: World, home: UUID, text: str = "큰 개를 풀어 둠") -> int:
    return actions.note_hazard(
        household=home, text=text, until=HALF_YEAR, by=world.planner, now=DAY
    )


def test_a_note_ends_by_itself_unless_a_person_renews_it(world: World, home: UUID):
    hazard = noted(world, home)
    assert on_phone(home) == ("큰 개를 풀어 둠",)
    assert on_phone(home, DAY + timedelta(days=181)) == ()
    later = DAY + timedelta(days=170)
    until = (later + timedelta(days=90)).date()
    actions.renew_hazard(hazard=hazard, until=until, by=world.planner, now=later)
    assert on_phone(home, DAY + timedelta(days=181)) == ("큰 개를 풀어 둠",)
    with pytest.raises(NotAllowed):
        actions.renew_hazard(
            hazard=hazard, until=until, by=world.planner, now=DAY + timedelta(days=400)
        )
    told = Trace.objects.filter(household=home, verb__endswith="hazard").order_by("id")
    verbs = list(told.values_list("verb"))
    assert verbs == [("note_hazard",), ("renew_hazard",)]


@pytest.mark.parametrize(
    ("text", "days"),
    [("", 1), ("개" * 121, 1), ("진상임", 1), ("큰 개", 181), ("큰 개", -1), ("900101-1234567", 1)],
)
def test_what_judges_or_never_ends_is_refused(world: World, home: UUID, text: str, days: int):
    with pytest.raises(NotAllowed):
        actions.note_hazard(
            household=home,
            text=text,
            until=TODAY + timedelta(days=days),
            by=world.planner,
            now=DAY,
        )


def test_an_objection_is_decided_by_somebody_else(world: World, home: UUID, other: Staff):
    hazard = noted(world, home)
    with pytest.raises(NotAllowed, match="정할 이의가"):
        actions.decide_hazard(hazard=hazard, is_upheld=True, by=other, now=DAY)
    actions.appeal_hazard(hazard=hazard, words="개가 없습니다", by=world.planner, now=DAY)
    waiting = queries.appeals_waiting(seen_by=world.planner, now=DAY)
    assert [(row.appeal, row.is_mine) for row in waiting] == [("개가 없습니다", True)]
    with pytest.raises(NotAllowed, match="다른 담당자"):
        actions.decide_hazard(hazard=hazard, is_upheld=False, by=world.planner, now=DAY)
    with pytest.raises(NotAllowed, match="먼저 정해야"):
        actions.renew_hazard(hazard=hazard, until=HALF_YEAR, by=world.planner, now=DAY)
    actions.decide_hazard(hazard=hazard, is_upheld=True, by=other, now=DAY)
    assert on_phone(home) == ()
    assert queries.hazards_of(household=home, seen_by=other, now=DAY) == ()
    row = Hazard.objects.filter(pk=hazard)
    with pytest.raises(IntegrityError, match="nobody_decides"), transaction.atomic():
        row.update(decided_by=world.planner)
    with pytest.raises(IntegrityError, match="rightly"), transaction.atomic():
        row.update(ended_at=None)


def test_one_that_was_not_upheld_stays_and_is_not_of_the_next_dong(
    world: World, home: UUID, other: Staff
):
    hazard = noted(world, home)
    actions.appeal_hazard(hazard=hazard, words="아니에요", by=other, now=DAY)
    actions.decide_hazard(hazard=hazard, is_upheld=False, by=other, now=DAY)
    assert on_phone(home) == ("큰 개를 풀어 둠",)
    assert queries.hazards_of(household=home, seen_by=world.next_planner, now=DAY) == ()
    with pytest.raises(NotAllowed):
        actions.end_hazard(hazard=hazard, by=world.next_planner, now=DAY)
    actions.end_hazard(hazard=hazard, by=world.planner, now=DAY)
    assert on_phone(home) == ()
