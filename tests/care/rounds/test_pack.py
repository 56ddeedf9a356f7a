"""What a telephone is given of a day, and for how long it can be read."""

import json
from datetime import date, datetime, timedelta

import msgspec
import pytest

from anbu.care.foundation.models import Trace
from anbu.care.people.models import Household
from anbu.care.places.rules import SEOUL
from anbu.care.rounds.actions import devices
from anbu.care.rounds.models import Device, Hazard
from anbu.care.rounds.queries import pack as packs
from anbu.care.rounds.queries.months import counted
from anbu.care.rounds.rules import Kind
from tests.care.alarms.world import MONDAY, World
from tests.care.rounds.a_round import Round, make_round, plan, settle
from tests.care.rounds.office import log

NOW = MONDAY + timedelta(hours=10)
TODAY = NOW.date()


@pytest.fixture
def day(world: World) -> Round:
    return make_round(NOW)


def handed(day: Round, now=NOW) -> tuple[packs.Pack, Device]:
    device = devices.bring_device(worker=day.worker, now=now)
    return devices.take_pack(by=day.worker.staff, device=device.pk, now=now)[0], device


def test_a_pack_says_whom_to_call_and_why(day: Round):
    pack, _ = handed(day)
    assert [card.name for card in pack.tasks] == ["채길수", "국영자", "표은석", "임춘화", "한말복"]
    first, visit = pack.tasks[0], pack.tasks[3]
    assert (first.age, first.because, first.moods, first.last.days) == (
        72,
        "risk",
        ("worry", "good"),
        3,
    )
    assert (visit.way, visit.partner_name, visit.at, visit.walk_min) == ("visit", "노을빛", 660, 6)
    assert visit.hazards == ("큰 개가 있음",)
    assert first.next_on == TODAY + timedelta(days=3)  # a Thursday: high risk, twice a week
    assert visit.door == "1234*"
    assert [number.phone for number in pack.numbers] == ["02-879-4000"]
    assert pack.partners == ((day.partner.pk, "노을빛"),)


def test_the_way_in_is_told_only_for_a_visit_and_a_protected_address_never(day: Round):
    Household.objects.filter(pk=day.homes[3]).update(is_protected=True)
    pack, _ = handed(day)
    assert [card.door for card in pack.tasks] == ["", "", "", "", ""]
    assert [bool(card.address) for card in pack.tasks] == [True, True, True, False, True]
    assert pack.doors == []


def test_no_illness_and_no_note_is_in_a_pack(day: Round):
    told = msgspec.json.encode(handed(day)[0]).decode()
    assert "심부전" not in told
    assert "무릎" not in told
    assert "pain" not in told
    assert not {"health_note", "note", "diagnosis"} & set(json.loads(told)["tasks"][0])


def test_nobody_elses_home_is_in_a_pack(day: Round):
    other = settle("남의집")
    plan(day.partner, other, 0, NOW)
    pack, _ = handed(day)
    assert other not in pack.homes
    theirs = packs.pack_of(worker=day.partner, day=TODAY, now=NOW)
    assert other in theirs.homes
    assert [card.name for card in theirs.tasks] == ["남의집", "임춘화"]  # and where they come along


def test_whose_homes_were_handed_out_is_written_once(day: Round):
    pack, _ = handed(day)
    trace = Trace.objects.get(verb="list_pack")
    assert sorted(trace.homes) == pack.homes == sorted(day.homes)
    assert trace.by == day.worker.staff.actor
    assert trace.detail["doors"] == [str(day.homes[3])]


def test_sixty_homes_are_less_than_200_kb(world: World):
    pack, _ = handed(make_round(NOW, homes=60))
    assert len(pack.tasks) == 60
    assert len(msgspec.json.encode(pack)) < 200 * 1024


def test_the_hours_are_counted_by_the_rule(day: Round):
    hours = packs.hours_of(worker=day.worker, day=TODAY)
    assert hours.month.told_min == 90
    assert hours.today_min == 0
    assert hours.month.allowance_krw == 396_000 * 90 // (48 * 60)
    assert [minutes for _, minutes in hours.days] == [30, 30, 30]


def test_the_telephone_and_the_office_count_the_same_month(day: Round):
    """A row put right, a visit told by both, one by the partner alone, two months."""
    park, choi, at_home = day.worker, day.partner, day.homes[4]
    today = date(2026, 12, 3)

    def at(on: date, hour: int) -> datetime:
        return datetime(on.year, on.month, on.day, hour, tzinfo=SEOUL)

    november, wednesday = date(2026, 11, 30), date(2026, 12, 2)
    log(park, at_home, at(november, 10), minutes=200)
    wrong = log(park, at_home, at(wednesday, 10), minutes=90)
    log(park, at_home, at(wednesday, 10), minutes=20, replaces=wrong.id)
    other = log(park, at_home, at(wednesday, 11), minutes=15)
    log(choi, at_home, at(wednesday, 11), minutes=1, replaces=other.id)  # not theirs to put right
    both = {"kind": Kind.VISIT, "minutes": 43}
    log(park, day.homes[3], at(wednesday, 14), partner=choi, **both)
    log(choi, day.homes[3], at(wednesday, 14), partner=park, **both)
    log(choi, day.homes[2], at(wednesday, 15), partner=park, **both)
    log(park, at_home, at(today, 9), minutes=250)
    for whose in (park, choi):
        hours = packs.hours_of(worker=whose, day=today)
        office = counted([whose.pk], date(2026, 12, 1))[whose.pk]
        assert hours.month == office.sums
        assert hours.days == tuple((line.day, line.minutes) for line in office.lines)
    hours = packs.hours_of(worker=park, day=today)
    assert hours.days == ((wednesday, 20 + 15 + 43 + 43), (today, 250))
    assert (hours.month.over_days, hours.today_min, hours.left_min) == ((today,), 250, 0)
    assert packs.hours_of(worker=choi, day=wednesday).today_min == 1 + 43 + 43


def test_who_agreed_to_less_is_paid_by_the_same_rule_and_has_less_left(day: Round):
    day.worker.month_min = 100
    hours = packs.hours_of(worker=day.worker, day=TODAY)
    assert hours.month == counted([day.worker.pk], TODAY.replace(day=1))[day.worker.pk].sums
    assert (hours.left_min, hours.full_min) == (10, 48 * 60)


def test_a_hazard_that_is_over_is_not_told(day: Round):
    Hazard.objects.update(valid_until=TODAY - timedelta(days=1))
    assert handed(day)[0].tasks[3].hazards == ()


def test_the_key_lives_twelve_hours_from_when_the_telephone_was_heard(day: Round):
    device = devices.bring_device(worker=day.worker, now=NOW)
    assert len(device.key_half) == len(device.out_half) == 32
    later = NOW + timedelta(hours=11)
    devices.hear_from(by=day.worker.staff, device=device.pk, now=later)
    assert not devices.forget_keys(now=NOW + timedelta(hours=13))
    assert devices.forget_keys(now=later + timedelta(hours=12))
    assert not devices.forget_keys(now=later + timedelta(hours=12))
    device.refresh_from_db()
    assert device.key_half is None
    assert device.out_half is not None  # what waits there can still be sent
    with pytest.raises(devices.KeyGone):
        devices.take_pack(by=day.worker.staff, device=device.pk, now=later + timedelta(hours=12))


def test_a_key_that_is_over_opens_nothing_also_before_it_is_swept(day: Round):
    device = devices.bring_device(worker=day.worker, now=NOW)
    with pytest.raises(devices.KeyGone):
        devices.hear_from(by=day.worker.staff, device=device.pk, now=NOW + timedelta(hours=12))


def test_the_same_telephone_gets_another_key_the_next_day_and_what_waits_the_same(day: Round):
    first = devices.unlock(by=day.worker.staff, device=None, now=NOW)
    again = devices.unlock(by=day.worker.staff, device=first.device, now=NOW + timedelta(hours=1))
    assert (again.device, again.key_half) == (first.device, first.key_half)
    devices.end_shift(by=day.worker.staff, device=first.device, now=NOW + timedelta(hours=8))
    tomorrow = NOW + timedelta(days=1)
    fresh = devices.unlock(by=day.worker.staff, device=first.device, now=tomorrow)
    assert fresh.device == first.device
    assert fresh.key_half != first.key_half
    assert fresh.out_half == first.out_half


def test_one_telephone_opens_at_a_time_and_nobody_elses(day: Round):
    lost = devices.bring_device(worker=day.worker, now=NOW)
    devices.bring_device(worker=day.worker, now=NOW)
    lost.refresh_from_db()
    assert lost.key_half is None
    theirs = devices.bring_device(worker=day.partner, device=lost.pk, now=NOW)
    assert theirs.pk != lost.pk
    with pytest.raises(devices.KeyGone):
        devices.hear_from(by=day.worker.staff, device=theirs.pk, now=NOW)


def test_who_goes_round_nowhere_gets_no_key(world: World, day: Round):
    with pytest.raises(devices.NoRound):
        devices.unlock(by=world.planner, device=None, now=NOW)
    day.worker.ended_at = NOW
    day.worker.save()
    with pytest.raises(devices.NoRound):
        devices.unlock(by=day.worker.staff, device=None, now=NOW)
