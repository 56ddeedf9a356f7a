"""The watchdog tells what stands still, once, and is patient at its own start."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from anbu.config.watch import DATABASE, WATCHED, Watch


@pytest.fixture(autouse=True)
def _twenty_seconds() -> Iterator[None]:
    with override_settings(STANDSTILL_S=20):
        yield


def _all(ago: float) -> dict[str, float]:
    return dict.fromkeys(WATCHED, ago)


def test_everything_gets_its_time_after_the_start() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1019, {}) == []
    assert set(watch.look(1021, {})) == set(WATCHED)


def test_what_stands_still_is_told_once_and_again_after_five_minutes() -> None:
    watch = Watch(moment=1000)
    pulses = _all(1) | {"clock": 25.0}
    assert watch.look(1025, pulses) == ["clock"]
    assert watch.look(1027, pulses) == []
    assert watch.look(1025 + 301, _all(1) | {"clock": 326.0}) == ["clock"]


def test_what_moves_again_may_be_told_anew() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1030, _all(1) | {"notify": 30.0}) == ["notify"]
    assert watch.look(1032, _all(1)) == []
    assert watch.look(1060, _all(1) | {"notify": 28.0}) == ["notify"]


def test_a_database_that_is_away_is_told_before_a_minute_is_over() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1010, _all(1)) == []
    told = [(at, watch.look(at, None)) for at in range(1012, 1070, 2)]
    first = next(at for at, names in told if DATABASE in names)
    assert first - 1010 <= 60


def test_one_failing_sweep_is_told_although_the_clock_still_ticks() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1100, _all(1) | {"clock/silence": 60.0}) == ["clock/silence"]
