"""Every page of the round is reached by clicks from where somebody's day begins."""

import re

import pytest
from django.test import Client

from anbu.care.staff.models import Staff
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import World
from tests.care.rounds.office import NOW
from tests.desks.control_room.conftest import StandingClock

HREF = re.compile(r'href="(/[a-z/-]*)"')
ALL = {
    "/rounds",
    "/rounds/plan",
    "/rounds/questions",
    "/rounds/workers",
    "/rounds/cadences",
    "/rounds/months",
    "/rounds/meeting",
    "/rounds/figures",
    "/programmes",
    "/visits",
}
MAY = {
    "planner": ALL,
    "nurse": ALL - {"/rounds/plan", "/rounds/meeting", "/visits"},
    "officer": ALL - {"/rounds/plan", "/rounds/questions", "/rounds/meeting", "/visits"},
    "operator": {"/visits"},
    "supervisor": {"/visits"},
}
CLICKS = 3


def walked(client: Client, begins: str) -> dict[str, int]:
    """Return what answers within a few clicks of where a day begins, with its status."""
    first = client.get(begins, follow=True)
    found = {first.request["PATH_INFO"]: first.status_code}
    pages = [first.content.decode()]
    for _ in range(CLICKS):
        links = {href for page in pages for href in HREF.findall(page)} - set(found)
        wanted = sorted(link for link in links if link in ALL)
        pages = []
        for link in wanted:
            answer = client.get(link, follow=True)
            found[link] = answer.status_code
            pages.append(answer.content.decode())
    return found


def somebody(world: World, role: str) -> Staff:
    if role == "officer":
        return district_officer(world)
    who = world.planner if role in ("planner", "nurse") else world.operator
    Staff.objects.filter(pk=who.pk).update(role=role)
    return Staff.objects.get(pk=who.pk)


@pytest.mark.parametrize("role", sorted(MAY))
def test_each_page_of_the_round_is_a_few_clicks_away(
    world: World, client: Client, clock: StandingClock, role: str
):
    clock.at = NOW
    client.force_login(somebody(world, role))
    found = walked(client, "/" if role in ("planner", "operator", "supervisor") else "/start")
    shown = {link for link in found if link in ALL}
    assert shown == MAY[role]
    assert {found[link] for link in shown} == {200}  # nobody is shown a door that stays shut


@pytest.mark.parametrize("role", ["nurse", "officer", "planner"])
def test_no_link_on_a_page_of_the_round_leads_to_a_shut_door(
    world: World, client: Client, clock: StandingClock, role: str
):
    clock.at = NOW
    client.force_login(somebody(world, role))
    pages = {page: client.get(page).content.decode() for page in sorted(MAY[role])}
    links = {link for page in pages.values() for link in HREF.findall(page)}
    assert len(links) > len(pages)
    answers = {link: client.get(link, follow=True).status_code for link in sorted(links)}
    assert {link: code for link, code in answers.items() if code != 200} == {}
