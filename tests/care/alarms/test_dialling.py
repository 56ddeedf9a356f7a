"""The exchange dials for an officer: the number is ours, and a trace stands before it rings."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Step
from anbu.care.alarms.rules import NotAllowed, UnknownAlarm
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Contact
from anbu.care.staff import actions as staffing
from anbu.lab.exchange import ExchangePeer
from tests.care.alarms.world import MONDAY, World

NIGHT = MONDAY.replace(hour=22)


@pytest.fixture
def exchange(settings: Any) -> Iterator[ExchangePeer]:
    peer = ExchangePeer(user="anbu", password="pass", seats=frozenset({"203"}))
    with peer.standing() as url:
        settings.TELEPHONY_URL = url.replace("http://", "ari://anbu:pass@")
        yield peer


@pytest.fixture
def alarm(world: World) -> Alarm:
    staffing.start_shift(extension="203", by=world.operator, now=NIGHT - timedelta(hours=1))
    return world.silent(at=NIGHT)


def dial(world: World, alarm: Alarm, **told: Any) -> str:
    usual = {"alarm_id": alarm.id, "whom": "person", "by": world.operator, "now": NIGHT}
    return actions.dial(**{**usual, **told})


def test_it_rings_here_then_there_and_nobody_has_been_spoken_to_yet(world, alarm, exchange):
    assert dial(world, alarm) == "203"
    (call,) = exchange.calls_made.values()
    assert (call["endpoint"], call["extension"]) == ("PJSIP/203", "01000004321")
    trace = Trace.objects.get(verb="dial")
    assert (trace.household, trace.by) == (alarm.household_id, world.operator.actor)
    assert call["extension"] not in str(trace.detail)  # who, not the number
    assert not Step.objects.filter(alarm=alarm, kind=Step.Kind.CALL).exists()
    contact = Contact.objects.filter(household=alarm.household_id).first()
    assert contact is not None
    dial(world, alarm, whom=contact.pk)
    assert len(exchange.calls_made) == 2


def test_a_stranger_and_a_number_of_another_home_are_not_dialled(world, alarm, exchange):
    other = world.silent(at=NIGHT)
    foreign = Contact.objects.filter(household=other.household_id).first()
    assert foreign is not None
    with pytest.raises(NotAllowed, match="번호가 없습니다"):
        dial(world, alarm, whom=foreign.pk)
    with pytest.raises(NotAllowed, match="내선"):
        dial(world, alarm, by=world.next_planner)
    staffing.start_shift(extension="203", by=world.next_planner, now=NIGHT)
    with pytest.raises(UnknownAlarm):
        dial(world, alarm, by=world.next_planner)
    assert exchange.calls == 0


def test_who_has_no_extension_dials_by_hand(world, alarm, settings):
    with pytest.raises(NotAllowed, match="내선"):
        dial(world, alarm)  # no exchange is set
    settings.TELEPHONY_URL = "ari://anbu:pass@127.0.0.1:9"
    with pytest.raises(NotAllowed, match="답이 없습니다"):
        dial(world, alarm)
    assert Trace.objects.filter(verb="dial_failed").count() == 1
    staffing.end_shift(by=world.operator, now=NIGHT)
    staffing.start_shift(by=world.operator, now=NIGHT)
    with pytest.raises(NotAllowed, match="내선"):
        dial(world, alarm)


def test_what_the_exchange_refuses_is_said_and_written_down(world, alarm, exchange):
    staffing.start_shift(extension="999", by=world.operator, now=NIGHT)
    with pytest.raises(NotAllowed, match="직접 걸어"):
        dial(world, alarm)
    assert Trace.objects.get(verb="dial_failed").detail["why"].startswith("발송처가 거절함")
