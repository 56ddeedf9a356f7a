"""The ladder: a machine asks softly first, and a person is told when nobody answers."""

from dataclasses import dataclass

import numpy as np

from anbu.lab.evaluate.histories import CAP_H
from anbu.lab.evaluate.measure import Curves, at_budget

# Two automatic contacts 30 min apart, each answered 0.60 at home and half of that away; half of
# the homes that are silent are away. What stays unanswered after 60 min is a person's alarm.
ANSWERED, AWAY, AWAY_SHARE = 0.60, 0.5, 0.5
UNANSWERED = (1 - AWAY_SHARE) * (1 - ANSWERED) ** 2 + AWAY_SHARE * (1 - ANSWERED * AWAY) ** 2
WAIT_H = 1.0
MOST_CONTACTS = 4.0  # soft contacts a home-month


@dataclass(frozen=True)
class Ladder:
    """Delay to human attention."""

    contacts: float  # soft contacts a home-month
    human: float  # human alarms a home-month
    mean: float
    p90: float


def at_human(some: list[Curves], human: float) -> Ladder:
    """Return the figures when `human` alarms a home-month reach a person through the ladder."""
    contacts = min(human / UNANSWERED, MOST_CONTACTS)
    found = at_budget(some, contacts)
    mean, p90 = (min(x + WAIT_H, CAP_H) for x in (found.mean, found.p90))
    return Ladder(contacts, contacts * UNANSWERED, mean, p90)


def of_policy(ask: list[Curves], alarm: list[Curves]) -> Ladder:
    """Return the figures of one policy: curves of its soft contact and of its alarm, one level.

    A person is told an hour after the first contact, or at once by the alarm itself; an answered
    contact is a life sign, so that only the unanswered ones cost a person's time.
    """
    contacts = weighed(ask, [c.rate[0] for c in ask])
    direct = weighed(alarm, [c.rate[0] for c in alarm])
    human = contacts * UNANSWERED if contacts else direct
    delay = [
        np.minimum(np.minimum(a.delay_h[:, 0] + WAIT_H, b.delay_h[:, 0]), CAP_H)
        for a, b in zip(ask, alarm, strict=True)
    ]
    mean = weighed(ask, [float(d.mean()) for d in delay])
    return Ladder(contacts, human, mean, float(np.quantile(np.concatenate(delay), 0.9)))


def weighed(some: list[Curves], values: list[float]) -> float:
    """Return the mean of a figure in which each real household weighs the same."""
    by: dict[str, list[float]] = {}
    for c, value in zip(some, values, strict=True):
        by.setdefault(c.household, []).append(float(value))
    return float(np.mean([np.mean(of) for of in by.values()])) if by else 0.0
