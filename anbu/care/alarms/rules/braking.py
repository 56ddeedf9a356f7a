"""The mass brake: so much rings at once that a person must look before anybody is told.

Why these numbers: docs/decisions/0036.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from .alarm import Level

HELD = "brake"  # what an alarm waits for whose clock and message a brake holds
BRAKED_KINDS = ("silence", "watch")  # a cry, and a question after an absence, always pass


class BrakeCause(StrEnum):
    FLOOD = "flood"  # 한꺼번에 울림
    CLOCK_STEP = "clock_step"  # 시계가 어긋남


class BrakeChoice(StrEnum):
    """What a person decided about everything that one brake holds."""

    GO = "go"  # 그대로 진행
    BY_RISK = "by_risk"  # 위험한 집부터 차례로
    OUR_FAULT = "our_fault"  # 우리 쪽 잘못


# What may still be chosen after what; a brake goes on by risk by itself, and a person may follow.
CHOICE_NEXT: dict[str, frozenset[BrakeChoice]] = {
    "": frozenset(BrakeChoice),
    BrakeChoice.BY_RISK: frozenset({BrakeChoice.GO, BrakeChoice.OUR_FAULT}),
    BrakeChoice.GO: frozenset(),
    BrakeChoice.OUR_FAULT: frozenset(),
}
CATCHING = ("", str(BrakeChoice.BY_RISK))  # in these a brake still takes what is raised anew


def may_be_held(*, kind: str, level: int) -> bool:
    """Return whether a brake may hold an alarm: never a cry, never what is critical."""
    return kind in BRAKED_KINDS and level < Level.CRITICAL


def most_in_a_window(
    *, at_least: float, share: float, watched: int, factor: float, normal: float
) -> float:
    """Return how many alarms in one window are still ordinary; more are a flood.

    `normal`: the city's own mean in such a window. Rule 8 says k x normal; but never so few that a
    small city's bad evening is a flood, nor fewer than `share` of its `watched` homes.
    """
    return max(at_least, share * watched, factor * normal)


FLOOD = 10  # alarms in ten minutes; more for one person is a flood: peers.md section 5, ISA-18.2


def is_flood(*, own: int, arrived: int, hands: int) -> bool:
    """Return whether so much came in ten minutes that a desk puts it together by dong.

    `own`: what one person took on; `arrived`: what came to a post with so many `hands` on shift.
    Nothing is held back by this: that is the mass brake.
    """
    return own > FLOOD or arrived > FLOOD * max(hands, 1)


def gone_by(*, total: int, since_s: float, per_minute: float, longest_s: float) -> int:
    """Return how many of `total` homes may have been let go, so many seconds after it began.

    Each minute begins with its share: `per_minute`, or what it takes to be through in `longest_s`.
    """
    if since_s >= longest_s:
        return total
    minutes = since_s // 60 + 1
    in_time = ceil(total * min(minutes * 60 / longest_s, 1))
    return min(total, max(int(minutes * per_minute), in_time))


@dataclass(frozen=True)
class ClockLook:
    """One look at both clocks [s]: the monotonic one just before and just after the city's."""

    before: float
    shown: float
    after: float
    speed: float = 1.0  # how fast the city's clock runs, as it is told


def parted_s(earlier: ClockLook, later: ClockLook, *, pace: float = 1.0) -> float:
    """Return by how many of the city's seconds its clock jumped between two looks.

    0 within what the looks can tell: a process that is stopped between reading the one clock and
    the other knows less, and must not cry wolf. `pace`: how fast the city's clock really runs,
    measured against what it is told (a clock under libfaketime may run sixtyfold).
    """
    slow, fast = sorted((earlier.speed * pace, later.speed * pace))
    least = max(later.before - earlier.after, 0.0) * slow
    most = (later.after - earlier.before) * fast
    went = later.shown - earlier.shown
    return went - most if went > most else min(went - least, 0.0)


def pace_of(earlier: ClockLook, later: ClockLook) -> float:
    """Return how fast the city's clock runs against what it is told; 1 where it cannot be said."""
    told = (later.after - earlier.before) * later.speed
    seen = (later.shown - earlier.shown) / told if told > 0 else 1.0
    return 1.0 if abs(seen - 1) < 0.05 or seen < 0 else seen
