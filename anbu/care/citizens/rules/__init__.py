"""Whose record it is, how long somebody may sit before it, and how their requests end."""

from .looking import Why, why
from .proving import FREE_TRIES, IDLE, LONGEST, Told, is_this, keys_of, plain_phone, told_of
from .requesting import (
    ANSWER_WITHIN,
    ANSWERS_REQUESTS,
    NotAllowed,
    Reply,
    UnknownRequest,
    What,
    answer_by,
    check_words,
)

__all__ = [
    "ANSWERS_REQUESTS",
    "ANSWER_WITHIN",
    "FREE_TRIES",
    "IDLE",
    "LONGEST",
    "NotAllowed",
    "Reply",
    "Told",
    "UnknownRequest",
    "What",
    "Why",
    "answer_by",
    "check_words",
    "is_this",
    "keys_of",
    "plain_phone",
    "told_of",
    "why",
]
