"""The life of an alarm, as tables a planner could read aloud."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Level(IntEnum):
    WATCH = 1  # 관심: a machine asks first
    CAUTION = 2  # 주의: a person calls
    CRITICAL = 3  # 심각: now, never put off


class State(StrEnum):
    RAISED = "raised"
    CALLING = "calling"
    ASKING = "asking"
    DISPATCHED = "dispatched"
    JOINT = "joint"
    CLOSED = "closed"


NEXT = {
    State.RAISED: {
        State.CALLING,
        State.ASKING,
        State.DISPATCHED,
        State.JOINT,
        State.CLOSED,
    },  # 신호
    State.CALLING: {
        State.ASKING,
        State.DISPATCHED,
        State.JOINT,
        State.CLOSED,
    },  # 전화·문자
    State.ASKING: {State.DISPATCHED, State.JOINT, State.CLOSED},  # 보호자
    State.DISPATCHED: {State.JOINT, State.CLOSED},  # 현장 출동
    State.JOINT: {State.CLOSED},  # 119·112
    State.CLOSED: set(),  # 끝
}
OPEN = {state for state, following in NEXT.items() if following}


class Outcome(StrEnum):
    SAFE_CALL = "safe_call"
    SAFE_MESSAGE = "safe_message"
    SAFE_VISIT = "safe_visit"
    OUT = "out"
    HOSPITAL = "hospital"
    MOVED = "moved"
    TAKEN_TO_HOSPITAL = "taken_to_hospital"
    RESCUED = "rescued"
    DIED = "died"
    DEVICE = "device"
    NETWORK = "network"
    POWER_CUT = "power_cut"
    BAD_NUMBER = "bad_number"
    REFUSED = "refused"
    TEST = "test"


# Five groups, in the order of the screen: domain.md section 2, outcome codes.
OUTCOME_GROUPS = {
    "safe": [Outcome.SAFE_CALL, Outcome.SAFE_MESSAGE, Outcome.SAFE_VISIT],  # 안전
    "away": [Outcome.OUT, Outcome.HOSPITAL, Outcome.MOVED],  # 집에 없음
    "crisis": [Outcome.TAKEN_TO_HOSPITAL, Outcome.RESCUED, Outcome.DIED],  # 위급
    "feed": [
        Outcome.DEVICE,
        Outcome.NETWORK,
        Outcome.POWER_CUT,
        Outcome.BAD_NUMBER,
    ],  # 자료
    "other": [Outcome.REFUSED, Outcome.TEST],  # 그 밖
}


class Result(StrEnum):
    """What came of one call."""

    SAFE = "safe"  # 안전하다고 함
    HELP = "help"  # 도움이 필요함
    UNKNOWN = "unknown"  # 모른다고 함
    WILL_LOOK = "will_look"  # 직접 가 본다고 함
    NO_ANSWER = "no_answer"  # 받지 않음
    BAD_NUMBER = "bad_number"  # 번호 틀림


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of the response ladder: what to do, how long it may take, how grave it has become."""

    do: str  # message | call | contact | dispatch | joint
    wait_s: int  # seconds until the next rung becomes the one to do
    level: Level
