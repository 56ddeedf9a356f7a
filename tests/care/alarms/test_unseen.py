"""View 6, what cannot be seen: causes that hide many homes, and homes alone with their trouble."""

from datetime import timedelta
from uuid import UUID

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Blindness
from anbu.care.foundation.models import Trace
from anbu.care.readings import actions as readings
from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading
from tests.care.alarms.world import BY, MONDAY, THERE, World, sweep

NIGHT = MONDAY.replace(hour=22, minute=40)
BLIND = NIGHT + timedelta(hours=32)  # the last report of a home still at NIGHT is 38 hours old


def go_blind(world: World, count: int, **told: str) -> list[UUID]:
    """Let the plugs of so many homes fall quiet at the same time."""
    homes = [world.home(still_at=NIGHT, **told) for _ in range(count)]  # type: ignore[arg-type]
    sweep(actions.raise_next_silence, BLIND)
    return homes


def keep_the_feed_alive(world: World) -> None:
    """Let another home of the same provider be heard of just now."""
    other = world.home(still_at=BLIND + timedelta(hours=23))
    world.report(other, at=BLIND - timedelta(minutes=1))


def test_one_outage_is_one_row_whatever_each_home_was_told_about_it(world):
    first, *_ = go_blind(world, 4)
    Blindness.objects.filter(household=first).update(cause="device")
    queue = queries.queue(seen_by=world.operator, now=BLIND)
    (cause,) = queue.causes
    assert (cause.homes, cause.cause, cause.seen_otherwise) == (4, "feed", 0)
    assert queue.counts["unseen"] == 1


def test_a_few_plugs_of_a_lively_provider_are_devices_and_many_are_the_feed(world):
    keep_the_feed_alive(world)
    go_blind(world, 4)
    (cause,) = queries.cause_rows(seen_by=world.operator, now=BLIND)
    assert (cause.homes, cause.cause) == (4, "device")
    go_blind(world, 1)
    (cause,) = queries.cause_rows(seen_by=world.operator, now=BLIND)
    assert (cause.homes, cause.cause) == (5, "feed")


def test_a_home_alone_waits_in_view_six_and_says_whose_it_is(world):
    keep_the_feed_alive(world)
    homes = go_blind(world, 2)
    now = queries.queue(seen_by=world.operator, now=BLIND)
    assert (now.causes, now.blind_homes, now.counts["unseen"]) == ((), (), 2)
    seen = actions.open_queue(seen_by=world.operator, view="unseen", now=BLIND)
    assert {home.household for home in seen.blind_homes} == set(homes)
    assert seen.total == len(seen.blind_homes) + len(seen.causes) == 2
    shown = seen.blind_homes[0]
    assert (shown.name, shown.provider_name) == ("윤정례", "플러그")
    assert shown.last_at == NIGHT - timedelta(hours=6)
    assert shown.since >= shown.last_at
    trace = Trace.objects.filter(verb="list_alarms").latest("id")
    assert set(trace.homes) == set(homes)


def test_the_planner_next_door_sees_only_homes_of_the_own_dong(world):
    keep_the_feed_alive(world)
    go_blind(world, 2)
    (own,) = go_blind(world, 1, dong=THERE)
    seen = queries.queue(seen_by=world.next_planner, view="unseen", now=BLIND)
    assert [home.household for home in seen.blind_homes] == [own]
    assert seen.causes == ()
    assert queries.counts(seen_by=world.next_planner, now=BLIND)["unseen"] == 1
    (cause,) = queries.queue(seen_by=world.operator, view="unseen", now=BLIND).causes
    assert cause.homes == 3


def test_a_cause_says_how_many_homes_another_device_still_shows(world):
    readings.add_provider(code="others", name="스피커", source="smart_plug", by=BY, now=NIGHT)
    home = world.home(still_at=NIGHT)
    readings.add_device(
        code="second",
        household=home,
        provider="others",
        interval=timedelta(minutes=10),
        channels=["lux"],
        by=BY,
        now=NIGHT - timedelta(days=1),
    )
    at = (BLIND - timedelta(minutes=1)).timestamp()
    message = Message(id="m", device="second", readings=(Reading(BY_NAME["lux"].code, at, 9),))
    readings.take_in(messages=[message], provider="others", now=BLIND)
    go_blind(world, 3)
    (cause,) = queries.cause_rows(seen_by=world.operator, now=BLIND)
    assert (cause.homes, cause.seen_otherwise) == (3, 1)
