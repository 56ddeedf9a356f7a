"""What goes out: in which words, by which way, when, and what follows a try."""

from .kinds import (
    CHANNELS,
    MAY_WAIT,
    TELL_WHEN_ASKED,
    TO_STAFF,
    WAYS,
    Kind,
    goes_at,
    ways_for,
)
from .sizes import LMS_BYTES, SMS_BYTES, byte_length, size_of
from .templates import BadTemplate, Template, describe, filled, parse, read_shipped
from .tries import Heard, Then, asks_next_in, then, wait_s

__all__ = [
    "CHANNELS",
    "LMS_BYTES",
    "MAY_WAIT",
    "SMS_BYTES",
    "TELL_WHEN_ASKED",
    "TO_STAFF",
    "WAYS",
    "BadTemplate",
    "Heard",
    "Kind",
    "Template",
    "Then",
    "asks_next_in",
    "byte_length",
    "describe",
    "filled",
    "goes_at",
    "parse",
    "read_shipped",
    "size_of",
    "then",
    "wait_s",
    "ways_for",
]
