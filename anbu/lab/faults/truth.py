"""What truly happened to whom, and what the city made of it. Pure: no database, no clock.

Moments are seconds since 1970: `shown` by the city's clock, which may step, or `real`, by the
machine's.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

SILENCE, SOS = "silence", "sos"
MARGIN_S = 2.0  # a sign acknowledged so shortly before the deadline may come too late for the sweep


class Hours:
    """How the city's clock ran: from `real` on it showed `shown`, at the usual pace."""

    def __init__(self, real: float, shown: float) -> None:
        self._turns = [(real, shown)]

    def step(self, real: float, shown: float) -> None:
        """Note that somebody set the clock."""
        self._turns.append((real, shown))

    def first_shown(self, shown: float) -> float:
        """Return the real moment at which the clock first showed `shown`, or will."""
        for nth, (real, told) in enumerate(self._turns):
            ends = self._turns[nth + 1][0] if nth + 1 < len(self._turns) else float("inf")
            if real + max(0.0, shown - told) < ends:
                return real + max(0.0, shown - told)
        raise AssertionError("the last turn has no end")


@dataclass(frozen=True)
class Due:
    """Somebody needs help: an alarm of this kind must stand for this home, and one alone."""

    home: str
    kind: str
    real: float  # from when on it could be known


@dataclass(frozen=True)
class Raised:
    """One alarm as it stands in the database; `real` = when it was committed."""

    home: str
    kind: str
    real: float


@dataclass
class Ledger:
    """The truth, as it grows."""

    hours: Hours
    said: dict[tuple[str, str], float] = field(default_factory=dict)  # device, message -> shown at
    acked: set[tuple[str, str]] = field(default_factory=set)  # of what was said
    fell_silent: dict[str, float] = field(default_factory=dict)  # home -> deadline, shown
    woke: dict[str, tuple[float, float | None]] = field(default_factory=dict)  # deadline, real ack
    cried: dict[str, float] = field(default_factory=dict)  # home -> real moment of the answer
    living: set[str] = field(default_factory=set)

    def dues(self, *, until_real: float) -> list[Due]:
        """Return what was due by `until_real`."""
        found = [
            Due(home, SILENCE, self.hours.first_shown(at)) for home, at in self.fell_silent.items()
        ]
        found += [Due(home, SOS, real) for home, real in self.cried.items()]
        return [due for due in found if due.real <= until_real]

    def may_ring(self) -> set[str]:
        """Return the homes of which nobody can say: their sign came too late to be sure."""
        return {
            home
            for home, (at, real) in self.woke.items()
            if real is None or real > self.hours.first_shown(at) - MARGIN_S
        }


@dataclass(frozen=True)
class Judgement:
    """The city's answer to the truth."""

    deadlines_due: int
    raised: int
    doubled: int
    missed: int
    false: int  # alarms of homes that lived
    lateness: tuple[float, ...]  # seconds, of what was raised
    missing: tuple[Due, ...]


def judge(dues: Sequence[Due], raised: Iterable[Raised], *, unsure: set[str]) -> Judgement:
    """Hold the alarms against what was due."""
    alarms: dict[tuple[str, str], list[float]] = {}
    for one in raised:
        alarms.setdefault((one.home, one.kind), []).append(one.real)
    due = {(one.home, one.kind): one for one in dues}
    late = [max(0.0, min(alarms[key]) - one.real) for key, one in due.items() if key in alarms]
    doubled = sum(len(found) - 1 for key, found in alarms.items())
    false = [key for key in alarms if key not in due and key[0] not in unsure]
    missing = tuple(one for key, one in due.items() if key not in alarms)
    return Judgement(
        deadlines_due=len(due),
        raised=len(late),
        doubled=doubled,
        missed=len(missing),
        false=len(false),
        lateness=tuple(sorted(late)),
        missing=missing,
    )


@dataclass(frozen=True)
class Found:
    """How many acknowledged readings stand in the database as they were said."""

    acked: int
    found: int
    doubled: int
    lost: tuple[tuple[str, str], ...]


def count(
    acked: Collection[tuple[str, str]],
    said: Mapping[tuple[str, str], float],
    delivered: Iterable[tuple[str, str, float]],
    stored: Iterable[tuple[str, float]],
) -> Found:
    """Hold the names of messages and the readings that are stored against what was acknowledged.

    Each delivered message stands there with its one reading: at the moment it says, or, where that
    was yet to come by the city's clock, at the one when it came.
    """
    came = {(device, message): at for device, message, at in delivered}
    wanted: Counter[tuple[str, float]] = Counter()
    for key, at in said.items():
        if key in came:
            wanted[_place(key, at, came)] += 1
    rows = Counter((device, round(at, 3)) for device, at in stored)
    lost = [
        key
        for key in sorted(acked)
        if key not in came
        or rows[_place(key, said[key], came)] < wanted[_place(key, said[key], came)]
    ]
    doubled = sum(max(0, number - wanted.get(key, 1)) for key, number in rows.items())
    return Found(len(acked), len(acked) - len(lost), doubled, tuple(lost))


def _place(
    key: tuple[str, str], at: float, came: Mapping[tuple[str, str], float]
) -> tuple[str, float]:
    return key[0], round(min(at, came[key]), 3)


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Return p50, p99, p999 and max [s] of sorted values; noughts for none."""
    if not values:
        return {"p50": 0.0, "p99": 0.0, "p999": 0.0, "max": 0.0}
    last = len(values) - 1
    parts = {"p50": 0.5, "p99": 0.99, "p999": 0.999, "max": 1.0}
    return {
        name: round(values[-(-int(last * part * 1000) // 1000)], 3) for name, part in parts.items()
    }


def middle(values: Sequence[float]) -> float:
    """Return the median [s]."""
    return round(median(values), 2) if values else 0.0
