"""A worker's number, and a telephone that is lost: what the office does about it."""

from datetime import timedelta

import pytest

from anbu.care.foundation.models import Trace
from anbu.care.people.rules import BadInput
from anbu.care.rounds.actions import devices, workers
from anbu.care.rounds.models import Device, Worker
from anbu.care.rounds.queries.offices import UnknownWorker
from anbu.care.rounds.queries.workers import workers as cards
from anbu.care.rounds.rules import NotAllowed
from anbu.care.staff.models import Staff
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import World
from tests.care.rounds.office import NOW, corps, in_round, log

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def park(world: World) -> Worker:
    return corps(world, "park", "박민들레")


def test_the_office_writes_down_the_number_of_a_worker(world: World, park: Worker):
    workers.write_phone(worker=park.pk, phone="01022223333", by=world.planner, now=NOW)
    (card,) = cards(seen_by=world.planner, now=NOW)
    assert card.phone == "01022223333"
    (far,) = cards(seen_by=district_officer(world), now=NOW)
    assert far.phone == ""
    with pytest.raises(BadInput, match="전화번호"):
        workers.write_phone(worker=park.pk, phone="집", by=world.planner, now=NOW)
    with pytest.raises(UnknownWorker):
        workers.write_phone(worker=park.pk, phone="010-1", by=world.next_planner, now=NOW)
    assert Trace.objects.filter(verb="set_worker_phone").count() == 1


def test_a_card_says_how_much_of_the_week_is_told(world: World, park: Worker):
    home = in_round(world, worker=park)
    log(park, home, NOW - timedelta(days=NOW.weekday(), hours=1), minutes=30)
    log(park, home, NOW - timedelta(days=NOW.weekday() + 1), minutes=45)  # the week before
    (card,) = cards(seen_by=world.planner, now=NOW)
    assert card.week_min == 30


def test_a_lost_telephone_is_worth_nothing_from_here_on(world: World, park: Worker):
    lost = devices.unlock(by=park.staff, device=None, now=NOW).device
    key = bytes(Device.objects.get().out_half or b"")
    before = Staff.objects.get(pk=park.staff_id).get_session_auth_hash()
    with pytest.raises(NotAllowed, match="잃어버린 것이 맞는지"):
        workers.cut_off(worker=park.pk, sure=False, by=world.planner, now=LATER)
    for other in (world.next_planner, world.operator):
        with pytest.raises(UnknownWorker):
            workers.cut_off(worker=park.pk, sure=True, by=other, now=LATER)
    workers.cut_off(worker=park.pk, sure=True, by=world.planner, now=LATER)
    row = Device.objects.get()
    assert (row.key_half, row.ended_at) == (None, LATER)
    assert Staff.objects.get(pk=park.staff_id).get_session_auth_hash() != before
    assert devices.is_cut_off(lost)
    with pytest.raises(devices.KeyGone):
        devices.hear_from(by=park.staff, device=lost, now=LATER)
    assert Trace.objects.get(verb="cut_off_telephone").detail["devices"] == [str(lost)]
    (card,) = cards(seen_by=world.planner, now=LATER)
    assert card.cut_off_at == LATER
    # found again, and signed in anew: what it has still to send can be read and is taken in
    halves = devices.unlock(by=park.staff, device=lost, now=LATER + timedelta(hours=1))
    assert (halves.device, halves.out_half) == (lost, key)
    assert not devices.is_cut_off(lost)
    (card,) = cards(seen_by=world.planner, now=LATER)
    assert card.cut_off_at is None


def test_a_new_telephone_is_used_at_once_and_the_lost_one_stays_cut_off(world: World, park: Worker):
    lost = devices.unlock(by=park.staff, device=None, now=NOW).device
    workers.cut_off(worker=park.pk, sure=True, by=world.planner, now=LATER)
    new = devices.unlock(by=park.staff, device=None, now=LATER + timedelta(minutes=5)).device
    assert new != lost
    assert devices.is_cut_off(lost)
    devices.hear_from(by=park.staff, device=new, now=LATER + timedelta(minutes=6))
