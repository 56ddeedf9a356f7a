"""What holds for every reading and every device, whatever the database."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from anbu.sources import Message, Reason

OLDEST = timedelta(days=35)  # a meter's monthly file, and some days of grace
AHEAD = timedelta(seconds=120)  # clocks of devices are never quite right
_OLDEST_S, _AHEAD_S = OLDEST.total_seconds(), AHEAD.total_seconds()  # asked of every reading
FORGET = OLDEST + timedelta(days=1)  # a message sent again later is too old anyway
ATTEMPT_WITHIN_S = 300.0  # Standard Webhooks: how old a sending attempt may be
KEPT_BODY = 4096  # bytes of a refused message that are kept
KOREA = ZoneInfo("Asia/Seoul")


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"  # the same name, another content: quarantined
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one message."""

    id: str
    verdict: Answer
    reason: str = ""
    detail: str = ""


class NotAllowed(ValueError):
    """Raised when a device or provider cannot be what it is asked to be."""


def stamp_trouble(at: float, now: float) -> tuple[Reason, str] | None:
    """Say why a moment [s since 1970] cannot be taken in at `now`, or None."""
    if at < now - _OLDEST_S:
        return Reason.TOO_OLD, f"{_moment(at)} is more than {OLDEST.days} days ago"
    if at > now + _AHEAD_S:
        return Reason.IN_THE_FUTURE, f"{_moment(at)} is yet to come"
    return None


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, KOREA).isoformat(timespec="seconds")


def content_hash(message: Message) -> int:
    """Return 64 bits that differ when what a message says differs (spaces and key order do not)."""
    said = msgspec.json.encode((message.readings, message.sos))
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), signed=True)


def blind_after(
    interval: timedelta, lag: timedelta, *, intervals: float, at_least_s: float
) -> float:
    """Return after how many seconds without a newer reading a device cannot be seen through."""
    return max(intervals * interval.total_seconds(), at_least_s) + lag.total_seconds()


def new_secret() -> str:
    """Return a password that no one can guess: 256 random bits, so a fast hash is enough."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """Return what is kept of a device's password."""
    return "sha256$" + hashlib.sha256(secret.encode()).hexdigest()


def secret_matches(secret: str, kept: str) -> bool:
    """Say, in constant time, whether this is the password."""
    return bool(kept) and hmac.compare_digest(secret_hash(secret).encode(), kept.encode())


def new_signing_secret() -> str:
    """Return a secret as Standard Webhooks writes it."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, id: str, timestamp: str, body: bytes) -> str:
    """Return the `webhook-signature` of one sending attempt."""
    key = b64decode(secret.removeprefix("whsec_"))
    said = f"{id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, said, "sha256")).decode()


def signature_trouble(
    signing: Sequence[str],
    *,
    id: str,
    timestamp: str,
    signatures: str,
    body: bytes,
    now: float,
    within_s: float = ATTEMPT_WITHIN_S,
) -> str:
    """Say what is wrong with a sending attempt, or nothing. Any of the live secrets may sign."""
    if not (id and timestamp and signatures):
        return "webhook-id, webhook-timestamp and webhook-signature are needed"
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return "webhook-timestamp is no number of seconds"
    if abs(now - int(timestamp)) > within_s:
        return "webhook-timestamp is more than 5 minutes off"
    given = [part.encode() for part in signatures.split(" ")[:5]]
    good = False
    for secret in signing:
        expected = sign(secret, id=id, timestamp=timestamp, body=body).encode()
        for part in given:
            good |= hmac.compare_digest(expected, part)
    return "" if good else "no signature matches"


def slot_of(at: datetime) -> int:
    """Return which of the 48 hours of a rhythm this is: 24 of weekdays, 24 of the weekend."""
    here = at.astimezone(KOREA)
    return here.hour + (24 if here.weekday() >= 5 else 0)


def moment(seconds: float) -> datetime:
    """Return seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
