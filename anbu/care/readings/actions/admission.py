"""Which device speaks, and what of it its home agreed to. Asked anew for each batch."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from anbu.care.people.queries import heard_since
from anbu.care.people.rules import NEEDS, STANDS, Deed, channels_agreed
from anbu.kernel.signs import CHANNELS
from anbu.sources import Message, Reason

DEVICES = """
SELECT d.code, d.id, d.household_id, p.code, d.revoked_at IS NOT NULL, p.source,
       EXISTS(SELECT FROM people_consent c WHERE c.household_id = d.household_id
              AND least(c.withdrawn_at, c.until) <= t.now),
       ARRAY(SELECT DISTINCT c.service || '/' || c.data FROM people_consent c
             WHERE c.household_id = d.household_id AND h.left_at IS NULL
               AND c.recipient = %b AND c.aim = %b AND c."window" = %b AND {stands}
             ORDER BY 1)
FROM (SELECT %b::timestamptz AS now) t, readings_device d
JOIN readings_provider p ON p.id = d.provider_id
JOIN people_household h ON h.id = d.household_id
WHERE d.code = ANY(%b)
""".format(stands=STANDS.format(at="t.now"))


@dataclass(frozen=True, slots=True)
class Device:
    id: int
    household: UUID
    provider: str
    is_revoked: bool
    channels: frozenset[int]  # those that the home agreed to
    since: float  # what is older was said in a time without consent [s since 1970]


def known_devices(
    cursor: psycopg.Cursor[Any], codes: Sequence[str], now: datetime
) -> dict[str, Device]:
    """Return of each enrolled device whose it is, and what its home agreed to at this moment."""
    if not codes:
        return {}
    needed = NEEDS[Deed.READING]
    asked = [needed.recipient, needed.aim, needed.window, now, codes]
    rows = cursor.execute(DEVICES, list(map(_plain, asked)), binary=True).fetchall()
    since = _heard_since({row[2] for row in rows if row[6]}, now)
    return {
        code: Device(
            id,
            home,
            sender,
            revoked,
            channels_agreed(tuple(agreed), source=source),
            since.get(home, -math.inf),
        )
        for code, id, home, sender, revoked, source, _ended, agreed in rows
    }


def _heard_since(homes: Collection[UUID], now: datetime) -> dict[UUID, float]:
    """Return from when on homes are heard where consent was once taken back or ran out."""
    if not homes:
        return {}
    found = heard_since(households=homes, at=now)
    return {home: at.timestamp() for home, at in found.items() if at is not None}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


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
    if message.readings and not agreed(device, message).readings:
        if message.readings[0].at < device.since:
            return Reason.NO_CONSENT, "this was said while the home did not agree"
        return Reason.NO_CONSENT, "this home has not agreed to this kind of data"
    return None


def agreed(device: Device, message: Message) -> Message:
    """Return what the home agreed to of a message: the rest is neither kept nor judged."""
    if len(device.channels) == len(CHANNELS) and device.since == -math.inf:
        return message
    heard = tuple(
        each
        for each in message.readings
        if each.channel in device.channels and each.at >= device.since
    )
    return msgspec.structs.replace(message, readings=heard)
