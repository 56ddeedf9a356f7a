"""A stand-in for the telephone world: a real HTTP peer that takes messages and sends receipts back.

It speaks the contract of outgoing messages (one POST each with an `Idempotency-Key`, a signed
call-back when the message has arrived), and it can be told to misbehave as real gateways do.
"""

import asyncio
import base64
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from standardwebhooks.webhooks import Webhook

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Peer = Callable[[Scope, Receive, Send], Awaitable[None]]

RECEIPT_AFTER_S = 1.5
TRIES = 5


@dataclass
class Gateway:
    """What came in, by key; `refuse` makes the next so many posts fail with 503."""

    secret: str
    clock: Callable[[], datetime]
    kept_in: Path | None = None
    receipts_to: str = ""
    receipt_after_s: float = RECEIPT_AFTER_S
    refuse: int = 0
    came: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: int = 0
    _receipts: set[asyncio.Task[None]] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI)."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["method"] == "POST":
            headers = {k.decode().lower(): v.decode() for k, v in scope["headers"]}
            status, answer = self._take(headers, await _body(receive))
            await _answer(send, status, answer)
        else:
            await _answer(send, 200, {"messages": list(self.came.values())})

    def _take(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        self.posts += 1
        key = headers.get("idempotency-key", "")
        if self.refuse > 0:
            self.refuse -= 1
            return 503, {"error": "busy"}
        try:
            message = json.loads(body)
            text, to = str(message["text"]), str(message["to"])
        except (ValueError, KeyError, TypeError):
            return 422, {"error": "a message has `to` and `text`"}
        if not key:
            return 400, {"error": "Idempotency-Key is missing"}
        known = self.came.get(key)
        if known is not None:
            same = (known["to"], known["text"]) == (to, text)
            return (202, {"id": key}) if same else (409, {"error": "this key had another body"})
        self.came[key] = {**message, "id": key, "to": to, "text": text}
        self._keep(self.came[key])
        where = str(message.get("receipt_url") or self.receipts_to)
        if where:
            task = asyncio.get_running_loop().create_task(self._send_receipt(key, where))
            self._receipts.add(task)
            task.add_done_callback(self._receipts.discard)
        return 202, {"id": key}

    def _keep(self, message: dict[str, Any]) -> None:
        if self.kept_in:
            with self.kept_in.open("a", encoding="utf-8") as file:
                file.write(json.dumps(message, ensure_ascii=False) + "\n")

    async def _send_receipt(self, key: str, where: str) -> None:
        """Tell the sender that the message has arrived, again and again until it listens."""
        body = json.dumps({"id": key, "status": "delivered"})
        async with httpx.AsyncClient(timeout=5) as client:
            for attempt in range(TRIES):
                await asyncio.sleep(self.receipt_after_s * 2**attempt)
                now = self.clock().astimezone(UTC)
                signature = Webhook(_base64(self.secret)).sign(f"receipt-{key}", now, body)
                headers = {
                    "content-type": "application/json",
                    "webhook-id": f"receipt-{key}",
                    "webhook-timestamp": str(int(now.timestamp())),
                    "webhook-signature": signature,
                }
                try:
                    answer = await client.post(where, content=body, headers=headers)
                except httpx.HTTPError:
                    continue
                if answer.status_code < 500:
                    return


async def serve(gateway: Gateway, port: int) -> None:
    """Run the gateway on this machine until cancelled."""
    settings = uvicorn.Config(gateway, host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(settings).serve()


@contextmanager
def standing(peer: Peer | None = None) -> Iterator[str]:
    """Let a gateway stand on a free port of this machine for a while; yields its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        peer = peer or Gateway(secret="", clock=lambda: datetime.now(UTC))  # nosec B106
        settings = uvicorn.Config(peer, log_level="warning", lifespan="off")
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body", False)
    return body


async def _answer(send: Send, status: int, answer: dict[str, Any]) -> None:
    raw = json.dumps(answer, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})


async def _live(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": message["type"] + ".complete"})
    await send({"type": "lifespan.shutdown.complete"})


def _base64(secret: str) -> str:
    """Return the secret as the signing library wants it, however it was given."""
    return secret if secret.startswith("whsec_") else base64.b64encode(secret.encode()).decode()
