"""Telephone companies: how often a line was used in an hour or a day. Counts, nothing else.

Whom somebody called and what was said is none of our business: a message that tells is refused,
and not even its body is kept.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Literal

import msgspec

from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading, Reason, Refusal
from anbu.sources.envelope import Code, Id, Moment, Refused, check_text, legible, read_all, reading
from anbu.sources.lines import read_lines as each_line

CALLS, TEXTS, DATA = (BY_NAME[name].code for name in ("calls", "sms", "data_kb"))
KOREA = timezone(timedelta(hours=9))
HEADS = ("회선", "line")
LETTERS = set("0123456789abcdefghijklmnopqrstuvwxyz-")
HOUR_S = 3600.0


class Said(msgspec.Struct, forbid_unknown_fields=True):
    id: Id
    device: Code
    at: Moment  # the end of the hour or day
    span: Literal["hour", "day"]
    calls: float | None = None
    texts: float | None = None
    data_kb: float | None = None


_said = msgspec.json.Decoder(Said)


def parse(body: bytes) -> list[Message | Refusal]:
    """Return the messages of a batch `{"source": "telecom", …}`, or of a file's lines."""
    if body.lstrip()[:1] == b"{":
        found = read_all(body, _read)
        # what could not be read as counts may say more than counts
        return [_forgotten(one, whole=body) for one in found]
    return list(read_lines(body.splitlines()))


def read_lines(lines: Iterable[bytes]) -> Iterator[Message | Refusal]:
    """Read a file line by line: line, day, hour (blank: the whole day), sending, three counts."""
    return (_forgotten(one) for one in each_line(lines, _read_line))


def _forgotten(one: Message | Refusal, *, whole: bytes | None = None) -> Message | Refusal:
    if isinstance(one, Message) or one.body is whole:
        return one
    return msgspec.structs.replace(one, body=b"")


def _read(raw: bytes) -> Message:
    said = _said.decode(raw)
    at = said.at.timestamp()
    if (at + 9 * HOUR_S) % (HOUR_S if said.span == "hour" else 24 * HOUR_S):
        raise Refused(Reason.MALFORMED, f"`at` is not the end of a {said.span}")
    return Message(
        id=check_text(said.id, "id"),
        device=said.device,
        readings=_counts(at, said.calls, said.texts, said.data_kb),
        body=raw,
    )


def _read_line(cells: list[str], raw: bytes) -> Message | None:
    if cells[0].lower() in HEADS:
        return None
    if len(cells) != 7:
        raise Refused(
            Reason.MALFORMED, f"{len(cells)} cells; line, day, hour, sending, calls, texts, data"
        )
    line, day, hour, sending, *counts = cells
    line = line.lower()
    if not 0 < len(line) <= 40 or not set(line) <= LETTERS:
        raise Refused(Reason.MALFORMED, "a line's code has digits, letters and -, no telephone +")
    start = _day(day)
    if hour and not (hour.isdecimal() and len(hour) <= 2 and int(hour) < 24):
        raise Refused(Reason.MALFORMED, f"hour {legible(hour)[:20]!r}; 0 to 23, or blank")
    if not sending.isdecimal() or len(sending) > 3:
        raise Refused(Reason.MALFORMED, f"sending {legible(sending)[:20]!r} is no number")
    at = start + (HOUR_S * (int(hour) + 1) if hour else 24 * HOUR_S)
    calls, texts, data = (_number(text) for text in counts)
    return Message(
        id=f"{day}/{int(hour) if hour else 'day'}/{int(sending)}",
        device=line,
        readings=_counts(at, calls, texts, data),
        body=raw,
    )


def _counts(
    at: float, calls: float | None, texts: float | None, data: float | None
) -> tuple[Reading, ...]:
    counted = ((CALLS, calls), (TEXTS, texts), (DATA, data))
    if any(value is not None and value != math.floor(value) for _, value in counted[:2]):
        raise Refused(Reason.ABSURD_VALUE, "a count of calls or texts is a whole number")
    readings = tuple(reading(channel, at, value) for channel, value in counted)
    if all(math.isnan(each.value) for each in readings):
        raise Refused(Reason.MALFORMED, "neither calls nor texts nor data")
    return readings


def _day(text: str) -> float:
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=KOREA).timestamp()
    except (ValueError, OverflowError):
        raise Refused(Reason.MALFORMED, f"day {legible(text)[:20]!r}; YYYYMMDD") from None


def _number(text: str) -> float | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise Refused(Reason.NOT_A_NUMBER, f"count {legible(text)[:20]!r}")
    return float(text)
