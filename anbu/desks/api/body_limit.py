"""A wall before the API: no more of a body is read than may be taken in."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[..., Awaitable[None]]

TOO_LARGE = "anbu.too_large"  # in the scope: the body was not handed on


class BodyLimit:
    """Hand requests on to `application`, a body of more than `most` bytes as an empty one."""

    def __init__(self, application: Application, *, most: int, below: str) -> None:
        self._application = application
        self._most = most
        self._below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith(self._below):
            receive = self._limited(scope, receive)
        await self._application(scope, receive, send)

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        scope[TOO_LARGE] = not declared.isdigit() or int(declared) > self._most
        read, is_over = 0, False

        async def limited() -> MutableMapping[str, Any]:
            nonlocal read, is_over
            if scope[TOO_LARGE] and not is_over:
                is_over = True
                return {"type": "http.request", "body": b"", "more_body": False}
            message = await receive()
            while is_over and message["type"] == "http.request":
                message = await receive()  # dropped piece by piece, kept nowhere
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > self._most:
                    scope[TOO_LARGE] = is_over = True
                    return {"type": "http.request", "body": b"", "more_body": False}
            return message

        if scope[TOO_LARGE]:
            # Django would judge by the length declared; what it gets is empty.
            scope["headers"] = [h for h in scope["headers"] if h[0] != b"content-length"]
        return limited
