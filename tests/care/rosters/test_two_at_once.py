"""Two who write one roster at the same moment: real threads, real transactions."""

import pytest

from anbu.care.places import queries as where
from anbu.care.rosters import actions
from anbu.care.rosters.models import Hole, Link, Swap, Turn
from anbu.care.rosters.rules import NotAllowed
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.test_two_at_once import at_once
from tests.care.alarms.world import BY, World, make_world
from tests.care.rosters.test_rosters import DAY, HOUR, NIGHT, NOW, put

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def lead(world: World) -> Staff:
    """Return a second lead of the centre."""
    told = {"login": "do", "name": "도담", "role": "supervisor", "post": where.centre()}
    return staffing.add_staff(**told, by=BY, now=NOW)[0]


def test_two_leads_put_one_person_on_the_roster_once(world: World, lead: Staff):
    for day in range(3):
        answers = at_once(
            lambda day=day: put(world, world.operator, days=day),
            lambda day=day: put(world, world.operator, days=day, by=lead),
        )
        assert sorted(type(each).__name__ for each in answers) == ["NotAllowed", "Turn"], answers
    assert Turn.objects.count() == 3


def test_two_leads_fill_one_hole_and_it_is_covered_once(world: World, lead: Staff):
    told = {"post": where.centre(), "part": "duty", "people": 2}
    actions.set_need(**told, by=world.supervisor, now=NOW)
    answers = at_once(
        lambda: put(world, world.operator),
        lambda: put(world, world.second, by=lead),
    )
    assert all(isinstance(each, Turn) for each in answers), answers
    assert not Hole.objects.filter(begins_at=NIGHT[0], ended_at=None).exists()
    assert Hole.objects.filter(begins_at=NIGHT[0] + DAY, missing=2, ended_at=None).count() == 1


def test_a_swap_is_done_once_by_two_who_say_yes(world: World, lead: Staff):
    turns = put(world, world.operator), put(world, world.second, days=1)
    told = {"gives": turns[0].pk, "takes": turns[1].pk, "asked_of": world.second.pk}
    swap = actions.ask_swap(**told, by=world.operator, now=NOW)
    actions.agree_swap(swap=swap.pk, by=world.second, now=NOW)
    answers = at_once(
        lambda: actions.allow_swap(swap=swap.pk, by=world.supervisor, now=NOW),
        lambda: actions.allow_swap(swap=swap.pk, by=lead, now=NOW),
    )
    assert sorted(type(each).__name__ for each in answers) == ["NotAllowed", "Swap"], answers
    assert Turn.objects.filter(withdrawn_at=None).count() == 2
    assert Swap.objects.get().state == "done"


def test_a_swap_and_a_withdrawal_at_once_leave_one_of_them(world: World):
    turns = put(world, world.operator), put(world, world.second, days=1)
    told = {"gives": turns[0].pk, "takes": turns[1].pk, "asked_of": world.second.pk}
    swap = actions.ask_swap(**told, by=world.operator, now=NOW)
    actions.agree_swap(swap=swap.pk, by=world.second, now=NOW)
    answers = at_once(
        lambda: actions.allow_swap(swap=swap.pk, by=world.supervisor, now=NOW),
        lambda: actions.withdraw_turn(turn=turns[0].pk, by=world.supervisor, now=NOW),
    )
    failed = [each for each in answers if isinstance(each, NotAllowed)]
    assert len(failed) == 1, answers
    left = Turn.objects.filter(withdrawn_at=None)
    assert len({turn.begins_at for turn in left}) == left.count() in (1, 2)


def test_two_clocks_tell_each_hole_once(world: World):
    told = {"post": where.centre(), "part": "duty", "people": 1}
    actions.set_need(**told, by=world.supervisor, now=NOW)
    at_once(*[lambda: actions.tell_next_holes(now=NOW)] * 3)
    at_once(*[lambda: actions.look_at_next_post(now=NOW + HOUR)] * 2)
    rows = Hole.objects.filter(state="told")
    assert rows.count() >= 3
    assert set(rows.values_list("told", flat=True)) == {1}
    begins = list(Hole.objects.filter(ended_at=None).values_list("begins_at", flat=True))
    assert len(set(begins)) == len(begins)


def test_two_windows_make_one_address(world: World):
    at_once(*[lambda: actions.renew_link(by=world.operator, now=NOW)] * 2)
    assert Link.objects.filter(ended_at=None).count() == 1
