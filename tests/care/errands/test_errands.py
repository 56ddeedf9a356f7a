"""할 일: what was promised is due on a day, belongs to a post, and is ended by a person."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from anbu.care.errands import actions, queries
from anbu.care.errands.models import Errand, PutOff
from anbu.care.errands.rules import (
    DUE_IN,
    End,
    Need,
    NotAllowed,
    UnknownErrand,
    check_day,
    check_end,
    due_on,
)
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.people.rules import BadInput
from anbu.care.staff.models import Staff
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import HERE, MONDAY, THERE, World

FRIDAY = date(2026, 12, 24)
CHRISTMAS = date(2026, 12, 25)
AT = MONDAY.replace(hour=10)


@pytest.mark.parametrize(
    ("need", "today", "due"),
    [
        (Need.LOOK, date(2026, 11, 21), date(2026, 11, 21)),  # a Saturday: it cannot wait
        (Need.HEALTH, date(2026, 11, 23), date(2026, 11, 24)),
        (Need.HEALTH, date(2026, 11, 20), date(2026, 11, 23)),  # over a week-end
        (Need.FOOD, date(2026, 12, 24), date(2026, 12, 28)),  # over a holiday and a week-end
        (Need.REPAIR, date(2026, 11, 21), date(2026, 11, 25)),  # promised on a Saturday
    ],
)
def test_days_are_counted_as_offices_work(need: Need, today: date, due: date):
    assert due_on(need, today=today, holidays={CHRISTMAS}) == due


def test_every_need_has_its_days():
    assert set(DUE_IN) == set(Need)


def test_ends_that_say_nothing_alone_want_words():
    assert check_end("done", "") is End.DONE
    assert check_end("passed", "희망복지팀") is End.PASSED
    for end, note in (("passed", ""), ("declined", ""), ("not_met", ""), ("", ""), ("끝", "글")):
        with pytest.raises(NotAllowed):
            check_end(end, note)


def test_nothing_is_put_off_to_the_past_or_out_of_sight():
    check_day(FRIDAY, today=FRIDAY)
    check_day(FRIDAY + timedelta(days=31), today=FRIDAY)
    for day in (FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=32)):
        with pytest.raises(NotAllowed):
            check_day(day, today=FRIDAY)


def errand(world: World, *, by: Staff | None = None, dong: str = HERE, **told: Any) -> Errand:
    home = Household.objects.get(id=world.home(still_at=AT, dong=dong))
    person = by or world.planner
    assert person.post is not None
    usual = {"need": "repair", "request": "보일러 고장", "promise": "수리 기사에게 전화"}
    with transaction.atomic():
        return actions.make(
            household=home,
            cause=told.pop("cause", new_id()),
            post=person.post,
            by=person,
            now=AT,
            **(usual | told),
        )


def test_a_promise_told_twice_is_one_errand(world: World):
    cause = new_id()
    one, two = errand(world, cause=cause), errand(world, cause=cause)
    assert one == two
    assert Errand.objects.count() == 1
    assert Trace.objects.filter(verb="make_errand").count() == 1
    with pytest.raises(NotAllowed):
        errand(world, need="새 집")


def test_what_is_due_stands_before_what_comes_and_the_look_leaves_a_trace(world: World):
    repair, look = errand(world), errand(world, need="look")
    found = actions.open_errands(seen_by=world.planner, now=AT)
    assert [row.id for row in found.due] == [look.id]
    assert [row.id for row in found.later] == [repair.id]
    assert (found.late, queries.due_today(seen_by=world.planner, now=AT)) == (0, 1)
    trace = Trace.objects.get(verb="list_errands")
    assert set(trace.homes) == {repair.household_id, look.household_id}
    next_day = AT + timedelta(days=1)
    assert actions.open_errands(seen_by=world.planner, now=next_day).late == 1


def test_another_dong_knows_of_nothing_and_its_district_of_what_is_late(world: World):
    one = errand(world)
    officer = district_officer(world)
    assert not actions.open_errands(seen_by=world.next_planner, now=AT).later
    assert not actions.open_errands(seen_by=officer, now=AT).later
    with pytest.raises(UnknownErrand):
        actions.take(errand_id=one.id, by=world.next_planner, now=AT)
    late = AT + timedelta(days=7)
    (row,) = actions.open_errands(seen_by=officer, now=late).due
    assert (row.id, row.may_do) == (one.id, False)
    with pytest.raises(NotAllowed):
        actions.close(errand_id=one.id, end="done", note="", by=officer, now=late)
    for stranger in (world.operator, world.supervisor):
        assert not actions.open_errands(seen_by=stranger, now=late).due


def test_an_errand_brings_somebody_to_a_home_until_it_is_done(world: World):
    one = errand(world)
    task = queries.task_at(household=one.household_id, seen_by=world.planner)
    assert task is not None
    assert task.ref == f"errand-{one.id}"
    assert queries.task_at(household=one.household_id, seen_by=world.next_planner) is None
    actions.close(errand_id=one.id, end="done", note="", by=world.planner, now=AT)
    assert queries.task_at(household=one.household_id, seen_by=world.planner) is None


def test_it_is_taken_put_off_with_a_reason_and_ended_once(world: World):
    one = errand(world, by=world.next_planner, dong=THERE)
    told = {"errand_id": one.id, "by": world.next_planner, "now": AT}
    with pytest.raises(BadInput):
        actions.put_off(**told, until=one.due_on + timedelta(days=1), reason="")
    with pytest.raises(NotAllowed):
        actions.put_off(**told, until=one.due_on, reason="기사가 그날 옴")
    actions.put_off(**told, until=one.due_on + timedelta(days=1), reason="기사가 그날 옴")
    after = Errand.objects.get(id=one.id)
    assert (after.due_on, after.first_due_on) == (one.due_on + timedelta(days=1), one.due_on)
    assert PutOff.objects.get().reason == "기사가 그날 옴"
    actions.close(**told, end="done", note="밸브를 갈았음")
    with pytest.raises(NotAllowed):
        actions.close(**told, end="done", note="")
    assert Trace.objects.filter(verb="close_errand").count() == 1


def test_the_database_refuses_an_end_by_nobody(world: World):
    one = errand(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Errand.objects.filter(id=one.id).update(closed_at=datetime.now(tz=AT.tzinfo), end="done")
    with pytest.raises(IntegrityError), transaction.atomic():
        Errand.objects.filter(id=one.id).update(end="done")
