"""What must be true of the rounds is true, and is found when somebody breaks it by hand."""

from datetime import timedelta

import pytest
from django.db import connection

from anbu.care.rounds.actions import months, programmes, workers
from anbu.care.rounds.models import Contact, MonthLine, SignUp, Standing, Task
from anbu.config.invariants import check
from anbu.config.invariants_rounds import ROUNDS
from tests.care.alarms.world import World, make_world
from tests.care.rounds.office import NOW, corps, in_round, log

NAMES = {each.name for each in ROUNDS}
HELD = ("nobody_visits_alone", "who_is_inside_is_looked_after", "nobody_signs_the_own_month")
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def broken() -> set[str]:
    return {found.name for found in check(now=LATER) if found.broken} & NAMES


def test_a_broken_row_of_the_rounds_is_found(world: World):
    park = corps(world, "park", "박민들레")
    home, other = in_round(world, worker=park), in_round(world, worker=park)
    old = log(park, home, NOW - timedelta(days=2))
    log(park, home, old.at, minutes=20, replaces=old.id)
    walk = programmes.make(
        kind="walk",
        name="걷기",
        place="공원",
        begins_at=NOW + timedelta(hours=1),
        minutes=60,
        capacity=2,
        by=world.planner,
        now=NOW,
    ).pk
    told = {"programme": walk, "household": other, "by": world.planner}
    programmes.sign_up(says_yes=True, now=NOW, **told)
    programmes.tell_attendance(came=True, now=LATER, **told)
    months.confirm(worker=park.pk, month=NOW.date().replace(day=1), by=park.staff, now=NOW)
    task = Task.objects.create(
        day=NOW.date() + timedelta(days=1),
        household_id=home,
        worker=park,
        way="call",
        because="due",
        minutes=12,
        hour=10,
    )
    assert broken() == set()
    Standing.objects.filter(pk=home).update(contact_at=NOW)
    assert broken() == {"a_clock_of_contact_equals_its_log"}
    Standing.objects.filter(pk=home).update(contact_at=old.at)
    Contact.objects.filter(pk=old.pk).update(is_real=False)
    assert broken() == {"a_log_is_real_by_what_came_of_it"}
    Contact.objects.filter(pk=old.pk).update(is_real=True)
    MonthLine.objects.update(minutes=999)
    assert broken() == {"a_month_adds_up_to_its_lines_and_was_signed_by_two"}
    MonthLine.objects.update(minutes=20)
    SignUp.objects.update(contact=old.pk)
    assert broken() == {"who_came_to_a_programme_stands_in_the_log_once"}
    SignUp.objects.all().update(came=False)
    workers.end(worker=park.pk, by=world.planner, now=NOW)
    assert broken() == {"no_home_is_left_with_a_worker_who_has_gone"}
    task.delete()
    assert broken() == set()


def test_the_database_itself_lets_nobody_visit_alone(world: World):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conname = ANY(%s)",
            [
                [
                    "nobody_visits_alone",
                    "who_is_inside_is_looked_after",
                    "nobody_signs_the_own_month",
                ]
            ],
        )
        assert len(cursor.fetchall()) == 3
