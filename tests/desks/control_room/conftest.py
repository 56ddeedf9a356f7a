from datetime import datetime, timedelta

import pytest
from django.test import Client

from anbu.care.alarms.models import Alarm
from tests.care.alarms.world import MONDAY, World, make_world

NOW = MONDAY + timedelta(hours=22, minutes=47)  # at night: the centre is on duty


class StandingClock:
    """A clock that is handed to the settings and stays where it is put."""

    speed = 1.0

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def world(db: None) -> World:
    """Return a small part of Seoul with people on duty in it."""
    return make_world()


@pytest.fixture
def clock(settings) -> StandingClock:
    """Hand the desk a clock that stands."""
    settings.CLOCK = StandingClock(NOW)
    return settings.CLOCK


@pytest.fixture
def alarm(world: World, clock: StandingClock) -> Alarm:
    """Return one home's alarm, raised just now and held by the centre."""
    return world.silent(at=NOW)


@pytest.fixture
def desk(world: World, client: Client) -> Client:
    """Return a browser at which the operator sits."""
    client.force_login(world.operator)
    return client
