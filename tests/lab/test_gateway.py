"""The stand-in for the telephone world behaves as a real gateway: our own client talks to it."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from anbu.channels.gateway import Gateway as Client
from anbu.channels.port import Letter, Refused, Sent
from anbu.lab.gateway import Gateway, standing

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = "whsec_bm9ib2R5IGtub3dzIHRoaXM="
type Heard = Queue[tuple[dict[str, str], str]]


@pytest.fixture
def listener() -> Iterator[tuple[str, Heard]]:
    heard: Heard = Queue()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            heard.put(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/receipts", heard
        server.shutdown()
        thread.join()


def test_our_client_sends_and_the_same_key_counts_once() -> None:
    with standing() as address, Client(url=address, secret=SECRET) as client:
        for _ in range(2):
            sent = client.send(Letter(key="k1", to="010-0000-0001", text="안녕하세요"), at=NOW)
            assert sent == Sent()
        other = client.send(Letter(key="k1", to="010-0000-0001", text="다른 말"), at=NOW)
        assert isinstance(other, Refused)
        kept = httpx.get(address, trust_env=False).json()["messages"]
        assert [message["text"] for message in kept] == ["안녕하세요"]


async def _post(peer: Gateway, body: bytes, key: str = "") -> int:
    headers = {"Idempotency-Key": key} if key else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=peer)) as client:
        return (await client.post("http://gateway/", content=body, headers=headers)).status_code


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [(b"{}", "k", 422), (b"no json", "k", 422), (b'{"to": "1", "text": "a"}', "", 400)],
)
def test_a_broken_message_is_refused_in_words(body: bytes, key: str, status: int) -> None:
    peer = Gateway(secret=SECRET, clock=lambda: NOW)
    assert asyncio.run(_post(peer, body, key)) == status
    assert peer.came == {}


def test_a_busy_gateway_is_asked_again() -> None:
    peer = Gateway(secret=SECRET, clock=lambda: NOW, refuse=1)
    good = json.dumps({"to": "010-0000-0001", "text": "a"}).encode()
    assert asyncio.run(_post(peer, good, "k")) == 503
    assert asyncio.run(_post(peer, good, "k")) == 202


def test_a_receipt_comes_back_signed(listener: tuple[str, Heard]) -> None:
    where, heard = listener
    peer = Gateway(secret=SECRET, clock=lambda: datetime.now(UTC), receipt_after_s=0.01)

    async def send() -> None:
        body = json.dumps({"to": "1", "text": "a", "receipt_url": where}).encode()
        assert await _post(peer, body, "k9") == 202
        while peer._receipts:
            await asyncio.sleep(0.01)

    asyncio.run(send())
    headers, body = heard.get(timeout=5)
    assert Webhook(SECRET).verify(body, headers) == {"id": "k9", "status": "delivered"}
