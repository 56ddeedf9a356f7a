"""Let the kernel hear every record and every collapse once; any policy is measured afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import detector, rhythm, state
from anbu.kernel.policy import Policy
from anbu.kernel.running import Trace, joined
from anbu.lab.evaluate.histories import Copy, History, quiet_copies


@dataclass(frozen=True)
class Run:
    """Scores of all homes slot by slot, and of their copies."""

    histories: list[History]
    firsts: NDArray[np.int64]
    record: Trace
    copies: list[Copy]
    after: Trace


def run(
    histories: list[History],
    *,
    copies: int = 60,
    seed: int = 1,
    progress: Callable[[str, int, int], None] = lambda part, done, whole: None,
) -> Run:
    """Let the kernel hear every record and every copy, and keep its traces."""
    homes = state.new_homes([h.kind for h in histories])
    homes["offset_s"] = [h.offset_s for h in histories]
    owner, code, interval, feed_no = [], [], [], []
    for i, h in enumerate(histories):
        for k, f in enumerate(h.feeds):
            owner.append(i), code.append(f.channel), interval.append(f.interval_s)
            feed_no.append(k)
    feeds = state.new_feeds(owner, code, interval)
    at, value, feed, day = [], [], [], []
    begin = np.array([min(f.start for f in h.feeds) for h in histories])
    for row, (i, k) in enumerate(zip(owner, feed_no, strict=True)):
        f = histories[i].feeds[k]
        ok = np.flatnonzero(np.isfinite(f.value))
        ends = f.start + f.interval_s * (ok + 1)
        at.append(ends), value.append(f.value[ok]), feed.append(np.full(len(ok), row))
        day.append((ends - 1 - begin[i]) // 86_400)
    at, value, feed, day = (np.concatenate(x) for x in (at, value, feed, day))
    order = np.argsort(day, kind="stable")
    at, value, feed, day = at[order], value[order], feed[order], day[order]
    last = int(day[-1])
    bounds = np.searchsorted(day, np.arange(last + 2))

    seen_from = np.array(
        [
            min(
                (f.start + f.interval_s * int(np.flatnonzero(np.isfinite(f.value))[0]))
                for f in h.feeds
                if np.isfinite(f.value).any()
            )
            for h in histories
        ]
    )
    learn = np.array([rhythm.KINDS[rhythm.KIND[h.kind]].learn_days for h in histories])
    firsts = seen_from + 86_400 * learn
    made: list[Copy] = []
    for i, h in enumerate(histories):
        progress("homes prepared", i + 1, len(histories))
        for copy in quiet_copies(h, int(firsts[i]), copies=copies, seed=seed):
            copy.history = i
            made.append(copy)
    due: dict[int, list[int]] = {}
    for c, copy in enumerate(made):
        due.setdefault(int((copy.at - 1 - begin[copy.history]) // 86_400), []).append(c)

    start_feed = np.searchsorted(owner, np.arange(len(histories) + 1))
    policy, record = Policy(theta=1e9), []
    kept_homes, kept_feeds, c_at, c_value, c_feed, order_of = [], [], [], [], [], []
    n_feeds = 0
    for d in range(last + 1):
        progress("days heard", d + 1, last + 1)
        part = slice(bounds[d], bounds[d + 1])
        for c in due.get(d, []):
            copy = made[c]
            i = copy.history
            mine = slice(start_feed[i], start_feed[i + 1])
            one = feeds[mine].copy()
            one["home"] = len(kept_homes)
            kept_homes.append(homes[i].copy())
            kept_feeds.append(one)
            order_of.append(c)
            today = np.flatnonzero(
                (feed[part] >= mine.start) & (feed[part] < mine.stop) & (at[part] <= copy.at)
            )
            c_at.append(at[part][today])
            c_value.append(value[part][today])
            c_feed.append(feed[part][today] - mine.start + n_feeds)
            for k, ends, v in copy.blocks:
                c_at.append(ends), c_value.append(v)
                c_feed.append(np.full(len(ends), n_feeds + k))
            n_feeds += len(one)
        readings = detector.Readings(feed[part], at[part], value[part])
        homes, feeds, _ = detector.hear(homes, feeds, readings, policy, trace=record)
    after: list[Trace] = []
    if kept_homes:
        all_homes, all_feeds = np.array(kept_homes), np.concatenate(kept_feeds)
        readings = detector.Readings(*(np.concatenate(x) for x in (c_feed, c_at, c_value)))
        detector.hear(all_homes, all_feeds, readings, policy, trace=after)
        progress("collapses heard", len(made), len(made))
    return Run(histories, firsts, joined(record), [made[c] for c in order_of], joined(after))
