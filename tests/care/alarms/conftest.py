import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from tests.care.alarms.world import World, make_world


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spend no second on each invented person's password: tests of staff use the real cost."""
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)


@pytest.fixture
def world(db: None) -> World:
    """Return a small part of Seoul with people on duty in it."""
    return make_world()
