"""Two small things every role needs: to rest without being deaf, and to ask the database aside."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from django.db import connections


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so many seconds, or until told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def in_database[T](work: Callable[..., T], **arguments: object) -> T:
    """Run a query or an action in a thread, and give its connection back at once."""

    def run() -> T:
        try:
            return work(**arguments)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)
