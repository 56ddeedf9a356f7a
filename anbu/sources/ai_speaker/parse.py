"""AI speakers: somebody talked to it, or called it for help."""

from typing import Annotated, Literal

import msgspec

from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Refusal, Sos
from anbu.sources.envelope import Code, Id, Moment, check_text, read_all, reading

PRESENCE = BY_NAME["presence"].code


class Said(msgspec.Struct):
    id: Id
    device: Code
    type: Literal["sos", "presence"]
    at: Moment
    count: float | None = 1
    words: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


_said = msgspec.json.Decoder(Said)


def parse(body: bytes) -> list[Message | Refusal]:
    """Return the messages of a batch `{"source": "ai_speaker", "messages": [...]}`."""
    return read_all(body, _read)


def _read(raw: bytes) -> Message:
    said = _said.decode(raw)
    at = said.at.timestamp()
    if said.type == "sos":
        # Whoever calls for help lives: the cry is a presence, too.
        sos = Sos(at, check_text(said.words, "words")[:200])
        readings = (reading(PRESENCE, at, 1.0),)
    else:
        sos, readings = None, (reading(PRESENCE, at, said.count),)
    return Message(
        id=check_text(said.id, "id"), device=said.device, readings=readings, sos=sos, body=raw
    )
