"""Between the learned clocks' rows and the kernel's columns: one packed home, its feeds behind it.

A stored clock is: version byte, number of feeds, the feeds' ids, the home, the feeds.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
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
    made: list[tuple[bytes, bytes]] = []
    ids: list[int] = []
    channels: list[int] = []
    intervals: list[int] = []
    for home, one, own in zip(homes, kept, rows, strict=True):
        its = (*own, _CERTAIN)
        numbers = [row.id for row in its]
        made.append(_as_kept(one, numbers) or _one(home, one, its))
        ids += numbers
        channels += [row.channel for row in its]
        intervals += [row.interval_s for row in its]
    columns = np.frombuffer(b"".join(column for column, _ in made), state.HOME).copy()
    feeds = np.frombuffer(b"".join(part for _, part in made), state.FEED).copy()
    columns["kind"] = [_kind(tuple((row.channel, row.interval_s) for row in own)) for own in rows]
    columns["blind_after_s"] = np.maximum(np.array(blind_after_s, np.int64), 1)
    feeds["home"] = np.repeat(np.arange(len(homes)), [len(own) + 1 for own in rows])
    other = np.flatnonzero(feeds["channel"] != channels)
    if len(other):  # a number that means another channel now: nothing is known of it
        told = [[column[nth] for nth in other] for column in (channels, intervals)]
        fresh = state.new_feeds([0] * len(other), *told)
        fresh["home"] = feeds["home"][other]
        feeds[other] = fresh
    feeds["interval_s"] = intervals
    return columns, feeds, ids


def _as_kept(kept: bytes, ids: Sequence[int]) -> tuple[bytes, bytes] | None:
    """Return home and feeds as bytes where they were kept by this release, of these feeds."""
    if not kept or kept[0] != LAYOUT or kept[1] != len(ids):
        return None
    first = 2 + 4 * len(ids)
    middle = first + 1 + state.HOME.itemsize
    if len(kept) != middle + 1 + state.FEED.itemsize * len(ids):
        return None
    is_of_now = kept[first] == kept[middle] == state.VERSION
    if not is_of_now or kept[2:first] != struct.pack(f"<{len(ids)}i", *ids):
        return None
    return kept[first + 1 : middle], kept[middle + 1 :]


def _one(home: UUID, kept: bytes, rows: Sequence[FeedRow]) -> tuple[bytes, bytes]:
    column, feeds = _read(home, kept, rows)
    return column.tobytes(), feeds.tobytes()


def _read(home: UUID, kept: bytes, rows: Sequence[FeedRow]) -> tuple[state.Homes, state.Feeds]:
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


@cache
def _kind(feeds: tuple[tuple[int, int], ...]) -> int:
    names = [BY_CODE[channel].name for channel, _ in feeds]
    return rhythm.KIND[state.kind_of(names, [interval_s for _, interval_s in feeds])]


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
