"""The live line: what a page missed it gets, once; what nobody knows any more it reads anew."""

import asyncio
import json
import re

import pytest
from django.db import connection
from django.test import AsyncClient

from anbu.desks.control_room import live
from anbu.desks.control_room.live import Event, Hub


def hub_with(*texts: str) -> Hub:
    """Return a hub in which these things have been told."""
    hub = Hub()
    for text in texts:
        hub.tell("alarm", text)
    return hub


async def _stays() -> bool:
    return True


def names(events: list[Event]) -> list[str]:
    return [event.text if event.name == "alarm" else event.name for event in events]


def test_a_page_that_comes_back_gets_exactly_what_it_missed():
    hub = hub_with("a", "b", "c", "d")
    assert names(hub.missed(f"{hub.boot}-2")) == ["c", "d"]
    assert names(hub.missed(f"{hub.boot}-4")) == []


@pytest.mark.parametrize("last", ["other-2", "nonsense", "-", "{boot}-99", "{boot}-x"])
def test_a_page_from_another_life_of_the_server_reads_anew(last: str):
    hub = hub_with("a", "b")
    assert names(hub.missed(last.format(boot=hub.boot))) == ["resync"]


def test_a_page_that_missed_more_than_is_remembered_reads_anew():
    hub = hub_with(*map(str, range(live.REMEMBERED + 5)))
    assert names(hub.missed(f"{hub.boot}-3")) == ["resync"]
    assert len(hub.missed(f"{hub.boot}-{hub.number - 2}")) == 2


def test_a_page_that_sleeps_does_not_fill_the_memory():
    hub = Hub()
    page: asyncio.Queue[Event] = asyncio.Queue(live.WAITING)
    hub.pages.add(page)
    for n in range(live.WAITING + 10):
        hub.tell("alarm", str(n))
    first = page.get_nowait()
    assert first.name == "resync"
    assert page.qsize() == 9  # what came after it


@pytest.mark.django_db(transaction=True)
def test_many_pages_share_one_listening_connection_and_hear_the_database():
    async def story() -> tuple[int, list[str]]:
        hub = Hub()
        streams = [live.stream(hub, "", _stays) for _ in range(20)]
        for stream in streams:
            assert "beat" in await anext(stream)
        for stream in streams:
            assert "resync" in await anext(stream)  # the first to come starts the listening
        listening = await asyncio.to_thread(_listeners)
        await asyncio.to_thread(_notify, json.dumps({"id": "1", "v": 2}))
        heard = [await asyncio.wait_for(anext(stream), 5) for stream in streams]
        for stream in streams:
            await stream.aclose()
        assert hub.pages == set()
        assert hub.listener is None
        return listening, heard

    listening, heard = asyncio.run(story())
    assert listening == 1
    assert {re.search("data: (.*)", text)[1] for text in heard} == {'{"id": "1", "v": 2}'}


@pytest.mark.django_db(transaction=True)
def test_a_stranger_hears_nothing():
    answer = asyncio.run(AsyncClient().get("/live"))
    assert answer.status_code == 401


def _listeners() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'anbu live'")
        found = cursor.fetchone()[0]
    connection.close()
    return int(found)


def _notify(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('anbu_alarm', %s)", [text])
    connection.close()
