"""Slow decline measured: how often on the untouched record, how soon after a decline is put in.

A decline is put into the half hours the kernel found (seen, sign), not into the readings: signs
are left out, moved later, or scattered over the day, a little more each week for six weeks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import decline, weeks
from anbu.kernel.decline import KINDS, SPAN
from anbu.kernel.evidence import SLOT_S
from anbu.lab.evaluate.hearing import Run

Bools = NDArray[np.bool_]
LEARNS = 4  # weeks: until the kernel knows the home's own machines
RAMP = 6  # weeks until a decline is complete
WITHIN = 12  # weeks after its beginning in which it must be seen
EVERY = 6  # weeks between the beginnings
COOL = 12  # weeks for which a person who was told is not told again
YEAR = 52.0
FEWER, LATER_SLOTS, SCATTERED = 0.3, 4, 0.5


@dataclass(frozen=True)
class Home:
    """One record as whole weeks x 336 half hours, the learning left out."""

    household: str
    kind: str
    signs: Bools
    seen: Bools
    offset: int  # the first week's number


@dataclass(frozen=True)
class Found:
    """What the weekly watch says of the homes of one kind."""

    homes: int
    households: int
    years: float
    false_a_year: tuple[float, ...]  # by kind of concern
    concerned_a_year: float  # concerns of whatever kind, one home counted once at a time
    declines: tuple[int, ...]
    caught: tuple[float, ...]  # share seen within WITHIN weeks
    median_weeks: tuple[float, ...]  # from the beginning, of those seen


def homes_of(heard: Run) -> list[Home]:
    """Return the records that are long enough to be judged at least twice."""
    trace, found = heard.record, []
    bounds = np.searchsorted(trace.home, np.arange(len(heard.histories) + 1))
    for nth, history in enumerate(heard.histories):
        part = slice(*bounds[nth : nth + 2])
        slot = (trace.end[part] + history.offset_s) // SLOT_S - 1
        if not len(slot):
            continue
        first = int(weeks.week_of(slot[0])) + 1 + LEARNS
        n = int(weeks.week_of(slot[-1])) - first
        if n <= SPAN:
            continue
        cells = np.zeros((2, n * weeks.SLOTS), bool)
        at = slot - int(weeks.first_slot(first))
        ok = (at >= 0) & (at < n * weeks.SLOTS)
        cells[0, at[ok]] = trace.bins[part][ok] >= weeks.SIGN_BIN
        cells[1, at[ok]] = trace.seen[part][ok]
        signs, seen = cells.reshape(2, n, weeks.SLOTS)
        found.append(Home(history.household, history.kind, signs & seen, seen, first))
    return found


def shrunk(home: Home, grown: NDArray, rng: np.random.Generator) -> tuple[Bools, Bools]:
    """Return signs and seen with up to 30 % of the signs left out."""
    return home.signs & (rng.random(home.signs.shape) >= FEWER * grown[:, None]), home.seen


def shifted(home: Home, grown: NDArray, rng: np.random.Generator) -> tuple[Bools, Bools]:
    """Return signs and seen up to two hours later."""
    slots = np.rint(LATER_SLOTS * grown).astype(int)
    rolled = [
        np.stack([np.roll(week, by) for week, by in zip(cells, slots, strict=True)])
        for cells in (home.signs, home.seen)
    ]
    return rolled[0], rolled[1]


def flattened(home: Home, grown: NDArray, rng: np.random.Generator) -> tuple[Bools, Bools]:
    """Return signs and seen with up to half of each day's signs at any hour of that day."""
    signs = home.signs.reshape(-1, 7, 48).copy()
    seen = home.seen.reshape(-1, 7, 48)
    for week, day in np.ndindex(signs.shape[:2]):
        mine = np.flatnonzero(signs[week, day])
        gone = mine[rng.random(len(mine)) < SCATTERED * grown[week]]
        signs[week, day, gone] = False
        free = rng.permutation(np.flatnonzero(seen[week, day] & ~signs[week, day]))
        signs[week, day, free[: len(gone)]] = True
    return signs.reshape(home.signs.shape), home.seen


DECLINES: tuple[Callable[[Home, NDArray, np.random.Generator], tuple[Bools, Bools]], ...] = (
    shrunk,
    shifted,
    flattened,
)


def measure(some: list[Home], *, seed: int = 1) -> Found:
    """Return how often homes of one kind are told of without reason, and how soon with one."""
    told: dict[str, list[tuple[float, ...]]] = {}
    caught: list[list[float]] = [[] for _ in KINDS]
    for nth, home in enumerate(some):
        judged = _mondays(home.signs, home.seen)
        years = float((judged.rarity < 1).any(1).sum()) / YEAR
        counts = [_told(judged.is_due[:, kind]) for kind in range(3)]
        row = (years, *map(float, counts), float(_told(judged.is_due.any(1))))
        told.setdefault(home.household, []).append(row)
        rng = np.random.default_rng([seed, nth])
        for begins in range(SPAN, len(home.signs) - WITHIN + 1, EVERY):
            for kind, put_in in enumerate(DECLINES):
                after = _after(home, begins, kind, put_in, rng)
                if after is not None:
                    caught[kind].append(after)
    # several records of one household are one household: their mean
    rates = np.array([np.mean(rows, axis=0) for rows in told.values()]).sum(0)
    late = [np.array(one) for one in caught]
    return Found(
        homes=len(some),
        households=len(told),
        years=float(rates[0]),
        false_a_year=tuple(rates[1:4] / max(rates[0], 1e-9)),
        concerned_a_year=float(rates[4] / max(rates[0], 1e-9)),
        declines=tuple(len(one) for one in late),
        caught=tuple(float(np.isfinite(x).mean()) if len(x) else np.nan for x in late),
        median_weeks=tuple(
            float(np.median(x[np.isfinite(x)])) if np.isfinite(x).any() else np.nan for x in late
        ),
    )


def _mondays(signs: Bools, seen: Bools) -> decline.Judged:
    """Return what each Monday says, from the first that has SPAN weeks behind it."""
    rows = weeks.summarise(signs, seen)
    last = np.arange(len(rows) - SPAN + 1)
    return decline.judge(rows[last[:, None] + np.arange(SPAN)])


def _told(is_due: Bools) -> int:
    """Return how often a person is told: once, then not again for COOL weeks."""
    times, last = 0, -COOL - 1
    for monday in np.flatnonzero(is_due).tolist():
        if monday - last > COOL:
            times, last = times + 1, monday
    return times


def _after(
    home: Home,
    begins: int,
    kind: int,
    put_in: Callable[[Home, NDArray, np.random.Generator], tuple[Bools, Bools]],
    rng: np.random.Generator,
) -> float | None:
    """Return after how many weeks a decline is seen; inf = not within WITHIN; None = unjudged."""
    part = slice(begins - SPAN, begins + WITHIN)
    around = Home(home.household, home.kind, home.signs[part], home.seen[part], 0)
    n = len(around.signs)
    grown = np.clip(np.arange(n) - SPAN + 1, 0, RAMP) / RAMP
    judged = _mondays(*put_in(around, grown, rng))
    if judged.is_due[0, kind] or (judged.rarity[1:, kind] == 1).mean() > 0.5:
        return None  # told before it began, or mostly out of sight
    seen = np.flatnonzero(judged.is_due[1:, kind])
    return float(seen[0] + 1) if len(seen) else np.inf
