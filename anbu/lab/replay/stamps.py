"""ISO 8601 stamps and numbers of a file, a million at a time."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

UNREADABLE = np.iinfo(np.int64).min
_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24)


def stamps(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return UTC seconds (UNREADABLE = not a stamp with an offset) and offsets [s].

    The common form is read all at once, others one by one.
    """
    at, offset = np.full(len(texts), UNREADABLE), np.zeros(len(texts), np.int64)
    if not texts:
        return at, offset
    raw = np.array(texts, dtype="U32").view(np.uint32).reshape(len(texts), 32)
    plain = (
        (raw[:, 24] != 0) & (raw[:, 25] == 0) & (raw[:, 22] == ord(":")) & (raw[:, 10] == ord("T"))
    )
    plain &= np.isin(raw[:, 19], (ord("+"), ord("-")))
    d = raw[:, _DIGITS].astype(np.int64) - ord("0")
    plain &= ((d >= 0) & (d <= 9)).all(1)
    year = d[:, 0] * 1000 + d[:, 1] * 100 + d[:, 2] * 10 + d[:, 3]
    month, day, hour, minute, second, oh, om = (d[:, i] * 10 + d[:, i + 1] for i in range(4, 18, 2))
    months = np.where(plain, (year - 1970) * 12 + month - 1, 0).astype("M8[M]")
    days = months.astype("M8[D]").astype(np.int64) + day - 1
    away = np.where(raw[:, 19] == ord("-"), -1, 1) * (oh * 3600 + om * 60)
    at[plain] = (days * 86_400 + hour * 3600 + minute * 60 + second - away)[plain]
    offset[plain] = away[plain]
    for i in np.flatnonzero(~plain):
        try:
            moment = datetime.fromisoformat(texts[i].strip())
        except ValueError:
            continue
        zone = moment.utcoffset()
        if zone is not None:  # without an offset nobody knows when that was
            at[i], offset[i] = int(np.ceil(moment.timestamp())), int(zone.total_seconds())
    return at, offset


def numbers(texts: list[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the values (NaN = empty, absurd or none) and which texts are no number at all."""
    bad = np.zeros(len(texts), bool)
    try:
        value = np.array([t or "nan" for t in texts], dtype=np.float64)
    except ValueError:
        value = np.full(len(texts), np.nan)
        for i, text in enumerate(texts):
            try:
                value[i] = float(text or "nan")
            except ValueError:
                bad[i] = True
    return np.where(np.isfinite(value) & (value >= 0), value, np.nan), bad
