"""The one interface of every identity service (본인확인)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


@dataclass(frozen=True)
class Proof:
    """What the service vouches for. No resident number: we do not ask for it."""

    name: str
    born: date
    phone: str  # "" where the service does not know it


@dataclass(frozen=True)
class Refused:
    """Nothing is proven; why is for our log, never for the page."""

    detail: str


@dataclass(frozen=True)
class Errand:
    """What we send somebody off with, and must find again when they come back."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))


class Port(Protocol):
    """OpenID Connect, a carrier's hand-off, whatever comes: sends off, and hears who came back."""

    def send_off(self, *, errand: Errand, back: str) -> str:
        """Return the address to which the browser goes."""

    def hear(self, *, errand: Errand, told: Mapping[str, str], back: str) -> Proof | Refused:
        """Return who came back to `back` with these words in the address."""
