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
WORTH_SHARES, FIXED_SHARES = (0.0, 0.15, 0.3, 0.5, 0.7), (0.0, 0.4, 0.7)
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

    A form is how much of the score is worth, and how much of the rest follows the fixed day. Its
    scale brings level 1 to one false alarm a home-month on the homes it was chosen on.
    """
    forms = [(a, f) for a in WORTH_SHARES for f in FIXED_SHARES]
    tried: dict[Form, list[Curves]] = {}
    for nth, form in enumerate(forms):
        progress("forms tried", nth + 1, len(forms))
        tried[form] = measure.curves(heard, _score(*form))
    sets = sorted({data_set(c.household) for c in fixed})
    judged, chosen = [], {}
    for left_out in sets:
        for kind in rhythm.KINDS:
            mine = [c for c in fixed if c.kind == kind.name and data_set(c.household) == left_out]
            if not mine:
                continue
            rest = {
                c.name for c in fixed if c.kind == kind.name and data_set(c.household) != left_out
            }
            base = [c for c in fixed if c.name in rest]
            of = {form: [c for c in some if c.name in rest] for form, some in tried.items()}
            # one other household at least, else what is shipped for the kind
            shipped = (kind.worth_share, kind.fixed_share)
            form = min(forms, key=lambda f: _cost(of[f], base)) if rest else _nearest(shipped)
            chosen[left_out, kind.name] = form
            level = measure.at_budget(of[form], 1.0).level if rest else kind.scale
            names = {c.name for c in mine}
            judged += [_scaled(c, level) for c in tried[form] if c.name in names]
    return HeldOut(judged, chosen)


def _score(worth_share: float, fixed_share: float) -> measure.Score:
    def score(trace: Trace) -> NDArray[np.floating]:
        clock = (1 - fixed_share) * trace.record + fixed_share * trace.fixed_s / 86_400
        return worth_share * trace.worth + (1 - worth_share) * clock

    return score


def _cost(some: list[Curves], base: list[Curves]) -> float:
    return float(
        np.mean(
            [measure.at_budget(some, b).mean / measure.at_budget(base, b).mean for b in BUDGETS]
        )
    )


def _nearest(form: Form) -> Form:
    return (
        min(WORTH_SHARES, key=lambda a: abs(a - form[0])),
        min(FIXED_SHARES, key=lambda f: abs(f - form[1])),
    )


def _scaled(curve: Curves, level: float) -> Curves:
    """Return a home's curves as if every score were divided by `level`."""
    by = round(float(np.log(level)) / STEP)
    at = np.clip(np.arange(len(LEVELS)) + by, 0, len(LEVELS) - 1)
    return replace(curve, rate=curve.rate[at], delay_h=curve.delay_h[:, at])
