"""Calls that come in: what was said makes how grave it is, and how long it may wait."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from .alarm import Level, NotAllowed


class Caller(StrEnum):  # 전화한 사람
    SELF = "self"  # 본인
    FAMILY = "family"  # 가족
    NEIGHBOUR = "neighbour"  # 이웃
    AGENCY = "agency"  # 기관
    CORPS = "corps"  # 돌봄단: what a worker heard and wrote down
    UNKNOWN = "unknown"  # 모름


class Said(StrEnum):  # 무슨 일
    COLLAPSED = "collapsed"  # 쓰러짐·움직이지 않음
    CRIES = "cries"  # 비명·신음이 들림
    DESPAIR = "despair"  # 죽고 싶다고 함
    DANGER = "danger"  # 불·가스·물
    ABUSED = "abused"  # 학대·폭행이 걱정됨
    LOST = "lost"  # 길을 잃음: domain.md section 2, case (c)
    ILL = "ill"  # 아픔
    HUNGRY = "hungry"  # 먹지 못함
    NO_REPLY = "no_reply"  # 두드려도 대답 없음
    UNSEEN = "unseen"  # 며칠째 보이지 않음
    TRACES = "traces"  # 우편물·냄새
    WORRY = "worry"  # 걱정됨
    LONELY = "lonely"  # 외로움·말벗
    ASKS = "asks"  # 물어봄


LEVEL_OF: dict[Said, Level] = {
    Said.COLLAPSED: Level.CRITICAL,
    Said.CRIES: Level.CRITICAL,
    Said.DESPAIR: Level.CRITICAL,
    Said.DANGER: Level.CRITICAL,
    Said.ABUSED: Level.CRITICAL,
    Said.LOST: Level.CRITICAL,
    Said.ILL: Level.CAUTION,
    Said.HUNGRY: Level.CAUTION,
    Said.NO_REPLY: Level.CAUTION,
    Said.UNSEEN: Level.CAUTION,
    Said.TRACES: Level.CAUTION,
    Said.WORRY: Level.CAUTION,
    Said.LONELY: Level.WATCH,
    Said.ASKS: Level.WATCH,
}
# What the words of a worker's note may mean (rounds.rules.contacts.CRISIS_WORDS).
SAID_OF_SIGN = {
    "harm": Said.DESPAIR,
    "fall": Said.COLLAPSED,
    "abuse": Said.ABUSED,
    "hunger": Said.HUNGRY,
}
# Nobody sees the person: each of these with the other is what a door is opened for (domain.md
# section 2, forced entry: several signs of crisis, piled mail, long absence told by neighbours).
BOTH_ARE_GRAVE = (Said.NO_REPLY, frozenset({Said.UNSEEN, Said.TRACES, Said.ILL}))
LADDER_OF = {Level.WATCH: "call_soft", Level.CAUTION: "call", Level.CRITICAL: "call_now"}
# How long somebody may wait whom we cannot find in the register: as the first rung of each ladder.
ACT_WITHIN = {
    Level.WATCH: timedelta(minutes=60),
    Level.CAUTION: timedelta(minutes=15),
    Level.CRITICAL: timedelta(minutes=3),
}
ANSWER_WITHIN = timedelta(minutes=30)  # then we ask what came of it, as of a visit: REPORT_S
WORDS_LENGTH = 300
PLACE_LENGTH = 120
NAME_LENGTH = 40


class CallState(StrEnum):
    TAKEN = "taken"  # 받음: somebody must find out who and where
    HANDED = "handed"  # 동에 넘김
    JOINT = "joint"  # 119·112에 알림
    CLOSED = "closed"  # 끝


CALL_NEXT = {
    CallState.TAKEN: {CallState.HANDED, CallState.JOINT, CallState.CLOSED},
    CallState.HANDED: {CallState.HANDED, CallState.JOINT, CallState.CLOSED},
    CallState.JOINT: {CallState.HANDED, CallState.CLOSED},
    CallState.CLOSED: set[CallState](),
}


class CallEnd(StrEnum):  # 걸려 온 전화의 결과
    LINKED = "linked"  # 가구를 찾음: it goes on as that home's signal
    SAFE = "safe"  # 안전 확인
    RESCUED = "rescued"  # 구조·이송
    TOLD = "told"  # 안내함
    NOT_FOUND = "not_found"  # 찾지 못함: with words
    PRANK = "prank"  # 장난·잘못 걺


CALL_ENDS = frozenset(CallEnd) - {CallEnd.LINKED}  # what a person may choose

CALLER_LABELS = {
    Caller.SELF: "본인",
    Caller.FAMILY: "가족",
    Caller.NEIGHBOUR: "이웃",
    Caller.AGENCY: "기관",
    Caller.CORPS: "돌봄단",
    Caller.UNKNOWN: "모름",
}
SAID_LABELS = {
    Said.COLLAPSED: "쓰러짐·움직이지 않음",
    Said.CRIES: "비명·신음이 들림",
    Said.DESPAIR: "죽고 싶다고 함",
    Said.DANGER: "불·가스·물",
    Said.ABUSED: "학대·폭행이 걱정됨",
    Said.LOST: "길을 잃음",
    Said.ILL: "아픔",
    Said.HUNGRY: "먹지 못함",
    Said.NO_REPLY: "두드려도 대답 없음",
    Said.UNSEEN: "며칠째 보이지 않음",
    Said.TRACES: "우편물이 쌓임·냄새",
    Said.WORRY: "걱정됨",
    Said.LONELY: "외로움·말벗",
    Said.ASKS: "물어봄",
}


def level_of_call(*, said: Collection[Said], at_stake: bool) -> Level:
    """Return how grave a call is by what was said; a life at stake outweighs everything."""
    grave, others = BOTH_ARE_GRAVE
    if at_stake or (grave in said and others & set(said)):
        return Level.CRITICAL
    return max((LEVEL_OF[each] for each in said), default=Level.CAUTION)


def due_after(level: int, *, now: datetime, answer: bool = False) -> datetime:
    """Return by when somebody must have acted, or have heard what came of it (`answer`)."""
    return now + (ANSWER_WITHIN if answer else ACT_WITHIN[Level(level)])


def check_call(present: CallState, to: CallState) -> None:
    """Refuse a step that the table above does not know."""
    if to not in CALL_NEXT[present]:
        raise NotAllowed("이미 끝난 전화입니다.")
