"""On which days somebody comes and for how long; by which way; along which road; after which no."""

from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from anbu.care.rounds.rules import (
    BINS,
    Address,
    ByAddress,
    Door,
    Kind,
    Result,
    Step,
    Wants,
    Way,
    best_hour,
    best_hours,
    everybody,
    minutes_on,
    next_round_day,
    next_step,
    read_address,
    turn_days,
    walk,
    way_of,
)
from anbu.care.rounds.rules.clock import SEOUL, Row
from anbu.care.rounds.rules.refusal import KIND_OF, LADDER, WAY_OF
from anbu.care.rounds.rules.streets import APART_M

MONDAY = date(2026, 11, 23)


def test_of_five_workers_three_come_on_each_day():
    for weekday in range(5):
        assert sum(weekday in turn_days(key) for key in range(20, 25)) == 3
    assert all(len(turn_days(key)) == 3 for key in range(5))


def test_a_day_off_for_everybody_is_passed_over():
    assert next_round_day(date(2026, 11, 20), ()) == MONDAY
    assert next_round_day(date(2026, 11, 20), (MONDAY,)) == date(2026, 11, 24)


def test_the_month_is_shared_by_its_coming_turns():
    days = [MONDAY + timedelta(days=n) for n in range(8)]
    key = next(key for key in range(5) if 0 in turn_days(key))
    fresh = minutes_on(MONDAY, (), key=key, month_min=2880, holidays=())
    assert (fresh.allowed, fresh.planned) == (240, 240)
    worked = [(date(2026, 11, 2), 240)] * 9  # 36 of 48 hours: 12 are left for the last turns
    late = minutes_on(MONDAY, worked, key=key, month_min=2880, holidays=())
    turns = sum(day.weekday() in turn_days(key) for day in days if day.month == 11)
    assert late.planned == -(-720 // turns)
    assert late.allowed == 240
    off = next(day for day in days if day.weekday() < 5 and day.weekday() not in turn_days(key))
    assert minutes_on(off, (), key=key, month_min=2880, holidays=()).planned == 0


@given(
    worked=some.lists(some.tuples(some.dates(date(2026, 11, 1), MONDAY), some.integers(0, 400))),
    key=some.integers(0, 9),
    day=some.dates(MONDAY, date(2026, 11, 30)),
)
def test_no_plan_passes_what_day_week_and_month_allow(
    worked: list[tuple[date, int]], key: int, day: date
):
    found = minutes_on(day, worked, key=key, month_min=2880, holidays=())
    assert 0 <= found.planned <= found.allowed <= 240
    assert found.allowed + sum(told for _, told in worked) <= 2880 or found.allowed == 0


@pytest.mark.parametrize(
    ("wants", "way", "only_visit"),
    [
        (Wants(word_due=True, visit_due=False), Way.CALL, False),
        (Wants(word_due=True, visit_due=True), Way.VISIT, False),
        (Wants(word_due=False, visit_due=True), Way.VISIT, True),
        (Wants(word_due=True, visit_due=False, tries=3), Way.VISIT, False),
        (Wants(word_due=True, visit_due=False, has_phone=False), Way.VISIT, True),
        (Wants(word_due=True, visit_due=True, refusing=Way.NOTE), Way.NOTE, False),
        (Wants(word_due=True, visit_due=False, refusing=Way.NOTE, asked=Way.CALL), Way.CALL, False),
        (Wants(word_due=False, visit_due=False, asked=Way.CALL, has_phone=False), Way.VISIT, True),
        (Wants(word_due=False, visit_due=False, promised=Way.VISIT), Way.VISIT, False),
    ],
)
def test_by_which_way_somebody_is_reached(wants: Wants, way: Way, only_visit: bool):
    assert way_of(wants) == (way, only_visit)


def row(day: int, kind: Kind, result: Result) -> Row:
    at = np.datetime64("2026-11-01").astype("datetime64[s]").astype(object).replace(tzinfo=SEOUL)
    return Row(id=UUID(int=day), at=at + timedelta(days=day), kind=kind, result=result)


def test_who_refuses_is_tried_in_turn_and_never_dropped():
    assert set(KIND_OF) == set(WAY_OF) == set(LADDER) == set(Step)
    log = [row(0, Kind.CALL, Result.DECLINED)]
    tried = []
    for day in range(1, 9):
        step = next_step(log)
        tried.append(step)
        ends = {
            Kind.NOTE: Result.LEFT,
            Kind.NEIGHBOUR: Result.NO_ANSWER,
            Kind.CALL: Result.NO_ANSWER,
        }
        log.append(row(day, KIND_OF[step], ends[KIND_OF[step]]))
    assert tried == [*LADDER, *LADDER]
    log.append(row(9, Kind.NOTE, Result.TAKEN))  # what is gone from the door is no step
    assert next_step(log) == Step.NOTE


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("관악구 은천로00길 12", Address("은천로00길", 12)),
        ("관악구 은천로 12-3", Address("은천로", 12)),
        ("서울특별시 관악구 남부순환로 1802 3층", Address("남부순환로", 1802)),
        ("어딘가", Address("")),
    ],
)
def test_an_address_says_where_on_its_road_it_stands(text: str, address: Address):
    assert read_address(text) == address


def test_two_numbers_of_a_road_are_ten_metres_a_number_apart():
    there = ByAddress()
    assert there.metres(Address("은천로", 12), Address("은천로", 14)) == 20
    assert there.metres(Address("은천로", 12), Address("남부로", 14)) == APART_M
    assert there.metres(Address(""), Address("")) == APART_M


@given(numbers=some.lists(some.integers(1, 40), min_size=1, max_size=5), roads=some.integers(1, 3))
def test_a_walk_passes_every_door_once_and_is_no_longer_than_as_they_came(
    numbers: list[int], roads: int
):
    there = ByAddress()
    doors = [
        Door(at=Address(f"{nth % roads}로", number), minutes=35)
        for nth, number in enumerate(numbers)
    ]
    office = Address("")
    found = walk(office, doors, there, begins=600, ends=1440)
    assert sorted(found.order) == list(range(len(doors)))
    stops = [office, *(door.at for door in doors), office]
    as_they_came = sum(
        there.metres(one, other) for one, other in zip(stops, stops[1:], strict=False)
    )
    assert found.metres <= as_they_came + 1e-9


@given(
    counts=some.lists(
        some.lists(some.tuples(some.integers(0, 20), some.integers(0, 20)), min_size=BINS,
                   max_size=BINS),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_the_best_hours_of_many_are_those_of_each(counts: list[list[tuple[int, int]]]):
    tries = [[max(pair) for pair in one] for one in counts]
    answered = [[min(pair) for pair in one] for one in counts]
    prior = everybody(np.sum(tries, axis=0), np.sum(answered, axis=0))
    many = best_hours(tries, answered, prior, from_hour=11)
    each = [best_hour(t, a, prior, from_hour=11).hour for t, a in zip(tries, answered, strict=True)]
    assert many.tolist() == each
