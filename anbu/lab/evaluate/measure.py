"""Figures of a detector: false alarms, delays, misses, the ladder, with intervals."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import running
from anbu.kernel.evidence import SLOT_S
from anbu.kernel.policy import Policy
from anbu.kernel.running import Trace
from anbu.lab.evaluate.hearing import Run
from anbu.lab.evaluate.histories import CAP_H

MONTH_S = 30.4375 * 86_400
BUDGETS = (0.25, 0.5, 1.0, 2.0)  # false alarms a home-month
LEVELS = np.geomspace(0.05, 60, 240)  # wide enough for any budget

Score = Callable[[Trace], NDArray[np.floating]]


@dataclass
class Curves:
    """One detector on one home: at each level its false alarms and delays."""

    name: str
    household: str
    kind: str
    months: float
    rate: NDArray[np.float64]  # false alarms per seen home-month [levels]
    delay_h: NDArray[np.float64]  # [copies x levels], CAP_H = missed
    after_sign: NDArray[np.bool_]  # [copies]: just after an own life sign


def learned(trace: Trace) -> NDArray[np.floating]:
    """Score every slot as the learned detector does, 1 = due at theta 1."""
    return trace.score


def fixed(trace: Trace) -> NDArray[np.floating]:
    """Score every slot as the city's rule does, 1 = 24 seen hours without a change."""
    return trace.fixed_s / 86_400


def alarm_of(policy: Policy) -> Score:
    """Return the score that is 1 where a policy rings."""

    def score(trace: Trace) -> NDArray[np.floating]:
        by_record = trace.score / policy.theta if policy.learned else np.zeros(len(trace.home))
        patient = policy.fixed_s if np.any(policy.fixed_s) else np.inf
        return np.maximum(by_record, trace.fixed_s / patient)

    return score


def curves(heard: Run, score: Score, levels: NDArray = LEVELS) -> list[Curves]:
    """Return the curves of every home that was seen long enough to be scored."""
    record, after = heard.record, heard.after
    value, c_value = score(record), score(after)
    bounds = np.searchsorted(record.home, np.arange(len(heard.histories) + 1))
    c_bounds = np.searchsorted(after.home, np.arange(len(heard.copies) + 1))
    copies_of: dict[int, list[int]] = {}
    for c, copy in enumerate(heard.copies):
        copies_of.setdefault(copy.history, []).append(c)
    found = []
    for i, h in enumerate(heard.histories):
        part = slice(bounds[i], bounds[i + 1])
        e, s = record.end[part], value[part]
        late = e > heard.firsts[i]
        months = float((record.seen[part] & late).sum() * SLOT_S / MONTH_S)
        if months < 0.3 or i not in copies_of:
            continue
        delays = []
        for c in copies_of[i]:
            copy = heard.copies[c]
            piece = slice(c_bounds[c], c_bounds[c + 1])
            hours = (after.end[piece] - copy.at) / 3600.0
            before = np.searchsorted(e, copy.at, side="right") - 1
            rung = (s[before] if before >= 0 else 0) >= levels
            delays.append(np.where(rung, 0.0, _delay(hours, c_value[piece], levels)))
        found.append(
            Curves(
                h.name,
                h.household,
                h.kind,
                months,
                _count(np.where(late, s, 0.0), levels) / months,
                np.array(delays),
                np.array([heard.copies[c].after for c in copies_of[i]]),
            )
        )
    return found


def _delay(hours: NDArray, score: NDArray, levels: NDArray) -> NDArray:
    top = np.maximum.accumulate(np.where(hours > 0, score, 0))
    hit = np.searchsorted(top, levels, side="left")
    delay = np.where(hit < len(hours), hours[np.minimum(hit, len(hours) - 1)], CAP_H)
    # half a slot: the instant lies within the slot, on average in its middle
    delay = np.clip(delay - 0.25, 0, CAP_H)
    return np.where(delay >= CAP_H - 0.5, CAP_H, delay)


def _count(score: NDArray, levels: NDArray) -> NDArray:
    """Return the number of excursions at each level; one ends below END_SHARE of it."""
    turn = np.r_[True, (score[1:] < score[:-1]), True]  # only local extremes matter
    at = np.flatnonzero(turn)
    tops = np.maximum.reduceat(score, at[:-1]) if len(at) > 1 else score[:1]
    lows = score[at[:-1]]
    on, count = np.zeros(len(levels), bool), np.zeros(len(levels))
    for low, top in zip(lows, tops, strict=True):
        on &= low >= running.END_SHARE * levels
        rung = (top >= levels) & ~on
        count += rung
        on |= rung
    return count


@dataclass(frozen=True)
class Figures:
    """One detector at one budget."""

    level: float
    rate: float
    mean: float
    median: float
    p90: float
    misses: float
    after: float


def at_budget(some: list[Curves], budget: float, households: list[str] | None = None) -> Figures:
    """Return the figures at equal realised false alarms; each real household weighs the same."""
    by: dict[str, list[Curves]] = {}
    for c in some:
        by.setdefault(c.household, []).append(c)
    names = list(by) if households is None else [n for n in households if n in by]
    rate = np.mean([np.mean([c.rate for c in by[n]], axis=0) for n in names], axis=0)
    delay = np.concatenate([c.delay_h for n in names for c in by[n]])
    weight = np.concatenate(
        [np.full(len(c.delay_h), 1 / len(by[n]) / len(c.delay_h)) for n in names for c in by[n]]
    )
    after = np.concatenate([c.after_sign for n in names for c in by[n]])
    weight /= weight.sum()
    k = int(np.argmax(rate <= budget)) if (rate <= budget).any() else len(LEVELS) - 1
    j = max(k - 1, 0)
    part = 0.0 if rate[j] == rate[k] else (budget - rate[k]) / (rate[j] - rate[k])
    part = min(max(part, 0.0), 1.0)
    order = np.argsort(delay[:, k])
    share = np.cumsum(weight[order])

    def mixed(of: NDArray) -> float:
        return float(of[k] * (1 - part) + of[j] * part)

    def quantile(q: float) -> float:
        return float(delay[order, k][min(np.searchsorted(share, q), len(order) - 1)])

    return Figures(
        float(LEVELS[k]),
        float(rate[k]),
        mixed(weight @ delay),
        quantile(0.5),
        quantile(0.9),
        mixed(weight @ (delay >= CAP_H)),
        mixed((weight * after) @ delay / (weight * after).sum()),
    )


def ratio_interval(
    a: list[Curves], b: list[Curves], budget: float, *, draws: int = 200
) -> tuple[float, float, float]:
    """Return mean delay of `a` over `b` at a budget and its 90 % household-bootstrap interval."""
    names = sorted({c.household for c in a} & {c.household for c in b})
    rng = np.random.default_rng(3)
    ratio = at_budget(a, budget).mean / at_budget(b, budget).mean
    drawn = []
    for _ in range(draws):
        pick = [names[i] for i in rng.integers(0, len(names), len(names))]
        drawn.append(at_budget(a, budget, pick).mean / at_budget(b, budget, pick).mean)
    low, high = np.quantile(drawn, [0.05, 0.95])
    return ratio, float(low), float(high)
