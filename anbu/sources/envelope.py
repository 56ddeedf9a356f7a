"""The batch that every JSON sender uses, and the checks that all messages share."""

import json
import math
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec

from anbu.kernel.signs import BY_CODE, is_absurd

from . import Message, Reading, Reason, Refusal

MOST_MESSAGES = 5_000  # in one batch; a batch of 500 is about right
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Code = Annotated[str, msgspec.Meta(pattern="^[0-9a-z-]{1,40}$")]


class Batch(msgspec.Struct):
    messages: list[msgspec.Raw]
    source: str = ""


class Named(msgspec.Struct):
    """As much of a broken message as can still be read."""

    id: Any = ""
    device: Any = ""


class Refused(Exception):
    """Raised while a message is read; becomes its Refusal."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


_batch = msgspec.json.Decoder(Batch)
_named = msgspec.json.Decoder(Named)
_TROUBLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def split(body: bytes) -> tuple[str, list[bytes]]:
    """Return the source named by a batch and its messages, each still unread."""
    try:
        batch = _batch.decode(body)
        source, messages = batch.source, [bytes(raw) for raw in batch.messages]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        source, messages = _split_loose(body, str(error))
    if len(messages) > MOST_MESSAGES:
        raise Refused(Reason.TOO_LARGE, f"{len(messages)} messages; at most {MOST_MESSAGES}")
    return source, messages


def _split_loose(body: bytes, trouble: str) -> tuple[str, list[bytes]]:
    """Read a batch spoilt by NaN or Infinity, which are not JSON, so that only those fail."""
    try:
        batch = json.loads(body)
        return str(batch.get("source", "")), [json.dumps(m).encode() for m in batch["messages"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Refused(Reason.MALFORMED, f"not a batch: {trouble}"[:200]) from None


def read_all(body: bytes, read: Callable[[bytes], Message]) -> list[Message | Refusal]:
    """Read each message of a batch; one that fails never stops the next."""
    try:
        return [read_one(raw, read) for raw in split(body)[1]]
    except Refused as refused:
        return [Refusal(reason=refused.reason, detail=refused.detail, body=body)]


def read_one(raw: bytes, read: Callable[[bytes], Message]) -> Message | Refusal:
    """Return what `read` makes of one message, or why it cannot."""
    try:
        return read(raw)
    except Refused as refused:
        return _refuse(raw, refused.reason, refused.detail)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        return _refuse(raw, _reason(str(error), raw), str(error))


def _reason(trouble: str, raw: bytes) -> Reason:
    if "Number out of range" in trouble:
        return Reason.ABSURD_VALUE
    if "Expected `float" in trouble or "Expected `int" in trouble or b"NaN" in raw:
        return Reason.NOT_A_NUMBER
    return Reason.ABSURD_VALUE if b"Infinity" in raw else Reason.MALFORMED


def _refuse(raw: bytes, reason: Reason, detail: str) -> Refusal:
    try:
        named = _named.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        try:
            named = msgspec.convert(json.loads(raw), Named)
        except (ValueError, RecursionError, msgspec.MsgspecError):
            named = Named()
    return Refusal(
        id=legible(str(named.id))[:120],
        device=legible(str(named.device))[:80],
        reason=reason,
        detail=legible(detail)[:200],
        body=raw,
    )


def legible(text: str) -> str:
    """Return a text that can be stored and shown: composed, without control characters."""
    clean = text.encode("utf-8", "replace").decode()
    return _TROUBLE.sub("\ufffd", unicodedata.normalize("NFC", clean))


def check_text(text: str, field: str) -> str:
    """Return the text composed (NFC); refuse control characters and broken surrogates."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    if _TROUBLE.search(composed):
        raise Refused(Reason.MALFORMED, f"control character in `{field}`")
    return composed


def reading(channel: int, at: float, value: float | None) -> Reading:
    """Return a reading whose value such a device can have measured; None is "no data"."""
    if value is None:
        return Reading(channel, at, math.nan)
    if is_absurd(channel, value):
        row = BY_CODE[channel]
        raise Refused(
            Reason.ABSURD_VALUE,
            f"{row.name} {value:g} {row.unit}: outside {row.lowest:g} to {row.highest:g}",
        )
    return Reading(channel, at, value)
