"""What the database itself keeps apart, whatever a view forgets to ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from anbu.care.foundation.actions import act_as, acting, hold, let_go, record
from anbu.care.foundation.rules import Actor, Purpose, Reach, machine
from anbu.care.people import actions, queries
from anbu.care.people.actions import NewPerson
from anbu.care.people.actions.walls import walls_of
from anbu.care.people.models import Household, Opening
from anbu.care.people.rules.walls import WALLED_ROOMS, WITHOUT_WALL, WITHOUT_WALLS
from anbu.care.places import queries as where
from anbu.care.places.models import Dong
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from anbu.config import rights
from tests.care.people.test_people import HERE, NOW, THERE
from tests.seoul import seoul

FAR = "1168051000"  # a dong of another district
BY = "system:test"


@pytest.fixture
def homes(db: None) -> dict[str, Any]:
    """Return one home in each of three dongs, the last in another district."""
    seoul(now=NOW)
    return {
        dong: actions.register_household(
            dong=dong,
            address="은천로00길 12",
            tier="high",
            patience_hours=24,
            person=NewPerson(name=f"사람{dong}", birth_year=1945, sex="f", phone="010-0000-4321"),
            contacts=[actions.NewContact(name="윤OO", relation="딸", phone="010-0000-1234")],
            by=BY,
            now=NOW,
        )
        for dong in (HERE, THERE, FAR)
    }


def _run(told: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(told)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def the_desks() -> Iterator[None]:
    """Be the desks' log-in of the database, held by the walls, told nothing yet."""
    rights.grant(_run)
    _run("SET LOCAL ROLE anbu_web")
    _run("SELECT set_config('anbu.reach', '', false), set_config('anbu.actor', '', false)")
    hold()
    try:
        yield
    finally:
        let_go()
        _run("RESET ROLE")


def names() -> set[str]:
    return {name for (name,) in _run("SELECT name FROM people_person")}


def planner(dong: str) -> Staff:
    post = where.dong_post(dong)
    assert post is not None
    found = staffing.add_staff(
        login=f"p{dong}", name="한지우", role="planner", post=post.id, by=BY, now=NOW
    )
    return found[0]


def _fail_as(somebody: Staff) -> None:
    queries.seen(seen_by=somebody)
    raise ZeroDivisionError


def dong_of(dong: str) -> int:
    return Dong.objects.get(code=dong, valid_until=None).pk


def district_of(dong: str) -> int:
    return Dong.objects.get(code=dong, valid_until=None).district_id


WALLED = [table for room in WALLED_ROOMS for table, _ in walls_of(apps.get_app_config(room))]


@pytest.mark.parametrize("table", WALLED)
def test_who_said_nothing_sees_no_row(homes, table):
    with the_desks():
        assert _run(f"SELECT count(*) FROM {table}") == [(0,)]


def test_every_table_of_every_room_has_a_wall_or_says_why_not(db):
    """All tables, not those that look personal: nobody has to remember which are."""
    rooms = [room for room in apps.get_app_configs() if room.name.startswith("anbu.care.")]
    unsaid = {room.label for room in rooms} - set(WALLED_ROOMS) - set(WITHOUT_WALLS)
    assert unsaid == set(), "name the room in people.rules.walls: walled, or why not"
    tables = {
        model._meta.db_table
        for room in rooms
        if room.label in WALLED_ROOMS
        for model in room.get_models()
    }
    assert tables - set(WALLED) - set(WITHOUT_WALL) == set(), "say in people.rules.walls why not"
    assert set(WITHOUT_WALL) <= tables, "a reason for a table that is no more"
    standing = {
        name
        for (name,) in _run(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        )
    }
    assert set(WALLED) <= standing


def test_a_planner_sees_the_own_dong_alone_even_by_raw_sql(homes):
    here = planner(HERE)
    with the_desks():
        queries.seen(seen_by=here)
        assert names() == {f"사람{HERE}"}
        assert _run("SELECT count(*) FROM people_contact") == [(1,)]
        assert _run(f"SELECT id FROM people_household WHERE id = '{homes[THERE]}'") == []


def test_a_district_never_sees_another_district_even_by_raw_sql(homes):
    near, far = (
        Actor(f"staff:{n}", "officer", Reach.of("district", [district_of(dong)]))
        for n, dong in enumerate((HERE, FAR), start=901)
    )
    with the_desks():
        act_as(near)
        assert names() == {f"사람{HERE}", f"사람{THERE}"}
        act_as(far)
        assert names() == {f"사람{FAR}"}


def test_one_cannot_write_into_the_next_dong_nor_take_a_home_from_it(homes):
    here = planner(HERE)
    with the_desks():
        queries.seen(seen_by=here)
        assert (
            _run(f"UPDATE people_household SET tier='low' WHERE id='{homes[THERE]}' RETURNING 1")
            == []
        )
        there = Dong.objects.get(code=THERE, valid_until=None)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Household.objects.filter(id=homes[HERE]).update(dong=there)
        with acting(machine("transfer")):
            Household.objects.filter(id=homes[HERE]).update(dong=there)
        assert names() == set()


@pytest.mark.parametrize("kind", ["homes", "self"])
def test_who_was_given_a_home_sees_that_home(homes, kind):
    actor = Actor("staff:7", "care_corps", Reach.of(kind, [homes[FAR]]))
    with the_desks():
        sight = queries.for_actor(actor, Purpose("visit", "1"))
        assert names() == {f"사람{FAR}"} == {person.name for person in sight.people}


def test_broken_glass_opens_one_home_until_it_ends(homes):
    here = planner(HERE)
    Opening.objects.create(
        staff=here,
        household_id=homes[FAR],
        kind="break_glass",
        told_post_id=where.posts_of([dong_of(FAR)])[dong_of(FAR)],
        reason="쓰러졌다는 전화",
        opened_at=NOW,
        until=NOW + timedelta(minutes=30),
    )
    with the_desks():
        for minutes, seen in ((-1, 1), (0, 2), (29, 2), (30, 1)):
            act_as(actor_of(here), now=NOW + timedelta(minutes=minutes))
            assert len(names()) == seen == queries.seen(seen_by=here).people.count(), minutes
        act_as(actor_of(planner(THERE)), now=NOW)
        assert names() == {f"사람{THERE}"}  # it is broken for one person only


def test_the_wall_and_the_query_say_the_same_of_every_reach(homes):
    reaches = [
        Reach("nobody"),
        Reach("city"),
        Reach("machine"),
        Reach.of("homes", [homes[HERE]]),
        Reach.of("dong", [Household.objects.get(id=homes[THERE]).dong_id]),
        Reach.of("district", [district_of(HERE), district_of(FAR)]),
    ]
    for reach in reaches:
        asked = queries.for_actor(Actor("staff:7", "x", reach), Purpose("list"))
        told = {person.name for person in asked.people}
        with the_desks():
            act_as(asked.actor)
            assert names() == told, reach


def test_a_reach_said_in_a_transaction_that_failed_is_said_again(homes):
    here, there = planner(HERE), planner(THERE)
    with the_desks():
        queries.seen(seen_by=there)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            _fail_as(here)
        queries.seen(seen_by=here)  # the rollback unsaid it
        assert names() == {f"사람{HERE}"}


@pytest.mark.django_db(transaction=True)
def test_a_connection_out_of_the_pool_acts_for_nobody_any_more():
    hold()
    act_as(Actor("staff:7", "officer", Reach.of("dong", [17])))
    assert _run("SELECT current_setting('anbu.reach')") == [("dong:17",)]
    connection.close()  # back into the pool, as at the end of a request that crashed
    assert _run("SELECT current_setting('anbu.reach')") == [("machine",)]
    let_go()


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE foundation_trace SET by = 'x'",
        "DELETE FROM foundation_trace",
        "TRUNCATE foundation_trace",
        "DELETE FROM foundation_unsealed",
        "UPDATE foundation_seal SET number = 0",
        "INSERT INTO foundation_seal VALUES (1, now(), '{}', '', 1, '', '')",
        "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY people_person_wall ON people_person",
        "ALTER TABLE foundation_trace DISABLE TRIGGER ALL",
    ],
)
def test_the_desks_add_traces_and_can_do_nothing_else_to_them(homes, deed):
    with the_desks():
        record(by="staff:1", verb="open_incident", at=NOW)
        refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
        with refused, transaction.atomic():
            _run(deed)
