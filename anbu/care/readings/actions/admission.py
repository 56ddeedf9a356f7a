"""Which device speaks, and what of it its home agreed to. Asked anew for each batch."""

import math
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from anbu.care.people.queries import heard_since
from anbu.care.people.rules import NEEDS, STANDS, Deed, channels_agreed
from anbu.kernel.signs import CHANNELS
from anbu.sources import Message, Reason

from . import arrays

DEVICES = """
SELECT d.code, d.id, uuid_send(d.household_id), p.code, d.revoked_at IS NOT NULL, p.source,
       coalesce(agreed.ended, false), agreed.kinds
FROM (SELECT %b::timestamptz AS now) t, readings_device d
JOIN readings_provider p ON p.id = d.provider_id
JOIN people_household h ON h.id = d.household_id
CROSS JOIN LATERAL (
    SELECT bool_or(least(c.withdrawn_at, c.until) <= t.now) AS ended,
           string_agg(c.service || '/' || c.data, ' ') FILTER (
               WHERE h.left_at IS NULL AND c.recipient = %b AND c.aim = %b
                 AND c."window" = %b AND {stands}) AS kinds
    FROM people_consent c WHERE c.household_id = d.household_id
) agreed
WHERE d.code = ANY(%b)
""".format(stands=STANDS.format(at="t.now"))


class Device(msgspec.Struct, frozen=True, gc=False):  # thousands live for one batch
    id: int
    household: bytes  # the 16 bytes of its UUID
    provider: str
    is_revoked: bool
    channels: frozenset[int]  # those that the home agreed to
    since: float  # what is older was said in a time without consent [s since 1970]
    hears_all: bool  # every channel, and there was no time without consent


def known_devices(
    cursor: psycopg.Cursor[Any], codes: Sequence[str], now: datetime
) -> dict[str, Device]:
    """Return of each enrolled device whose it is, and what its home agreed to at this moment."""
    if not codes:
        return {}
    needed = NEEDS[Deed.READING]
    terms = map(str, (needed.recipient, needed.aim, needed.window))
    rows = cursor.execute(DEVICES, [now, *terms, arrays.texts(codes)], binary=True).fetchall()
    since = _heard_since({row[2] for row in rows if row[6]}, now)
    found = {}
    for code, id, home, sender, revoked, source, _ended, kinds in rows:
        channels, begins = _channels(kinds, source), since.get(home, -math.inf)
        hears_all = len(channels) == len(CHANNELS) and begins == -math.inf
        found[code] = Device(id, home, sender, revoked, channels, begins, hears_all)
    return found


@lru_cache(maxsize=4096)
def _channels(kinds: str | None, source: str) -> frozenset[int]:
    return channels_agreed(tuple(kinds.split()) if kinds else (), source=source)


def _heard_since(homes: Collection[bytes], now: datetime) -> dict[bytes, float]:
    """Return from when on homes are heard where consent was once taken back or ran out."""
    if not homes:
        return {}
    found = heard_since(households=[UUID(bytes=home) for home in homes], at=now)
    return {home.bytes: at.timestamp() for home, at in found.items() if at is not None}


def device_trouble(
    device: Device | None, provider: str | None, message: Message
) -> tuple[Reason, str] | None:
    """Say why nothing this device says can be taken in, or None."""
    if device is None:
        return Reason.UNKNOWN_DEVICE, "no device of this name is enrolled"
    if provider is not None and device.provider != provider:
        return Reason.NOT_YOUR_DEVICE, "this device is enrolled with another provider"
    if device.is_revoked:
        return Reason.REVOKED_DEVICE, "this device was revoked"
    if not device.channels:
        return Reason.NO_CONSENT, "this home has not agreed to be watched"
    if message.readings and not device.hears_all and not agreed(device, message).readings:
        if message.readings[0].at < device.since:
            return Reason.NO_CONSENT, "this was said while the home did not agree"
        return Reason.NO_CONSENT, "this home has not agreed to this kind of data"
    return None


def agreed(device: Device, message: Message) -> Message:
    """Return what the home agreed to of a message: the rest is neither kept nor judged."""
    if device.hears_all:
        return message
    heard = tuple(
        each
        for each in message.readings
        if each.channel in device.channels and each.at >= device.since
    )
    return msgspec.structs.replace(message, readings=heard)
