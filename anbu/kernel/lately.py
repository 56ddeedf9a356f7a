"""What each home showed lately, half hour by half hour: all that a group is counted from.

A home's last rows are kept with its clock. When half hours are closed, or judged anew because a
late row came, the rows from there on take the place of the old ones; a group's counts lose the
old and gain the new. So counts are right at every moment, whatever the cutting of the stream.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.evidence import SLOT_S
from anbu.kernel.running import Trace

VERSION = 1
KEPT = 40  # half hours kept per home at least: the longest window (12 h) and 8 h to be looked at

# one row per home and half hour in which the home reports at all
LATELY = np.dtype(
    [
        ("home", "i4"),
        ("slot", "i4"),  # UTC half hours since 1970, of the end
        ("expected", "u2"),  # sign usual in the half hour, in thousandths; 0 out of sight
        ("unseen", "u2"),  # half hours without sight
        ("came", "?"),  # a sign came
        ("rose", "?"),  # its silence became unusual
    ]
)
_NAMES = (LATELY.names or ())[1:]
_PACKED = np.dtype([(name, LATELY[name]) for name in _NAMES])


def rows_of(trace: Trace) -> NDArray[np.void]:
    """Return what a trace showed of homes that report at all."""
    part = np.flatnonzero(trace.unseen_s >= 0) if len(trace.home) else np.zeros(0, np.int64)
    rows = np.zeros(len(part), LATELY)
    if len(part):
        usual = np.rint(1000 * trace.usual[part].astype(float) * trace.seen[part])
        rows["home"], rows["slot"] = trace.home[part], trace.end[part] // SLOT_S
        rows["expected"] = usual
        rows["unseen"] = np.minimum(trace.unseen_s[part] // SLOT_S, 65_535)
        rows["came"], rows["rose"] = trace.bins[part] > 0, trace.rose[part]
    return rows


def replaced(
    kept: NDArray[np.void], new: NDArray[np.void], *, still_open: NDArray[np.void]
) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Return the rows to keep and those withdrawn: each home's, from its first new row on.

    All that is `still_open` is kept, however long a meter's file is waited for: what comes in
    its place must find it.
    """
    if not len(new):
        return kept, new
    size = 1 + int(max(new["home"].max(), kept["home"].max(initial=0)))
    stale = kept["slot"] >= _first(new, size)[kept["home"]]
    whole = np.concatenate([kept[~stale], new])
    whole = whole[np.lexsort((whole["slot"], whole["home"]))]
    newest = np.full(size, -1, np.int64)
    np.maximum.at(newest, whole["home"], whole["slot"].astype(np.int64))
    last = np.minimum(newest - KEPT, _first(still_open, size) - 1)
    return whole[whole["slot"] > last[whole["home"]]], kept[stale]


def _first(rows: NDArray[np.void], homes: int) -> NDArray[np.int64]:
    """Return the first half hour of each home, one far away if it has none."""
    first = np.full(homes, np.iinfo(np.int64).max)
    np.minimum.at(first, rows["home"], rows["slot"].astype(np.int64))
    return first


def pack(rows: NDArray[np.void], homes: int) -> list[bytes]:
    """Return rows, in the order of their homes 0 to `homes` - 1, as they are kept of each home.

    That is a version byte and ten bytes a half hour.
    """
    packed = np.zeros(len(rows), _PACKED)
    for name in _NAMES:
        packed[name] = rows[name]
    told, size = packed.tobytes(), _PACKED.itemsize
    ends = (size * np.searchsorted(rows["home"], np.arange(homes + 1))).tolist()
    head = bytes([VERSION])
    return [head + told[first:end] for first, end in pairwise(ends)]


def unpack(kept: Sequence[bytes]) -> NDArray[np.void]:
    """Return the rows of homes 0, 1, … as they were kept; what cannot be read is nothing known."""
    parts = [one[1:] if one and one[0] == VERSION else b"" for one in kept]
    packed = np.frombuffer(b"".join(parts), _PACKED)
    rows = np.zeros(len(packed), LATELY)
    rows["home"] = np.repeat(
        np.arange(len(parts)), [len(part) // _PACKED.itemsize for part in parts]
    )
    for name in _NAMES:
        rows[name] = packed[name]
    return rows
