"""Between rows and the kernel's columns: NULL in a row is NaN in a column."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.silence import Feeds, Homes

from ..models import Watch

WATCH_COLUMNS = (
    "patience_s",
    "blind_after_s",
    "lag_s",
    "last_seen",
    "last_sign",
    "last_channel",
    "unseen_s",
    "confirmed",
)
FEED_COLUMNS = ("channel", "interval_s", "last_at", "last_value", "last_sign", "same_since")


def floats(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return a column of numbers; None becomes NaN."""
    return np.array(values, dtype=np.float64)


def homes_of(watches: Sequence[Watch]) -> Homes:
    """Return the kernel's columns of these silence clocks."""
    rows = [tuple(getattr(watch, name) for name in WATCH_COLUMNS) for watch in watches]
    return homes_columns(rows)


def homes_columns(rows: Sequence[Sequence[float | None]]) -> Homes:
    """Return the kernel's columns of rows in the order of WATCH_COLUMNS."""
    table = floats([value for row in rows for value in row]).reshape(-1, len(WATCH_COLUMNS))
    patience, blind_after, lag, seen, sign, channel, unseen, confirmed = table.T.copy()
    return Homes(
        patience_s=patience,
        blind_after_s=blind_after - lag,
        lag_s=lag,
        last_seen=seen,
        last_sign=sign,
        last_channel=np.nan_to_num(channel).astype(np.int64),
        unseen_s=unseen,
        confirmed=confirmed,
    )


def feeds_columns(home: Sequence[int], rows: Sequence[Sequence[float | None]]) -> Feeds:
    """Return the kernel's columns of rows in the order of FEED_COLUMNS."""
    table = floats([value for row in rows for value in row]).reshape(-1, len(FEED_COLUMNS))
    channel, interval, at, value, sign, since = table.T.copy()
    return Feeds(
        home=np.array(home, np.int64),
        channel=channel.astype(np.int64),
        interval_s=interval,
        last_at=at,
        last_value=value,
        last_sign=sign,
        same_since=since,
    )
