"""Time drawn as text, for stories: one character is an hour, # is life, . stillness, _ unseen."""

import numpy as np

from anbu.kernel import detector, state
from anbu.kernel.evidence import LATE_S
from anbu.kernel.policy import Policy

START = 1_699_974_000  # a local midnight in Seoul (UTC seconds)
CODES = {"motion": 4, "power_w": 1, "energy_wh": 2}
DAY = ".......#.##..##.#..#.##."  # an ordinary day
QUIET_DAY = "........................"


def motion(picture: str) -> tuple[np.ndarray, np.ndarray]:
    """Return stamps and values of a motion sensor that reports every hour."""
    hours = np.array([i for i, c in enumerate(picture) if c != "_"])
    return START + 3600 * (hours + 1), np.array([1.0 * (picture[i] == "#") for i in hours])


def meter(picture: str, *, seed: int = 0, fridge: float = 40.0) -> tuple[np.ndarray, np.ndarray]:
    """Return stamps and values of a half-hourly meter behind which a fridge cycles."""
    rng = np.random.default_rng(seed)
    half = np.array([2 * i + k for i, c in enumerate(picture) if c != "_" for k in (0, 1)])
    value = 30 + fridge * (half % 4 < 2) + rng.uniform(0, 6, len(half))
    life = np.array([picture[i // 2] == "#" and i % 2 == 0 for i in half])
    return START + 1800 * (half + 1), value + life * rng.uniform(200, 900, len(half))


def home(kind: str = "dense", channel: str = "motion", interval_s: int = 3600):
    """Return columns for one home with one feed."""
    return state.new_homes([kind]), state.new_feeds([0], [CODES[channel]], [interval_s])


def readings(at: np.ndarray, value: np.ndarray, feed: int = 0) -> detector.Readings:
    """Return readings of one feed."""
    return detector.Readings(np.full(len(at), feed), np.asarray(at), np.asarray(value, float))


def hours_of(rows: np.ndarray, level: int) -> list[float]:
    """Return when rows of a level became true, in hours of the picture."""
    return [round((int(r["at"]) - START) / 3600, 1) for r in rows if r["level"] == level]


NORMAL = Policy()


def heard(columns, heard_readings, policy=NORMAL, **more):
    """Hear everything, then close what is still open, as a replay does."""
    homes, feeds, rows = detector.hear(*columns, heard_readings, policy, **more)
    homes["watermark"] += LATE_S
    homes, feeds, tail = detector.hear(homes, feeds, detector.NOTHING, policy, **more)
    return homes, feeds, np.concatenate([rows, tail])
