"""The world's bytes become messages here. One folder per kind of sender; copy one to add more."""

from enum import StrEnum

import msgspec


class Reason(StrEnum):
    """Why a message was not taken in. Senders build on these words; they never change."""

    UNKNOWN_DEVICE = "unknown_device"
    NOT_YOUR_DEVICE = "not_your_device"
    REVOKED_DEVICE = "revoked_device"
    NO_CONSENT = "no_consent"
    ABSURD_VALUE = "absurd_value"
    NOT_A_NUMBER = "not_a_number"
    TOO_OLD = "too_old"
    IN_THE_FUTURE = "in_the_future"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    BAD_SIGNATURE = "bad_signature"


# gc=False: thousands of them live for one batch, and none can be part of a ring of references.
class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    channel: int  # a code of anbu.kernel.signs.CHANNELS
    at: float  # end of the interval, seconds since 1970
    value: float  # NaN: the source itself said "no data"


class Sos(msgspec.Struct, frozen=True, array_like=True, gc=False):
    at: float
    words: str


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one device said at once: taken in whole or refused whole."""

    id: str
    device: str
    readings: tuple[Reading, ...] = ()
    sos: Sos | None = None
    number_works: bool | None = None  # of the person's telephone, as far as this tells
    body: bytes = b""


class Refusal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that is no message, with the reason in a word and in a sentence."""

    id: str = ""
    device: str = ""
    reason: Reason
    detail: str
    body: bytes = b""
