"""Records of homes on regular grids, and copies of them in which a person collapses."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import state
from anbu.kernel.evidence import BY_CODE, BY_NAME
from anbu.lab.replay.files import Place, Told

CAP_H = 72.0  # a delay this long is a miss
BLOCK_S = 4 * 3600
NEAR_DAYS = 28  # quiet blocks come from this far around the collapse
QUIETEST = 8  # one in so many blocks counts as quiet
LEFT_ON = 0.3  # share of copies with something left switched on


@dataclass(frozen=True)
class Feed:
    """One feed of a history on its own regular grid; NaN = not seen."""

    channel: int
    interval_s: int
    start: int  # UTC seconds; value i covers (start + i*interval, start + (i+1)*interval]
    value: NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """One home's record."""

    name: str
    household: str  # real household: several sub-homes may share one
    kind: str
    offset_s: int
    feeds: tuple[Feed, ...]
    away: tuple[tuple[int, int], ...] = ()  # registered absences in order, local seconds

    def is_away(self, ends: NDArray[np.int64], length_s: int) -> NDArray[np.bool_]:
        """Say which spans that end at these moments [UTC s] touch an absence."""
        touched = np.zeros(len(ends), bool)
        for began, until in self.away:
            touched |= (ends > began - self.offset_s) & (ends - length_s < until - self.offset_s)
        return touched


@dataclass
class Copy:
    """A collapse: the home, the moment, and what its feeds show afterwards."""

    history: int
    at: int
    after: bool  # just after an own life sign
    blocks: list[tuple[int, NDArray, NDArray]] = field(default_factory=list)


def of_files(told: Told, places: list[Place]) -> list[History]:
    """Return the histories of a replay's files; each home is a household of its own."""
    feed, at, value = told.readings.feed, told.readings.at, told.readings.value
    order = np.argsort(feed, kind="stable")
    bounds = np.searchsorted(feed[order], np.arange(len(places) + 1))
    by_home: dict[str, list[tuple[Place, Feed]]] = {}
    offsets: dict[str, int] = {}
    for i, place in enumerate(places):
        part = order[bounds[i] : bounds[i + 1]]
        if not len(part) or BLOCK_S % place.interval_s or place.kind == "checkin":
            continue
        part = part[np.isfinite(value[part])]
        if not len(part):
            continue
        middle = int(np.median(at[part]))
        part = part[np.abs(at[part] - middle) < 10 * 365 * 86_400]  # a clock gone wrong
        cell = (at[part] - 1) // place.interval_s
        first, width = int(cell.min()), int(cell.max() - cell.min()) + 1
        grid = np.full(width, np.nan)
        grid[cell - first] = value[part]
        made = Feed(BY_NAME[place.kind].code, place.interval_s, first * place.interval_s, grid)
        by_home.setdefault(place.household, []).append((place, made))
        offsets.setdefault(place.household, int(told.offset_s[part[0]]))
    found = []
    for name, feeds in by_home.items():
        kind = state.kind_of([p.kind for p, _ in feeds], [p.interval_s for p, _ in feeds])
        found.append(History(name, name, kind, offsets[name], tuple(f for _, f in feeds)))
    return found


def quiet_copies(history: History, first: int, *, copies: int, seed: int) -> list[Copy]:
    """Return collapses of a home after `first`, each with 72 h of its own quiet blocks."""
    rng = np.random.default_rng([seed, *map(ord, history.name)])
    start = min(f.start for f in history.feeds)
    stop = max(f.start + f.interval_s * len(f.value) for f in history.feeds)
    n = (stop - start) // BLOCK_S
    stir, whole = np.zeros(n), np.ones(n, bool)
    seen_at, sign_at = [], []
    for f in history.feeds:
        per = BLOCK_S // f.interval_s
        lead = (f.start - start) // f.interval_s
        grid = np.full(n * per, np.nan)
        body = f.value[: max(0, n * per - lead)]
        grid[lead : lead + len(body)] = body
        move = np.abs(np.diff(grid, prepend=np.nan))
        stir += np.nan_to_num(move / (np.nanstd(grid) or 1)).reshape(n, per).sum(1)
        whole &= np.isfinite(grid).reshape(n, per).all(1)
        ends = f.start + f.interval_s * (1 + np.arange(len(f.value)))
        seen_at.append(ends[np.isfinite(f.value)])
        if BY_CODE[f.channel].counts:
            sign_at.append(ends[np.nan_to_num(f.value) > 0])
        else:
            step = np.diff(f.value, prepend=np.nan)
            quiet = np.nanquantile(move.reshape(n, per)[whole].max(1), 0.15) if whole.any() else 0
            floor = 8 if f.channel == 1 else 30 * f.interval_s / 3600
            sign_at.append(ends[np.nan_to_num(step) > 1.5 * max(quiet, floor)])
    # nobody falls in an absence, and its stillness is not that of a lived home
    whole &= ~history.is_away(start + BLOCK_S * (1 + np.arange(n)), BLOCK_S)
    blocks = np.flatnonzero(whole)
    seen = np.unique(np.concatenate(seen_at))
    signs = np.unique(np.concatenate(sign_at))
    seen, signs = (at[(at >= first) & ~history.is_away(at, 1)] for at in (seen, signs))
    if len(blocks) < 12 or len(seen) < 48:
        return []
    signs = signs if len(signs) >= 5 else seen
    found = []
    for i in range(copies):
        after = i >= copies // 2
        at = int(rng.choice(signs if after else seen))
        here = (at - start) // BLOCK_S
        near = blocks[np.abs(blocks - here) <= NEAR_DAYS * 6]
        near = near if len(near) >= 12 else blocks
        near = near[np.argsort(stir[near], kind="stable")[: max(6, len(near) // QUIETEST)]]
        pick = rng.choice(near, 18)
        copy = Copy(0, at, after)
        extra = rng.uniform(40, 400) * (rng.random() < LEFT_ON) / len(history.feeds)
        for k, f in enumerate(history.feeds):
            steps = (np.arange(int(CAP_H * 3600) // f.interval_s) + 1) * f.interval_s
            begin = f.start + -(-(at - f.start) // f.interval_s) * f.interval_s
            ends = begin + steps
            if BY_CODE[f.channel].counts:
                value = np.zeros(len(ends))
            else:
                per = BLOCK_S // f.interval_s
                lead = (f.start - start) // f.interval_s
                cells = (pick[:, None] * per + np.arange(per) - lead).ravel()[: len(ends)]
                value = f.value[np.clip(cells, 0, len(f.value) - 1)]
                value = value + extra * (f.interval_s / 3600 if f.channel == 2 else 1)
            copy.blocks.append((k, ends, value))
        found.append(copy)
    return found
