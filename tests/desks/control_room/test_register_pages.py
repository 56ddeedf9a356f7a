"""Hand-overs and doubles at the desk: each side sees its own, strangers see nothing."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from anbu.care.people.models import Household
from anbu.care.register import actions
from anbu.care.register.models import Double, Transfer
from anbu.care.staff.queries import actor_of
from tests.care.alarms.world import MONDAY, THERE, World, make_world

AT = MONDAY + timedelta(hours=10)


@pytest.fixture
def world(db: None, settings) -> World:
    settings.CLOCK = SimpleNamespace(now=lambda: AT + timedelta(hours=1), speed=1)
    return make_world()


def desk_of(staff: object) -> Client:
    client = Client()
    client.force_login(staff)  # type: ignore[arg-type]
    return client


def test_a_home_is_accepted_at_the_desk_by_the_receiving_side_alone(world):
    home = world.home(still_at=AT)
    sent = actions.send(
        household=home, into=THERE, reason="이사", by=actor_of(world.planner), now=AT
    )
    mine, theirs = desk_of(world.planner), desk_of(world.next_planner)
    assert "답 기다림" in mine.get("/register/transfers").content.decode()
    assert "받지 않기" in theirs.get("/register/transfers").content.decode()
    assert "윤정례" not in theirs.get("/register/transfers").content.decode()
    assert mine.post(f"/register/transfers/{sent}/accept").status_code == 404
    assert theirs.post(f"/register/transfers/{sent}/refuse", {"why": " "}).status_code == 422
    assert theirs.post(f"/register/transfers/{sent}/accept").status_code == 302
    assert theirs.post(f"/register/transfers/{sent}/accept").status_code == 409
    assert Transfer.objects.get().accepted_at is not None
    assert Household.objects.get(id=home).dong.code == THERE


def test_doubles_are_decided_at_the_desk_by_who_knows_both(world):
    first, second = world.home(still_at=AT), world.home(still_at=AT)
    actions.ask_for_doubles(by="system:test", now=AT)
    assert actions.find_doubles(now=AT)
    pair = Double.objects.get().pk
    mine, theirs = desk_of(world.planner), desk_of(world.next_planner)
    page = mine.get("/register/doubles").content.decode()
    assert "주소가 같음" in page
    assert "윤정례" not in theirs.get("/register/doubles").content.decode()
    assert theirs.post(f"/register/doubles/{pair}/differ").status_code == 404
    told = mine.post(f"/register/doubles/{pair}/join", {"keep": str(first)})
    assert told.status_code == 409  # both have a plug
    assert mine.post(f"/register/doubles/{pair}/join", {"keep": "x"}).status_code == 422
    assert mine.post(f"/register/doubles/{pair}/differ").status_code == 302
    assert "다른 사람으로 정했습니다" in mine.get("/register/doubles?view=decided").content.decode()
    assert Household.objects.filter(id__in=[first, second], left_at=None).count() == 2
