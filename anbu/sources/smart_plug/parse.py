"""Smart plugs: mean watts over the interval, and how bright the room was at its end."""

import msgspec

from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading, Reason, Refusal
from anbu.sources.envelope import (
    Code,
    Id,
    Moment,
    Refused,
    check_text,
    read_all,
    read_one,
    reading,
)

POWER, LUX = BY_NAME["power_w"].code, BY_NAME["lux"].code


class Said(msgspec.Struct):
    id: Id
    at: Moment
    device: Code | None = None
    watts: float | None | msgspec.UnsetType = msgspec.UNSET
    lux: float | None | msgspec.UnsetType = msgspec.UNSET


_said = msgspec.json.Decoder(Said)


def parse(body: bytes) -> list[Message | Refusal]:
    """Return the messages of a batch `{"source": "smart_plug", "messages": [...]}`."""
    return read_all(body, _read)


def parse_one(body: bytes, *, device: str) -> Message | Refusal:
    """Return the message of a plug that proved to be `device` when it signed in to the broker."""

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
    at = said.at.timestamp()
    readings: tuple[Reading, ...] = ()
    if said.watts is not msgspec.UNSET:
        readings = (reading(POWER, at, said.watts),)
    if said.lux is not msgspec.UNSET:
        readings += (reading(LUX, at, said.lux),)
    if not readings:
        raise Refused(Reason.MALFORMED, "neither `watts` nor `lux`")
    return Message(id=check_text(said.id, "id"), device=device, readings=readings, body=raw)
