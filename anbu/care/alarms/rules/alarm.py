"""The life of an alarm, as tables a planner could read aloud."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from anbu.care.foundation.rules import NotHere, Refused
from anbu.care.places.rules import SEOUL


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
    ANSWERED_BY_SIGN = "answered_by_sign"  # only a machine's own question ends so, by itself
    WORKER_SAFE = (
        "worker_safe"  # of a worker of the care corps: it tells nothing of who lives there
    )
    WORKER_HURT = "worker_hurt"
    WORKER_ATTACKED = "worker_attacked"
    WORKER_SLIP = "worker_slip"  # pressed by mistake, or the clock forgotten
    OUR_FAULT = "our_fault"  # we rang without cause: only for everything a brake holds, by a person


# In the order of the screen: domain.md section 2, outcome codes; the last is ours.
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
    "worker": [
        Outcome.WORKER_SAFE,
        Outcome.WORKER_HURT,
        Outcome.WORKER_ATTACKED,
        Outcome.WORKER_SLIP,
    ],  # 돌봄단원
}
OF_WORKERS = frozenset(OUTCOME_GROUPS["worker"])
# No person chooses these for one alarm: docs/decisions/0011 and 0036.
BY_ITSELF = frozenset({Outcome.ANSWERED_BY_SIGN, Outcome.OUR_FAULT})


class Result(StrEnum):
    """What came of one call."""

    SAFE = "safe"  # 안전하다고 함
    HELP = "help"  # 도움이 필요함
    UNKNOWN = "unknown"  # 모른다고 함
    WILL_LOOK = "will_look"  # 직접 가 본다고 함
    NO_ANSWER = "no_answer"  # 받지 않음
    BAD_NUMBER = "bad_number"  # 번호 틀림


class GroupOutcome(StrEnum):
    """How the common cause of many silences ended."""

    POWER_CUT = "power_cut"  # 정전
    NETWORK = "network"  # 통신
    PROVIDER = "provider"  # 공급사
    NO_COMMON_CAUSE = "no_common_cause"  # 한 원인이 아님: what is held rings at once
    RECOVERED = "recovered"  # life and sight are back, and no person had taken it


GROUP_OUTCOMES = frozenset(GroupOutcome) - {GroupOutcome.RECOVERED}  # what a person may choose


class NotAllowed(Refused):
    """Something the rules of alarms forbid."""


class UnknownAlarm(NotHere):
    """No such alarm, as far as this person may know."""


class TakenByAnother(NotAllowed):
    """Somebody else was first."""

    def __init__(self, name: str, at: datetime) -> None:
        self.name, self.at = name, at
        moment = at.astimezone(SEOUL)
        super().__init__(
            "%(name)s 님이 먼저 맡았습니다 (%(at)s).", name=name, at=f"{moment:%H:%M:%S}"
        )


class Watcher(StrEnum):
    """Who would come in an hour of the week, if this home fell silent."""

    DONG = "dong"  # 동주민센터
    CENTRE = "centre"  # 야간·휴일 관제
    NOBODY = "nobody"  # 아무도 없음


def at_stake(*, kind: str, level: int) -> bool:
    """Return whether a life is at stake, so that the law asks for no consent to help."""
    return kind in ("sos", "worker") or level >= Level.CRITICAL


def watched_hours(
    *, duty: Sequence[str], monitoring: bool, night: bool, unseen: Sequence[bool]
) -> tuple[Watcher, ...]:
    """Return who watches a home in each hour: without consent, or sight, nobody does."""
    found = []
    for on_duty, blind in zip(duty, unseen, strict=True):
        consented = monitoring and (night or on_duty == "dong")
        found.append(Watcher(on_duty) if consented and not blind else Watcher.NOBODY)
    return tuple(found)


STATE_LABELS = {
    State.RAISED: "신호",
    State.CALLING: "전화·문자",
    State.ASKING: "보호자",
    State.DISPATCHED: "현장 출동",
    State.JOINT: "119·112",
    State.CLOSED: "끝",
}
LEVEL_LABELS = {Level.WATCH: "관심", Level.CAUTION: "주의", Level.CRITICAL: "심각"}
DO_LABELS = {
    "message": "문자",
    "call": "전화",
    "contact": "보호자에게 전화",
    "dispatch": "현장 출동",
    "joint": "119·112 신고",
    "enter": "문 열기",
    "handover": "인계",
}
RESULT_LABELS = {
    Result.SAFE: "안전하다고 함",
    Result.HELP: "도움이 필요함",
    Result.UNKNOWN: "모른다고 함",
    Result.WILL_LOOK: "직접 가 본다고 함",
    Result.NO_ANSWER: "받지 않음",
    Result.BAD_NUMBER: "번호 틀림",
}
OUTCOME_LABELS = {
    Outcome.SAFE_CALL: "안전 확인 · 전화",
    Outcome.SAFE_MESSAGE: "안전 확인 · 문자",
    Outcome.SAFE_VISIT: "안전 확인 · 현장",
    Outcome.OUT: "외출·여행",
    Outcome.HOSPITAL: "입원",
    Outcome.MOVED: "이사",
    Outcome.TAKEN_TO_HOSPITAL: "병원 이송",
    Outcome.RESCUED: "구조(119)",
    Outcome.DIED: "사망",
    Outcome.DEVICE: "기기",
    Outcome.NETWORK: "통신",
    Outcome.POWER_CUT: "정전",
    Outcome.BAD_NUMBER: "번호 오류",
    Outcome.REFUSED: "거부",
    Outcome.TEST: "시험",
    Outcome.ANSWERED_BY_SIGN: "생활신호로 답함",
    Outcome.WORKER_SAFE: "단원 안전 확인",
    Outcome.WORKER_HURT: "단원이 다침",
    Outcome.WORKER_ATTACKED: "단원이 위협·폭행을 당함",
    Outcome.WORKER_SLIP: "단원이 잘못 누름·깜빡함",
    Outcome.OUR_FAULT: "우리 쪽 잘못",
}
CRISES = frozenset(OUTCOME_GROUPS["crisis"])


def check_move(present: State, to: State) -> None:
    """Refuse a step that the table above does not know."""
    if to not in NEXT[present]:
        raise NotAllowed(
            "‘%(present)s’에서 ‘%(to)s’(으)로 갈 수 없습니다.",
            present=STATE_LABELS[present],
            to=STATE_LABELS[to],
        )


# How long an alarm may be put off, by its level. Critical: never.
LONGEST_SHELF = {Level.WATCH: timedelta(hours=12), Level.CAUTION: timedelta(hours=1)}

# ---- what is said of the words we send -------------------------------------------------------

NO_GATEWAY = "문자 발송처가 설정되지 않음"
NO_PHONE = "전화번호가 없음"
EXPIRED = "제때 보내지 못함"
OVER = "그 사이 신호가 끝남"
QUIET = "조용한 시간"
CALLED_OFF = "우리 쪽 잘못으로 울려 보내지 않음"
NO_LEAVE = "안부확인 동의가 없어 문자를 보낼 수 없습니다."

# Where a message stands, and what may still become of it.
MESSAGE_NEXT = {
    "waiting": {"queued", "failed", "expired"},
    "queued": {"waiting", "sent", "delivered", "failed", "expired"},
    "sent": {"queued", "delivered", "failed"},  # it failed on its way: the next provider has it
    "delivered": set[str](),
    "failed": {"delivered"},  # it came through after all: say so
    "expired": {"delivered"},
    "answered": set[str](),
}
