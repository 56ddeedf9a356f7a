"""What a channel is, and what on it counts as a sign of life."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Life(StrEnum):
    RISE = "rise"  # a step up: somebody switched something on; levels and falls are not life
    CHANGE = "change"  # a step either way: a lamp or a curtain
    COUNT = "count"  # anything above nought: only a person causes it


@dataclass(frozen=True)
class Channel:
    """One kind of measurement: who would cause it, and which values cannot be true."""

    code: int  # stored with every reading, never given out twice
    name: str
    label: str
    unit: str
    life: Life
    edge: float  # smallest step that is life; per hour of interval for energy
    lowest: float
    highest: float
    full: float  # a sign of this size is drawn at full strength


# Edges: a television or microwave on a plug steps 20 W and more, standby drifts by 1-3 W (REFIT,
# tracebase); a fridge compressor in a whole-house meter steps 60-150 W, a kettle 1,500 W (Ausgrid).
# Limits: a Korean home is cut off at 10 kW or so; full sunlight is 1e5 lux, a room below 1e5.
CHANNELS = (
    Channel(1, "power_w", "전력", "W", Life.RISE, 10, 0, 20_000, 1_000),
    Channel(2, "energy_wh", "전력량", "Wh", Life.RISE, 200, 0, 500_000, 2_000),
    Channel(3, "lux", "조도", "lx", Life.CHANGE, 20, 0, 150_000, 500),
    Channel(4, "motion", "움직임", "회", Life.COUNT, 0, 0, 100_000, 10),
    Channel(5, "door", "현관문", "회", Life.COUNT, 0, 0, 10_000, 2),
    Channel(6, "contact", "문 열림", "회", Life.COUNT, 0, 0, 10_000, 2),
    Channel(7, "calls", "통화", "회", Life.COUNT, 0, 0, 10_000, 3),
    Channel(8, "sms", "문자", "회", Life.COUNT, 0, 0, 100_000, 5),
    Channel(9, "data_kb", "데이터", "KB", Life.RISE, 5_000, 0, 1e9, 50_000),
    Channel(10, "steps", "걸음", "보", Life.COUNT, 0, 0, 200_000, 500),
    Channel(11, "checkin", "안부 응답", "회", Life.COUNT, 0, 0, 1_000, 1),
    Channel(12, "presence", "대화", "회", Life.COUNT, 0, 0, 10_000, 1),
    Channel(13, "screen", "화면 켬", "회", Life.COUNT, 0, 0, 10_000, 10),
)
BY_NAME = {channel.name: channel for channel in CHANNELS}
BY_CODE = {channel.code: channel for channel in CHANNELS}

# An edge across a longer hole shows nothing: too much may have happened that nobody saw.
SPAN_INTERVALS = 3
SPAN_AT_LEAST_S = 1800.0

_SIZE = max(BY_CODE) + 1


def _table(of: str) -> NDArray[np.float64]:
    table = np.full(_SIZE, np.nan)
    for channel in CHANNELS:
        table[channel.code] = getattr(channel, of)
    return table


EDGE, FULL = _table("edge"), _table("full")
IS_RISE, IS_CHANGE, IS_COUNT = (
    np.array([code in BY_CODE and BY_CODE[code].life is life for code in range(_SIZE)])
    for life in Life
)
_ENERGY = BY_NAME["energy_wh"].code


def is_absurd(channel: int, value: float) -> bool:
    """Say whether no such device can have measured this (NaN is "no data", not absurd)."""
    row = BY_CODE[channel]
    return value < row.lowest or value > row.highest


def edges(channel: NDArray[np.int64], interval_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the step [unit of the channel] that is life on each of M feeds."""
    hours = np.where(channel == _ENERGY, interval_s / 3600.0, 1.0)
    return EDGE[channel] * hours


def strength(channel: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how strongly to draw each sign, 0.2-1, by the logarithm of its value."""
    part = np.log1p(np.maximum(value, 0.0)) / np.log1p(FULL[channel])
    return np.clip(np.nan_to_num(part), 0.2, 1.0)
