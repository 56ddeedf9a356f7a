"""A message gateway in a mood: it refuses, it hangs, or it takes a message and says it did not."""

import asyncio
from typing import Any

from anbu.lab.faults import world
from anbu.lab.gateway import Gateway, Receive, Scope, Send

HANGS_S = 4.0


class Moody:
    """The laboratory's gateway; `mood` is "", fail, hang or lie."""

    def __init__(self, inner: Gateway) -> None:
        self.inner = inner
        self.mood = ""
        self.came_at: dict[str, float] = {}  # real, by key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI)."""
        mood = self.mood if scope["type"] == "http" and scope["method"] == "POST" else ""
        if mood == "fail":
            self.inner.refuse += 1
        if mood == "hang":
            await asyncio.sleep(HANGS_S)
        await self.inner(scope, receive, _lying(send) if mood == "lie" else send)
        for key in self.inner.came.keys() - self.came_at.keys():
            self.came_at[key] = world.real()

    def said(self, words: str, *, after: float) -> bool:
        """Say whether a text with these words has come since (real, s since 1970)."""
        return any(
            words in self.inner.came[key]["text"] and at >= after
            for key, at in list(self.came_at.items())
        )


def _lying(send: Send) -> Send:
    async def lie(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "status": 500}
        await send(message)

    return lie
