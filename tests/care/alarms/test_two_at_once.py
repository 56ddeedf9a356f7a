"""Two people, two clocks, one database: real threads, real transactions."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Message, Provision, ProvisionYear, Step
from anbu.care.alarms.rules import TakenByAnother
from anbu.care.readings.models import Device
from anbu.care.staff.models import Staff
from tests.care.alarms.world import MONDAY, World, make_world, sweep

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = MONDAY.replace(hour=22, minute=40)
SECOND = timedelta(seconds=1)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of this at the same moment; return answers and errors in order."""
    gate = threading.Barrier(len(deeds))
    answers: list[Any] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers[place] = deed()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def claiming(alarm: Alarm, by: Staff) -> Callable[[], Alarm]:
    return lambda: actions.claim(alarm_id=alarm.id, version=alarm.version, by=by, now=NIGHT)


def test_of_two_who_claim_at_once_one_wins_and_the_other_learns_the_name(world):
    for _ in range(5):
        alarm = world.silent(at=NIGHT)
        answers = at_once(claiming(alarm, world.operator), claiming(alarm, world.second))
        lost = [answer for answer in answers if isinstance(answer, TakenByAnother)]
        won = [answer for answer in answers if isinstance(answer, Alarm)]
        assert (len(lost), len(won)) == (1, 1), answers
        assert lost[0].name == won[0].owner_staff.name
        assert Step.objects.filter(alarm=alarm, kind="owner", by__isnull=False).count() == 1


def test_two_clocks_raise_every_silence_once(world):
    homes = {world.home(still_at=NIGHT, tier="low") for _ in range(12)}
    answers = at_once(
        *[lambda: sweep(actions.raise_next_silence, NIGHT + SECOND) for _ in range(3)]
    )
    assert all(isinstance(answer, int) for answer in answers), answers
    assert set(Alarm.objects.values_list("household", flat=True)) == homes
    assert Alarm.objects.count() == Message.objects.count() == 12
    numbers = sorted(Alarm.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 12


def test_a_cry_and_a_silence_of_one_home_at_once_are_one_alarm(world):
    for _ in range(4):
        home = world.home(still_at=NIGHT)
        world.cry(home, at=NIGHT)
        answers = at_once(
            lambda: sweep(actions.raise_next_silence, NIGHT + SECOND),
            lambda: sweep(actions.raise_next_sos, NIGHT + SECOND),
        )
        assert all(isinstance(answer, int) for answer in answers), answers
        alarm = Alarm.objects.get(household=home)
        assert alarm.level == 3  # whichever came first, the cry is heard


def test_a_person_closes_while_the_clock_climbs_and_nothing_is_stuck(world):
    alarms = [world.silent(at=NIGHT) for _ in range(6)]
    due = NIGHT + timedelta(minutes=20)
    closing = [
        lambda alarm=alarm: actions.close(
            alarm_id=alarm.id, outcome="safe_call", by=world.operator, now=due
        )
        for alarm in alarms
    ]
    answers = at_once(*closing, lambda: sweep(actions.advance_next_overdue, due))
    assert all(isinstance(answer, Alarm | int) for answer in answers), answers
    assert not Alarm.objects.filter(closed_at=None).exists()


def test_a_returning_sign_and_a_closing_hand_do_not_block_each_other(world):
    alarms = [world.silent(at=NIGHT) for _ in range(6)]
    later = NIGHT + timedelta(minutes=5)
    for alarm in alarms:
        world.report(alarm.household_id, at=later, watts=900)
    closing = [
        lambda alarm=alarm: actions.close(
            alarm_id=alarm.id, outcome="safe_call", by=world.operator, now=later
        )
        for alarm in alarms
    ]
    answers = at_once(*closing, lambda: sweep(actions.raise_next_silence, later))
    assert all(isinstance(answer, Alarm | int) for answer in answers), answers
    assert Device.objects.count() == 6


def test_two_who_give_at_once_get_two_numbers_without_a_gap(world):
    alarm = world.silent(at=NIGHT)

    def giving(by: Staff, said: str) -> Callable[[], Any]:
        return lambda: actions.give_packet(
            alarm_id=alarm.id,
            to="119",
            office="상황실",
            person="1",
            way="spoken",
            reply_to="02-0000-0000",
            urgent=said,
            by=by,
            now=NIGHT,
        )

    other = world.silent(at=NIGHT + SECOND)
    for _ in range(5):
        at_once(
            giving(world.operator, "신음이 들린다고 함"),
            giving(world.second, ""),  # refused: nothing is at stake; it must leave no hole
            lambda: actions.give_packet(
                alarm_id=other.id,
                to="112",
                office="상황실",
                person="2",
                way="pdf",
                reply_to="02-0000-0000",
                urgent="문이 부서져 있다고 함",
                by=world.second,
                now=NIGHT,
            ),
        )
    numbers = sorted(Provision.objects.values_list("nth", flat=True))
    assert numbers == list(range(1, 11))
    assert ProvisionYear.objects.get().last == 10
