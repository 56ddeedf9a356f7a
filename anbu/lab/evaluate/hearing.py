"""Let the kernel hear every record and every collapse once; any policy is measured afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import clock, detector, hindsight, rhythm, state
from anbu.kernel.policy import Policy
from anbu.kernel.running import Trace, joined
from anbu.lab.evaluate.histories import Copy, Feed, History, quiet_copies


@dataclass(frozen=True)
class Run:
    """Scores of all homes slot by slot, and of their copies."""

    histories: list[History]
    firsts: NDArray[np.int64]
    record: Trace
    copies: list[Copy]
    after: Trace


@dataclass(frozen=True)
class _Days:
    """All values of all feeds, by the nth day of each home's own record."""

    feed: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    bounds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def of(self, day: int) -> clock.Readings:
        part = slice(self.bounds[day], self.bounds[day + 1])
        return clock.Readings(self.feed[part], self.at[part], self.value[part])


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
    owned = [(i, f) for i, h in enumerate(histories) for f in h.feeds]
    owner = [i for i, _ in owned]
    feeds = state.new_feeds(owner, [f.channel for _, f in owned], [f.interval_s for _, f in owned])
    first_feed = np.searchsorted(owner, np.arange(len(histories) + 1))
    begin = np.array([min(f.start for f in h.feeds) for h in histories])
    days = _by_day(owned, begin)
    firsts = np.array([_seen_from(h) + 86_400 * _learn_days(h) for h in histories])
    made: list[Copy] = []
    due: dict[int, list[Copy]] = {}
    for i, h in enumerate(histories):
        progress("homes prepared", i + 1, len(histories))
        for copy in quiet_copies(h, int(firsts[i]), copies=copies, seed=seed):
            copy.history = i
            due.setdefault(int((copy.at - 1 - begin[i]) // 86_400), []).append(copy)

    policy, record = Policy(theta=1e9), list[Trace]()
    away = [h.away for h in histories]
    kept = _Kept()
    for day in range(len(days)):
        progress("days heard", day + 1, len(days))
        readings = days.of(day)
        for copy in due.get(day, []):
            mine = slice(int(first_feed[copy.history]), int(first_feed[copy.history + 1]))
            kept.add(copy, homes[copy.history], feeds[mine], mine.start, readings)
            made.append(copy)
        homes, feeds, _ = hindsight.hear(
            homes, feeds, readings, policy, absences=away, trace=record
        )
    after = kept.heard(policy)
    progress("collapses heard", len(made), len(made))
    return Run(histories, firsts, joined(record), made, joined(after))


def _by_day(owned: list[tuple[int, Feed]], begin: NDArray[np.int64]) -> _Days:
    at, value, feed, day = [], [], [], []
    for row, (home, f) in enumerate(owned):
        ok = np.flatnonzero(np.isfinite(f.value))
        ends = f.start + f.interval_s * (ok + 1)
        at.append(ends)
        value.append(f.value[ok])
        feed.append(np.full(len(ok), row))
        day.append((ends - 1 - begin[home]) // 86_400)
    days = np.concatenate(day)
    order = np.argsort(days, kind="stable")
    bounds = np.searchsorted(days[order], np.arange(int(days.max()) + 2))
    feeds, ats, values = np.concatenate(feed), np.concatenate(at), np.concatenate(value)
    return _Days(feeds[order], ats[order], values[order], bounds)


def _seen_from(history: History) -> int:
    return min(
        f.start + f.interval_s * int(np.flatnonzero(np.isfinite(f.value))[0])
        for f in history.feeds
        if np.isfinite(f.value).any()
    )


def _learn_days(history: History) -> int:
    return rhythm.KINDS[rhythm.KIND[history.kind]].learn_days


@dataclass
class _Kept:
    """Homes as they stood on the morning of a collapse, and all that came afterwards."""

    homes: list[np.void] = field(default_factory=list)
    feeds: list[state.Feeds] = field(default_factory=list)
    feed: list[NDArray[np.int64]] = field(default_factory=list)
    at: list[NDArray[np.int64]] = field(default_factory=list)
    value: list[NDArray[np.float64]] = field(default_factory=list)
    known: int = 0  # feeds

    def add(
        self, copy: Copy, home: np.void, feeds: state.Feeds, first: int, today: clock.Readings
    ) -> None:
        """Keep a home; of its day only what came before the collapse, then its quiet blocks."""
        own = feeds.copy()
        own["home"] = len(self.homes)
        self.homes.append(home.copy())
        self.feeds.append(own)
        mine = (today.feed >= first) & (today.feed < first + len(own)) & (today.at <= copy.at)
        self._tell(today.feed[mine] - first, today.at[mine], today.value[mine])
        for nth, ends, value in copy.blocks:
            self._tell(np.full(len(ends), nth), ends, value)
        self.known += len(own)

    def _tell(self, feed: NDArray, at: NDArray, value: NDArray) -> None:
        self.feed.append(feed + self.known)
        self.at.append(at)
        self.value.append(value)

    def heard(self, policy: Policy) -> list[Trace]:
        """Return what the kernel made of it."""
        traces: list[Trace] = []
        if self.homes:
            feed, at = np.concatenate(self.feed), np.concatenate(self.at)
            told = clock.Readings(feed, at, np.concatenate(self.value))
            homes = np.array(self.homes)
            detector.hear(homes, np.concatenate(self.feeds), told, policy, trace=traces)
        return traces
