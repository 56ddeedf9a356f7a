"""A worker behind a door: the deadline, who is told when it passes, and asking for help unseen.

The deadline stands on the server. A telephone that is dead, drowned or taken away changes nothing:
the clock here goes on, and tells others when it is over (BS 8484: amber and red alerts).
"""

from datetime import datetime, timedelta
from enum import StrEnum

from .contacts import NotAllowed

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=2)
USUAL = timedelta(minutes=30)
MORE = timedelta(minutes=10)  # "10분 더"
MOST_MORE = 6  # then a voice is asked for: somebody may be made to press
AMBER = timedelta(0)  # the deadline is over: the worker and the partner, then the dong office
RED = timedelta(minutes=5)  # nobody has heard of the worker: the control room
HOLD_S = 3.0  # the red button is held so long
TAP_APART_S, TAPS = 6.0, 5  # who cannot hold: five taps in six seconds
CANCEL_S = 10.0  # within so long the worker's own number ends it; the number under duress seems to


class Stage(StrEnum):
    """Where a visit stands. Red stays red until a person of the centre says how it ended."""

    INSIDE = "inside"  # 방문 중
    AMBER = "amber"  # 시간 지남
    RED = "red"  # 응답 없음, or help was asked for
    OUT = "out"  # 나옴


NEXT = {
    Stage.INSIDE: {Stage.AMBER, Stage.RED, Stage.OUT},
    Stage.AMBER: {Stage.INSIDE, Stage.RED, Stage.OUT},
    Stage.RED: {Stage.OUT},
    Stage.OUT: set(),
}


class Pin(StrEnum):
    """What a number typed to end a call for help means."""

    OWN = "own"
    DURESS = "duress"  # looks the same to whoever stands beside the worker
    WRONG = "wrong"


def check_move(present: Stage, to: Stage) -> None:
    """Refuse a step that a visit cannot take."""
    if to not in NEXT[present]:
        raise NotAllowed("이 방문은 지금 그렇게 바꿀 수 없습니다.")


def check_length(length: timedelta) -> timedelta:
    """Refuse a visit so short or long that its deadline would say nothing."""
    if not SHORTEST <= length <= LONGEST:
        raise NotAllowed("방문 시간은 10분에서 2시간 사이로 정해 주세요.")
    return length


def stage_at(*, ends_at: datetime, now: datetime) -> Stage:
    """Return which stage the clock alone makes of a visit whose worker was not heard of."""
    if now >= ends_at + RED:
        return Stage.RED
    return Stage.AMBER if now >= ends_at + AMBER else Stage.INSIDE


def next_moment(stage: Stage, *, ends_at: datetime) -> datetime | None:
    """Return when the clock must look at this visit again; None: it has nothing to do."""
    match stage:
        case Stage.INSIDE:
            return ends_at + AMBER
        case Stage.AMBER:
            return ends_at + RED
        case _:
            return None


def later(*, ends_at: datetime, now: datetime, times: int) -> datetime:
    """Return the new deadline of "ten more minutes", from now when it is over already.

    Raises:
        NotAllowed: it was asked for too often; a voice on the telephone is asked for then.
    """
    if times >= MOST_MORE:
        raise NotAllowed("여러 번 늘렸습니다. 동주민센터에 전화해 주세요.")
    return max(ends_at, now) + MORE
