"""Measures the detector alone, on one core: `python -m anbu.lab.bench_kernel`. No installation."""

import json
import os
import time
from collections.abc import Callable

import numpy as np

from anbu.kernel import clock, detector, state
from anbu.kernel.policy import Policy

HOMES, FEEDS_A_HOME, BATCHES, WARM_UP = 20_000, 2, 40, 8
BATCH_S, INTERVAL_S = 1800, 600
MIDNIGHT = 1_700_006_400
SWEPT = (110_000, 8_000_000)
FEW, REPEATS = 5_000, 5


def readings(commit: str) -> dict[str, object]:
    """Readings a second: plugs of many homes, half an hour a batch, slots closing as they go."""
    rng = np.random.default_rng(0)
    homes = state.new_homes(["multi"] * HOMES)
    owner = np.repeat(np.arange(HOMES), FEEDS_A_HOME)
    feeds = state.new_feeds(owner.tolist(), [1] * len(owner), [INTERVAL_S] * len(owner))
    per = BATCH_S // INTERVAL_S
    feed = np.repeat(np.arange(len(owner)), per)
    heard, spent = 0, 0.0
    for nth in range(BATCHES):
        at = np.tile(MIDNIGHT + nth * BATCH_S + INTERVAL_S * np.arange(1, per + 1), len(owner))
        told = clock.Readings(feed, at, rng.uniform(0, 100, len(feed)))
        began = time.process_time()
        homes, feeds, _ = detector.hear(homes, feeds, told, Policy())
        if nth >= WARM_UP:
            heard, spent = heard + len(feed), spent + time.process_time() - began
    value = round(heard / spent)
    return _said("detector-readings", value, "readings/s and core", commit, homes=HOMES)


def home_year(commit: str) -> dict[str, object]:
    """A year of one home's plug, ten minutes a row, in one call as in a replay."""
    n = 365 * 86_400 // INTERVAL_S
    rng = np.random.default_rng(0)
    value = rng.uniform(0, 50, n) * (rng.random(n) < 0.1)
    told = clock.Readings(np.zeros(n, np.int64), MIDNIGHT + INTERVAL_S * np.arange(1, n + 1), value)
    began = time.process_time()
    detector.hear(
        state.new_homes(["single"]), state.new_feeds([0], [1], [INTERVAL_S]), told, Policy()
    )
    spent = round(time.process_time() - began, 2)
    return _said("detector-home-year", spent, "s for a year of one home", commit, readings=n)


def sweep(commit: str) -> dict[str, object]:
    """One look at every deadline of a city, and of a country."""
    took = {}
    for n in SWEPT:
        at = np.random.default_rng(0).integers(10**9, 2 * 10**9, n)
        times = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            detector.due(at, 10**9 + 10**6)
            times.append((time.perf_counter() - began) * 1000)
        took[n] = round(min(times), 2)
    more = {f"ms_{n}": ms for n, ms in took.items()}
    return _said("detector-sweep", took[SWEPT[0]], f"ms for {SWEPT[0]:,} homes", commit, **more)


def deadlines(commit: str) -> dict[str, object]:
    """New deadlines of homes just heard."""
    homes = state.new_homes(["half"] * FEW)
    homes["slot"], homes["seen"] = MIDNIGHT // 1800, 100
    began = time.process_time()
    detector.deadlines(homes, Policy())
    value = round((time.process_time() - began) * 1e6 / FEW, 1)
    return _said("detector-deadlines", value, "microseconds a home", commit)


def size(commit: str) -> dict[str, object]:
    """Bytes remembered of a home with two feeds."""
    value = state.HOME.itemsize + 2 * state.FEED.itemsize
    parts = {"home": state.HOME.itemsize, "feed": state.FEED.itemsize}
    return _said("detector-state", value, "bytes a home with two feeds", commit, **parts)


BENCHES: tuple[Callable[[str], dict[str, object]], ...] = (
    readings,
    home_year,
    sweep,
    deadlines,
    size,
)


def _said(name: str, value: float, unit: str, commit: str, **more: float) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, "commit": commit, **more}


def main() -> None:
    """Print one JSON object for each measurement."""
    for bench in BENCHES:
        print(json.dumps(bench(os.environ.get("ANBU_COMMIT", ""))), flush=True)


if __name__ == "__main__":
    main()
