"""Between the learned clocks' rows and the kernel's columns: one packed home, its feeds behind it.

A stored clock is: version byte, number of feeds, the feeds' ids, the home, the feeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np
import structlog
from numpy.typing import NDArray

from anbu.kernel import rhythm, state
from anbu.kernel.signs import BY_CODE, BY_NAME

log = structlog.get_logger()

LAYOUT = 1
MADE_SURE = 0  # number of the feed on which a person who made sure is heard: no device has it
CHECKIN = BY_NAME["checkin"].code


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedRow:
    """One channel of one device, as the kernel must know it."""

    id: int
    channel: int
    interval_s: int


_CERTAIN = FeedRow(id=MADE_SURE, channel=CHECKIN, interval_s=86_400)


def stored(home: NDArray[np.void], ids: Sequence[int], feeds: NDArray[np.void]) -> bytes:
    """Return one home (length 1) and its feeds as they are kept."""
    head = bytes([LAYOUT, len(ids)]) + np.array(ids, "<i4").tobytes()
    return head + state.pack(home) + state.pack(feeds)


def restored(kept: bytes) -> tuple[NDArray[np.void], list[int], NDArray[np.void]]:
    """Return home, ids of feeds and feeds; a layout or version not known raises ValueError."""
    if kept[0] != LAYOUT:
        raise ValueError(f"layout {kept[0]} of a learned clock, known is {LAYOUT}")
    first = 2 + 4 * kept[1]
    ids = np.frombuffer(kept[2:first], "<i4").tolist()
    version = kept[first]
    middle = first + 1 + state.layout(version, state.HOME).itemsize
    if len(kept) != middle + 1 + state.layout(version, state.FEED).itemsize * len(ids):
        raise ValueError("a learned clock is not as long as it says")
    home = state.unpack(kept[first:middle], state.HOME)
    return home, ids, state.unpack(kept[middle:], state.FEED)


def columns(
    homes: Sequence[UUID],
    kept: Sequence[bytes],
    rows: Sequence[Sequence[FeedRow]],
    blind_after_s: Sequence[float],
) -> tuple[state.Homes, state.Feeds, list[int]]:
    """Return the kernel's columns of these homes, and the id of each feed.

    Feeds enrolled since are new, those revoked are forgotten. A clock that cannot be read begins
    anew, loudly: it then leans on what homes have in common.
    """
    made_homes, made_feeds, ids = [], [], []
    for nth, home in enumerate(homes):
        its = [*rows[nth], _CERTAIN]
        column, feeds = _one(home, kept[nth], its)
        column["kind"] = rhythm.KIND[_kind(rows[nth])]
        column["blind_after_s"] = max(int(blind_after_s[nth]), 1)
        feeds["home"] = nth
        made_homes.append(column)
        made_feeds.append(feeds)
        ids += [row.id for row in its]
    return np.concatenate(made_homes), np.concatenate(made_feeds), ids


def _one(home: UUID, kept: bytes, rows: Sequence[FeedRow]) -> tuple[state.Homes, state.Feeds]:
    feeds = state.new_feeds(
        [0] * len(rows), [row.channel for row in rows], [row.interval_s for row in rows]
    )
    if not kept:
        return state.new_homes(["single"]), feeds
    try:
        column, ids, known = restored(kept)
    except ValueError as error:
        log.error("learned_clock_unreadable", household=str(home), error=str(error))
        return state.new_homes(["single"]), feeds
    place = {feed: nth for nth, feed in enumerate(ids)}
    for nth, row in enumerate(rows):
        if row.id in place and known["channel"][place[row.id]] == row.channel:
            feeds[nth] = known[place[row.id]]
            feeds["interval_s"][nth] = row.interval_s
    return column, feeds


def _kind(rows: Sequence[FeedRow]) -> str:
    names = [BY_CODE[row.channel].name for row in rows]
    return state.kind_of(names, [row.interval_s for row in rows])


def chances(kept: bytes) -> tuple[float, ...]:
    """Return the learned chance of a sign in each of the 24 hours; () = not learned yet."""
    try:
        home, _, _ = restored(kept)
    except (ValueError, IndexError):
        return ()
    if (home["seen"] < ENOUGH_SEEN).any():
        return ()
    slot = rhythm.usual(home["signs"], home["seen"])[0]
    return tuple((1 - (1 - slot) ** 2).tolist())  # of an hour: two half hours


def longest(kept: bytes) -> timedelta:
    """Return how long a silence is usual at most in this home."""
    try:
        home, _, _ = restored(kept)
    except (ValueError, IndexError):
        home = state.new_homes(["single"])
    return timedelta(seconds=int(home["long_s"][0]))


ENOUGH_SEEN = 2 * 2 * rhythm.UNIT  # two days' worth of each hour, as for a plain rhythm
