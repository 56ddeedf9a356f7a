"""A stand-in for a push service: boxes of browsers, each word in place of the last of its topic."""

from http.server import BaseHTTPRequestHandler

from anbu.lab.rude import Peer

NEEDED = ("authorization", "ttl", "topic", "content-encoding")
GONE, FULL = "/gone", "/full"  # a browser that is over; one whose words are too long


class PushService(Peer):
    """Keeps headers and sealed body of each topic, by box."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, dict[str, tuple[dict[str, str], bytes]]] = {}

    def take(
        self, handler: BaseHTTPRequestHandler, headers: dict[str, str], raw: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        """Keep one word; misdeeds are done by the peer it is."""
        if self.misdeeds:
            return super().take(handler, headers, b"")
        self.calls += 1
        if handler.path in (GONE, FULL):
            return (410 if handler.path == GONE else 413), {}, b""
        if any(name not in headers for name in NEEDED) or len(headers["topic"]) > 32:
            return 400, {}, b""
        self.boxes.setdefault(handler.path, {})[headers["topic"]] = (headers, raw)
        return 201, {}, b""
