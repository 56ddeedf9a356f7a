"""Every address × every role × three people: whoever has no business there finds nothing."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anbu.care.alarms.models import Alarm
from anbu.care.foundation.rules import new_id
from anbu.care.places import queries as where
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.care.staff.rules import ACCESS, AGENT, ANYBODY, CITIZEN, ROLES, SIGNED_IN, may, right_of
from tests.care.alarms.world import HERE, World, make_world
from tests.desks.control_room.conftest import NOW, StandingClock

MACHINES = ("healthz", "readyz", "metrics", "readings", "receipt", "openapi", "api-root")
NOT_ASKED = ("live", "leave")  # a stream without an end; the way out


def addresses() -> list[tuple[str, str]]:
    """Return each address of the URL map: its name (or route) and its pattern."""

    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, route)
            elif isinstance(each, URLPattern):
                yield each.name or str(each.pattern), route

    return list(walk(get_resolver().url_patterns, "/"))


@pytest.mark.parametrize(("name", "route"), addresses(), ids=[name for name, _ in addresses()])
def test_every_address_has_a_row(name, route):
    assert right_of(name) is not None, f"{route}: give it a row in staff.rules.access"


def test_every_row_is_used_by_an_address_and_names_known_roles():
    names = [name for name, _ in addresses()]
    for right in ACCESS:
        assert right.roles in (ANYBODY, CITIZEN, AGENT) or right.roles <= ROLES
        assert right.roles
        assert any(right_of(name) is right for name in names), right.urls


def test_an_address_without_a_row_is_closed_to_everybody():
    assert not any(may(role, "a_page_somebody_forgot") for role in ROLES)


def test_who_works_with_numbers_and_machines_alone_sees_nobody():
    rows = [right for right in ACCESS if right.roles not in (ANYBODY, SIGNED_IN)]
    for role in ("system_operator", "provider", "council"):
        assert not [right.object for right in rows if role in right.roles]
    analysts = [right.object for right in rows if "analyst" in right.roles]
    # counts only: tests/desks/control_room/test_figures.py, tests/care/exports/test_rules.py
    assert analysts == ["응답 수치", "내보내기"]


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.CLOCK = StandingClock(NOW)
    return make_world()


def filled(route: str, alarm: UUID, household: UUID) -> str:
    """Return an address in which the ids of one home stand."""
    for name, id in (
        ("alarm_id", alarm),
        ("household_id", household),
        ("concern_id", new_id()),
        ("study_id", new_id()),
    ):
        route = route.replace(f"<uuid:{name}>", str(id))
    route = re.sub(r"<uuid:\w+>", str(new_id()), route)
    return route.replace("<slug:slug>", "consents").replace("<int:pair>", "0")


def asked(client: Client, address: str) -> int:
    """Return the kinder of the two answers, to a look and to a deed."""
    answers = [client.get(address), client.post(address, {})]
    return min(answer.status_code for answer in answers if answer.status_code != 405)


def test_no_role_finds_what_is_not_for_it(world: World, client: Client):
    """Cells: addresses × roles, by a look and by a deed, at a home of one's own dong."""
    alarm = world.silent(at=NOW)
    person, cells, leaks = world.planner, 0, []
    routes = [
        (name, route)
        for name, route in addresses()
        if not name.startswith((*MACHINES, *NOT_ASKED, "account_", "mfa_", "socialaccount_"))
        and right_of(name) is not None
        and right_of(name).roles not in (ANYBODY, CITIZEN, AGENT)  # type: ignore[union-attr]
    ]
    for role in sorted(ROLES):
        Staff.objects.filter(pk=person.pk).update(role=role)
        client.force_login(Staff.objects.get(pk=person.pk))
        for name, route in routes:
            cells += 1
            if may(role, name):
                continue  # how far it reaches is asked below, and by each page's own tests
            code = asked(client, filled(route, alarm.pk, alarm.household_id))
            if code != 404:
                leaks.append((role, name, code))
    assert leaks == []
    assert cells == len(routes) * len(ROLES)


@pytest.mark.parametrize("persona", ["next_planner", "stranger"])
def test_the_next_dong_and_the_next_district_find_nothing_of_a_home(
    world: World, client: Client, persona: str
):
    alarm = world.silent(at=NOW)
    who = world.next_planner
    if persona == "stranger":
        far = make_far_planner()
        who = far
    client.force_login(who)
    secrets = ("윤정례", "은천로", "010-0000-4321", "심부전")
    for name, route in addresses():
        if name.startswith((*MACHINES, *NOT_ASKED, "account_", "mfa_", "socialaccount_")):
            continue
        answer = client.get(filled(route, alarm.pk, alarm.household_id))
        told = answer.content.decode()
        assert not [word for word in secrets if word in told], name
        if "<uuid:" in route:
            assert answer.status_code in (204, 404, 405), (name, answer.status_code)


def make_far_planner() -> Staff:
    post = where.dong_post("1168051000")
    assert post is not None
    return staffing.add_staff(
        login="far", name="먼동네", role="planner", post=post.id, by="system:test", now=NOW
    )[0]


def test_a_home_of_the_own_dong_is_there(world: World, client: Client):
    alarm = world.silent(at=NOW)
    client.force_login(world.planner)
    assert client.get(f"/households/{alarm.household_id}").status_code == 200
    assert Alarm.objects.get(pk=alarm.pk).household.dong.code == HERE
