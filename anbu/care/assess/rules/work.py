"""Who assesses, who decides, and how long each may take."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from anbu.care.places.rules import SEOUL

from .refusals import NotAllowed

# Answers are data about health: the centre and the care corps do not read them.
READS = frozenset({"planner", "nurse", "officer"})
ASSESSES = frozenset({"planner", "nurse"})
DECIDES = frozenset({"planner", "officer"})  # 담당 공무원
ACTS_NOW = frozenset({"planner", "nurse", "operator", "supervisor"})

ANSWER_WITHIN = timedelta(days=30)  # Personal Information Protection Act art. 37-2
ACT_WITHIN = timedelta(minutes=30)  # ours, no source: then the post on duty sees it too
REVIEW_AT_MOST = timedelta(days=366)  # 85 % of at-risk homes change within a year
SHORTEST_REASON = 5  # letters: a word of agreement is not a reason


class How(StrEnum):
    """How the answers were got."""

    FACE = "face"
    PHONE = "phone"
    POST = "post"
    SELF = "self"


class Asked(StrEnum):
    """What a person may ask for about a decision (Act art. 37-2)."""

    EXPLANATION = "explanation"  # 설명
    REVIEW = "review"  # 사람의 재검토


class Reply(StrEnum):
    """How such a request ended."""

    EXPLAINED = "explained"
    UPHELD = "upheld"  # looked at again by a person, stays
    CHANGED = "changed"  # looked at again by a person, changed
    WITHDRAWN = "withdrawn"  # by who asked


REPLIES = {
    Asked.EXPLANATION: (Reply.EXPLAINED, Reply.WITHDRAWN),
    Asked.REVIEW: (Reply.UPHELD, Reply.CHANGED, Reply.WITHDRAWN),
}


class CrisisEnd(StrEnum):
    """What a person did about an answer that could not wait."""

    SAFE = "safe"  # talked to, no danger at present
    LINE = "line"  # put through to 109
    CARE = "care"  # brought to a clinic or a mental-health centre
    RESCUE = "rescue"  # 119 or 112 came


def answer_by(received_at: datetime) -> date:
    """Return the last day on which a request may be answered."""
    return (received_at + ANSWER_WITHIN).astimezone(SEOUL).date()


def check_review(review_on: date | None, now: datetime) -> date:
    """Refuse a decision that nobody will ever look at again, or not for more than a year."""
    today = now.astimezone(SEOUL).date()
    if review_on is None or review_on <= today:
        raise NotAllowed("다시 볼 날을 내일이나 그 뒤로 골라 주세요.")
    if review_on > today + REVIEW_AT_MOST:
        raise NotAllowed("다시 볼 날은 1년 안이어야 합니다.")
    return review_on


def check_reason(reason: str) -> str:
    """Refuse a reason that is none: signing what a sheet says is not a decision."""
    if len("".join(reason.split())) < SHORTEST_REASON:
        raise NotAllowed("까닭을 다섯 글자 이상 적어 주세요.")
    return reason
