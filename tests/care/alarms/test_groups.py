"""One cause for many homes is one signal with one owner, and nobody behind it is forgotten."""

from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, GroupSignal
from anbu.care.alarms.queries.groups import group_rows
from anbu.care.alarms.rules import NotAllowed, TakenByAnother, UnknownAlarm
from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people.actions import NewPerson
from anbu.care.readings import actions as readings
from anbu.care.readings import jobs as clocks
from anbu.care.readings.models import Device, GroupIncident, HeldSilence, Watch
from anbu.care.staff import actions as staffing
from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading, Sos
from tests.care.alarms.world import BEFORE, BY, HERE, MONDAY, THERE, World, sweep

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BEGAN = MONDAY.replace(hour=17)  # the plugs speak from here
LOST = MONDAY.replace(hour=20)  # and no more from here
NOW = LOST + 2 * HOUR  # night: the centre is on duty
TIERS = ("low", "high", "mid", "low", "low")
numbers = count()


def _message(device: str, *read: Reading, sos: Sos | None = None) -> Message:
    return Message(id=f"{next(numbers)}", device=device, readings=read, sos=sos, body=b"")


class Vendor:
    """Five homes of one vendor, whose feed is lost at 20:00; a sixth home has another one."""

    def __init__(self, world: World, dongs=(HERE, THERE, HERE, HERE, HERE), began=BEGAN) -> None:
        self.world, self.began = world, began
        lost, now = began + (LOST - BEGAN), began + (NOW - BEGAN)
        for code, name in (("lost", "플러그 B"), ("well", "플러그 A")):
            readings.add_provider(code=code, name=name, source="smart_plug", by=BY, now=BEFORE)
        self.homes = [self.home(n, "lost", dong) for n, dong in enumerate(dongs)]
        self.others = [self.home(n, "well", HERE) for n in range(12)]
        everybody = [*self.homes, *self.others]
        self.speak(everybody, began, lost)
        clocks.turn_learned_clocks(now=lost)
        self.speak(self.others, lost, now)

    def home(self, nth: int, provider: str, dong: str) -> UUID:
        home = people.register_household(
            dong=dong,
            address="관악구 은천로00길 12",
            tier=TIERS[nth % len(TIERS)],
            patience_hours=24,
            person=NewPerson(name=f"김{nth}", birth_year=1945, sex="f", phone="010-0000-0001"),
            by=BY,
            now=self.began,
        )
        for kind in ("monitoring", "night"):
            people.give_consent(
                household=home, kind=kind, obtained_how="서면", by=BY, now=self.began
            )
        readings.add_device(
            code=f"{provider}-{next(numbers)}",
            household=home,
            provider=provider,
            interval=10 * MINUTE,
            channels=["motion"],
            by=BY,
            now=self.began,
        )
        return home

    def speak(self, homes, since, until) -> None:
        codes = dict(Device.objects.values_list("household_id", "code"))
        for provider in ("lost", "well"):
            messages = []
            for home in homes:
                at = since + 10 * MINUTE
                while codes[home].startswith(provider) and at <= until:
                    reading = Reading(
                        BY_NAME["motion"].code, at.timestamp(), float(at.minute == 30)
                    )
                    said = _message(codes[home], reading)
                    messages.append(said)
                    at += 10 * MINUTE
            if messages:
                readings.take_in(messages=messages, provider=provider, now=until)

    def look(self, now) -> None:
        while clocks.turn_learned_clocks(now=now):
            pass
        clocks.look_for_common_causes(now=now)
        sweep(actions.raise_next_groups, now)
        sweep(actions.raise_next_silence, now)


@pytest.fixture
def vendor(world: World) -> Vendor:
    clocks.make_partitions(now=NOW)
    made = Vendor(world)
    made.look(NOW)
    return made


def test_a_lost_feed_is_one_signal_with_one_owner_and_one_row(world, vendor):
    signal = GroupSignal.objects.get()
    assert (signal.incident.group.kind, signal.incident.group.name) == ("provider", "lost")
    assert signal.incident.cause == GroupIncident.Cause.STOPPED
    assert (signal.owner_staff, signal.owner_post.kind) == (None, "centre")
    queue = queries.queue(seen_by=world.operator, now=NOW)
    (row,) = queue.groups
    assert (row.hit, row.members, row.cause, row.name) == (5, 5, "stopped", "플러그 B")
    assert row.since == LOST
    # the homes are blind by now, and one row is enough to say so
    assert queue.causes == ()
    vendor.look(NOW + HOUR)
    assert GroupSignal.objects.count() == 1


def test_the_page_lists_whom_to_reach_otherwise_those_at_the_highest_risk_first(world, vendor):
    signal = GroupSignal.objects.get()
    page = actions.open_group(signal_id=signal.id, seen_by=world.operator, now=NOW)
    assert [home.tier for home in page.members] == ["high", "mid", "low", "low", "low"]
    assert {home.household for home in page.members} == set(vendor.homes)
    assert set(Trace.objects.get(verb="list_group").homes) == set(vendor.homes)


def test_a_planner_sees_the_own_dong_and_the_next_district_nothing(world, vendor):
    signal = GroupSignal.objects.get()
    page = actions.open_group(signal_id=signal.id, seen_by=world.next_planner, now=NOW)
    assert [home.household for home in page.members] == [vendor.homes[1]]
    GroupIncident.objects.get(pk=signal.incident_id).hit.filter(household=vendor.homes[1]).delete()
    assert group_rows(seen_by=world.next_planner) == ()
    assert actions.open_group(signal_id=signal.id, seen_by=world.next_planner, now=NOW) is None
    with pytest.raises(UnknownAlarm):
        actions.claim_group(signal_id=signal.id, by=world.next_planner, now=NOW)


def test_of_two_who_take_it_one_gets_it(world, vendor):
    signal = GroupSignal.objects.get()
    actions.claim_group(signal_id=signal.id, by=world.operator, now=NOW)
    with pytest.raises(TakenByAnother):
        actions.claim_group(signal_id=signal.id, by=world.second, now=NOW)
    with pytest.raises(TakenByAnother):
        actions.close_group(signal_id=signal.id, outcome="network", by=world.second, now=NOW)
    with pytest.raises(NotAllowed):
        actions.close_group(signal_id=signal.id, outcome="recovered", by=world.operator, now=NOW)


def test_what_recovers_by_itself_is_over_unless_somebody_has_taken_it(world, vendor):
    back = NOW + 2 * HOUR
    vendor.speak(vendor.homes, NOW, back)
    vendor.speak(vendor.others, NOW, back)
    vendor.look(back + 31 * MINUTE)
    signal = GroupSignal.objects.get()
    assert signal.incident.ended_how == "recovery"
    assert (signal.outcome, signal.closed_by) == ("recovered", None)
    assert group_rows(seen_by=world.operator) == ()


def hold(vendor, home, at=NOW) -> HeldSilence:
    incident = GroupIncident.objects.get(is_told=True, group__name="lost")
    return HeldSilence.objects.create(
        household_id=home,
        incident=incident,
        due_at=at,
        held_at=at,
        rings_at=incident.hold_until,
        long_s=14 * 3600,
    )


def test_when_a_person_says_it_is_no_common_cause_what_was_held_rings_at_once(world, vendor):
    held, signal = hold(vendor, vendor.homes[0]), GroupSignal.objects.get()
    actions.close_group(signal_id=signal.id, outcome="no_common_cause", by=world.operator, now=NOW)
    held.refresh_from_db()
    assert held.rings_at == NOW
    assert Watch.objects.get(household=held.household_id).check_at <= NOW
    # the same cause, still there, is not told a second time
    vendor.look(NOW + HOUR)
    assert GroupSignal.objects.count() == 1


def test_when_a_person_says_it_is_over_what_was_held_rings_its_own_while_later(world, vendor):
    held, signal = hold(vendor, vendor.homes[0]), GroupSignal.objects.get()
    actions.close_group(signal_id=signal.id, outcome="network", by=world.operator, now=NOW)
    held.refresh_from_db()
    assert held.rings_at == NOW + 14 * HOUR


def test_a_cry_for_help_passes(world, vendor):
    held = hold(vendor, vendor.others[0])
    code = Device.objects.get(household=held.household_id).code
    cry = _message(code, sos=Sos(NOW.timestamp(), "살려줘"))
    readings.take_in(messages=[cry], provider="well", now=NOW)
    sweep(actions.raise_next_sos, NOW)
    assert Alarm.objects.get(household=held.household_id).kind == "sos"


def leave(world: World, who, how: str) -> None:
    if how == "home":
        staffing.end_shift(by=who, now=NOW + 3 * MINUTE)
    else:
        type(who).objects.filter(pk=who.pk).update(is_active=False)


@pytest.mark.parametrize("how", ["home", "shut out"])
def test_what_somebody_had_taken_goes_back_to_the_post_when_they_are_gone(world, vendor, how):
    staffing.start_shift(by=world.operator, now=NOW)
    signal = GroupSignal.objects.get()
    actions.claim_group(signal_id=signal.id, by=world.operator, now=NOW + MINUTE)
    sweep(actions.raise_next_groups, NOW + 2 * MINUTE)
    signal.refresh_from_db()
    assert signal.owner_staff == world.operator  # still here
    leave(world, world.operator, how)
    sweep(actions.raise_next_groups, NOW + 4 * MINUTE)
    signal.refresh_from_db()
    assert (signal.owner_staff, signal.owner_post.kind) == (None, "centre")
    assert Trace.objects.filter(verb="release_group").count() == 1
    actions.claim_group(signal_id=signal.id, by=world.second, now=NOW + 5 * MINUTE)


def test_who_went_home_before_and_took_it_again_keeps_it(world, vendor):
    staffing.start_shift(by=world.operator, now=NOW - HOUR)
    staffing.end_shift(by=world.operator, now=NOW - 30 * MINUTE)
    staffing.start_shift(by=world.operator, now=NOW)
    signal = GroupSignal.objects.get()
    actions.claim_group(signal_id=signal.id, by=world.operator, now=NOW)
    sweep(actions.raise_next_groups, NOW + MINUTE)
    signal.refresh_from_db()
    assert signal.owner_staff == world.operator
    # away for a while, and back: it is hers
    staffing.end_shift(by=world.operator, now=NOW + 2 * MINUTE)
    staffing.start_shift(by=world.operator, now=NOW + 3 * MINUTE)
    sweep(actions.raise_next_groups, NOW + 4 * MINUTE)
    signal.refresh_from_db()
    assert signal.owner_staff == world.operator


class PowerCut(Vendor):
    """Seven homes of two vendors hang on one power line, which goes dead at 20:00."""

    def home(self, nth: int, provider: str, dong: str) -> UUID:
        home = super().home(nth, provider, dong)
        if provider == "lost" or nth < 2:
            Device.objects.filter(household=home).update(feeder="sillim-3")
        return home

    def speak(self, homes, since, until) -> None:
        is_dark = since >= self.began + (LOST - BEGAN)
        super().speak(self.others[2:] if is_dark else homes, since, until)


def test_a_dead_power_line_is_told_by_its_name_and_not_as_the_vendor_it_hit(world):
    clocks.make_partitions(now=NOW)
    PowerCut(world).look(NOW)
    (row,) = group_rows(seen_by=world.operator)
    assert (row.kind, row.name, row.hit, row.members) == ("feeder", "sillim-3", 7, 7)
