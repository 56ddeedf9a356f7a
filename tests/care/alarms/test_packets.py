"""119·112 전달지: numbered without a gap, on a ground, written down; no code of a door."""

from datetime import timedelta

import pytest
from django.db import transaction

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Provision, ProvisionYear, Step
from anbu.care.alarms.rules import NotAllowed, UnknownAlarm
from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people.rules import BadInput
from tests.care.alarms.world import BY, MONDAY, World

NIGHT = MONDAY.replace(hour=22, minute=40)
SECOND = timedelta(seconds=1)
TOLD = {
    "to": "119",
    "office": "관악소방서 상황실",
    "person": "접수 1234",
    "way": "pdf",
    "reply_to": "02-0000-0000",
}


def agree(alarm: Alarm) -> None:
    """Let this home agree that 119 and 112 may be told."""
    people.give_consent(
        household=alarm.household_id, kind="rescue", obtained_how="서면", by=BY, now=MONDAY
    )


def give(alarm: Alarm, world: World, **told: object) -> Provision:
    return actions.give_packet(
        **{**TOLD, "alarm_id": alarm.id, "by": world.operator, "now": NIGHT + SECOND, **told}
    )


def test_each_provision_has_the_next_number_of_its_year(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    assert [give(alarm, world).nth for _ in range(3)] == [1, 2, 3]
    later = NIGHT.replace(year=2027)
    assert (give(alarm, world, now=later).year, give(alarm, world, now=later).nth) == (2027, 2)
    new_year_in_seoul = NIGHT.replace(year=2027, month=12, day=31, hour=23, minute=59)
    made = give(alarm, world, now=new_year_in_seoul + timedelta(minutes=1))
    assert (made.year, made.nth) == (2028, 1)


def test_what_is_refused_or_falls_back_uses_no_number(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    give(alarm, world)
    for wrong in ({"to": "110"}, {"way": "fax"}):
        with pytest.raises(NotAllowed):
            give(alarm, world, **wrong)
    for wrong in ({"office": ""}, {"person": " "}, {"reply_to": "우리"}, {"person": "x" * 41}):
        with pytest.raises(BadInput):
            give(alarm, world, **wrong)
    with transaction.atomic():
        give(alarm, world)
        transaction.set_rollback(True)
    assert give(alarm, world).nth == 2
    assert ProvisionYear.objects.get().last == Provision.objects.count() == 2


def test_it_stands_on_consent_or_on_a_life_at_stake(world: World):
    alarm = world.silent(at=NIGHT)
    assert alarm.level == 2
    with pytest.raises(NotAllowed):
        give(alarm, world)
    assert give(alarm, world, urgent="신음이 들린다고 함").ground == "vital"
    agree(alarm)
    assert give(alarm, world).ground == "consent"
    cried = world.home(still_at=NIGHT + timedelta(hours=9))
    world.cry(cried, at=NIGHT)
    actions.raise_next_sos(now=NIGHT + SECOND)
    assert give(Alarm.objects.get(household=cried), world).ground == "vital"


def test_the_timeline_the_trace_and_the_person_learn_of_it(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    made = give(alarm, world)
    step = Step.objects.get(alarm=alarm, detail__what="provision")
    assert (step.by, step.detail["number"], step.detail["ground"]) == (
        world.operator,
        "2026-0001",
        "consent",
    )
    trace = Trace.objects.get(verb="give_packet")
    assert (trace.household, trace.detail["sheet"]) == (alarm.household_id, "2026-0001")
    assert made.parts == ["where", "who", "health", "way_in", "why", "contacts", "beside"]
    assert "심부전" not in str(vars(made))  # which parts, and not their content
    page = actions.open_packet(provision=made.id, seen_by=world.second, now=NIGHT + SECOND)
    assert page is not None
    assert Trace.objects.filter(verb="open_packet", by=world.second.actor).count() == 1
    assert actions.print_packet(provision=made.id, seen_by=world.operator, now=NIGHT) is not None
    printed = Trace.objects.get(verb="print_packet")
    assert printed.kind == "print"
    assert printed.reason == "119 관악소방서 상황실 · 접수 1234"


def test_health_goes_to_119_alone_and_the_code_of_the_door_to_nobody(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    told = {}
    for to in ("119", "112"):
        made = give(alarm, world, to=to)
        found = queries.packets.packet(provision=made.id, seen_by=world.operator, now=NIGHT)
        assert found is not None
        assert found.home.has_door_note
        assert "1234*" not in str(found)
        told[to] = found.health
    assert told == {"119": "심부전 · 이뇨제 복용", "112": ""}


def test_what_is_read_aloud_becomes_no_file(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    spoken = give(alarm, world, way="spoken")
    assert actions.open_packet(provision=spoken.id, seen_by=world.operator, now=NIGHT) is not None
    assert actions.print_packet(provision=spoken.id, seen_by=world.operator, now=NIGHT) is None
    assert not Trace.objects.filter(kind="print").exists()
    paper = give(alarm, world, way="print")
    actions.open_packet(provision=paper.id, seen_by=world.operator, now=NIGHT)
    assert Trace.objects.get(kind="print").verb == "print_packet"  # the screen is the sheet


def test_it_is_there_for_who_sees_the_open_signal_and_nobody_else(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    made = give(alarm, world)
    stranger = {"seen_by": world.next_planner, "now": NIGHT}
    assert actions.open_packet(provision=made.id, **stranger) is None
    assert queries.packet_asked(alarm_id=alarm.id, **stranger) is None
    with pytest.raises(UnknownAlarm):
        give(alarm, world, by=world.next_planner)
    actions.close(alarm_id=alarm.id, outcome="safe_call", by=world.operator, now=NIGHT + SECOND)
    assert actions.open_packet(provision=made.id, seen_by=world.operator, now=NIGHT) is None
    with pytest.raises(NotAllowed):
        give(alarm, world)


def test_the_number_to_call_back_is_offered_again_to_the_same_post(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    give(alarm, world, reply_to="02-1111-2222")
    other = world.silent(at=NIGHT + timedelta(minutes=1))
    asked = queries.packet_asked(alarm_id=other.id, seen_by=world.second, now=NIGHT)
    assert asked is not None
    assert (asked.reply_to, asked.given) == ("02-1111-2222", ())


def beside(alarm: Alarm, world: World) -> list[tuple[str, str, str, bool]]:
    """Return who stands on a sheet made now as being there or having called."""
    later = NIGHT + timedelta(minutes=30)
    made = give(alarm, world, now=later)
    found = actions.open_packet(provision=made.id, seen_by=world.operator, now=later)
    return [(each.role, each.name, each.phone, bool(each.arrived_at)) for each in found.beside]


def test_it_says_who_is_at_the_door_while_they_are_there(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    on_it = {"alarm_id": alarm.id, "by": world.operator}
    assert beside(alarm, world) == []
    actions.send_agent(
        **on_it,
        kind="contractor",
        name="박출동",
        phone="010-2222-3333",
        call_back="02-2133-0120",
        now=NIGHT + 60 * SECOND,
    )
    who = ("contractor", "박출동", "010-2222-3333")
    assert beside(alarm, world) == [(*who, False)]
    actions.record_visit(**on_it, now=NIGHT + 600 * SECOND)
    assert beside(alarm, world) == [(*who, True)]
    actions.record_visit(**on_it, finding="help", now=NIGHT + 660 * SECOND)
    assert beside(alarm, world) == []  # they have reported: nobody knows whether they stay


def test_it_says_who_telephoned_and_not_the_person_themselves(world: World):
    alarm = world.silent(at=NIGHT)
    agree(alarm)
    told = {"said": ["no_reply"], "household": alarm.household_id, "by": world.operator}
    for nth, caller in enumerate(("family", "neighbour", "self", "agency"), start=1):
        actions.take_call(
            **told, caller=caller, call_back=f"010-5555-000{nth}", now=NIGHT + nth * SECOND
        )
    assert [(role, phone) for role, _, phone, _ in beside(alarm, world)] == [
        ("agency", "010-5555-0004"),
        ("neighbour", "010-5555-0002"),
    ]
