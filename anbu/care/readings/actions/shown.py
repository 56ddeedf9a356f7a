"""What learned clocks show at this moment, with half hours still open judged by what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from anbu.care.places.rules import SEOUL_S
from anbu.kernel import detector, running, state
from anbu.kernel.evidence import SLOT_S
from anbu.kernel.policy import Policy
from anbu.kernel.signs import BY_CODE
from anbu.kernel.state import ALARMED, NEVER, WATCHED

from ..models import Watch
from ..queries.learned import FeedRow
from ..rules import Detector, Patience, moment


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One feed of a home that is being turned, and how late its device may be."""

    device: int
    lag: timedelta
    feed: FeedRow


@dataclass(slots=True)
class Turn:
    """What a home's learned clock shows at this moment, with everything heard so far."""

    patience: Patience
    lag: timedelta  # how old its newest reading is when all is well
    spread: timedelta  # how much later the slowest of its devices is heard
    recheck: timedelta  # when a reading that must confirm a deadline can be there
    is_asked: bool
    is_alarmed: bool
    is_blind: bool
    watch_at: datetime | None  # by the data's own clock: when it became, or will become, true
    alarm_at: datetime | None
    blind_at: datetime | None
    last_sign_at: datetime | None
    last_channel: int
    facts: dict[str, Any]

    def looks(self, now: datetime) -> list[datetime]:
        """Return the moments at which something may become true."""
        if self.patience.detector is not Detector.LEARNED or self.is_blind:
            return []
        coming = [
            (self.watch_at, self.is_asked or self.is_alarmed),
            (self.alarm_at, self.is_alarmed),
            (self.blind_at, False),
        ]
        # A deadline that passed waits for the reading that shows the home was in sight.
        return [max(at + self.lag, now + self.recheck) for at, over in coming if at and not over]


def shown(
    watches: Sequence[Watch],
    homes: state.Homes,
    feeds: state.Feeds,
    policy: Policy,
    patience: Sequence[Patience],
    lags: Sequence[timedelta],
    longest: Sequence[timedelta],
    enrolled: dict[UUID, list[Enrolled]],
    rows: NDArray[np.void],
    trace: list[running.Trace],
) -> list[Turn]:
    """Say what is true now: half hours still open are judged by what was heard so far.

    `trace` collects what these half hours show.
    """
    past, _ = detector.provisional(homes, feeds, policy, trace=trace)
    ahead = homes.copy()  # the running half hour as if it were over
    ahead["watermark"] += np.where(homes["watermark"] != NEVER, SLOT_S, 0)
    ahead, open_rows = detector.provisional(ahead, feeds, policy)
    here = homes["watermark"] - homes["offset_s"]
    from_past, from_ahead = detector.deadlines(past, policy), detector.deadlines(ahead, policy)
    sign_now = ahead["last_sign"] > past["last_sign"]
    seen_now = ahead["unseen_s"] == 0
    newest = _newest(np.concatenate([rows, open_rows]), here)
    running_late = _ahead_of(open_rows, here)
    limit = homes["blind_after_s"]
    blind = (past["unseen_s"] >= limit) & (ahead["unseen_s"] >= limit)
    flags, own, is_blind = ahead["flags"].tolist(), here.tolist(), blind.tolist()
    last_signs, last_channels = ahead["last_sign"].tolist(), ahead["last_channel"].tolist()
    coming = {
        name: np.where(fresh, from_ahead[name], from_past[name]).tolist()
        for name, fresh in (("watch_at", sign_now), ("alarm_at", sign_now), ("blind_at", seen_now))
    }
    found = []
    for nth, watch in enumerate(watches):
        rings = {}
        for level, flag in ((running.WATCH, WATCHED), (running.ALARM, ALARMED)):
            rings[level] = bool(flags[nth] & flag) and (nth, level) not in running_late
        rings[running.SIGHTLESS] = is_blind[nth]
        at: dict[int, datetime | None] = {}
        for level, name in (
            (running.WATCH, "watch_at"),
            (running.ALARM, "alarm_at"),
            (running.SIGHTLESS, "blind_at"),
        ):
            row = newest.get((nth, level))
            if rings[level]:
                lag = lags[nth]
                known = getattr(watch, name)
                at[level] = (
                    moment(int(row["at"]))
                    if row is not None
                    else known - lag
                    if known
                    else moment(own[nth])
                )
            else:
                when = coming[name][nth]
                at[level] = None if when == NEVER else moment(when)
        quickest = min((one.feed.interval_s for one in enrolled[watch.household_id]), default=60)
        last = last_signs[nth]
        row = newest.get((nth, running.ALARM if rings[running.ALARM] else running.WATCH))
        found.append(
            Turn(
                patience=patience[nth],
                lag=lags[nth],
                spread=longest[nth] - lags[nth],
                recheck=timedelta(seconds=min(max(quickest, 60), SLOT_S)),
                is_asked=rings[running.WATCH],
                is_alarmed=rings[running.ALARM],
                is_blind=rings[running.SIGHTLESS],
                watch_at=at[running.WATCH],
                alarm_at=at[running.ALARM],
                blind_at=at[running.SIGHTLESS],
                last_sign_at=None if last == NEVER else moment(last - SEOUL_S),
                last_channel=last_channels[nth],
                facts={} if row is None else facts_of(row),
            )
        )
    return found


def _newest(rows: NDArray[np.void], here: NDArray[np.int64]) -> dict[tuple[int, int], np.void]:
    """Return the newest row of each home and level that is true already."""
    rows = rows[rows["at"] <= here[rows["home"]]]
    return {(int(row["home"]), int(row["level"])): row for row in rows[np.argsort(rows["at"])]}


def _ahead_of(rows: NDArray[np.void], here: NDArray[np.int64]) -> set[tuple[int, int]]:
    """Return home and level of rows that will be true later in the running half hour."""
    rows = rows[rows["at"] > here[rows["home"]]]
    return {(int(row["home"]), int(row["level"])) for row in rows}


def facts_of(row: np.void) -> dict[str, Any]:
    """Return what a row of the kernel says, in plain values."""
    bits = int(row["unseeing"])
    last = int(row["last_sign"])
    return {
        "by": "patience" if row["rule"] == running.BY_PATIENCE else "record",
        "at": int(row["at"]),
        "gap_s": int(row["gap_s"]),
        "long_s": int(row["long_s"]),
        "usual": round(float(row["usual"]), 6),
        "last_sign": None if last == NEVER else last,
        "last_channel": int(row["last_channel"]),
        "unseeing": [code for code in BY_CODE if bits >> code & 1],
    }
