"""The message gateway against a real server on this machine."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from standardwebhooks import Webhook

from anbu.channels.gateway import Gateway
from anbu.channels.port import Letter, Refused, Retry, Sent

LETTER = Letter(key="k-1", to="010-0000-4321", text="안부")
SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1jaXR5LTEyMzQ1Njc4"


class Desk:
    """What a city's message gateway would be: it writes down what it was handed."""

    def __init__(self) -> None:
        self.status = 202
        self.heard: list[tuple[dict[str, str], bytes]] = []
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                desk.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(desk.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.stop()


def send(url: str, **settings: str) -> Sent | Retry | Refused:
    with Gateway(url=url, **settings) as gateway:
        return gateway.send(LETTER, at=datetime.now(UTC))


def test_a_message_arrives_signed_and_with_its_key(desk):
    assert send(desk.url, secret=SECRET) == Sent()
    headers, body = desk.heard[0]
    assert headers["idempotency-key"] == "k-1"
    Webhook(SECRET).verify(body, headers)
    assert json.loads(body) == {"kind": "sms", "to": "010-0000-4321", "text": "안부"}


def test_a_plain_secret_signs_too(desk):
    send(desk.url, secret="plain words")
    headers, body = desk.heard[0]
    Webhook("whsec_cGxhaW4gd29yZHM=").verify(body, headers)


@pytest.mark.parametrize(
    ("status", "answer"),
    [(200, Sent), (204, Sent), (429, Retry), (500, Retry), (503, Retry), (400, Refused)]
    + [(301, Refused), (401, Refused), (410, Refused)],
)
def test_each_answer_means_one_thing(desk, status, answer):
    desk.status = status
    assert isinstance(send(desk.url), answer)
    assert len(desk.heard) == 1  # asked once, and no redirect followed


def test_a_gateway_that_is_away_is_asked_again_later():
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as nobody:
        port = nobody.server_port
    assert isinstance(send(f"http://127.0.0.1:{port}/"), Retry)


def test_a_gateway_that_never_answers_is_asked_again_later(desk):
    slow = threading.Event()

    def wait(_: httpx.Request) -> httpx.Response:
        slow.set()
        raise httpx.ReadTimeout("no answer")

    client = httpx.Client(transport=httpx.MockTransport(wait))
    with Gateway(url=desk.url, client=client) as gateway:
        answer = gateway.send(LETTER, at=datetime.now(UTC))
    assert slow.is_set()
    assert answer == Retry("발송처에 닿지 않음 (ReadTimeout)")
