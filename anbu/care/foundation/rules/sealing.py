"""How a trace is signed, how signed traces are chained, and what a tampering looks like.

`tools/verify_audit.py` says the same once more in its own words; docs/audit.md is the text of both.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

MARK = 16  # bytes of a mark: what the chain keeps of each row
NOT_GENUINE = bytes(MARK)  # in place of a mark: the row bore a false signature when it was chained
FIRST = bytes(32)  # what stands before the first seal
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Row(NamedTuple):
    """One trace as it is signed, with the columns in this order."""

    uid: UUID | None
    at: datetime
    by: str
    verb: str
    kind: str
    source: str
    purpose: str
    reason: str
    household: UUID | None
    homes: Sequence[UUID] | None
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Keys:
    """The keys that ever were, by number; the highest signs."""

    secrets: Mapping[int, bytes]

    @property
    def newest(self) -> int:
        """Return the number of the key that signs now."""
        return max(self.secrets)

    def sign(self, key_no: int, content: bytes) -> bytes | None:
        """Return the signature, or None when we never had this key."""
        secret = self.secrets.get(key_no)
        return None if secret is None else hmac.digest(secret, content, "sha256")


def read_keys(text: str) -> Keys:
    """Return the keys of a key file: `number hex` on each line."""
    pairs = [line.split() for line in text.splitlines() if line.strip()]
    return Keys({int(number): bytes.fromhex(secret) for number, secret in pairs})


def signature(keys: Keys, key_no: int, row: Row) -> bytes | None:
    """Return what a genuine row bears; None when the key is unknown."""
    return keys.sign(key_no, b"trace" + content(key_no, row))


def mark(keys: Keys, key_no: int, trace: int, row: Row) -> bytes | None:
    """Return what the chain keeps of a row: its content and its place."""
    signed = keys.sign(key_no, b"mark" + content(key_no, row) + b"%d" % trace)
    return None if signed is None else signed[:MARK]


def link(
    keys: Keys,
    key_no: int,
    number: int,
    at: datetime,
    ids: Sequence[int],
    marks: bytes,
    prev: bytes,
) -> bytes | None:
    """Return the hash of one seal: its rows, its moment, and the seal before it."""
    told = json.dumps([number, _micro(at), list(ids), marks.hex(), prev.hex()]).encode()
    return keys.sign(key_no, b"seal" + told)


def anchor(keys: Keys, key_no: int, told: str) -> bytes | None:
    """Return the signature of one line of the anchor file."""
    return keys.sign(key_no, b"anchor" + told.encode())


def content(key_no: int, row: Row) -> bytes:
    """Return a row as bytes: the same however the database spells it."""
    told = [
        key_no,
        _hex(row.uid),
        _micro(row.at),
        row.by,
        row.verb,
        row.kind,
        row.source,
        row.purpose,
        row.reason,
        _hex(row.household),
        [_hex(home) for home in row.homes or ()],
        _plain(row.detail),
    ]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def fingerprint(secret: bytes) -> str:
    """Return a name for a key that gives nothing away."""
    return hashlib.sha256(secret).hexdigest()[:12]


def _hex(id: UUID | None) -> str:
    return id.hex if id else ""


def _micro(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _digits(number: Decimal) -> str:
    """Return 5 for 5.0, 0 for -0.0, and no exponent: PostgreSQL writes none either."""
    told = f"{number:f}"
    told = told.rstrip("0").rstrip(".") if "." in told else told
    return "0" if told == "-0" else told


def _plain(value: Any) -> Any:
    """Return a JSON value in one spelling: 5, 5.0 and 5e0 are one number, keys are in order."""
    match value:
        case None:
            return "z"
        case bool():
            return f"b{int(value)}"
        case int():
            return f"n{Decimal(int(value)):f}"
        case float():
            return f"n{_digits(Decimal(str(value)))}"
        case str():
            return f"s{value}"
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return [[f"k{key}", _plain(value[key])] for key in sorted(value, key=str)]
    raise TypeError(f"{type(value).__name__} cannot stand in a trace")
