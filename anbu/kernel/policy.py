"""How patient to be: which detector judges a home, and how much silence it allows.

One policy for all homes, or one value a home: every field is a number or a column of length N.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

# A soft contact at this share of theta: on recorded homes one to three a home-month at theta 1
# (single plugs seven at 0.7; the limit is four).
WATCH_SHARE = 0.8


@dataclass(frozen=True)
class Policy:
    """Larger `theta` or `fixed_s` = fewer and later alarms; everything is monotone in both."""

    theta: float | Column = 1.0
    watch: float | Column = WATCH_SHARE  # share of theta at which a machine asks softly
    fixed_s: int | Column = 0  # the city's patience [s]: never later than this; 0 = none
    learned: bool | Column = True  # without it only `fixed_s` rings, and nothing asks softly

    def of(self, homes: NDArray[np.int64]) -> "Policy":
        """Return the policy of some homes of many."""
        fields = {name: getattr(self, name) for name in ("theta", "watch", "fixed_s", "learned")}
        some = {name: f[homes] for name, f in fields.items() if isinstance(f, np.ndarray)}
        return Policy(**fields | some)

    def columns(self, n: int) -> tuple[Column, Column, Column, NDArray[np.bool_]]:
        """Return theta, the watch's own theta, patience [s, inf = none] and learned, n x 1 each."""
        theta, watch = (np.broadcast_to(np.asarray(f, float), n) for f in (self.theta, self.watch))
        fixed = np.broadcast_to(np.asarray(self.fixed_s, float), n)
        learned = np.broadcast_to(np.asarray(self.learned, bool), n)
        fixed = np.where(fixed > 0, fixed, np.inf)
        return theta[:, None], (theta * watch)[:, None], fixed[:, None], learned[:, None]


def fixed(hours: float) -> Policy:
    """Return the city's present practice: so many seen hours without a change, and it rings."""
    return Policy(fixed_s=round(hours * 3600), learned=False)


def learned(
    theta: float = 1.0, *, watch: float = WATCH_SHARE, fixed_hours: float | None = None
) -> Policy:
    """Return the learned detector; with `fixed_hours` it never rings later than the city's rule."""
    return Policy(theta, watch, 0 if fixed_hours is None else round(fixed_hours * 3600))
