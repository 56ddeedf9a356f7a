"""What a contact is, which one counts, and what a worker may hear."""

from collections.abc import Collection
from enum import StrEnum

from anbu.care.foundation.rules import Refused


class Kind(StrEnum):
    """By what somebody was tried, whoever tried."""

    CALL = "call"  # 전화
    VISIT = "visit"  # 방문
    ALONG = "along"  # 동행: to the doctor, to the office
    MESSAGE = "message"  # 문자
    NOTE = "note"  # 쪽지·문고리 가방
    NEIGHBOUR = "neighbour"  # 이웃에게 물음
    PROGRAMME = "programme"  # 모임 참석
    AI_CALL = "ai_call"  # AI안부전화에 답함
    CHAT = "chat"  # 대화에 답함
    SIGNAL = "signal"  # the centre or a dong reached them while it answered a signal


class Result(StrEnum):
    """What came of it."""

    REACHED = "reached"  # 통화함, 만남
    NO_ANSWER = "no_answer"  # 안 받음, 안 계심
    WRONG_NUMBER = "wrong_number"  # 번호 틀림
    DECLINED = "declined"  # 본인이 그만하라고 함
    LEFT = "left"  # 두고 옴: a note or a bag hangs at the door
    TAKEN = "taken"  # 두고 온 것이 없어짐
    SEEN = "seen"  # 이웃이 봄


class Mood(StrEnum):
    """How the person was, as the worker found it; asked only of who was reached."""

    GOOD = "good"  # 좋음
    SO_SO = "so_so"  # 보통
    WORRY = "worry"  # 걱정됨


class Heard(StrEnum):
    """What the worker heard; several may be."""

    ATE = "ate"  # 식사 함
    MEDICINE = "medicine"  # 약 드심
    OUT = "out"  # 외출함
    PAIN = "pain"  # 아픔
    LONELY = "lonely"  # 외로움
    REPAIR = "repair"  # 집 고장
    MONEY = "money"  # 돈 걱정
    FOOD = "food"  # 먹을 것이 없음
    CRISIS = "crisis"  # 죽고 싶다는 말, 학대, 쓰러짐: at once to the control room


OURS = frozenset(
    {Kind.CALL, Kind.VISIT, Kind.ALONG, Kind.MESSAGE, Kind.NOTE, Kind.NEIGHBOUR, Kind.PROGRAMME}
)
# What may come of which kind. A neighbour has seen somebody; a bag is left, and found gone.
MAY_END = {
    Kind.CALL: {Result.REACHED, Result.NO_ANSWER, Result.WRONG_NUMBER, Result.DECLINED},
    Kind.VISIT: {Result.REACHED, Result.NO_ANSWER, Result.DECLINED},
    Kind.ALONG: {Result.REACHED},
    Kind.MESSAGE: {Result.REACHED, Result.NO_ANSWER, Result.DECLINED},
    Kind.NOTE: {Result.LEFT, Result.TAKEN},
    Kind.NEIGHBOUR: {Result.SEEN, Result.NO_ANSWER},
    Kind.PROGRAMME: {Result.REACHED, Result.NO_ANSWER},  # signed up, and not there
    Kind.AI_CALL: {Result.REACHED},
    Kind.CHAT: {Result.REACHED},
    Kind.SIGNAL: {Result.REACHED},
}
# A real contact: this person, alive, by a voice, a face, or what only they can have done. A note
# that still hangs there says nothing. Somebody who says "do not call again" was heard.
REAL = frozenset({Result.REACHED, Result.DECLINED, Result.TAKEN, Result.SEEN})
# Which need of the dong's (errands) a thing heard becomes, once a person asks for it.
NEED_OF = {
    Heard.PAIN: "health",
    Heard.LONELY: "lonely",
    Heard.REPAIR: "repair",
    Heard.MONEY: "money",
    Heard.FOOD: "food",
}
# Words in a note that go to the control room at once. A word decides nothing: a person there does.
# Ours, from the signs that the lines 109 (suicide) and 1577-1389 (abuse of the old) ask about.
CRISIS_WORDS = (
    ("죽고 싶", "harm"),
    ("죽어버", "harm"),
    ("자살", "harm"),
    ("뛰어내", "harm"),
    ("유서", "harm"),
    ("번개탄", "harm"),
    ("살기 싫", "harm"),
    ("쓰러", "fall"),
    ("못 일어나", "fall"),
    ("의식", "fall"),
    ("숨을 못", "fall"),
    ("가슴이 아", "fall"),
    ("때린", "abuse"),
    ("때려", "abuse"),
    ("맞았", "abuse"),
    ("굶", "hunger"),
)


class NotAllowed(Refused):
    """Raised when something of a round cannot be done like this."""


def check_contact(kind: Kind, result: Result, mood: Mood | None, heard: Collection[Heard]) -> None:
    """Refuse a log that says of somebody who was not reached how they were."""
    if result not in MAY_END[kind]:
        raise NotAllowed("이 방법으로는 그런 결과가 나올 수 없습니다.")
    met = result == Result.REACHED
    if (mood is not None or heard) and not met:
        raise NotAllowed("통화하거나 만났을 때만 어떠셨는지 적을 수 있습니다.")
    if met and mood is None and kind in {Kind.CALL, Kind.VISIT}:
        raise NotAllowed("어떠셨는지 골라 주세요.")


def is_real(result: Result) -> bool:
    """Say whether the clock of a person begins anew with this."""
    return result in REAL


def crisis_in(note: str) -> tuple[str, ...]:
    """Return which signs of a crisis the words of a note hold, each once, in a fixed order."""
    found = [sign for word, sign in CRISIS_WORDS if word in note]
    return tuple(dict.fromkeys(found))


class LinkKind(StrEnum):
    """Help that was brought about, by the three kinds in which the city counts it."""

    BENEFIT = "benefit"  # 공적급여: basic livelihood and other legal benefits
    EMERGENCY = "emergency"  # 긴급복지: the nation's and Seoul's
    PRIVATE = "private"  # 민간자원: donated goods and money
