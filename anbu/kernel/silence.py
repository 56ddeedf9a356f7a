"""When silence is too long: the fixed detector, the city's present practice.

Columns in, columns out. Times are seconds since 1970 (float64), NaN = never. The kernel counts
whole seconds, so sums are exact and a stream may be cut into batches anywhere, bit for bit.

The silence clock of a home is a stopwatch. A life sign, or a person who made sure, sets it to
nought. It runs while the home is seen and `blind_after_s` longer; then it stands still until the
home is seen again. Silence is due when it shows `patience_s`: a blind spell neither rings nor is
forgotten.

What a home says may be on its way for `lag_s`. A clock is read only as far as its news has come
or must have come: nobody is silent by a file that is not due yet. A coarse row (evidence.COARSE_S)
without life shows its whole interval still. One with life says that there was some, at its
beginning at the earliest: that is the sign, and the rest of the interval was not seen.
"""

from dataclasses import dataclass, replace
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import signs
from anbu.kernel.evidence import SEES, STUCK_S, ZERO_IS_DEAD, is_coarse, is_nought

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class State(IntFlag):
    CALM = 0
    SILENT = 1  # the stopwatch reached the home's patience
    BLIND = 2  # nothing to be seen: a technical matter, neither life nor death


@dataclass(frozen=True)
class Homes:
    """N homes; each column has length N."""

    patience_s: Floats
    blind_after_s: Floats  # after the newest row there should be
    last_seen: Floats  # end of the newest interval of any feed
    last_sign: Floats
    last_channel: Ints  # of the last sign; 0 = none yet
    unseen_s: Floats  # for how long the stopwatch stood still since it was set to nought
    confirmed: Floats  # a person made sure (or, without one, the home's first sight)
    lag_s: Floats  # how old its newest row is when all is well

    @property
    def origin(self) -> Floats:
        """When the stopwatch was last set to nought."""
        return np.fmax(self.last_sign, self.confirmed)

    @property
    def runs_until(self) -> Floats:
        """When the stopwatch stops unless the home is seen again."""
        return np.where(np.isnan(self.last_seen), self.origin, self.last_seen) + self.blind_after_s


@dataclass(frozen=True)
class Feeds:
    """M feeds; `home` is an index into Homes, `channel` a code of signs.CHANNELS."""

    home: Ints
    channel: Ints
    interval_s: Floats
    last_at: Floats
    last_value: Floats
    last_sign: Floats
    same_since: Floats  # since when the feed has said nothing but `last_value`


@dataclass(frozen=True)
class Readings:
    """K readings; `feed` is an index into Feeds, `at` the end of the interval, NaN = no data."""

    feed: Ints
    at: Floats
    value: Floats


def hear(homes: Homes, feeds: Feeds, readings: Readings) -> tuple[Homes, Feeds, Bools]:
    """Take in readings of any order and return the new homes, feeds, and which were life signs.

    A late reading adds evidence and never moves anything back. A dead meter shows nothing: its
    noughts are no data, and one value for STUCK_S is seen no longer.
    """
    is_sign = np.zeros(len(readings.at), bool)
    seen = _said(feeds, readings)
    if not len(seen):
        return homes, feeds, is_sign
    feed, at, value = readings.feed[seen], np.rint(readings.at[seen]), readings.value[seen]
    order = np.lexsort((value, at, feed))
    feed, at, value = feed[order], at[order], value[order]
    step = _steps(feeds, feed, at, value)
    life = _life(feeds, feed, value, step)
    is_sign[seen[order]] = life
    since = _same_since(feeds, feed, at, value, step)
    shows = ~ZERO_IS_DEAD[feeds.channel[feed]] | step.live & (at - since < STUCK_S)
    shows &= SEES[feeds.channel[feed]] | life  # that nobody was asked shows nobody
    homes = _set_clocks(homes, feeds, feed[shows], at[shows], life[shows])
    return homes, _move(feeds, feed, at, value, life, since), is_sign


def judge(homes: Homes, now: float) -> tuple[Ints, Floats, Floats]:
    """Return each home's State, when silence is due, and when to look again (inf = never).

    While a home is blind its due moves on with the time: what due would be if seen this moment.
    All but the time to look again is by the home's own clock, which is `lag_s` behind.
    """
    known = now - homes.lag_s
    due = homes.origin + homes.patience_s + homes.unseen_s
    runs_until = homes.runs_until
    rings = due <= runs_until  # else the stopwatch stops first
    silent = rings & (due <= np.minimum(now, np.fmax(known, homes.last_seen)))
    blind = ~(known <= runs_until)  # a home never seen and never confirmed is blind, too
    state = silent * int(State.SILENT) + blind * int(State.BLIND)
    still = np.maximum(known - np.maximum(runs_until, homes.origin), 0.0)
    due = np.where(blind & ~silent, due + still, due)
    # one second on: at the very instant `runs_until` the home still counts as seen
    look_again = np.where(rings & ~silent, due, np.where(blind, np.inf, runs_until + 1.0))
    return state.astype(np.int64), due, look_again + homes.lag_s


def _said(feeds: Feeds, readings: Readings) -> Ints:
    """Return the readings that say something."""
    told = ~np.isnan(readings.value) & ~np.isnan(readings.at)
    return np.flatnonzero(told & ~is_nought(feeds.channel[readings.feed], readings.value))


@dataclass(frozen=True)
class _Steps:
    """Readings, sorted by feed, time and value, beside the one before them in their feed."""

    live: Bools  # late ones and doubles have no known neighbour: they are compared with nothing
    before_at: Floats
    before_value: Floats
    start: Ints  # index of the feed's first reading
    near: Bools  # no hole lies between: too much may have happened there that nobody saw


def _steps(feeds: Feeds, feed: Ints, at: Floats, value: Floats) -> _Steps:
    first = np.r_[True, feed[1:] != feed[:-1]]
    live = (at > np.where(np.isnan(feeds.last_at), -np.inf, feeds.last_at)[feed]) & (
        first | np.r_[True, at[1:] != at[:-1]]
    )
    index = np.arange(len(at))
    newest = np.maximum.accumulate(np.where(live, index, -1))  # newest live one up to here
    before = np.r_[-1, newest[:-1]]
    start = np.maximum.accumulate(np.where(first, index, 0))
    inside = before >= start  # the neighbour is of this feed and of this batch
    before_at = np.where(inside, at[before], feeds.last_at[feed])
    before_value = np.where(inside, value[before], feeds.last_value[feed])
    interval = feeds.interval_s[feed]
    span = np.maximum(signs.SPAN_INTERVALS * interval, signs.SPAN_AT_LEAST_S)
    return _Steps(live, before_at, before_value, start, at - before_at <= span)


def _life(feeds: Feeds, feed: Ints, value: Floats, beside: _Steps) -> Bools:
    """Say of each reading, sorted by feed and time, whether it is a life sign."""
    channel, interval = feeds.channel[feed], feeds.interval_s[feed]
    step = value - beside.before_value
    step = np.where(signs.IS_CHANGE[channel], np.abs(step), step)
    is_edge = beside.live & (step >= signs.edges(channel, interval)) & beside.near
    return np.where(signs.IS_COUNT[channel], value > 0, is_edge)


def _same_since(feeds: Feeds, feed: Ints, at: Floats, value: Floats, beside: _Steps) -> Floats:
    """Return since when each reading's feed has said the same; only live readings tell."""
    fresh = beside.live & ~((value == beside.before_value) & beside.near)
    index = np.arange(len(at))
    newest = np.maximum.accumulate(np.where(fresh, index, -1))
    known = np.where(np.isnan(feeds.same_since), feeds.last_at, feeds.same_since)[feed]
    return np.where(newest >= beside.start, at[newest], known)


def lived_at(feeds: Feeds, feed: Ints, at: Floats) -> Floats:
    """Return when the life that rows ending `at` show was, at the earliest that is certain."""
    interval = feeds.interval_s[feed]
    return at - np.where(is_coarse(feeds.channel[feed], interval), interval, 0.0)


def _move(feeds: Feeds, feed: Ints, at: Floats, value: Floats, life: Bools, since: Floats) -> Feeds:
    """Put each feed on its newest value and sign."""
    last_at, last_value = feeds.last_at.copy(), feeds.last_value.copy()
    last_sign = feeds.last_sign.copy()
    np.fmax.at(last_at, feed, at)
    newer = (at == last_at[feed]) & ~(feeds.last_at[feed] >= at)
    # written backwards: of two values with one stamp the smaller stays, as when judging
    last_value[feed[newer][::-1]] = value[newer][::-1]
    np.fmax.at(last_sign, feed[life], lived_at(feeds, feed[life], at[life]))
    same_since = feeds.same_since.copy()
    same_since[feed[newer]] = since[newer]
    return replace(
        feeds, last_at=last_at, last_value=last_value, last_sign=last_sign, same_since=same_since
    )


def _set_clocks(homes: Homes, feeds: Feeds, feed: Ints, at: Floats, life: Bools) -> Homes:
    """Move the stopwatches of the homes whose feeds were heard."""
    if not len(feed):
        return homes
    feed, begin, at, life = _events(feeds, feed, at, life)
    home = feeds.home[feed]
    order = np.lexsort((at, home))
    home, at, life, channel = home[order], at[order], life[order], feeds.channel[feed][order]
    begin = begin[order]
    starts = np.flatnonzero(np.r_[True, home[1:] != home[:-1]])
    own = home[starts]  # the L homes heard from
    length = np.diff(np.r_[starts, len(home)])
    segment = np.repeat(np.arange(len(own)), length)
    patience, blind_after = np.rint(homes.patience_s[own]), np.rint(homes.blind_after_s[own])
    last_seen = homes.last_seen[own]
    confirmed = np.rint(homes.confirmed[own])
    # first seen without any sign: the clock starts at first sight
    confirmed = np.where(np.isnan(np.fmax(confirmed, homes.last_sign[own])), at[starts], confirmed)
    origin = np.fmax(homes.last_sign[own], confirmed)
    unseen = homes.unseen_s[own]
    prior = np.where(np.isnan(last_seen), origin, last_seen)  # the stopwatch ran from here
    late = at < last_seen[segment]

    # A late sign: due becomes max(due, sign + patience), never earlier.
    late_sign = _latest(at, late & life, starts)
    gain = np.maximum(late_sign - origin, 0.0)
    unseen, origin = np.maximum(unseen - gain, 0.0), origin + np.where(gain > 0, gain, 0.0)

    # A sign in its order sets the stopwatch to nought.
    sign = _latest(at, ~late & life, starts)
    reset = sign >= origin
    unseen, origin = np.where(reset, 0.0, unseen), np.where(reset, sign, origin)
    prior = np.where(reset, sign, prior)

    # Holes behind the last sign: the stopwatch stood still from `blind_after` on.
    counts = ~late & (at >= prior[segment])
    left = np.maximum(np.r_[at[0], at[:-1]], prior[segment])
    left = np.where(np.r_[True, home[1:] != home[:-1]], prior[segment], left)
    hole = begin - np.maximum(left + blind_after[segment], origin[segment])
    hole = np.where(counts, np.maximum(hole, 0.0), 0.0)
    total = np.cumsum(hole)
    total = total - (total[starts] - hole[starts])[segment] + unseen[segment]
    # Once it has rung it stays rung: later holes no longer move its due.
    rang = counts & ((origin + patience)[segment] + total <= at + blind_after[segment])
    index = np.arange(len(at))
    first_rang = np.minimum.reduceat(np.where(rang, index, len(at)), starts)
    stop = np.minimum(first_rang, starts + length - 1)
    rang_before = origin + patience + unseen <= prior + blind_after
    unseen = np.where(rang_before, unseen, total[stop])

    new_sign = np.fmax(homes.last_sign[own], _latest(at, life, starts))
    new_sign = np.where(np.isneginf(new_sign), np.nan, new_sign)
    heard = np.minimum.reduceat(
        np.where(life & (at == new_sign[segment]), channel, len(signs.EDGE)), starts
    )
    old = homes.last_channel[own]
    kept = (homes.last_sign[own] == new_sign) & (old > 0)
    heard = np.where(kept, np.minimum(old, heard), heard)
    heard = np.where(heard == len(signs.EDGE), old, heard)
    return replace(
        homes,
        last_seen=_put(homes.last_seen, own, np.fmax(last_seen, at[starts + length - 1])),
        last_sign=_put(homes.last_sign, own, new_sign),
        last_channel=_put(homes.last_channel, own, heard),
        unseen_s=_put(homes.unseen_s, own, unseen),
        confirmed=_put(homes.confirmed, own, confirmed),
    )


def _events(
    feeds: Feeds, feed: Ints, at: Floats, life: Bools
) -> tuple[Ints, Floats, Floats, Bools]:
    """Return (feed, seen from, at, life): the life of a coarse row is an event of its own.

    A coarse row with life was not seen through: a person may have fallen right after the sign.
    """
    begin = lived_at(feeds, feed, at)
    early = np.flatnonzero(life & (begin < at))
    if not len(early):
        return feed, begin, at, life
    later, unseen_until = life.copy(), begin.copy()
    later[early], unseen_until[early] = False, at[early]
    return (
        np.r_[feed, feed[early]],
        np.r_[unseen_until, begin[early]],
        np.r_[at, begin[early]],
        np.r_[later, np.ones(len(early), bool)],
    )


def _latest(at: Floats, which: Bools, starts: Ints) -> Floats:
    """Return the latest chosen time of each segment, -inf where none was chosen."""
    return np.maximum.reduceat(np.where(which, at, -np.inf), starts)


def is_stuck(channel: Ints, last_at: Floats, same_since: Floats) -> Bools:
    """Say which feeds repeat one value so long that they show nothing any more."""
    return ZERO_IS_DEAD[channel] & (last_at - same_since >= STUCK_S)


def _put[T: np.generic](column: NDArray[T], rows: Ints, values: NDArray[T]) -> NDArray[T]:
    moved = column.copy()
    moved[rows] = values
    return moved


def holes(feeds: Feeds, readings: Readings, longest_s: Floats) -> tuple[Ints, Floats, Floats]:
    """Return (feed, from, until) of each hole in what was heard longer than its feed's `longest_s`.

    Holes lie between the newest value known before and the values of the batch.
    """
    seen = _said(feeds, readings)
    feed, at = readings.feed[seen], np.rint(readings.at[seen])
    order = np.lexsort((at, feed))
    feed, at = feed[order], at[order]
    first = np.r_[True, feed[1:] != feed[:-1]] if len(feed) else np.zeros(0, bool)
    known = feeds.last_at[feed]
    before = np.fmax(np.where(first, np.nan, np.r_[np.nan, at[:-1]][: len(at)]), known)
    wide = np.flatnonzero(at - before > longest_s[feed])
    return feed[wide], before[wide], at[wide]
