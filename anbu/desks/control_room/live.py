"""The live line: one LISTEN connection per web process, shared by every open page.

What travels is ids and versions only. Each browser then fetches the row under its own rights."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from anbu.care.foundation.jobs import in_database
from anbu.care.foundation.queries import now

log = logging.getLogger(__name__)

CHANNEL = "anbu_alarm"
BEAT_S = 10  # a page calls the line lost after two missed beats: design/README.md section 2
REMEMBERED = 2000  # events a page may have missed and still catch up on
WAITING = 500  # events a slow page may fall behind before it must read everything anew
LIFE_S = 900  # then the page comes back and shows its log-in again


@dataclass(frozen=True)
class Event:
    number: int
    name: str  # alarm | resync
    text: str


@dataclass(eq=False)
class Hub:
    """Hands what the database says to all open pages of this process."""

    boot: str = field(default_factory=lambda: token_hex(4))
    ring: deque[Event] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    pages: set[asyncio.Queue[Event]] = field(default_factory=set)
    number: int = 0
    listener: asyncio.Task[None] | None = None

    def tell(self, name: str, text: str) -> None:
        """Hand one event to every page; a page that is too far behind must read anew."""
        self.number += 1
        event = Event(self.number, name, text)
        self.ring.append(event)
        for page in self.pages:
            if page.full():
                while not page.empty():
                    page.get_nowait()
                page.put_nowait(Event(self.number, "resync", "{}"))
            else:
                page.put_nowait(event)

    def missed(self, last_id: str) -> list[Event]:
        """Return what came after `last_id`, or one `resync` when that is no longer known."""
        boot, _dash, number = last_id.partition("-")
        if not last_id:
            return []
        known = boot == self.boot and number.isdigit() and int(number) <= self.number
        oldest = self.ring[0].number if self.ring else self.number + 1
        if not known or int(number) < oldest - 1:
            return [Event(self.number, "resync", "{}")]
        return [event for event in self.ring if event.number > int(number)]

    def join(self) -> asyncio.Queue[Event]:
        """Let one page in; the first page starts the listening."""
        page: asyncio.Queue[Event] = asyncio.Queue(WAITING)
        self.pages.add(page)
        if self.listener is None or self.listener.done():
            self.listener = asyncio.create_task(self._listen(), name="anbu-live")
        return page

    def leave(self, page: asyncio.Queue[Event]) -> None:
        """Let one page go; the last page ends the listening, so nothing holds up a shutdown."""
        self.pages.discard(page)
        if not self.pages and self.listener is not None:
            self.listener.cancel()
            self.listener = None

    async def _listen(self) -> None:
        wait_s = 0.2
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_address()) as link:
                    await link.execute(f"LISTEN {CHANNEL}")
                    self.tell("resync", "{}")  # whatever happened until now was not heard
                    wait_s = 0.2
                    async for notice in link.notifies():
                        self.tell("alarm", notice.payload)
            except psycopg.Error as fault:
                log.warning("live.listener_lost", extra={"fault": type(fault).__name__})
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, 5)


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """Return this event loop's hub."""
    loop = id(asyncio.get_running_loop())
    return _hubs.setdefault(loop, Hub())


async def live(request: HttpRequest) -> HttpResponseBase:
    """Stream events to one browser, picking up where it left off."""
    who = await request.auser()
    # The stream may stay open for a whole shift: give the log-in's database connection back now.
    await sync_to_async(connections.close_all)()
    if not who.is_authenticated:
        return HttpResponse(status=401)
    last_id = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    key = request.session.session_key
    answer = StreamingHttpResponse(
        stream(hub(), last_id, lambda: in_database(is_in, key)),
        content_type="text/event-stream",
    )
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def stream(
    line: Hub, last_id: str, is_in: Callable[[], Awaitable[bool]]
) -> AsyncIterator[str]:
    """Yield beats and events until the page goes, its session ends, or its time is up."""
    page, missed = line.join(), line.missed(last_id)
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + LIFE_S
    try:
        yield "retry: 1000\n\n" + _beat(line)
        for event in missed:
            yield _said(line, event)
        while loop.time() < ends_at:
            try:
                async with asyncio.timeout(BEAT_S):
                    event = await page.get()
            except TimeoutError:
                if not await is_in():
                    return
                yield _beat(line)
            else:
                yield _said(line, event)
    finally:
        line.leave(page)


def is_in(session_key: str | None) -> bool:
    """Return whether the session a stream was opened with still lets its owner in."""
    asked = HttpRequest()
    asked.session = SessionStore(session_key)
    return bool(get_user(asked).is_authenticated)


def _said(line: Hub, event: Event) -> str:
    return f"id: {line.boot}-{event.number}\nevent: {event.name}\ndata: {event.text}\n\n"


def _beat(line: Hub) -> str:
    told = json.dumps({"now": now().timestamp(), "speed": settings.CLOCK.speed})
    return f"id: {line.boot}-{line.number}\nevent: beat\ndata: {told}\n\n"


def _address() -> dict[str, Any]:
    db = connections["default"].settings_dict
    found = {
        "host": db["HOST"],
        "port": db["PORT"],
        "dbname": db["NAME"],
        "user": db["USER"],
        "password": db["PASSWORD"],
    }
    return {key: value for key, value in found.items() if value} | {
        "autocommit": True,
        "application_name": "anbu live",
        "connect_timeout": 5,
    }
