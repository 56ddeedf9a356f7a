"""The figures of the whole city: counted by the clock, read by pages, never long out of date."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import CityCount
from anbu.care.alarms.queries.city import GOOD_FOR, counted
from tests.care.alarms.world import MONDAY

NIGHT = MONDAY.replace(hour=22, minute=40)


def let_pass(span: timedelta) -> None:
    """Let the count grow old by the database's clock, by which it is held good."""
    CityCount.objects.update(counted_at=F("counted_at") - span)


def figures(reader) -> tuple[int, int, int]:
    found = counted(seen_by=reader, now=NIGHT)
    return found.homes, found.watched, found.nights


def test_the_clock_counts_the_city_and_the_pages_read_what_it_counted(world):
    world.home(still_at=NIGHT)
    actions.count_city(now=NIGHT)
    assert figures(world.operator) == (1, 1, 1)
    world.home(still_at=NIGHT)
    assert figures(world.operator) == (1, 1, 1)  # until it is counted anew
    actions.count_city(now=NIGHT)  # another clock, in the same minute
    assert figures(world.operator) == (1, 1, 1)
    let_pass(timedelta(minutes=1))
    assert actions.count_city(now=NIGHT) is False
    assert figures(world.operator) == (2, 2, 2)
    queue = queries.queue(seen_by=world.operator, now=NIGHT)
    assert (queue.watched, queue.night_consents) == (2, 2)
    assert queries.neighbours(words="", seen_by=world.operator, now=NIGHT).total == 2


def test_a_count_of_a_clock_that_stands_still_is_not_believed(world):
    world.home(still_at=NIGHT)
    assert figures(world.operator) == (1, 1, 1)  # before any clock has counted
    actions.count_city(now=NIGHT)
    world.home(still_at=NIGHT)
    let_pass(GOOD_FOR)
    assert figures(world.operator) == (2, 2, 2)


def test_who_sees_one_dong_never_reads_the_city_s_figures(world):
    world.home(still_at=NIGHT)
    CityCount.objects.create(homes=9, watched=9, nights=9, counted_at=NIGHT)
    CityCount.objects.update(counted_at=F("counted_at") + timedelta(days=3650))
    assert figures(world.operator) == (9, 9, 9)
    assert figures(world.planner) == (1, 1, 1)


def test_a_page_asks_once_for_the_city_s_figures(world):
    actions.count_city(now=NIGHT)
    with CaptureQueriesContext(connection) as asked:
        counted(seen_by=world.operator, now=NIGHT)
    assert len(asked) == 1


def test_there_is_one_count(world):
    actions.count_city(now=NIGHT)
    with pytest.raises(Exception, match="there_is_one_city_count"):
        CityCount.objects.create(id=2, homes=0, watched=0, nights=0, counted_at=NIGHT)
