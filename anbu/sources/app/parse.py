"""The well-being app on somebody's own telephone: steps, the screen, and two buttons."""

from typing import Annotated, Literal

import msgspec

from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reason, Refusal, Sos
from anbu.sources.envelope import Code, Id, Moment, Refused, check_text, read_all, reading

STEPS, SCREEN, CHECKIN = (BY_NAME[name].code for name in ("steps", "screen", "checkin"))


class Said(msgspec.Struct):
    id: Id
    device: Code
    at: Moment  # the end of the interval, or when the button was pressed
    type: Literal["use", "checkin", "sos"] = "use"
    steps: float | None | msgspec.UnsetType = msgspec.UNSET
    screen_on: float | None | msgspec.UnsetType = msgspec.UNSET  # how often
    words: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


_said = msgspec.json.Decoder(Said)


def parse(body: bytes) -> list[Message | Refusal]:
    """Return the messages of a batch `{"source": "app", "messages": [...]}`."""
    return read_all(body, _read)


def _read(raw: bytes) -> Message:
    said = _said.decode(raw)
    at = said.at.timestamp()
    sos = None
    readings = tuple(
        reading(channel, at, value)
        for channel, value in ((STEPS, said.steps), (SCREEN, said.screen_on))
        if value is not msgspec.UNSET
    )
    if said.type == "use":
        if not readings:
            raise Refused(Reason.MALFORMED, "neither `steps` nor `screen_on`")
    else:  # a finger pressed a button: nothing is more certain
        readings = (*readings, reading(CHECKIN, at, 1.0))
    if said.type == "sos":
        sos = Sos(at, check_text(said.words, "words")[:200])
    return Message(
        id=check_text(said.id, "id"), device=said.device, readings=readings, sos=sos, body=raw
    )
