"""Chance that does not depend on where one begins: one question, always one answer."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_STEP = np.uint64(0x9E3779B97F4A7C15)  # SplitMix64, Steele, Lea, Flood 2014
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)


def uniform(seed: int, stream: str, *coordinates: ArrayLike) -> NDArray[np.float64]:
    """Return numbers in [0, 1) that are a function of seed, stream and coordinates alone."""
    state = np.uint64(int.from_bytes(stream.encode()[:8].ljust(8, b"-"), "little"))
    bits = _scramble(np.atleast_1d(np.uint64(seed & 0xFFFFFFFFFFFFFFFF)) ^ state)
    for coordinate in coordinates:
        whole = np.asarray(coordinate, dtype=np.int64).astype(np.uint64)
        bits = _scramble(bits + whole * _STEP)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _scramble(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = bits + _STEP
    bits = (bits ^ (bits >> np.uint64(30))) * _MIX_A
    bits = (bits ^ (bits >> np.uint64(27))) * _MIX_B
    return bits ^ (bits >> np.uint64(31))
