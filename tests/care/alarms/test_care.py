"""동료 돌봄: after a death or a rescue one person is to ask everybody who was there."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from anbu.care.alarms import actions, queries
from anbu.care.alarms.actions.care import look_after
from anbu.care.alarms.models import Alarm, Care
from anbu.care.alarms.rules import (
    CARED_FOR,
    NotAllowed,
    Outcome,
    UnknownAlarm,
    asks_for_care,
    who_asks,
    working_days_on,
)
from anbu.care.foundation.models import Trace
from anbu.care.people.rules import BadInput
from anbu.care.places import queries as places
from anbu.care.places.rules import SEOUL, Hours
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BY, MONDAY, World, sweep

NIGHT = MONDAY.replace(hour=22, minute=40)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HOURS = Hours(opens=time(9), closes=time(18))


def on(day: int, hour: int = 18) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SEOUL)


def test_only_a_death_a_rescue_and_a_hurt_colleague_ask_for_it():
    asked = {"died", "rescued", "worker_hurt", "worker_attacked"}
    assert {str(one) for one in Outcome if asks_for_care(one)} == asked == CARED_FOR


@pytest.mark.parametrize(
    ("at", "days", "close"),
    [
        (on(23, 22), 1, on(24)),  # Monday night: Tuesday
        (on(24, 3), 1, on(25)),  # in the small hours: not the same day
        (on(27, 10), 1, on(30)),  # Friday: Monday
        (on(23, 22), 3, on(26)),
        (on(26, 10), 3, datetime(2026, 12, 1, 18, tzinfo=SEOUL)),
    ],
)
def test_a_day_is_a_working_day(at, days, close):
    assert working_days_on(at, days, holidays=(), hours=HOURS) == close


def test_a_holiday_is_none():
    free = [date(2026, 11, 24)]
    assert working_days_on(on(23, 10), 1, holidays=free, hours=HOURS) == on(25)


def test_it_goes_round_and_nobody_asks_themselves_while_there_is_another():
    assert who_asks([1, 2, 3], whom=1) == 2
    assert who_asks([1, 2, 3], whom=9, now_asking=2) == 3
    assert who_asks([1, 2, 3], whom=9, now_asking=3) == 1
    assert who_asks([1], whom=1) == 1
    assert who_asks([], whom=1) is None


def close(world: World, outcome: str = "died") -> Alarm:
    """Let two people act in an alarm and one of them end it."""
    alarm = world.silent(at=NIGHT, tier="high")
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=world.operator, now=NIGHT + MINUTE)
    actions.note(alarm_id=alarm.id, text="함께 봄", by=world.second, now=NIGHT + 2 * MINUTE)
    actions.close(alarm_id=alarm.id, outcome=outcome, by=world.operator, now=NIGHT + 9 * MINUTE)
    return alarm


def test_everybody_who_was_there_is_asked_about_by_one_supervisor(world: World):
    alarm = close(world)
    rows = Care.objects.filter(alarm=alarm)
    assert {row.whom for row in rows} == {world.operator, world.second}
    assert {row.owner_staff for row in rows} == {world.supervisor}
    assert {row.due_at for row in rows} == {on(24)}
    assert Trace.objects.get(verb="ask_for_care").detail["people"] == 2


@pytest.mark.parametrize("outcome", ["safe_call", "taken_to_hospital", "device"])
def test_nothing_else_asks(world: World, outcome: str):
    close(world, outcome)
    assert not Care.objects.exists()


def test_only_the_one_who_is_to_ask_sees_it_and_settles_it(world: World):
    close(world, "rescued")
    assert len(queries.cares(seen_by=world.supervisor, now=NIGHT)) == 2
    for other in (world.operator, world.second, world.planner):
        assert queries.cares(seen_by=other, now=NIGHT) == ()
    row = queries.cares(seen_by=world.supervisor, now=NIGHT)[0]
    with pytest.raises(UnknownAlarm):
        actions.settle_care(care=row.id, state="spoken", by=world.operator, now=NIGHT)
    with pytest.raises(NotAllowed):
        actions.settle_care(care=row.id, state="asked", by=world.supervisor, now=NIGHT)
    with pytest.raises(BadInput):
        actions.settle_care(
            care=row.id, state="spoken", note="900101-1234567", by=world.supervisor, now=NIGHT
        )
    actions.settle_care(care=row.id, state="spoken", note="쉬기로", by=world.supervisor, now=NIGHT)
    with pytest.raises(NotAllowed):
        actions.settle_care(care=row.id, state="declined", by=world.supervisor, now=NIGHT)
    assert queries.cares_waiting(seen_by=world.supervisor) == 1


def another(world: World) -> Staff:
    return staffing.add_staff(
        login="chae", name="채소담", role="supervisor", post=places.centre(), by=BY, now=NIGHT
    )[0]


def test_what_one_lets_lie_goes_to_the_next_after_three_working_days(world: World):
    close(world)
    second = another(world)
    sweep(actions.hand_on_next_care, on(26) - MINUTE)
    assert not Care.objects.filter(owner_staff=second).exists()
    sweep(actions.hand_on_next_care, on(26))
    assert Care.objects.filter(owner_staff=second, handed_on=1).count() == 2
    assert queries.cares(seen_by=world.supervisor, now=on(26)) == ()
    sweep(actions.hand_on_next_care, on(30) + 2 * DAY)
    assert Care.objects.filter(owner_staff=world.supervisor, handed_on=2).count() == 2


def test_who_has_left_asks_nobody_and_an_empty_chair_is_still_an_owner(world: World):
    staffing.disable(staff=world.supervisor.pk, by=BY, now=NIGHT)
    close(world)
    assert {row.owner_post_id for row in Care.objects.all()} == {places.centre()}
    sweep(actions.hand_on_next_care, NIGHT + 10 * MINUTE)
    assert not Care.objects.filter(owner_staff__isnull=False).exists()
    second = another(world)
    sweep(actions.hand_on_next_care, NIGHT + 11 * MINUTE)
    assert Care.objects.filter(owner_staff=second, owner_post=None).count() == 2


def test_it_never_has_two_owners_or_none(world: World):
    close(world)
    row = Care.objects.earliest("id")
    for broken in ({"owner_post_id": places.centre()}, {"owner_staff": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Care.objects.filter(id=row.id).update(**broken)


WHO = {
    "kind": "contractor",
    "name": "박출동",
    "phone": "010-2222-3333",
    "call_back": "02-2133-0120",
}


def visit(world: World, outcome: str, *, arrives: bool = True, enters: bool = False) -> Alarm:
    """Let somebody be sent to the door, perhaps a door be opened, and the alarm end."""
    alarm = world.silent(at=NIGHT, tier="high")
    on_it = {"alarm_id": alarm.id, "by": world.operator}
    actions.send_agent(**on_it, **WHO, now=NIGHT + MINUTE)
    if arrives:
        actions.record_visit(**on_it, finding="help", now=NIGHT + 9 * MINUTE)
        actions.send_agent(**on_it, **WHO | {"kind": "dong"}, now=NIGHT + 10 * MINUTE)
    if enters:
        actions.call_119(**on_it, note="쓰러져 있음", now=NIGHT + 11 * MINUTE)
        told = {name: "있음" for name in ("seen", "decided_by", "police", "fire")}
        told |= {"alarm_id": alarm.id, "grounds": ["danger"], "evidence": ["mail"]}
        actions.sign_entry(**told, by=world.supervisor, now=NIGHT + 12 * MINUTE)
        actions.sign_entry(**told, by=world.supervisor, now=NIGHT + 13 * MINUTE)
    actions.close(**on_it, outcome=outcome, now=NIGHT + 20 * MINUTE)
    return alarm


def test_who_stood_at_the_door_is_asked_after_by_role_and_who_never_came_is_not(world: World):
    alarm = visit(world, "died")
    agent = Care.objects.get(alarm=alarm, whom=None)
    assert agent.job.kind == "contractor"  # the second one was sent, and did not get there
    assert agent.owner_staff == world.supervisor
    row = next(one for one in queries.cares(seen_by=world.supervisor, now=NIGHT) if not one.whom)
    assert row.role == "contractor"
    assert "박출동" not in str(row)
    visit(world, "died", arrives=False)
    assert Care.objects.filter(whom=None).count() == 1


@pytest.mark.parametrize(("enters", "asked"), [(True, 3), (False, 0)])
def test_who_opened_a_door_is_asked_however_it_ended_and_once(world: World, enters, asked):
    alarm = visit(world, "safe_visit", enters=enters)
    assert Care.objects.filter(alarm=alarm).count() == asked  # operator, supervisor, agent
    look_after(alarm, now=NIGHT + 30 * MINUTE)
    assert Care.objects.filter(alarm=alarm).count() == asked


def test_an_agent_nobody_asked_after_goes_to_the_next(world: World):
    visit(world, "died")
    second = another(world)
    sweep(actions.hand_on_next_care, on(26))
    assert Care.objects.get(whom=None).owner_staff == second


def test_care_is_of_a_colleague_or_of_an_agent(world: World):
    alarm = visit(world, "died")
    agent = Care.objects.get(alarm=alarm, whom=None)
    for broken in ({"whom": world.operator}, {"job": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Care.objects.filter(id=agent.id).update(**broken)
