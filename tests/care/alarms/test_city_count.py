"""The figures of the whole city: counted by the clock, read by pages, never long out of date."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import CityCount
from anbu.care.alarms.queries.city import FEEDS_GOOD_FOR, GOOD_FOR, counted
from anbu.care.readings.models import Feed
from anbu.care.readings.queries import feed_health
from tests.care.alarms.world import MONDAY

NIGHT = MONDAY.replace(hour=22, minute=40)


MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def figures(reader, at=NIGHT) -> tuple[int, int, int]:
    found = counted(seen_by=reader, now=at)
    return found.homes, found.watched, found.nights


def test_the_clock_counts_the_city_and_the_pages_read_what_it_counted(world):
    world.home(still_at=NIGHT)
    actions.count_city(now=NIGHT)
    assert figures(world.operator) == (1, 1, 1)
    world.home(still_at=NIGHT)
    assert figures(world.operator) == (1, 1, 1)  # until it is counted anew
    actions.count_city(now=NIGHT)  # another clock, in the same minute
    assert figures(world.operator) == (1, 1, 1)
    assert actions.count_city(now=NIGHT + MINUTE) is False
    assert figures(world.operator, NIGHT + MINUTE) == (2, 2, 2)
    queue = queries.queue(seen_by=world.operator, now=NIGHT + MINUTE)
    assert (queue.watched, queue.night_consents) == (2, 2)
    assert queries.neighbours(words="", seen_by=world.operator, now=NIGHT + MINUTE).total == 2


def test_a_count_of_a_clock_that_stands_still_is_not_believed(world):
    world.home(still_at=NIGHT)
    assert figures(world.operator) == (1, 1, 1)  # before any clock has counted
    actions.count_city(now=NIGHT)
    world.home(still_at=NIGHT)
    assert figures(world.operator, NIGHT + GOOD_FOR - SECOND) == (1, 1, 1)
    assert figures(world.operator, NIGHT + GOOD_FOR) == (2, 2, 2)
    assert figures(world.operator, NIGHT - SECOND) == (2, 2, 2)  # the clock was set back …
    actions.count_city(now=NIGHT - SECOND)  # … and counts anew
    assert CityCount.objects.get().homes == 2


def test_who_sees_one_dong_never_reads_the_city_s_figures(world):
    world.home(still_at=NIGHT)
    CityCount.objects.create(homes=9, watched=9, nights=9, counted_at=NIGHT)
    assert figures(world.operator) == (9, 9, 9)
    assert figures(world.planner) == (1, 1, 1)


def test_a_page_asks_once_for_each_of_the_city_s_figures(world):
    world.home(still_at=NIGHT)
    actions.count_city(now=NIGHT)
    actions.look_at_feeds(now=NIGHT)
    with CaptureQueriesContext(connection) as asked:
        counted(seen_by=world.operator, now=NIGHT)
        queries.feeds(now=NIGHT)
    assert len(asked) == 2


def test_the_feeds_are_as_old_as_the_clock_saw_them_and_never_fresher(world):
    world.home(still_at=NIGHT)
    before = feed_health(now=NIGHT)
    assert queries.feeds(now=NIGHT) == before  # no clock has looked
    actions.look_at_feeds(now=NIGHT)
    Feed.objects.update(last_at=NIGHT.timestamp())
    assert queries.feeds(now=NIGHT) == before != feed_health(now=NIGHT)
    actions.look_at_feeds(now=NIGHT + 10 * SECOND)
    assert queries.feeds(now=NIGHT + 10 * SECOND) == feed_health(now=NIGHT + 10 * SECOND)
    gone = NIGHT + 10 * SECOND + FEEDS_GOOD_FOR
    Feed.objects.update(last_at=gone.timestamp())
    assert queries.feeds(now=gone - SECOND) != feed_health(now=gone - SECOND)
    assert queries.feeds(now=gone) == feed_health(now=gone)  # the clock stands still


def test_there_is_one_count(world):
    actions.count_city(now=NIGHT)
    with pytest.raises(Exception, match="there_is_one_city_count"):
        CityCount.objects.create(id=2, homes=0, watched=0, nights=0, counted_at=NIGHT)
