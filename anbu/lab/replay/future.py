"""Stamps ahead of their time in a file: live they are refused at receipt, here the order tells."""

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.clock import Readings
from anbu.kernel.evidence import LATE_S

_SIDE = 10  # rows on either side when a stamp is checked against its neighbours


def without_future(readings: Readings) -> Readings:
    """Return the readings without those stamped in the future, in the file's order.

    Live, a stamp ahead of the clock on the wall is refused at receipt. A file has no such clock,
    but its order tells: a stamp is ahead if a later row of the same feed is more than LATE_S
    older and the rows around it agree with that later row.
    """
    ahead = np.zeros(len(readings.at), bool)
    order = np.argsort(readings.feed, kind="stable")
    bounds = np.searchsorted(readings.feed[order], np.unique(readings.feed))
    for rows in np.split(order, bounds[1:]):
        at = readings.at[rows]
        if len(at) < 2 or (np.diff(at) >= -LATE_S).all() and not _jump(at).any():
            continue
        oldest_later = np.minimum.accumulate(at[::-1])[::-1]
        suspect = np.flatnonzero(at > oldest_later + LATE_S)
        for i in suspect:
            near = at[max(0, i - _SIDE) : i + _SIDE + 1]
            ahead[rows[i]] = at[i] > np.median(near) + LATE_S
        last = np.flatnonzero(_jump(at))
        if len(last):  # a lone leap at the very end of a record proves nothing
            ahead[rows[last[0] + 1 :]] = True
    return Readings(readings.feed[~ahead], readings.at[~ahead], readings.value[~ahead])


def _jump(at: NDArray) -> NDArray[np.bool_]:
    leap = np.diff(at) > 86_400
    leap[: max(0, len(leap) - 2)] = False
    return leap
