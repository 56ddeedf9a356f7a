"""When silence is too long: the one door to both detectors, the fixed and the learned.

Both hear the same evidence; `policy` says which of them may ring (policy.fixed, policy.learned).
One clock per home over all its channels. It shows silence by the wall clock and by worth
(rhythm.py): a sign worth more than all the silence before it sets both to nought, a weaker one
takes its share. The score is their mean, each measured by the home's own record; at `theta` it
is an alarm, earlier a watch. The fixed detector counts seen hours since a step 1.4 times what the
home's machines make. What is not seen counts for neither.
"""

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import clock, rhythm
from anbu.kernel.clock import NOTHING, Readings
from anbu.kernel.evidence import DAY_SLOTS, LATE_S, SLOT_S
from anbu.kernel.policy import Policy
from anbu.kernel.running import ROW, Trace
from anbu.kernel.state import ALARMED, NEVER, WATCHED, Feeds, Homes


def hear(
    homes: Homes,
    feeds: Feeds,
    readings: Readings,
    policy: Policy,
    *,
    now: int | None = None,
    trace: list[Trace] | None = None,
) -> tuple[Homes, Feeds, NDArray[np.void]]:
    """Take in readings and close what can be closed; return new columns and the rows found.

    `feeds` is sorted by home. `now` [UTC s] closes slots of homes that have fallen silent and
    refuses stamps ahead of it. `trace`, when given, collects every closed slot.
    """
    homes, feeds = homes.copy(), feeds.copy()
    feed, slot, value = clock.take(homes, feeds, readings, now)
    target = np.where(homes["slot"] == NEVER, NEVER, (homes["watermark"] - LATE_S) // SLOT_S)
    target = np.maximum(target, homes["slot"])
    rows: list[NDArray[np.void]] = []
    shut = slot < target[feeds["home"][feed]]
    values = (feed[shut], slot[shut], value[shut])
    clock.close(homes, feeds, target, values, policy, rows, trace)
    clock.keep_open(feeds, feed[~shut], slot[~shut], value[~shut])
    found = np.concatenate(rows) if rows else np.zeros(0, ROW)
    return homes, feeds, found[np.lexsort((found["level"], found["home"], found["at"]))]


def provisional(
    homes: Homes, feeds: Feeds, policy: Policy, *, trace: list[Trace] | None = None
) -> tuple[Homes, NDArray[np.void]]:
    """Return the homes as if every open slot were closed now, and the rows this would give.

    For the live board and for deadlines without waiting LATE_S; rows that count come from `hear`
    and are the same unless a late row arrives.
    """
    ahead = homes.copy()
    started = homes["watermark"] != NEVER
    ahead["watermark"] = np.where(started, homes["watermark"] + LATE_S, NEVER)
    ahead, _, rows = hear(ahead, feeds, NOTHING, policy, trace=trace)
    return ahead, rows


def deadlines(homes: Homes, policy: Policy) -> dict[str, NDArray[np.int64]]:
    """Return `watch_at`, `alarm_at`, `blind_at` [UTC s] if nothing comes from now on.

    Watch and alarm suppose that the home stays in sight; NEVER = not within four days, or already.
    """
    still, _ = rhythm.worth(homes["signs"], homes["seen"], homes["alive"], homes["quiet"])
    slots = 4 * DAY_SLOTS
    rows = np.arange(len(homes))[:, None]
    cycle = np.repeat(np.tile(still, 5), 2, axis=1)
    gain = cycle[rows, (homes["slot"] % DAY_SLOTS)[:, None] + np.arange(slots)]
    by_worth, by_clock = rhythm.weights(homes["kind"], homes["long_s"], homes["most"])
    worth = homes["worth"][:, None] + np.cumsum(gain, axis=1)
    gap = homes["gap_s"][:, None] + SLOT_S * np.arange(1, slots + 1)
    score = by_worth[:, None] * worth + by_clock[:, None] * gap
    before = by_worth * homes["worth"] + by_clock * homes["gap_s"]
    before = np.concatenate([before[:, None], score[:, :-1]], axis=1)
    base = homes["slot"] * SLOT_S - homes["offset_s"]
    theta, ask, patience, learned = policy.columns(len(homes))
    known = homes["slot"] != NEVER
    every = np.arange(len(homes))
    found = {}
    for name, flag, due in (("watch_at", WATCHED, ask), ("alarm_at", ALARMED, theta)):
        hit = learned & (score >= due)
        first = np.argmax(hit, axis=1)
        grown = np.maximum(score[every, first] - before[every, first], 1e-12)
        into = np.clip((due[:, 0] - before[every, first]) / grown, 0, 1)
        at = base + SLOT_S * first + np.rint(SLOT_S * into).astype(np.int64)
        at = np.where(hit.any(1), at, _FAR)
        if flag == ALARMED:
            left = np.clip(patience[:, 0] - homes["fixed_gap_s"], 0, (slots + 1) * SLOT_S)
            left = left.astype(np.int64)
            at = np.minimum(at, np.where(left <= slots * SLOT_S, base + left, _FAR))
        open_ = known & (at < _FAR) & (homes["flags"] & flag == 0)
        found[name] = np.where(open_, at, NEVER)
    left = homes["blind_after_s"] - homes["unseen_s"]
    found["blind_at"] = np.where((left > 0) & known, base + left, NEVER)
    return found


_FAR = np.iinfo(np.int64).max


def due(at: NDArray[np.int64], now: int) -> NDArray[np.int64]:
    """Return the homes whose deadline has passed: all a sweep has to ask."""
    return np.flatnonzero((at != NEVER) & (at <= now))
