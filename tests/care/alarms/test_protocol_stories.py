"""The ladders that districts and services really use, played to their end while nobody acts."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from anbu.care.alarms import actions, rules
from anbu.care.alarms.actions.asking import Found
from anbu.care.alarms.actions.raising import write_alarms
from anbu.care.alarms.models import Alarm, Message
from anbu.care.places.models import Post
from anbu.care.readings import actions as readings
from tests.care.alarms.test_protocols import (
    DAY,
    MINUTE,
    SECOND,
    boss,
    ladder_of,
    switch_on,
    world,
)
from tests.care.alarms.world import BY, MONDAY, World, sweep

__all__ = ["boss", "world"]  # fixtures
SHIPPED = Path(rules.__file__).parent.parent / "data" / "protocols"
STORIES = {
    # file: service, what is done and how long it may take, the first moment of each step [min]
    "guro": (
        "ai_call_vendor",
        [("message", 0), ("call", 90), ("call", 100), ("dispatch", 110), ("joint", 170)],
        3,
        30,
    ),
    "chungju": (
        "ai_call_vendor",
        [
            ("message", 0),
            ("call", 120),
            ("call", 140),
            ("call", 160),
            ("dispatch", 180),
            ("joint", 240),
        ],
        4,
        30,
    ),
    "gyeonggi": (
        "ai_call_vendor",
        [("message", 0), ("call", 180), ("dispatch", 300), ("handover", 420)],
        3,
        60,
    ),
    "knockknock": (
        "telecom",
        [
            ("message", 0),
            ("call", 60),
            ("contact", 90),
            ("dispatch", 105),
            ("joint", 165),
            ("enter", 195),
        ],
        2,
        30,
    ),
}


def fall_silent(world: World, source: str, at: datetime) -> Alarm:
    """Let a home that is seen through this service too fall silent at this moment."""
    home = world.home(still_at=at)
    seen_through(home, source)
    facts = {"rule": "still", "last_sign_at": None, "quiet": [], "unseen": []}
    write_alarms(
        [Found(household=home, kind="silence", due_at=at, last_sign_at=None, facts=facts)], now=at
    )
    return Alarm.objects.get(household=home)


def seen_through(home, source: str) -> None:
    code = source.replace("_", "-")
    readings.add_provider(code=code, name=source, source=source, by=BY, now=MONDAY)
    readings.add_device(
        code=f"of-{code}",
        household=home,
        provider=code,
        interval=timedelta(days=7),
        channels=["checkin" if source == "ai_call_vendor" else "calls"],
        by=BY,
        now=MONDAY,
    )


@pytest.mark.parametrize("name", sorted(STORIES))
def test_a_published_ladder_is_played_step_by_step_while_nobody_acts(world: World, boss, name: str):
    """Who is asked, when, and by whom: on a working day, until the last step repeats."""
    service, steps, attempts, apart = STORIES[name]
    text = (SHIPPED / f"{name}.toml").read_text("utf-8")
    text = text.replace("구로구", "관악구").replace("광진구", "강남구")  # where the world lies
    row = switch_on(text, world, boss, DAY - MINUTE)
    began = DAY + SECOND
    alarm = fall_silent(world, service, began)
    assert (alarm.protocol_id, alarm.waits_for) == (row.pk, "answer")
    assert Message.objects.filter(alarm=alarm, contact=None).count() == 1
    for nth in range(1, attempts):  # the machine asks again, as often as was published
        assert not actions.ask_next_again(now=began + nth * apart * MINUTE - MINUTE)
        sweep(actions.ask_next_again, began + nth * apart * MINUTE)
        assert Message.objects.filter(alarm=alarm).count() == nth + 1
    assert set(Message.objects.values_list("channel", flat=True)) == {"voice"}
    assert not actions.ask_next_again(now=began + attempts * apart * MINUTE)
    for no, (do, at) in enumerate(steps):
        alarm.refresh_from_db()
        assert (alarm.ladder[alarm.rung]["do"], alarm.rung) == (do, no)
        assert alarm.rung_started_at == began + at * MINUTE
        sweep(actions.advance_next_overdue, alarm.rung_due_at - MINUTE)
        alarm.refresh_from_db()
        assert alarm.rung == no  # not before its time
        if no == 1:
            assert alarm.owner_post == world.planner.post  # by day the dong's
        sweep(actions.advance_next_overdue, alarm.rung_due_at)
    alarm.refresh_from_db()
    assert alarm.rung == len(steps) - 1  # the last repeats until a person ends it
    assert alarm.level == 3
    assert alarm.closed_at is None
    assert alarm.owner_post.kind == Post.CENTRE  # somewhere on the way nobody had acted


def test_gwangjin_drives_out_where_others_call(world: World, boss):
    text = (SHIPPED / "knockknock.toml").read_text("utf-8").replace("광진구", "관악구")
    switch_on(text, world, boss, DAY - MINUTE)
    saturday = DAY + timedelta(days=5)
    alarm = fall_silent(world, "telecom", saturday)
    assert [do for do, _ in ladder_of(alarm)] == ["message", "dispatch", "joint", "enter"]


def test_a_home_that_is_seen_otherwise_keeps_the_citys_own_ladder(world: World, boss):
    switch_on((SHIPPED / "chungju.toml").read_text("utf-8"), world, boss, DAY - MINUTE)
    assert world.silent(at=DAY).protocol_id is None
