"""놓친 기회 돌아보기: what asks for it, how far it looks, and that no fact is lost on the way."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.alarms.rules import (
    Fact,
    Missed,
    NotAllowed,
    Outcome,
    Stretch,
    asks_to_look_back,
    by_hour,
    check_learnt,
    check_second,
    found_at,
    who_looks_back,
    window,
    without,
)
from anbu.care.places.rules import SEOUL

FOUND = datetime(2026, 11, 23, 22, 40, tzinfo=SEOUL)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LANES = ["feed:1", "clock", "signal", "contact"]


def asks(outcome: str, hours: float | None) -> bool:
    last = None if hours is None else FOUND - timedelta(hours=hours)
    return asks_to_look_back(outcome, last_sign_at=last, found_at=FOUND)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_death_always_asks_and_a_crisis_only_when_it_was_found_late(outcome):
    crisis = outcome in ("died", "rescued", "taken_to_hospital")
    assert asks(outcome, 24) is crisis
    assert asks(outcome, None) is crisis
    assert asks(outcome, 24 - 1 / 60) is (outcome == "died")


def test_one_is_found_when_somebody_came_to_the_door_for_the_last_time():
    assert found_at([], closed_at=FOUND) == FOUND
    came = [FOUND - 3 * HOUR, FOUND - HOUR, FOUND + HOUR]
    assert found_at(came, closed_at=FOUND) == FOUND - HOUR


@pytest.mark.parametrize(
    ("hours_before", "first", "is_cut"),
    [
        (30, FOUND - 30 * HOUR, False),
        (2, FOUND - 24 * HOUR, False),  # a cry: the day before it stands there too
        (None, FOUND - timedelta(days=7), False),
        (24 * 67, FOUND - timedelta(days=28), True),
    ],
)
def test_it_looks_from_the_last_sign_in_whole_hours(hours_before, first, is_cut):
    last = None if hours_before is None else FOUND - timedelta(hours=hours_before)
    over = window(last_sign_at=last, ended_at=FOUND)
    assert over.since == first.replace(minute=0)
    assert over.until == FOUND.replace(minute=0) + HOUR
    assert over.is_cut is is_cut
    assert over.has(FOUND)
    assert last is None or is_cut or over.has(last)


OVER = window(last_sign_at=FOUND - 30 * HOUR, ended_at=FOUND)
MOMENTS = st.integers(0, OVER.hours * 3600 - 1).map(lambda s: OVER.since + timedelta(seconds=s))
FACTS = st.lists(st.builds(Fact, lane=st.sampled_from(LANES), at=MOMENTS, what=st.text(max_size=3)))


@given(FACTS)
def test_each_fact_lies_in_exactly_one_hour_and_lane_and_none_is_lost(facts):
    cells = by_hour(facts, (), over=OVER)
    found = [fact for cell in cells for fact in cell.facts]
    assert sorted(map(repr, found)) == sorted(map(repr, facts))
    assert len({(cell.nth, cell.lane) for cell in cells}) == len(cells)
    for cell in cells:
        begins = OVER.since + cell.nth * HOUR
        assert all(begins <= fact.at < begins + HOUR for fact in cell.facts)
        assert {fact.lane for fact in cell.facts} == {cell.lane}
    assert [cell.nth for cell in cells] == sorted(cell.nth for cell in cells)


@pytest.mark.parametrize("at", [OVER.since - MINUTE, OVER.until])
def test_a_fact_from_outside_is_refused_and_not_dropped_quietly(at):
    with pytest.raises(ValueError, match="outside"):
        by_hour([Fact(lane="clock", at=at, what="due")], (), over=OVER)


@given(st.integers(-5, OVER.hours + 5), st.integers(0, 40), st.integers(0, 59))
def test_blindness_covers_every_hour_it_touches_and_no_other(first, length, minute):
    begins = OVER.since + first * HOUR + minute * MINUTE
    blind = Stretch(lane="feed:1", begins_at=begins, ends_at=begins + length * HOUR, what="blind")
    cells = by_hour((), [blind], over=OVER)
    touched = {
        nth
        for nth in range(OVER.hours)
        if max(blind.begins_at, OVER.since + nth * HOUR)
        < min(blind.ends_at, OVER.since + (nth + 1) * HOUR)
    }
    assert {cell.nth for cell in cells} == touched
    assert all(cell.held == ("blind",) and not cell.facts for cell in cells)


SPANS = st.lists(st.tuples(st.integers(-3, 12), st.integers(0, 6)))


@given(SPANS)
def test_what_no_consent_covers_is_missing_and_nothing_else(drawn):
    def at(n: int) -> datetime:
        return FOUND + n * HOUR

    left = without([(at(a), at(a + n)) for a, n in drawn], since=at(0), until=at(10))
    missing = {n for n in range(10) if any(a <= at(n) < b for a, b in left)}
    assert missing == {n for n in range(10) if not any(a <= n < a + k for a, k in drawn)}


def test_who_was_there_does_not_look_back_while_there_is_another():
    assert who_looks_back([1, 2, 3], open_of={}, involved={1}) == 2
    assert who_looks_back([1, 2, 3], open_of={2: 2, 3: 1}, involved={1}) == 3
    assert who_looks_back([1], open_of={1: 9}, involved={1}) == 1
    assert who_looks_back([], open_of={}, involved=()) is None


@pytest.mark.parametrize(
    ("missed", "changes", "is_right"),
    [
        (["signs", "blind"], ["device"], True),
        (["nothing"], ["nothing"], True),
        ([], ["device"], False),
        (["signs"], [], False),
        (["signs", "nothing"], ["device"], False),
        (["signs"], ["nothing", "device"], False),
        (["somebody's fault"], ["device"], False),
    ],
)
def test_a_result_says_something_and_not_nothing_beside_it(missed, changes, is_right):
    if is_right:
        check_learnt(missed, changes)
    else:
        with pytest.raises(NotAllowed):
            check_learnt(missed, changes)


def test_nobody_signs_alone_and_nothing_is_signed_unwritten():
    check_second(written_by=1, signer=2)
    for written_by in (None, 2):
        with pytest.raises(NotAllowed):
            check_second(written_by=written_by, signer=2)


def test_blame_is_not_among_what_could_have_been_seen():
    assert "person" not in set(Missed)
