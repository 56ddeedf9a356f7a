"""Figures of how alarms were answered: shares with their interval, and the limits they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

# A person has begun with it so long after it began to wait for one: the usual limits of telecare
# services (TSA), which EN 50518 has for alarm centres in a similar way: domain.md (b), peers.md 5.
ANSWERED_WITHIN = (timedelta(seconds=60), timedelta(seconds=180))
Z_95 = 1.96


@dataclass(frozen=True)
class Share:
    """`k` of `n`, with Wilson's 95 % interval; without any `n` nothing is said."""

    k: int
    n: int

    @property
    def percent(self) -> float | None:
        """Return the share [%]."""
        return 100 * self.k / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the interval [%] (E. B. Wilson, 1927)."""
        if not self.n:
            return None
        part, squared = self.k / self.n, Z_95 * Z_95
        middle = part + squared / (2 * self.n)
        half = Z_95 * sqrt(part * (1 - part) / self.n + squared / (4 * self.n * self.n))
        whole = 1 + squared / self.n
        low, high = (middle - half) / whole, (middle + half) / whole
        return 100 * max(0.0, low), 100 * min(1.0, high)


def quantile(spans: Sequence[timedelta], part: float) -> timedelta | None:
    """Return the span below which this part of them lies; None without any."""
    if not spans:
        return None
    return sorted(spans)[round((len(spans) - 1) * part)]
