"""안부 간격 at an office: what holds and held, what a change would mean, who may set it."""

from datetime import timedelta

import pytest

from anbu.care.foundation.models import Trace
from anbu.care.people.rules import BadInput
from anbu.care.rounds import actions
from anbu.care.rounds.actions import cadences
from anbu.care.rounds.models import CadenceRow
from anbu.care.rounds.queries.paces import policy
from anbu.care.rounds.rules import USUAL, Cadence, NotAllowed
from tests.care.alarms.world import THERE, World
from tests.care.rounds.rounds_world import NOON, TODAY, home, officer, told, worker

DAILY = Cadence(times=1, per_days=1, visit_days=0, bound_days=3)
FIVE = Cadence(times=1, per_days=5, visit_days=0, bound_days=9)


def put(by, cadence=FIVE, *, tier="mid", valid_from=TODAY, reason="구 방침", now=NOON):
    cadences.set_own(
        tier=tier, cadence=cadence, valid_from=valid_from, reason=reason, by=by, now=now
    )


def ask(by, cadence=FIVE, *, tier="mid", valid_from=TODAY):
    return cadences.ask_meaning(tier=tier, cadence=cadence, valid_from=valid_from, by=by, now=NOON)


def test_what_holds_stands_beside_what_held_and_what_will(world: World):
    gwanak, city = officer("gwanak", "district", "11620"), officer("seoul", "city")
    (mid,) = [each for each in policy(seen_by=gwanak, today=TODAY).tiers if each.tier == "mid"]
    assert (mid.cadence, mid.line) == (USUAL["mid"], None)
    put(city)
    put(gwanak, DAILY)
    put(gwanak, FIVE, valid_from=TODAY + timedelta(days=7), reason="겨울")
    put(city, DAILY, now=NOON + timedelta(minutes=1))
    found = policy(seen_by=gwanak, today=TODAY)
    held = [(line.district, line.made_by, stands) for line, stands in found.rows]
    assert held == [
        ("관악구", "정해찬", "coming"),
        ("", "정해찬", "behind"),
        ("관악구", "정해찬", "now"),
        ("", "정해찬", "before"),
    ]
    assert [each.cadence for each in found.tiers] == [USUAL["high"], DAILY, USUAL["low"]]
    later = policy(seen_by=world.planner, today=TODAY + timedelta(days=7))
    assert later.tiers[1].cadence == FIVE
    seoul = policy(seen_by=city, today=TODAY)
    assert [stands for _line, stands in seoul.rows] == ["coming", "now", "now", "before"]
    assert seoul.tiers[1].line is not None
    assert seoul.tiers[1].line.district == ""


def test_the_desk_sets_for_the_own_place_alone(world: World):
    gwanak, city = officer("gwanak", "district", "11620"), officer("seoul", "city")
    put(gwanak)
    put(city)
    assert [row.district and row.district.code for row in CadenceRow.objects.order_by("id")] == [
        "11620",
        None,
    ]
    for deed in (put, ask):
        with pytest.raises(NotAllowed, match="시·구"):
            deed(world.planner)
        with pytest.raises(NotAllowed, match="오늘이나"):
            deed(gwanak, valid_from=TODAY - timedelta(days=1))
        with pytest.raises(NotAllowed, match="92일 안의 날부터"):
            deed(gwanak, valid_from=TODAY + timedelta(days=93))
        with pytest.raises(NotAllowed, match="위험군을"):
            deed(gwanak, tier="all")
    with pytest.raises(BadInput, match="까닭"):
        put(gwanak, reason=" ")
    assert CadenceRow.objects.count() == 2
    assert Trace.objects.filter(verb="set_cadence").count() == 2


def test_a_change_is_counted_before_it_is_made(world: World):
    gwanak, city = officer("gwanak", "district", "11620"), officer("seoul", "city")
    worker()
    days = {n: home(began=TODAY - timedelta(days=30)) for n in (1, 9, 10, 20)}
    for n, one in days.items():
        told(one, at=NOON - timedelta(days=n))
    home(tier="high", began=TODAY)
    paced, quiet = home(began=TODAY), home(began=TODAY)
    until = TODAY + timedelta(days=9)
    actions.set_pace(
        home=paced, cadence=DAILY, reason="퇴원", until=until, by=world.planner, now=NOON
    )
    actions.note_refusal(home=quiet, kind="call", words="그만", by=world.planner, now=NOON)
    home(dong=THERE, began=TODAY - timedelta(days=40))  # of another dong
    found = ask(gwanak)
    other = ask(city)
    here = found.people
    assert here in (4, 5)  # whether that dong is of the same district
    assert other.people == 5
    late = 1 if here == 5 else 0
    assert found.past == (1 + late, 2 + late)  # nine days is on the bound, ten is past it
    assert round(found.asks[1].calls) == here * 6
    assert found.there_min == 48 * 60
    before = sum(n.minutes for n in found.asks[:1])
    assert found.need_min[1] - found.need_min[0] == round(found.asks[1].minutes - before)
    assert not CadenceRow.objects.exists()
    put(gwanak)
    assert ask(gwanak, DAILY).asks[0] == found.asks[1]
    assert ask(city).people == 5 - here  # whom a district's own row leads is not concerned


def test_a_look_at_whose_pace_is_their_own_is_written_down(world: World):
    mine = home(began=TODAY)
    until = TODAY + timedelta(days=9)
    actions.set_pace(
        home=mine, cadence=DAILY, reason="퇴원", until=until, by=world.planner, now=NOON
    )
    (row,) = cadences.open_paces(seen_by=world.planner, now=NOON)
    assert (row.name, row.reason, row.until) == ("윤정례", "퇴원", until)
    assert Trace.objects.get(verb="list_paces").homes == [mine]
    for other in (world.next_planner, officer("gwanak", "district", "11620")):
        assert cadences.open_paces(seen_by=other, now=NOON) == ()
    assert cadences.open_paces(seen_by=world.planner, now=NOON + timedelta(days=10)) == ()
