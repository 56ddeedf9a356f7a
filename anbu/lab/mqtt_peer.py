"""A smart plug's side of MQTT 3.1.1, small enough that one process can be a whole district.

Only what a plug needs: sign in, publish with QoS 1, wait for PUBACK, stay alive. Why not a
library: 1,000 paho clients are 1,000 threads, or a loop of ours around its sockets.
"""

import asyncio
from itertools import cycle

CONNECT, CONNACK, PUBLISH_QOS1, PUBACK = 0x10, 0x20, 0x32, 0x40
PINGREQ, DISCONNECT = b"\xc0\x00", b"\xe0\x00"
KEEP_ALIVE_S = 120
REFUSED = {2: "client id refused", 3: "unavailable", 4: "bad credentials", 5: "not authorized"}


class PeerError(ConnectionError):
    """The broker refused us or hung up; what was not PUBACKed must be sent again."""


class Peer(asyncio.Protocol):
    """One device at the broker. It publishes to its own topic, `signs/<code>`."""

    def __init__(self, host: str, port: int, code: str, password: str) -> None:
        self.code = code
        self._address = (host, port)
        self._password = password
        self._topic = _text(f"signs/{code}")
        self._transport: asyncio.Transport | None = None
        self._greeting: asyncio.Future[None] | None = None
        self._welcome = False
        self._unanswered: dict[int, asyncio.Future[None]] = {}
        self._ids = cycle(range(1, 65_536))
        self._buffer = bytearray()
        self._ping: asyncio.TimerHandle | None = None

    @property
    def is_connected(self) -> bool:
        """Return whether the broker let us in and has not hung up since."""
        return self._welcome and self._transport is not None

    async def connect(self, *, timeout: float = 10) -> None:
        """Sign in; PeerError when the broker says no."""
        loop = asyncio.get_running_loop()
        self._greeting = loop.create_future()
        self._welcome = False
        self._buffer.clear()
        async with asyncio.timeout(timeout):
            await loop.create_connection(lambda: self, *self._address)
            await self._greeting

    async def publish(self, payload: bytes, *, topic: str = "") -> None:
        """Send one message and return once the broker has stored it (PUBACK)."""
        if self._transport is None or not self.is_connected:
            raise PeerError(f"{self.code}: not connected")
        number = self._free_number()
        stored = asyncio.get_running_loop().create_future()
        self._unanswered[number] = stored
        where = _text(topic) if topic else self._topic
        self._transport.write(_packet(PUBLISH_QOS1, where + number.to_bytes(2) + payload))
        try:
            await stored
        finally:
            self._unanswered.pop(number, None)

    async def close(self) -> None:
        """Say goodbye and hang up."""
        if self._transport is not None:
            self._transport.write(DISCONNECT)
            self._transport.close()
        self._hung_up()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the sign-in: clean session, user name and client id are the device's code."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        flags = bytes([0xC2]) + KEEP_ALIVE_S.to_bytes(2)
        who = _text(self.code) + _text(self.code) + _text(self._password)
        transport.write(_packet(CONNECT, _text("MQTT") + b"\x04" + flags + who))
        self._stay_alive()

    def data_received(self, data: bytes) -> None:
        """Take whole packets from what has arrived so far."""
        self._buffer += data
        while len(self._buffer) >= 2:
            length, start = _length(self._buffer)
            if start == 0 or len(self._buffer) < start + length:
                return
            self._heard(self._buffer[0] & 0xF0, bytes(self._buffer[start : start + length]))
            del self._buffer[: start + length]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everyone who waits that their message was not confirmed."""
        self._hung_up()

    def _heard(self, kind: int, body: bytes) -> None:
        if kind == CONNACK and self._greeting and not self._greeting.done():
            if body[1] == 0:
                self._welcome = True
                self._greeting.set_result(None)
            else:
                said = REFUSED.get(body[1], f"code {body[1]}")
                self._greeting.set_exception(PeerError(f"{self.code}: {said}"))
        elif kind == PUBACK:
            waiting = self._unanswered.get(int.from_bytes(body[:2]))
            if waiting and not waiting.done():
                waiting.set_result(None)

    def _hung_up(self) -> None:
        self._transport = None
        if self._ping:
            self._ping.cancel()
        error = PeerError(f"{self.code}: the broker hung up")
        if self._greeting and not self._greeting.done():
            self._greeting.set_exception(error)
        for waiting in self._unanswered.values():
            if not waiting.done():
                waiting.set_exception(error)

    def _stay_alive(self) -> None:
        if self._transport is not None:
            if self.is_connected:
                self._transport.write(PINGREQ)
            loop = asyncio.get_running_loop()
            self._ping = loop.call_later(KEEP_ALIVE_S / 2, self._stay_alive)

    def _free_number(self) -> int:
        if len(self._unanswered) >= 65_535:
            raise PeerError(f"{self.code}: too many unanswered messages")
        return next(number for number in self._ids if number not in self._unanswered)


def _packet(kind: int, body: bytes) -> bytes:
    """Return one packet: its kind, its length in sevens of bits, its body."""
    length, size = bytearray(), len(body)
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (0x80 if size else 0))
        if not size:
            return bytes([kind]) + length + body


def _length(buffer: bytearray) -> tuple[int, int]:
    """Return a packet's length and where its body starts; start 0 when not all of it is here."""
    length = 0
    for place in range(1, min(len(buffer), 5)):
        length |= (buffer[place] & 0x7F) << 7 * (place - 1)
        if not buffer[place] & 0x80:
            return length, place + 1
    return 0, 0


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2) + raw
