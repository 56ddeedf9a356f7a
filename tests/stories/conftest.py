from collections.abc import Iterator
from datetime import timedelta

import pytest

from anbu.channels.gateway import Gateway
from anbu.lab import gateway
from tests.care.alarms.world import BEFORE, make_world
from tests.desks.control_room.conftest import StandingClock
from tests.stories.stage import Stage


@pytest.fixture
def stage(db: None, settings) -> Iterator[Stage]:
    """Return an empty stage, some days before its story, with people on duty."""
    settings.CLOCK = StandingClock(BEFORE + timedelta(hours=1))
    with gateway.standing() as address, Gateway(url=address) as telephones:
        yield Stage(make_world(), settings.CLOCK, telephones)
