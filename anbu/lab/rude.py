"""HTTP peers that are not ours, for the telephone world: they serve well, and they misbehave.

What a peer is told to do wrong it does once each, in order, before it serves again: `500`, `429`
(with a Retry-After of seven seconds), `hang`, `half` (an answer cut off in the middle), `lost`
(the deed is done, the answer never comes), `nonsense` (an answer nobody can read).
"""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

AFTER_S = 7
HANGS_S = 20.0


class Peer:
    """One service: `serve` gets method, path, headers and body, and returns status and answer."""

    def __init__(self) -> None:
        self.misdeeds: deque[str] = deque()
        self.calls = 0
        self._end = threading.Event()

    def serve(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Do what was asked."""
        raise NotImplementedError

    @contextmanager
    def standing(self) -> Iterator[str]:
        """Stand on a free port of this machine for a while; yields the address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            self._end.set()
            server.shutdown()
            server.server_close()
            thread.join()

    def take(
        self, handler: BaseHTTPRequestHandler, headers: dict[str, str], raw: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        """Return status, headers and body of an answer; None: there is none."""
        self.calls += 1
        misdeed = self.misdeeds.popleft() if self.misdeeds else ""
        if misdeed == "hang":
            self._end.wait(HANGS_S)
            return None
        if misdeed in ("500", "429"):
            return int(misdeed), {"Retry-After": str(AFTER_S)} if misdeed == "429" else {}, b"{}"
        body = json.loads(raw) if raw else {}
        status, answer = self.serve(handler.command, handler.path, headers, body)
        if misdeed == "lost":
            return None
        if misdeed == "half":
            return 200, {"Content-Length": "1000"}, b'{"half": '
        said = b"<html>" if misdeed == "nonsense" else json.dumps(answer).encode()
        return status, {}, said


def _handler(peer: Peer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = peer.take(self, headers, raw)
            self.close_connection = True
            if answer is None:
                return
            status, more, body = answer
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | more).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _do

        def log_message(self, *_: object) -> None:
            return

    return Handler


class Desk(Peer):
    """A city's gateway: it counts letters by their Idempotency-Key."""

    def __init__(self) -> None:
        super().__init__()
        self.came: dict[str, dict[str, Any]] = {}

    def serve(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Take a letter; the same key twice is one letter."""
        self.came.setdefault(headers["idempotency-key"], body)
        return 202, {}
