"""Two policies side by side on one history: plain figures, for JSON and for the page."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.policy import Policy
from anbu.kernel.rhythm import KINDS
from anbu.kernel.running import Trace
from anbu.lab.evaluate import ladder, measure
from anbu.lab.evaluate.hearing import Run
from anbu.lab.evaluate.histories import CAP_H
from anbu.lab.evaluate.measure import BUDGETS, Curves

ALL = "all"
LABELS = {kind.name: kind.label for kind in KINDS} | {ALL: "전체"}
AT_ONCE = np.ones(1)  # a policy rings where its own score is 1
HOUR_MATTERS = 1.0  # delays closer than this are the same
DRAWS = 60
ALARM_MINUTES = 15.0  # of an operator's time, for a human alarm; a soft contact costs none


class TooShort(Exception):
    """The history is too short to measure anything after the learning period."""


Progress = Callable[[str, int, int], None]


def compare(
    heard: Run,
    policies: dict[str, Policy],
    *,
    minutes: float = ALARM_MINUTES,
    progress: Progress = lambda part, done, whole: None,
) -> dict[str, Any]:
    """Return the figures of two policies (the present one first) in plain values."""
    names = list(policies)
    alarm, ask = {}, {}
    for nth, (name, policy) in enumerate(policies.items()):
        progress("policies measured", nth, len(policies))
        alarm[name] = measure.curves(heard, measure.alarm_of(policy), AT_ONCE)
        ask[name] = measure.curves(heard, _asks(policy), AT_ONCE)
    progress("policies measured", len(policies), len(policies))
    if not alarm[names[0]]:
        raise TooShort("after the learning period (28 days, sensors 7) nothing is left to measure")
    free = {
        name: measure.curves(heard, measure.learned if p.learned else measure.fixed)
        for name, p in policies.items()
    }
    kinds = [kind.name for kind in KINDS if any(c.kind == kind.name for c in alarm[names[0]])]
    result: dict[str, Any] = {
        "homes": len(alarm[names[0]]),
        "households": len({c.household for c in alarm[names[0]]}),
        "months": round(sum(c.months for c in alarm[names[0]]), 1),
        "collapses": int(sum(len(c.after_sign) for c in alarm[names[0]])),
        "cap_hours": CAP_H,
        "minutes_per_alarm": minutes,
        "policies": names,
        "kinds": {},
    }
    for nth, kind in enumerate([ALL, *kinds]):
        progress("kinds compared", nth + 1, len(kinds) + 1)
        of = {name: _of(alarm[name], kind) for name in names}
        soft = {name: _of(ask[name], kind) for name in names}
        result["kinds"][kind] = {
            "label": LABELS[kind],
            "homes": len(of[names[0]]),
            "as_set": {name: _as_set(soft[name], of[name], minutes) for name in names},
            "caught": _caught(of[names[0]], of[names[1]]),
            "equal_false_alarms": _equal({name: _of(free[name], kind) for name in names}),
        }
    return result


def delays(heard: Run, policy: Policy) -> NDArray[np.float64]:
    """Return the delay of every collapse under a policy [h], CAP_H = missed."""
    found = measure.curves(heard, measure.alarm_of(policy), AT_ONCE)
    return np.concatenate([c.delay_h[:, 0] for c in found]) if found else np.zeros(0)


def _asks(policy: Policy) -> measure.Score:
    if not policy.learned:
        return lambda trace: np.zeros(len(trace.home))
    due = float(policy.theta * policy.watch)

    def score(trace: Trace) -> NDArray[np.floating]:
        return trace.score / due

    return score


def _of(some: list[Curves], kind: str) -> list[Curves]:
    return [c for c in some if kind in (ALL, c.kind)]


def _as_set(ask: list[Curves], alarm: list[Curves], minutes: float) -> dict[str, float]:
    """Return what a policy costs and gives as it is set, not at an equal burden."""
    delay = np.concatenate([c.delay_h[:, 0] for c in alarm])
    steps = ladder.of_policy(ask, alarm)
    alarms = ladder.weighed(alarm, [c.rate[0] for c in alarm])
    found = {
        "alarms_a_month": alarms,
        "soft_contacts_a_month": steps.contacts,
        "human_alarms_a_month": steps.human,
        "operator_minutes_a_month": steps.human * minutes,
        "mean_h": ladder.weighed(alarm, [float(c.delay_h.mean()) for c in alarm]),
        "median_h": float(np.median(delay)),
        "p90_h": float(np.quantile(delay, 0.9)),
        "missed": ladder.weighed(alarm, [float((c.delay_h >= CAP_H).mean()) for c in alarm]),
        "ladder_mean_h": steps.mean,
        "ladder_p90_h": steps.p90,
    }
    return {name: round(value, 3) for name, value in found.items()}


def _caught(now: list[Curves], new: list[Curves]) -> dict[str, float]:
    """Return which share of collapses the second policy catches earlier, later, or not at all."""
    a, b = (np.concatenate([c.delay_h[:, 0] for c in of]) for of in (now, new))
    missed = (b >= CAP_H) & (a < CAP_H)
    found = {
        "earlier": (b < a - HOUR_MATTERS).mean(),
        "same": (np.abs(b - a) <= HOUR_MATTERS).mean(),
        "later": ((b > a + HOUR_MATTERS) & ~missed).mean(),
        "newly_missed": missed.mean(),
        "newly_caught": ((a >= CAP_H) & (b < CAP_H)).mean(),
        "hours_earlier_mean": (a - b).mean(),
    }
    return {name: round(float(value), 3) for name, value in found.items()}


def _equal(free: dict[str, list[Curves]]) -> list[dict[str, Any]]:
    """Return both detectors at equal realised false alarms, with the interval of their ratio."""
    (now, a), (new, b) = free.items()
    rows = []
    for budget in BUDGETS:
        row: dict[str, Any] = {"false_alarms_a_month": budget}
        for name, some in free.items():
            found = measure.at_budget(some, budget)
            steps = ladder.at_human(some, budget)
            row[name] = {
                "level": round(found.level, 3),
                "mean_h": round(found.mean, 1),
                "median_h": round(found.median, 1),
                "p90_h": round(found.p90, 1),
                "missed": round(found.misses, 3),
                "after_sign_h": round(found.after, 1),
                "ladder_mean_h": round(steps.mean, 1),
                "ladder_p90_h": round(steps.p90, 1),
            }
        ratio, low, high = measure.ratio_interval(b, a, budget, draws=DRAWS)
        row["ratio"] = {"mean": round(ratio, 3), "low": round(low, 3), "high": round(high, 3)}
        rows.append(row)
    return rows
