"""A wire that can be made bad: between the roles and the database, between senders and the doors.

It listens on a port or a Unix socket and passes bytes on to another one, until told otherwise.
"""

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

CHUNK = 65_536
DELAY_S = 0.12
HARD = struct.pack("ii", 1, 0)  # linger nought: closing sends a reset

type Address = int | Path  # a port of this machine, or a Unix socket


@dataclass(eq=False)
class _Wire:
    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    has_vanished: bool = False


@dataclass
class Proxy:
    """All connections from `here` to `there`, in one mood: "", delay, drop or garble."""

    here: Address
    there: Address
    dice: Random
    mood: str = ""
    _wires: set[_Wire] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        """Begin to listen."""
        if isinstance(self.here, Path):
            self.here.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._meet, self.here)
            self.here.chmod(0o666)  # roles and laboratory may be different users
        else:
            self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.here)

    async def close(self) -> None:
        """Stop listening and hang up."""
        if self._server:
            self._server.close()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def reset(self) -> None:
        """Cut every connection at once, as a fire wall that forgot them would."""
        for wire in list(self._wires):
            for end in wire.ends:
                _cut(end)

    def half_close(self) -> None:
        """Let the far side believe that ours has nothing more to say; it hears the rest."""
        for wire in list(self._wires):
            with suppress(OSError, RuntimeError):
                wire.ends[1].write_eof()

    def vanish(self) -> None:
        """Cut our ends and tell the far ends nothing, as a machine that lost its power does."""
        for wire in list(self._wires):
            wire.has_vanished = True
            _cut(wire.ends[0])

    async def bad(self, mood: str, seconds: float) -> None:
        """Be bad for a while."""
        self.mood = mood
        try:
            await asyncio.sleep(seconds)
        finally:
            self.mood = ""
        if mood == "drop":  # what was swallowed is missing from the stream
            self.reset()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._join(reader, writer)
        finally:
            self._tasks.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self.there, Path):
                far_reader, far_writer = await asyncio.open_unix_connection(self.there)
            else:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.there)
        except OSError:
            _cut(writer)
            return
        wire = _Wire((writer, far_writer))
        self._wires.add(wire)
        try:
            await asyncio.gather(
                self._pass(wire, reader, far_writer), self._pass(wire, far_reader, writer)
            )
        finally:
            self._wires.discard(wire)
            for end in wire.ends:
                with suppress(OSError, RuntimeError):
                    end.close()

    async def _pass(
        self, wire: _Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await reader.read(CHUNK):
                if self.mood == "drop":
                    continue
                if self.mood == "delay":
                    await asyncio.sleep(DELAY_S * (0.5 + self.dice.random()))
                if self.mood == "garble":
                    data = garbled(data, self.dice)
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof() and not wire.has_vanished:
                writer.write_eof()
        except (OSError, RuntimeError):
            if not wire.has_vanished:
                _cut(writer)  # who was killed is told of to the other side, as a kernel does


def garbled(data: bytes, dice: Random) -> bytes:
    """Return the bytes with one of them another one."""
    nth = dice.randrange(len(data))
    other = data[nth] ^ (1 << dice.randrange(8))
    return data[:nth] + bytes([other]) + data[nth + 1 :]


def _cut(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, RuntimeError):
        link = writer.get_extra_info("socket")
        if link is not None and link.family == socket.AF_INET:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HARD)
        writer.transport.abort()
