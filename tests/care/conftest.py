import pytest

from tests.care.alarms.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """Return a small part of Seoul with people on duty in it."""
    return make_world()
