"""Each sweep runs in its own loop: a failing one is told loudly and hides nobody."""

import asyncio
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from anbu.care.foundation import queries as foundation
from anbu.config import sweeps
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
