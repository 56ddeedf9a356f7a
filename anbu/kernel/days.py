"""What a day teaches: its hours, its quietest four hours, its longest silence."""

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import rhythm
from anbu.kernel.evidence import BINS, DAY_SLOTS
from anbu.kernel.rhythm import DAYS, UNIT
from anbu.kernel.state import Homes

_BLOCK = 8  # slots of the quietest four hours
_DAY_WELL_SEEN = 32  # slots


def learn(homes: Homes, bins: NDArray, seen: NDArray, live: NDArray, first: int) -> None:
    """Count the stretch into today's hours and blocks, in place."""
    n, width = bins.shape
    padded = np.zeros((2, n, DAY_SLOTS), np.uint8)
    padded[0, :, first : first + width] = bins > 0
    padded[1, :, first : first + width] = seen
    by_hour = padded.reshape(2, n, 24, 2).sum(3, dtype=np.uint8)
    homes["today_signs"] += by_hour[0]
    homes["today_seen"] += by_hour[1]
    last = first + width
    for start in range(first // _BLOCK * _BLOCK, last, _BLOCK):
        part = slice(max(start - first, 0), min(start + _BLOCK, last) - first)
        cells = np.where(seen[:, part], bins[:, part], -1)
        count = (cells[:, :, None] == np.arange(BINS)).sum(1).astype(np.uint8)
        homes["today_alive"] += count
        block = homes["block"] + count
        if start + _BLOCK <= last:
            done = live[:, start + _BLOCK - 1 - first]
            stir = (block.astype(np.int64) * np.arange(BINS) ** 2).sum(1)
            calm = homes["calm"]
            had = (calm.astype(np.int64) * np.arange(BINS) ** 2).sum(1)
            better = done & (block.sum(1) >= 6) & ((calm.sum(1) == 0) | (stir < had))
            homes["calm"] = np.where(better[:, None], block, calm)
            block[done] = 0
        homes["block"] = block


def end(homes: Homes) -> None:
    """Fold the day into the home's rhythm and record, in place."""
    for counts, today in (
        ("signs", "today_signs"),
        ("seen", "today_seen"),
        ("alive", "today_alive"),
        ("quiet", "calm"),
    ):
        homes[counts] = rhythm.fade(homes[counts]) + UNIT * homes[today].astype(np.int64)
    well = homes["today_seen"].sum(1) >= _DAY_WELL_SEEN
    for ring, top in (("gaps", "today_gap"), ("worths", "today_worth")):
        held = homes[ring]
        held[well, :-1] = held[well, 1:]
        held[well, DAYS - 1] = np.maximum(homes[top][well], 1)
        homes[ring] = held
    homes["long_s"], homes["most"] = rhythm.record(homes["gaps"], homes["worths"])
    for column in ("today_signs", "today_seen", "today_alive", "calm", "block"):
        homes[column] = 0
    homes["today_gap"] = homes["today_worth"] = 0
