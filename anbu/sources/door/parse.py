"""Door contacts: a front door, or the fridge's, was opened or closed."""

from typing import Literal

import msgspec

from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reason, Refusal
from anbu.sources.envelope import Code, Id, Moment, Refused, check_text, read_all, read_one, reading

DOOR = BY_NAME["door"].code


class Said(msgspec.Struct):
    id: Id
    at: Moment
    event: Literal["opened", "closed", "alive"]
    device: Code | None = None


_said = msgspec.json.Decoder(Said)


def parse(body: bytes) -> list[Message | Refusal]:
    """Return the messages of a batch `{"source": "door", "messages": [...]}`."""
    return read_all(body, _read)


def parse_one(body: bytes, *, device: str) -> Message | Refusal:
    """Return the message of a contact that proved to be `device` when it signed in."""

    def read(raw: bytes) -> Message:
        return _read(raw, device)

    found = read_one(body, read)
    return found if isinstance(found, Message) else msgspec.structs.replace(found, device=device)


def _read(raw: bytes, signed_in_as: str | None = None) -> Message:
    said = _said.decode(raw)
    device = said.device or signed_in_as
    if device is None:
        raise Refused(Reason.MALFORMED, "`device` is missing")
    if signed_in_as and device != signed_in_as:
        raise Refused(Reason.NOT_YOUR_DEVICE, f"signed in as {signed_in_as}, speaks for {device}")
    # Opening takes a hand; a draught closes a door as well, and a pulse says the contact is well.
    opened = 1.0 if said.event == "opened" else 0.0
    return Message(
        id=check_text(said.id, "id"),
        device=device,
        readings=(reading(DOOR, said.at.timestamp(), opened),),
        body=raw,
    )
