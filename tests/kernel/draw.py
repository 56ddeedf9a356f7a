"""Time as a picture: one character is an hour, `#` life, `.` stillness, ` ` nothing came."""

import numpy as np

from anbu.kernel.signs import BY_NAME
from anbu.kernel.silence import Feeds, Homes, Readings, State, hear, judge

HOUR = 3600.0
NEVER = np.nan


def homes(*, patience: float, blind_after: float, lag: float = 0.0, n: int = 1) -> Homes:
    never = np.full(n, NEVER)
    return Homes(
        patience_s=np.full(n, patience),
        blind_after_s=np.full(n, blind_after),
        last_seen=never,
        last_sign=never,
        last_channel=np.zeros(n, np.int64),
        unseen_s=np.zeros(n),
        confirmed=never,
        lag_s=np.full(n, lag),
    )


def feeds(*channels: str, interval_s: float = HOUR, home: list[int] | None = None) -> Feeds:
    never = np.full(len(channels), NEVER)
    return Feeds(
        home=np.array(home or [0] * len(channels), np.int64),
        channel=np.array([BY_NAME[name].code for name in channels], np.int64),
        interval_s=np.full(len(channels), interval_s),
        last_at=never,
        last_value=never,
        last_sign=never,
        same_since=never,
    )


def readings(*rows: tuple[int, float, float]) -> Readings:
    """Rows of (feed, at, value)."""
    feed, at, value = zip(*rows, strict=True) if rows else ((), (), ())
    return Readings(np.array(feed, np.int64), np.array(at, float), np.array(value, float))


def states(picture: str, *, patience: float, blind: float = 6) -> str:
    """Return what is judged at each hour: `.` calm, `S` silent, `B` blind, `X` silent and blind."""
    home, feed = homes(patience=patience * HOUR, blind_after=blind * HOUR), feeds("motion")
    seen = ""
    for hour, mark in enumerate(picture):
        if mark != " ":
            row = readings((0, hour * HOUR, float(mark == "#")))
            home, feed, _ = hear(home, feed, row)
        state, _, _ = judge(home, hour * HOUR)
        seen += {0: ".", 1: "S", 2: "B", 3: "X"}[int(state[0])]
    return seen


def rings(picture: str, *, patience: float, blind: float = 6) -> int | None:
    """Return the hour in which silence is first judged too long."""
    drawn = states(picture, patience=patience, blind=blind)
    hours = [hour for hour, mark in enumerate(drawn) if mark in "SX"]
    return hours[0] if hours else None


def is_silent(state: int) -> bool:
    return bool(State(state) & State.SILENT)
