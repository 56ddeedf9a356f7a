"""거절: who wants no calls is tried quietly, each time in another way, and never given up.

Note, bag at the door, neighbour, another voice, and again. It ends when the person says yes or is
reached; what is found gone from the door, or seen by a neighbour, starts the clock anew and ends
nothing.
"""

from collections.abc import Iterable
from enum import StrEnum

from .clock import Row, day_of
from .contacts import Kind, Result
from .planning import Way


class Step(StrEnum):
    """What is tried next with somebody who refuses."""

    NOTE = "note"  # 쪽지
    BAG = "bag"  # 문고리 가방
    NEIGHBOUR = "neighbour"  # 이웃에게 물음
    VOICE = "voice"  # 다른 단원이 전화


LADDER = (Step.NOTE, Step.BAG, Step.NEIGHBOUR, Step.VOICE)
KIND_OF = {
    Step.NOTE: Kind.NOTE,
    Step.BAG: Kind.NOTE,
    Step.NEIGHBOUR: Kind.NEIGHBOUR,
    Step.VOICE: Kind.CALL,
}
WAY_OF = {
    Step.NOTE: Way.NOTE,
    Step.BAG: Way.NOTE,
    Step.NEIGHBOUR: Way.NOTE,
    Step.VOICE: Way.CALL,
}
_STEPS = frozenset({Kind.NOTE, Kind.NEIGHBOUR, Kind.CALL, Kind.VISIT, Kind.MESSAGE})


def next_step(since: Iterable[Row]) -> Step:
    """Return what is tried next.

    Args:
        since: the rows of the log that hold, from the refusal on. Of one day they are one step;
            a refusal is none, and neither is the look at what still hangs at the door.
    """
    taken = {
        day_of(row.at)
        for row in since
        if row.kind in _STEPS and row.result not in (Result.DECLINED, Result.TAKEN)
    }
    return LADDER[len(taken) % len(LADDER)]
