"""Property: with `fixed_hours` the learned detector never rings later than the fixed one.

"Rings" is a state: an excursion that began earlier and has not ended is an open alarm.
"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anbu.kernel import hindsight, policy
from anbu.kernel.clock import Readings
from anbu.kernel.running import ALARM, END_SHARE
from anbu.lab.replay.files import Place, Told
from anbu.lab.replay.run import world
from tests.kernel.drawn import START

CHANNELS = ("power_w", "lux", "energy_wh", "motion", "door", "calls")
HALF_HOURS = 48 * 24


def random_life(rng: np.random.Generator, channel: str) -> np.ndarray:
    """Return half-hourly values: blocks of life, a stuck or dead spell, holes (NaN)."""
    n = HALF_HOURS
    awake = np.repeat(rng.random(n // 6 + 1) < rng.choice([0.1, 0.3]), 6)[:n]
    values = {
        "power_w": rng.uniform(0, 14, n) + awake * rng.choice([0, 9, 60], n),
        "lux": rng.uniform(0, 26, n) + awake * rng.choice([0, 15, 90], n),
        "energy_wh": rng.uniform(20, 190, n) + awake * rng.choice([0, 150, 500], n),
    }.get(channel, (awake & (rng.random(n) < 0.1)).astype(float))
    stuck = int(rng.integers(0, n - 100))
    values[stuck : stuck + int(rng.integers(0, 100))] = rng.choice([0.0, 7.0])
    return np.where(np.repeat(rng.random(n // 40 + 1) < 0.9, 40)[:n], values, np.nan)


@given(
    seed=st.integers(0, 10_000),
    channels=st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=3, unique=True),
    theta=st.sampled_from([0.7, 1.0, 3.0, 10.0]),
    hours=st.sampled_from([6, 13, 24, 50]),
    is_away=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_the_backstop_holds_on_any_readings(seed, channels, theta, hours, is_away):
    backstop(seed, channels, theta, hours, is_away)


def backstop(
    seed: int, channels: list[str], theta: float, hours: int, is_away: bool
) -> tuple[int, int]:
    """Hold the property on one drawn life; return how often the fixed one rang, and how often
    the learned alarm was open by then already.
    """
    rng = np.random.default_rng(seed)
    away = (START + 10 * 86_400, START + 13 * 86_400) if is_away else (None, None)
    nowhere = {"region": "", "provider": "", "gateway": ""}
    places = [Place("A", name, 1800, nowhere, *away) for name in channels]
    at = START + 1800 * (1 + np.arange(HALF_HOURS))
    said = np.concatenate([random_life(rng, name) for name in channels])
    feed = np.repeat(np.arange(len(channels)), HALF_HOURS)
    heard = Readings(feed, np.tile(at, len(channels)), said)
    told = Told(heard, np.full(len(said), 32_400), 0, 0, "")
    rings, fixed = ringing(told, places, policy.fixed(hours), hours, np.inf)
    learned, began = ringing(told, places, policy.learned(theta, fixed_hours=hours), hours, theta)
    earlier = 0
    for instant, slot in fixed.items():
        is_open = slot > 0 and learned[slot - 1]
        earlier += int(is_open)
        assert is_open or any(at <= instant for at, of in began.items() if of == slot), instant
    assert not (rings & ~learned).any()
    return len(fixed), earlier


def test_the_property_above_is_not_empty():
    counts = [backstop(seed, ["motion"], 0.7, 24, False) for seed in range(4)]
    assert sum(fixed for fixed, _ in counts) > 20, counts
    assert sum(earlier for _, earlier in counts) > 20, counts


def ringing(
    told: Told, places: list[Place], chosen: policy.Policy, hours: int, theta: float
) -> tuple[np.ndarray, dict[int, int]]:
    """Return in which half hours an alarm is open, and when (of which half hour) one began."""
    there = world(places, told)
    rows, trace = hindsight.heard(there.homes, there.feeds, told.readings, chosen)
    began = rows["at"][rows["level"] == ALARM]
    is_over = (trace.fixed_s < hours * 3600) & (trace.score < END_SHARE * theta)
    opened = dict(zip(began.tolist(), np.searchsorted(trace.end, began).tolist(), strict=True))
    state, is_open, starts = np.zeros(len(trace.end), bool), False, set(opened.values())
    for slot in range(len(state)):
        is_open = slot in starts or (is_open and not is_over[slot])
        state[slot] = is_open
    return state, opened
