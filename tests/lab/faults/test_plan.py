"""A scenario is a file; the same seed makes the same plan of it."""

import pytest

from anbu.lab.faults.kinds import KINDS
from anbu.lab.faults.plan import SHIPPED, BadScenario, parse, plan, read


def test_the_same_seed_gives_the_same_plan_and_another_one_another() -> None:
    scenario = read("short")
    assert plan(scenario, seed=7) == plan(scenario, seed=7)
    assert plan(scenario, seed=7) != plan(scenario, seed=8)


def test_every_fault_of_the_file_is_planned_and_nothing_meets_what_it_must_not() -> None:
    scenario = read("short")
    rounds = plan(scenario, seed=3)
    faults = [fault for one in rounds for fault in one]
    assert len(faults) == sum(scenario.faults.values())
    assert [fault.number for fault in faults] == list(range(1, len(faults) + 1))
    for one in rounds:
        touched = [fault.kind.on for fault in one]
        assert len(touched) == len(set(touched)) <= scenario.at_once
        assert len(one) == 1 or not any(fault.kind.alone for fault in one)


def test_the_short_one_tries_about_sixty_and_the_long_one_a_thousand_crashes() -> None:
    short, long = read("short"), read("long")
    assert 55 <= sum(short.faults.values()) <= 70
    crashes = sum(count for name, count in long.faults.items() if KINDS[name].crash)
    assert crashes >= 1_000
    assert set(long.faults) == set(KINDS)


def test_what_is_shipped_can_be_read() -> None:
    assert {file.stem for file in SHIPPED.glob("*.toml")} == {"short", "long"}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"faults": {}},
        {"faults": {"kill_the_mayor": 1}},
        {"faults": {"kill_web": -1}},
        {"faults": {"kill_web": True}},
        {"faults": {"kill_web": 1}, "at_once": 0},
        {"faults": {"kill_web": 1}, "patience": 0},
        {"faults": {"kill_web": 1}, "pace": 3},
    ],
)
def test_what_nobody_can_mean_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(BadScenario):
        parse(told, name="test")


def test_a_scenario_that_is_not_there_says_which_are() -> None:
    with pytest.raises(BadScenario, match="there are long, short"):
        read("nowhere")
