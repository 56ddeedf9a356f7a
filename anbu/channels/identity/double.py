"""A stand-in for rehearsals: somebody types who they are, and is believed. Never in a city."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from .port import Errand, Proof, Refused


class NotARehearsal(RuntimeError):
    """Somebody would be believed who proves nothing."""


class Double:
    """Plays the service on a page of our own. It starts in a rehearsal and nowhere else."""

    def __init__(self, *, page: str, key: str, rehearsal: bool) -> None:
        if not rehearsal:
            raise NotARehearsal("the stand-in for identity proof starts in a rehearsal only")
        self._page, self._key = page, key.encode()

    def send_off(self, *, errand: Errand, back: str) -> str:
        """Return our own page."""
        return f"{self._page}?{urlencode({'state': errand.state})}"

    def vouch(self, proof: Proof, *, state: str) -> str:
        """Return the words of the address with which somebody comes back from the page."""
        told = {"name": proof.name, "born": proof.born.isoformat(), "phone": proof.phone}
        body = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
        return urlencode({"state": state, "code": f"{body}.{self._sign(body, state)}"})

    def hear(self, *, errand: Errand, told: Mapping[str, str], back: str) -> Proof | Refused:
        """Return who was typed in, if it was typed into our page on this errand."""
        body, _dot, mac = told.get("code", "").partition(".")
        if not hmac.compare_digest(mac, self._sign(body, errand.state)):
            return Refused("not from our page")
        typed = json.loads(base64.urlsafe_b64decode(body))
        return Proof(typed["name"], date.fromisoformat(typed["born"]), typed["phone"])

    def _sign(self, body: str, state: str) -> str:
        return hmac.new(self._key, f"double {state} {body}".encode(), hashlib.sha256).hexdigest()
