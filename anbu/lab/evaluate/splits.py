"""Honest figures: choose on some data sets, report on another, for every data set in turn."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import rhythm
from anbu.kernel.running import Trace
from anbu.lab.evaluate import measure
from anbu.lab.evaluate.hearing import Run
from anbu.lab.evaluate.measure import BUDGETS, LEVELS, Curves

STEP = float(np.log(LEVELS[1] / LEVELS[0]))
WORTH_SHARES, FIXED_SHARES = (0.0, 0.2, 0.4, 0.6), (0.0, 1.0)
Form = tuple[float, float]


@dataclass(frozen=True)
class HeldOut:
    """Curves of homes whose data set had no say in how they are judged."""

    curves: list[Curves]
    chosen: dict[tuple[str, str], Form]  # by data set left out and kind


def held_out(
    heard: Run,
    fixed: list[Curves],
    data_set: Callable[[str], str],
    progress: Callable[[str, int, int], None],
) -> HeldOut:
    """Choose form and scale of every kind without a data set, then judge that data set.

    A form is how much of the score is worth (one share for all kinds, as a few homes of one kind
    cannot tell), and how much of the rest follows the fixed day. Its scale brings level 1 to one
    false alarm a home-month on the homes it was chosen on.
    """
    forms = [(a, f) for a in WORTH_SHARES for f in FIXED_SHARES]
    tried: dict[Form, list[Curves]] = {}
    for nth, form in enumerate(forms):
        progress("forms tried", nth + 1, len(forms))
        tried[form] = measure.curves(heard, _score(*form))
    sets = sorted({data_set(c.household) for c in fixed})
    judged, chosen = [], {}
    for left_out in sets:
        others = {c.name for c in fixed if data_set(c.household) != left_out}
        cost = {
            kind.name: {form: _cost(_of(some, kind, others), base) for form, some in tried.items()}
            for kind in rhythm.KINDS
            if (base := _of(fixed, kind, others))
        }
        share = min(WORTH_SHARES, key=lambda a: _least(cost, a))
        for kind in rhythm.KINDS:
            mine = {c.name for c in _of(fixed, kind, None)} - others
            if not mine:
                continue
            # one other household at least, else what is shipped for the kind
            own = cost.get(kind.name)
            follows = min(FIXED_SHARES, key=lambda f: own[share, f]) if own else kind.fixed_share
            chosen[left_out, kind.name] = form = (share, follows)
            level = kind.scale
            if own:
                level = measure.at_budget(_of(tried[form], kind, others), 1.0).level
            judged += [_scaled(c, level) for c in _of(tried[form], kind, mine)]
    return HeldOut(judged, chosen)


def _of(some: list[Curves], kind: rhythm.Kind, names: set[str] | None) -> list[Curves]:
    return [c for c in some if c.kind == kind.name and (names is None or c.name in names)]


def _least(cost: dict[str, dict[Form, float]], share: float) -> float:
    """Return what a share of worth costs at best, every kind weighing the same."""
    return float(np.mean([min(of[share, f] for f in FIXED_SHARES) for of in cost.values()]))


def _score(worth_share: float, fixed_share: float) -> measure.Score:
    def score(trace: Trace) -> NDArray[np.floating]:
        clock = (1 - fixed_share) * trace.record + fixed_share * trace.gap_s / rhythm.FIXED_S
        return worth_share * trace.worth + (1 - worth_share) * clock

    return score


def _cost(some: list[Curves], base: list[Curves]) -> float:
    return float(
        np.mean(
            [measure.at_budget(some, b).mean / measure.at_budget(base, b).mean for b in BUDGETS]
        )
    )


def _scaled(curve: Curves, level: float) -> Curves:
    """Return a home's curves as if every score were divided by `level`."""
    by = round(float(np.log(level)) / STEP)
    at = np.clip(np.arange(len(LEVELS)) + by, 0, len(LEVELS) - 1)
    return replace(curve, rate=curve.rate[at], delay_h=curve.delay_h[:, at])
