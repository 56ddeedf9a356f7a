"""Each sweep runs in its own loop: a failing one is told loudly and hides nobody."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from structlog.testing import capture_logs

from anbu.care.foundation import queries as foundation
from anbu.config import sweeps
from anbu.config.clock import RehearsalClock
from anbu.config.reactions import Reaction

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_failing_sweep_neither_hides_the_others_nor_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop = asyncio.Event()
    left = [1] * 5

    def broken(*, now: datetime) -> bool:
        raise ValueError("one bad home")

    def good(*, now: datetime) -> bool:
        if left:
            left.pop()
        return bool(left)

    several = (
        Reaction(name="broken", leaves="", step=broken, every_s=0.05),
        Reaction(name="good", leaves="", step=good, every_s=0.05),
    )
    monkeypatch.setattr(sweeps, "REACTIONS", several)

    async def run() -> None:
        sweeping = asyncio.create_task(sweeps.sweep_everything(stop))
        async with asyncio.timeout(20):
            while "clock/good" not in await asyncio.to_thread(foundation.pulses):
                await asyncio.wait([sweeping], timeout=0.05)
        stop.set()
        await sweeping

    with capture_logs() as logs:
        asyncio.run(run())
    assert left == []
    assert "clock/broken" not in foundation.pulses()
    assert any(e["event"] == "sweep_failed" and e["sweep"] == "broken" for e in logs)


def test_a_bell_rings_a_sweep_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = asyncio.Event()
    calls: list[int] = []

    def step(*, now: datetime) -> bool:
        calls.append(1)
        return False

    slow = (Reaction(name="sos", leaves="", step=step, every_s=60, wakes_on=("anbu_sos",)),)
    monkeypatch.setattr(sweeps, "REACTIONS", slow)

    async def run() -> None:
        sweeping = asyncio.create_task(sweeps.sweep_everything(stop))
        async with asyncio.timeout(20):
            while len(calls) < 2:  # the first look comes by itself
                async with await sweeps.connect() as db:
                    await db.execute("NOTIFY anbu_sos")
                await asyncio.wait([sweeping], timeout=0.05)
        stop.set()
        await sweeping

    asyncio.run(run())


class Wall:
    """A wall clock that somebody sets."""

    speed = 1.0

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def parted(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[float]:
    """Return what the mass brake is told."""
    told: list[float] = []
    settings.CLOCK = Wall()
    monkeypatch.setattr(sweeps.alarms, "brake_for_step", lambda *, parted_s: told.append(parted_s))
    return told


def learn(clocks: sweeps.Clocks) -> None:
    """Let both clocks be watched until a jump can be told from a pace."""
    while clocks._pace is None:
        clocks.compare()


def test_a_jump_of_the_clock_is_told_once_by_whoever_looks_first(
    parted: list[float], settings: Any
) -> None:
    clocks = sweeps.Clocks()
    learn(clocks)
    assert parted == []
    settings.CLOCK.ahead = timedelta(seconds=1.5)  # less than two seconds: a clock is set right
    clocks.compare()
    assert parted == []
    settings.CLOCK.ahead += timedelta(hours=1)
    clocks.compare()
    learn(clocks)
    assert [round(jump) for jump in parted] == [3600]
    settings.CLOCK.ahead -= timedelta(hours=1)
    clocks.compare()
    learn(clocks)
    assert [round(jump) for jump in parted] == [3600, -3600]


def test_a_jump_that_could_not_be_told_is_told_again(
    parted: list[float], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = sweeps.Clocks()
    learn(clocks)

    def away(*, parted_s: float) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(sweeps.alarms, "brake_for_step", away)
        settings.CLOCK.ahead = timedelta(hours=1)
        with pytest.raises(OperationalError):
            clocks.compare()
    clocks.compare()
    assert [round(jump) for jump in parted] == [3600]


def test_a_rehearsal_that_changes_its_pace_does_not_jump(
    parted: list[float], settings: Any, tmp_path: Path
) -> None:
    file = tmp_path / "clock.json"
    file.write_text(json.dumps({"real": time.time(), "shown": 0.0, "speed": 60}))  # noqa: TID251
    settings.CLOCK = RehearsalClock(file)
    clocks = sweeps.Clocks()
    for speed in (60, 1, 600, 60):
        settings.CLOCK.set_pace(speed=speed)
        clocks.compare()
        learn(clocks)
    assert parted == []
    settings.CLOCK.set_pace(speed=60, shown=settings.CLOCK.now() + timedelta(hours=8))
    clocks.compare()
    assert [round(jump / 3600) for jump in parted] == [8]
