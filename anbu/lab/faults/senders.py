"""Those who send life signs and keep the name of each that was acknowledged.

What is not answered for certain is sent again under the same name, for as long as it takes.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import httpx
from standardwebhooks.webhooks import Webhook

from anbu.lab.faults import world
from anbu.lab.faults.truth import Ledger
from anbu.lab.mqtt_peer import Peer, PeerError
from anbu.lab.speech import KOREA

BATCH = 100
PAUSE_S = 0.2
ANSWER_S = 4.0
REPLAYS = 0.03  # of acknowledged messages are sent once more, as real clouds do

type Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Sent:
    """One message of one device."""

    device: str
    id: str
    at: float  # shown
    body: dict[str, object]
    home: str = ""
    is_cry: bool = False
    is_awakening: bool = False


@dataclass
class Books:
    """What the senders know: who was acknowledged, and when."""

    ledger: Ledger
    refused: list[str] = field(default_factory=list)

    def acknowledge(self, sent: Sent) -> None:
        """Write down that the city has promised to keep this."""
        key = (sent.device, sent.id)
        if key in self.ledger.acked:
            return
        real = world.real()
        if sent.is_cry:
            self.ledger.cried.setdefault(sent.home, real)
        else:
            self.ledger.acked.add(key)
        if sent.is_awakening and sent.home in self.ledger.woke:
            due, _ = self.ledger.woke[sent.home]
            self.ledger.woke[sent.home] = (due, real)


def stamp(at: float) -> str:
    """Return a moment as devices write it."""
    return datetime.fromtimestamp(at, KOREA).isoformat(timespec="milliseconds")


@dataclass
class Cloud:
    """A vendor's cloud: signed batches over HTTP, one after the other."""

    provider: str
    source: str
    secret: str
    url: str
    clock: Clock
    books: Books
    dice: Random
    waiting: deque[Sent] = field(default_factory=deque)
    posts: int = 0

    async def send(self, stop: asyncio.Event) -> None:
        """Send what waits, until told to stop and nothing waits any more."""
        while not (stop.is_set() and not self.waiting):
            batch = [self.waiting.popleft() for _ in range(min(BATCH, len(self.waiting)))]
            if not batch:
                await asyncio.sleep(PAUSE_S)
                continue
            unanswered = batch
            try:
                unanswered = await self._post(batch)
            except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
                await asyncio.sleep(PAUSE_S)
            finally:
                self.waiting.extendleft(reversed(unanswered))

    async def _post(self, batch: list[Sent]) -> list[Sent]:
        """Return what was not answered for certain."""
        self.posts += 1
        name = f"{self.provider}-{self.posts}"
        said = [{"id": s.id, "device": s.device, "at": stamp(s.at)} | s.body for s in batch]
        body = json.dumps({"source": self.source, "messages": said})
        now = self.clock().astimezone(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-provider": self.provider,
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(name, now, body),
        }
        async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False) as client:
            answer = await client.post(self.url, content=body.encode(), headers=headers)
        if answer.status_code != 202:
            raise ValueError(answer.status_code)
        verdicts = answer.json()["verdicts"]
        if [v["id"] for v in verdicts] != [s.id for s in batch]:
            raise ValueError("another batch's answer")
        again = [sent for sent, v in zip(batch, verdicts, strict=True) if self._is_open(sent, v)]
        replayed = [sent for sent in batch if self.dice.random() < REPLAYS]
        return again + [sent for sent in replayed if sent not in again]

    def _is_open(self, sent: Sent, verdict: dict[str, str]) -> bool:
        word = verdict["verdict"]
        if word in ("accepted", "duplicate"):
            self.books.acknowledge(sent)
            return False
        if word in ("conflict", "rejected"):
            self.books.refused.append(f"{sent.device} {sent.id}: {word} {verdict.get('reason')}")
            return False
        return True  # a word we do not know: the line was bad


@dataclass
class Plug:
    """One plug at the broker; PUBACK is its acknowledgement."""

    device: str
    password: str
    port: int
    books: Books
    waiting: deque[Sent] = field(default_factory=deque)
    peer: Peer | None = None

    async def send(self, stop: asyncio.Event) -> None:
        """Publish what waits, until told to stop and nothing waits any more."""
        while not (stop.is_set() and not self.waiting):
            if not self.waiting:
                await asyncio.sleep(PAUSE_S)
                continue
            try:
                await self._publish(self.waiting[0])
            except (PeerError, OSError, TimeoutError):
                await self._hang_up()
                await asyncio.sleep(PAUSE_S * 2)
                continue
            self.books.acknowledge(self.waiting.popleft())
        await self._hang_up()

    async def _publish(self, sent: Sent) -> None:
        if self.peer is None or not self.peer.is_connected:
            self.peer = Peer("127.0.0.1", self.port, self.device, self.password)
            await self.peer.connect(timeout=ANSWER_S)
        said = {"id": sent.id, "at": stamp(sent.at)} | sent.body
        async with asyncio.timeout(ANSWER_S):
            await self.peer.publish(json.dumps(said).encode())

    async def _hang_up(self) -> None:
        if self.peer is not None:
            with suppress(PeerError, OSError):
                await self.peer.close()
        self.peer = None
