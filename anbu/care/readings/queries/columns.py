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


def as_columns(names: Sequence[str]) -> str:
    """Return the SQL that fetches these columns whole, as arrays without NULL."""
    return ", ".join(f"array_agg(coalesce({name}::float8, 'NaN'))" for name in names)


def homes_of(watches: Sequence[Watch]) -> Homes:
    """Return the kernel's columns of these silence clocks."""
    rows = [tuple(getattr(watch, name) for name in WATCH_COLUMNS) for watch in watches]
    table = floats([value for row in rows for value in row]).reshape(-1, len(WATCH_COLUMNS))
    return homes_columns(list(table.T.copy()))


def homes_columns(columns: Sequence[NDArray[np.float64]]) -> Homes:
    """Return the kernel's columns of these, in the order of WATCH_COLUMNS."""
    patience, blind_after, lag, seen, sign, channel, unseen, confirmed = columns
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


def feeds_columns(home: NDArray[np.int64], columns: Sequence[NDArray[np.float64]]) -> Feeds:
    """Return the kernel's columns of these, in the order of FEED_COLUMNS."""
    channel, interval, at, value, sign, since = columns
    return Feeds(
        home=home,
        channel=channel.astype(np.int64),
        interval_s=interval,
        last_at=at,
        last_value=value,
        last_sign=sign,
        same_since=since,
    )
