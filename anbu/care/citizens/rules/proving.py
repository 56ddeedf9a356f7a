"""When a proven identity is a person of the register. In doubt it is not: the office helps then."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

IDLE = timedelta(minutes=5)  # as on every telephone here
LONGEST = timedelta(minutes=30)
FREE_TRIES = 10  # of an address or an identity: behind one address sits a whole library


@dataclass(frozen=True)
class Told:
    """Name, birthday and telephone, as the register or an identity service has them."""

    name: str
    birth_year: int
    birth_day: str  # MMDD; "" where the register does not keep it
    phone: str  # "" where it is not known


def told_of(name: str, born: date, phone: str) -> Told:
    """Return what an identity service told."""
    return Told(name, born.year, f"{born:%m%d}", phone)


def is_this(register: Told, proof: Told) -> bool:
    """Say whether both are one person.

    The name and the year must agree, nothing known on both sides may differ, and the telephone
    or the day must be known on both: two people of one name and year are not rare in a city.
    """
    if _name(register.name) != _name(proof.name) or register.birth_year != proof.birth_year:
        return False
    pairs = [
        (register.birth_day, proof.birth_day),
        (plain_phone(register.phone), plain_phone(proof.phone)),
    ]
    known = [(ours, theirs) for ours, theirs in pairs if ours and theirs]
    return bool(known) and all(ours == theirs for ours, theirs in known)


def plain_phone(phone: str) -> str:
    """Return a number as it is dialled at home: +82 10 is 010."""
    digits = re.sub(r"\D", "", phone)
    return f"0{digits[2:].lstrip('0')}" if digits.startswith("82") else digits


def keys_of(*, address: str, proof: Told | None, secret: str) -> list[str]:
    """Return under what a try is counted: where it came from, and who it says it is (a digest)."""
    keys = [f"address {address}"]
    if proof is not None:
        said = f"{_name(proof.name)} {proof.birth_year} {proof.birth_day}"
        mac = hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()
        keys.append(f"identity {mac[:32]}")
    return keys


def _name(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFC", name)).lower()
