from tests.care.alarms.conftest import *  # noqa: F403 - the same world
