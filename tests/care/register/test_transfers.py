"""A home goes from one dong office to another when both have said so."""

from datetime import timedelta
from uuid import UUID

import pytest

from anbu.care.alarms.models import Alarm
from anbu.care.people import queries as people
from anbu.care.people.actions import UnknownHome
from anbu.care.register import actions, queries
from anbu.care.register.actions import NotPossible, UnknownTransfer
from anbu.care.staff.queries import actor_of
from tests.care.alarms.world import HERE, MONDAY, THERE, World, make_world

AT = MONDAY + timedelta(hours=10)  # the dong offices are open
LATER = AT + timedelta(hours=1)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def send(world: World, home: UUID, into: str = THERE) -> int:
    return actions.send(
        household=home, into=into, reason="이사", by=actor_of(world.planner), now=AT
    )


def test_a_home_changes_hands_at_the_moment_it_is_accepted(world):
    alarm = world.silent(at=AT)
    home = alarm.household_id
    held_by = alarm.owner_post_id
    (sent, kim) = (send(world, home), world.next_planner)
    assert people.home(household=home, seen_by=kim) is None  # sent is not yet accepted
    assert people.home(household=home, seen_by=world.planner) is not None
    (line,) = queries.incoming(seen_by=kim)
    assert (line.reason, line.state, line.is_late) == ("이사", "open", False)
    assert queries.incoming(seen_by=world.planner) == []
    actions.accept(transfer=sent, by=actor_of(kim), now=LATER)
    assert people.home(household=home, seen_by=world.planner) is None
    assert people.home(household=home, seen_by=kim) is not None
    alarm.refresh_from_db()
    assert alarm.owner_post_id not in (None, held_by)
    assert alarm.owner_post_id == kim.post_id
    history = people.history(household=home, seen_by=kim)
    assert history is not None
    assert [line.until for line in history.dongs] == [None, LATER]
    assert [line.state for line in queries.outgoing(seen_by=world.planner)] == ["accepted"]


def test_what_the_centre_holds_stays_with_the_centre(world):
    alarm = world.silent(at=MONDAY + timedelta(hours=3))  # by night
    centre = alarm.owner_post_id
    sent = send(world, alarm.household_id)
    actions.accept(transfer=sent, by=actor_of(world.next_planner), now=LATER)
    assert Alarm.objects.get().owner_post_id == centre


def test_refused_it_stays_where_it_was_and_says_why(world):
    home = world.home(still_at=AT)
    sent = send(world, home)
    actions.refuse(
        transfer=sent, why="주소가 우리 동이 아님", by=actor_of(world.next_planner), now=AT
    )
    (line,) = queries.outgoing(seen_by=world.planner)
    assert (line.state, line.answer) == ("refused", "주소가 우리 동이 아님")
    assert people.home(household=home, seen_by=world.planner) is not None
    with pytest.raises(NotPossible, match="이미 답한"):
        actions.accept(transfer=sent, by=actor_of(world.next_planner), now=LATER)
    assert send(world, home) != sent  # it may be sent again


def test_only_the_receiving_side_answers_and_only_the_sending_side_withdraws(world):
    sent = send(world, world.home(still_at=AT))
    sender, receiver = actor_of(world.planner), actor_of(world.next_planner)
    with pytest.raises(UnknownTransfer):
        actions.accept(transfer=sent, by=sender, now=LATER)
    with pytest.raises(UnknownTransfer):
        actions.withdraw(transfer=sent, by=receiver, now=LATER)
    actions.withdraw(transfer=sent, by=sender, now=LATER)
    with pytest.raises(NotPossible):
        actions.accept(transfer=sent, by=receiver, now=LATER)


def test_a_home_is_sent_once_by_who_knows_it_and_elsewhere(world):
    home = world.home(still_at=AT)
    with pytest.raises(UnknownHome):
        actions.send(household=home, into=HERE, reason="x", by=actor_of(world.next_planner), now=AT)
    with pytest.raises(NotPossible, match="다른 동"):
        send(world, home, into=HERE)
    send(world, home)
    with pytest.raises(NotPossible, match="이미 넘기는 중"):
        send(world, home)


def test_unanswered_it_is_told_to_those_above_once(world):
    send(world, world.home(still_at=AT))
    assert not actions.escalate_next(now=AT + timedelta(days=1))
    assert actions.escalate_next(now=AT + timedelta(days=2))
    assert not actions.escalate_next(now=AT + timedelta(days=3))
    (late,) = queries.late_transfers(seen_by=world.supervisor)
    assert late.is_late
    assert late.state == "open"  # late is not lost: it can still be accepted
    actions.accept(transfer=late.id, by=actor_of(world.next_planner), now=AT + timedelta(days=3))
    assert queries.late_transfers(seen_by=world.supervisor) == []
