"""A wire that is told to be bad is bad, and good again afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from anbu.lab.faults.proxy import Proxy, garbled


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        writer.write(data)
        await writer.drain()
    writer.write(b"<end>")
    writer.close()


def _through(folder: Path, story: Callable[[Proxy], Awaitable[None]]) -> None:
    async def run() -> None:
        there, here = folder / "there", folder / "here"
        server = await asyncio.start_unix_server(_echo, there)
        proxy = Proxy(here, there, Random(1))
        await proxy.open()
        try:
            async with asyncio.timeout(10):
                await story(proxy)
        finally:
            await proxy.close()
            server.close()

    asyncio.run(run())


async def _say(folder: Path, text: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(folder / "here")
    writer.write(text)
    try:
        async with asyncio.timeout(0.5):
            return await reader.read(1000)
    finally:
        writer.close()


def test_a_good_wire_passes_everything_on(tmp_path: Path) -> None:
    async def story(proxy: Proxy) -> None:
        assert await _say(tmp_path, b"hello") == b"hello"

    _through(tmp_path, story)


def test_a_slow_wire_is_late_and_whole(tmp_path: Path) -> None:
    async def story(proxy: Proxy) -> None:
        proxy.mood = "delay"
        began = asyncio.get_running_loop().time()
        assert await _say(tmp_path, b"hello") == b"hello"
        assert asyncio.get_running_loop().time() - began > 0.1

    _through(tmp_path, story)


def test_a_wire_that_swallows_says_nothing_and_is_cut_in_the_end(tmp_path: Path) -> None:
    async def story(proxy: Proxy) -> None:
        bad = asyncio.create_task(proxy.bad("drop", 0.7))
        await asyncio.sleep(0)
        reader, writer = await asyncio.open_unix_connection(tmp_path / "here")
        writer.write(b"hello")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.read(1000)
        await bad
        assert await reader.read(1000) == b""
        writer.close()
        assert await _say(tmp_path, b"again") == b"again"

    _through(tmp_path, story)


def test_a_garbling_wire_changes_a_bit_and_no_more(tmp_path: Path) -> None:
    async def story(proxy: Proxy) -> None:
        proxy.mood = "garble"
        heard = await _say(tmp_path, b"hello")
        assert len(heard) == 5
        assert heard != b"hello"

    _through(tmp_path, story)
    changed = garbled(bytes(100), Random(2))
    assert sum(byte.bit_count() for byte in changed) == 1


def test_a_reset_ends_what_is_open_and_a_half_close_only_one_side(tmp_path: Path) -> None:
    async def story(proxy: Proxy) -> None:
        reader, writer = await asyncio.open_unix_connection(tmp_path / "here")
        writer.write(b"hello")
        assert await reader.read(1000) == b"hello"
        proxy.half_close()
        assert await reader.read(1000) == b"<end>"
        writer.close()
        other, ours = await asyncio.open_unix_connection(tmp_path / "here")
        await asyncio.sleep(0.05)
        proxy.reset()
        assert await other.read(1000) == b""
        ours.close()

    _through(tmp_path, story)
