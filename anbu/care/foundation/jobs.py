"""What everything that runs on and on needs: to rest without being deaf, to ask aside."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import connections

from .actions import seal_next


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so many seconds, or until told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def in_database[T](work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a query or an action in a thread, and give its connection back at once."""

    def run() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def seal_traces(*, now: datetime) -> bool:
    """Put the traces that no seal holds yet under the next one; return whether there were any."""
    return seal_next(now=now)
