"""What a citizen may ask to be put right, who answers, and by when."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from anbu.care.foundation.rules import NotHere, Refused
from anbu.care.places.rules import SEOUL

# Personal Information Protection Act art. 36, decree art. 43: ten days.
ANSWER_WITHIN = timedelta(days=10)
ANSWERS_REQUESTS = frozenset({"planner", "officer"})
SHORTEST = 5


class NotAllowed(Refused):
    """Something that cannot be done."""


class UnknownRequest(NotHere):
    """There is no such request, as far as this person may know."""


class What(StrEnum):
    """What is wrong."""

    NAME = "name"
    BIRTH = "birth"
    ADDRESS = "address"
    PHONE = "phone"
    CONTACTS = "contacts"
    HEALTH = "health"
    OTHER = "other"


class Reply(StrEnum):
    """How a request to put something right ended."""

    CORRECTED = "corrected"
    REFUSED = "refused"


def answer_by(asked_at: datetime) -> date:
    """Return the last day on which it may be answered."""
    return (asked_at + ANSWER_WITHIN).astimezone(SEOUL).date()


def check_words(words: str) -> str:
    """Refuse words that say nothing."""
    if len("".join(words.split())) < SHORTEST:
        raise NotAllowed("다섯 글자 이상 적어 주세요.")
    return words
