"""Somebody of the staff tells the road they live on: kept without a number, seen by nobody else."""

from typing import Any

import pytest
from django.test import Client

from anbu.care.foundation.models import Trace
from anbu.care.looking import actions, queries
from anbu.care.looking.models import Residence
from anbu.care.staff.models import Staff
from tests.care.alarms.world import HERE, THERE, World, make_world
from tests.care.people.test_walls import the_desks
from tests.desks.control_room.conftest import NOW, StandingClock

ADDRESS = "관악구 은천로 7, 101동 202호"


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.CLOCK = StandingClock(NOW)
    return make_world()


def sit(who: Staff) -> Client:
    client = Client()
    client.force_login(who)
    return client


def test_one_tells_and_mends_the_own_road_and_only_the_road_is_kept(world: World):
    desk = sit(world.planner)
    assert "아직 알려 주신 길이 없습니다" in desk.get("/account/road").content.decode()
    answer = desk.post("/account/road", {"dong": THERE, "address": ADDRESS})
    assert (answer.status_code, answer["Location"]) == (302, "/account/road")
    row = Residence.objects.get()
    assert (row.staff, row.dong.code, row.road) == (world.planner, THERE, "은천로")
    page = desk.get("/account/road").content.decode()
    assert "은천로 (2026-11-23)" in page
    assert "202호" not in page
    desk.post("/account/road", {"dong": HERE, "address": "관악구 신림로 3"})
    assert Residence.objects.get().road == "신림로"
    traces = Trace.objects.filter(verb="tell_residence")
    assert {trace.by for trace in traces} == {world.planner.actor}
    assert not [trace for trace in traces if "로" in str(trace.detail)]  # it says that, not where


def test_nobody_else_is_shown_it(world: World):
    sit(world.planner).post("/account/road", {"dong": THERE, "address": ADDRESS})
    for other in (world.next_planner, world.supervisor):
        assert "은천로" not in sit(other).get("/account/road").content.decode()
    assert Client().get("/account/road")["Location"].startswith("/login")


@pytest.mark.parametrize(
    ("dong", "address"),
    [("", ADDRESS), ("0000000000", ADDRESS), (THERE, "어딘가"), (THERE, "은천로 450101-2345678")],
)
def test_what_names_no_road_is_refused_in_words(world: World, dong: str, address: str):
    answer = sit(world.planner).post("/account/road", {"dong": dong, "address": address})
    assert answer.status_code == 422
    assert "적지 못했습니다" in answer.content.decode()
    assert "450101" not in answer.content.decode()
    assert not Residence.objects.exists()


def test_behind_the_walls_one_writes_it_and_reads_it_through_this_alone(world: World):
    with the_desks():
        actions.tell_own_road(dong=THERE, address=ADDRESS, by=world.planner, now=NOW)
        assert not Residence.objects.exists()  # not even one's own, by any other question
        told = queries.own_road(seen_by=world.planner)
        assert told is not None
        assert told.road == "은천로"
        assert queries.own_road(seen_by=world.next_planner) is None
        assert not Residence.objects.exists()  # and the wall stands again
