"""Every promise of the control room is asked about, and each question finds what breaks it."""

from datetime import timedelta

import pytest

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, CallNote, Care, FieldJob, FieldText, Handover
from anbu.care.effects import actions as effects
from anbu.care.effects.models import Telling
from anbu.care.rosters import actions as rosters
from anbu.care.rosters.models import Hole
from anbu.config import invariants
from tests.care.alarms.test_field import NIGHT, WHO
from tests.care.alarms.world import World, sweep

MINUTE = timedelta(minutes=1)
NOW = NIGHT + 9 * MINUTE
LONG_AGO = NIGHT - timedelta(hours=9)


@pytest.fixture
def full(world: World) -> World:
    """A night in which every part of the room has something open."""
    died, out, passed = (world.silent(at=NIGHT - MINUTE) for _ in range(3))
    on_it = {"by": world.operator, "now": NIGHT}
    actions.send_agent(alarm_id=died.id, **WHO, **on_it)
    actions.record_visit(alarm_id=died.id, **on_it)
    actions.close(alarm_id=died.id, outcome="died", by=world.operator, now=NIGHT + MINUTE)
    actions.send_agent(
        alarm_id=out.id, **WHO, link_of=lambda token: token, by=world.operator, now=NIGHT
    )
    actions.hand_over(alarm_id=passed.id, request="아침에 가 보기", **on_it)
    actions.take_call(caller="neighbour", said=["worry"], place="은천로 어디", **on_it)
    told = {"post": world.supervisor.post_id, "part": "duty", "people": 1}
    rosters.set_need(**told, by=world.supervisor, now=NIGHT)
    sweep(rosters.tell_next_holes, NIGHT)
    for at in (NIGHT, NOW):
        sweep(effects.ring_next, at)
    return world


def broken() -> set[str]:
    told = {one.name for one in invariants.check(now=NOW) if one.broken}
    return told | set(queries.broken_invariants(NOW))


def test_a_night_with_everything_in_it_breaks_nothing(full: World):
    for rows in (FieldJob, FieldText, Handover, CallNote, Care, Hole, Telling):
        assert rows.objects.exists(), rows
    assert broken() == set()


BREAKS = {
    "1 closed alarms with somebody still on the way": (
        lambda: FieldJob.objects.filter(alarm__closed_at__isnull=False).update(
            withdrawn_at=None, withdrawn_why=""
        )
    ),
    "one_person_is_on_the_way_to_the_door_of_an_open_alarm": (
        lambda: FieldJob.objects.filter(alarm__closed_at__isnull=False).update(
            withdrawn_at=None, withdrawn_why=""
        )
    ),
    "1 link texts nobody sent or gave up": (lambda: FieldText.objects.update(made_at=LONG_AGO)),
    "a_link_text_goes_in_time_and_then_holds_no_link": (
        lambda: FieldText.objects.update(made_at=LONG_AGO)
    ),
    "2 colleagues whom nobody asked and nobody handed on": (
        lambda: Care.objects.update(up_at=LONG_AGO)
    ),
    "1 hand-overs nobody accepted and nobody was told of": (
        lambda: Handover.objects.update(up_at=LONG_AGO)
    ),
    "1 open calls whose deadline passed and nothing happened": (
        lambda: CallNote.objects.update(due_at=LONG_AGO)
    ),
    "every_open_telling_has_a_next_moment_that_is_kept": (
        lambda: Telling.objects.filter(ended_at=None).update(next_at=LONG_AGO)
    ),
    "a_hole_has_an_owner_and_is_told_in_time": (
        lambda: Hole.objects.filter(state="told").update(tell_at=LONG_AGO)
    ),
    "1 open alarms whose deadline passed and nothing happened": (
        lambda: Alarm.objects.filter(pk=Alarm.objects.filter(closed_at=None).first().pk).update(
            rung_due_at=LONG_AGO
        )
    ),
}


@pytest.mark.parametrize("sentence", BREAKS)
def test_each_question_finds_what_breaks_it(full: World, sentence: str):
    assert sentence not in broken()
    BREAKS[sentence]()
    assert sentence in broken()
