"""A history heard at once: what would have rung. Replay, evaluation and previews come here."""

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import detector, running
from anbu.kernel.clock import Readings
from anbu.kernel.policy import Policy
from anbu.kernel.running import Trace
from anbu.kernel.state import Feeds, Homes


def heard(
    homes: Homes, feeds: Feeds, readings: Readings, policy: Policy
) -> tuple[NDArray[np.void], Trace]:
    """Return the rows a policy would have found, those of slots still open too, and each slot.

    `homes` and `feeds` as of the history's beginning; they are left as they are.
    """
    traces: list[Trace] = []
    homes, feeds, rows = detector.hear(homes, feeds, readings, policy, trace=traces)
    _, tail = detector.provisional(homes, feeds, policy, trace=traces)
    return np.concatenate([rows, tail]), running.joined(traces)
