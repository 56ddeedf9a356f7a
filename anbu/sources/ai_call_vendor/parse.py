"""Vendors of well-being calls: a machine rang somebody up, and this came of it."""

from typing import Annotated, Literal

import msgspec

from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reason, Refusal, Sos
from anbu.sources.envelope import Code, Id, Moment, Refused, check_text, read_all, reading

CHECKIN = BY_NAME["checkin"].code
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Said(msgspec.Struct):
    id: Id
    device: Code
    at: Moment
    result: Literal["answered", "no_answer", "busy", "refused", "wrong_number"]
    risk: Annotated[list[Word], msgspec.Meta(max_length=10)] = []  # words of danger that fell
    help: bool = False  # somebody asked for help


_said = msgspec.json.Decoder(Said)


def parse(body: bytes) -> list[Message | Refusal]:
    """Return the messages of a batch `{"source": "ai_call_vendor", "messages": [...]}`."""
    return read_all(body, _read)


def _read(raw: bytes) -> Message:
    said = _said.decode(raw)
    at = said.at.timestamp()
    answered = said.result == "answered"
    if (said.risk or said.help) and not answered:
        raise Refused(Reason.MALFORMED, f"nobody speaks in a call with the result {said.result}")
    sos = None
    if said.risk or said.help:
        words = ", ".join(check_text(word, "risk") for word in said.risk)
        sos = Sos(at, words[:200])
    return Message(
        id=check_text(said.id, "id"),
        device=said.device,
        # Whoever answers lives. Whoever does not is not dead, and was not seen either.
        readings=(reading(CHECKIN, at, 1.0 if answered else 0.0),),
        sos=sos,
        number_works=True if answered else False if said.result == "wrong_number" else None,
        body=raw,
    )
