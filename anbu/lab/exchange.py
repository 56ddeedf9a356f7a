"""A stand-in for an exchange that speaks ARI: one account, and calls known by their name."""

import base64
from typing import Any

from anbu.lab.rude import Peer


class ExchangePeer(Peer):
    """Knows one account and the telephones of some seats."""

    def __init__(self, *, user: str, password: str, seats: frozenset[str]) -> None:
        super().__init__()
        self._right = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._seats = seats
        self.calls_made: dict[str, dict[str, Any]] = {}

    def serve(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Make one call, for who proves to be the account."""
        if headers.get("authorization") != self._right:
            return 401, {"message": "Authentication required"}
        if (method, path) != ("POST", "/ari/channels"):
            return 404, {"message": "Resource not found"}
        if body["channelId"] in self.calls_made:
            return 409, {"message": "Channel with given unique ID already exists"}
        if str(body["endpoint"]).removeprefix("PJSIP/") not in self._seats:
            return 400, {"message": "Allocation failed"}
        self.calls_made[body["channelId"]] = body
        return 200, {"id": body["channelId"], "state": "Down"}
