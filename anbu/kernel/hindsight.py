"""A history heard at once: what would have rung. Replay, evaluation and previews come here."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import detector, running
from anbu.kernel.clock import Readings
from anbu.kernel.evidence import LATE_S, SLOT_S
from anbu.kernel.policy import Policy
from anbu.kernel.running import Trace
from anbu.kernel.state import NEVER, Feeds, Homes

# Of each home its registered absences in order, (from, until) in local seconds.
type Absences = Sequence[Sequence[tuple[int, int]]]

_END = np.iinfo(np.int64).max


def heard(
    homes: Homes,
    feeds: Feeds,
    readings: Readings,
    policy: Policy,
    *,
    absences: Absences | None = None,
) -> tuple[NDArray[np.void], Trace]:
    """Return the rows a policy would have found, those of slots still open too, and each slot.

    `homes` and `feeds` as of the history's beginning; they are left as they are. Without
    `absences` those hold that the homes know of.
    """
    traces: list[Trace] = []
    homes, feeds, rows = hear(homes, feeds, readings, policy, absences=absences, trace=traces)
    _, tail = detector.provisional(homes, feeds, policy, trace=traces)
    return np.concatenate([rows, tail]), running.joined(traces)


def hear(
    homes: Homes,
    feeds: Feeds,
    readings: Readings,
    policy: Policy,
    *,
    absences: Absences | None = None,
    trace: list[Trace] | None = None,
) -> tuple[Homes, Feeds, NDArray[np.void]]:
    """Hear readings as `detector.hear` does, of homes that were away more than once.

    A home knows of one absence at a time: each is heard to its end before the next is told.
    """
    if absences is None or not any(absences):
        return detector.hear(homes, feeds, readings, policy, trace=trace)
    homes, rows = homes.copy(), []
    home = feeds["home"][readings.feed]
    local = readings.at + homes["offset_s"][home]
    earliest = np.full(len(homes), _END)
    np.minimum.at(earliest, home, local)
    waits = np.ones(len(home), bool)
    while True:
        until = _tell(homes, absences, earliest)
        now = waits & (local <= until[home])
        waits &= ~now
        begun, goes_on = homes["watermark"] != NEVER, np.zeros(len(homes), bool)
        begun[home[now]], goes_on[home[waits]] = True, True
        ended = np.maximum(homes["watermark"], until)  # time passes also where nothing was said
        homes["watermark"] = np.where(begun & goes_on, ended, homes["watermark"])
        part = Readings(readings.feed[now], readings.at[now], readings.value[now])
        homes, feeds, found = detector.hear(homes, feeds, part, policy, trace=trace)
        rows.append(found)
        if not waits.any():
            _tell(homes, absences, earliest)
            return homes, feeds, np.concatenate(rows)


def _tell(homes: Homes, absences: Absences, earliest: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tell each home its first absence that is not closed yet, in place.

    Return up to which stamp [local s] each may be heard until the next absence is told.
    """
    stands = np.where(homes["slot"] == NEVER, earliest, homes["slot"] * SLOT_S)
    until = np.full(len(homes), _END)
    for nth, own in enumerate(absences):
        ahead = [each for each in own if _closed(each[1]) > stands[nth]]
        first = ahead[0] if ahead else (NEVER, NEVER)
        homes["absent_from"][nth], homes["absent_until"][nth] = first
        if len(ahead) > 1:
            until[nth] = _closed(first[1]) + LATE_S
    return until


def _closed(until: int) -> int:
    """Return when the half hour is over in which an absence ends [local s]."""
    return -(-until // SLOT_S) * SLOT_S
