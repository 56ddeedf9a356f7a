"""Whether time tells what words do not: a home of the next district against one that is not there.

The two are asked in turns, so that whatever else the machine does falls upon both alike.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import httpx

from anbu.care.citizens.actions import come_in
from anbu.care.citizens.rules import told_of
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import new_id
from anbu.care.people.actions import NewPerson, register_households
from anbu.lab.bench_desk import BY
from anbu.lab.bench_homes import a_home

HOMES = 200
BORN = date(1950, 3, 1)


class NotUnknown(Exception):
    """Somebody was let in, or told more than nothing."""


def unknown(client: httpx.Client, commit: str, *, dong: str) -> dict[str, object]:
    """Ask for homes of a dong that is not this client's, and for ids that nobody has."""
    homes = _register(dong)
    pages = _in_turns(
        [partial(_page, client, id) for id in homes],
        [partial(_page, client, new_id()) for _ in homes],
    )
    doors = _in_turns(
        [partial(_knock, f"측정{nth}") for nth in range(HOMES)],  # known by name and year
        [partial(_knock, f"없음{nth}") for nth in range(HOMES)],
    )
    return {
        "name": "unknown",
        "value": round(pages[0] / pages[1], 3),
        "unit": "forbidden page / unknown page, medians",
        "n": HOMES,
        "commit": commit,
        "forbidden_ms": round(pages[0], 2),
        "unknown_ms": round(pages[1], 2),
        "door_ratio": round(doors[0] / doors[1], 3),
        "door_nearly_known_ms": round(doors[0], 2),
        "door_unknown_ms": round(doors[1], 2),
    }


def _register(dong: str) -> list[UUID]:
    homes = [
        a_home(
            dong,
            nth,
            person=NewPerson(
                name=f"측정{nth}", birth_year=BORN.year, sex="f", phone=f"010-0000-{nth:04d}"
            ),
            consents=("monitoring",),
        )
        for nth in range(HOMES)
    ]
    return list(register_households(homes=homes, by=BY, now=now()))


def _page(client: httpx.Client, id: UUID) -> None:
    if (told := client.get(f"/households/{id}").status_code) != 404:
        raise NotUnknown(f"HTTP {told}")


def _knock(name: str) -> None:
    """Come to the citizen's door with another person's number: never let in."""
    if come_in(proof=told_of(name, BORN, "010-9999-9999"), now=now()) is not None:
        raise NotUnknown(name)


def _in_turns(some: list[Callable[[], Any]], others: list[Callable[[], Any]]) -> list[float]:
    """Return the medians, in milliseconds, after a few of each to warm up."""
    times: list[list[float]] = [[], []]
    for pair in [*zip(some[:10], others, strict=False), *zip(some, others, strict=True)]:
        for kept, ask in zip(times, pair, strict=True):
            started = time.perf_counter()
            ask()
            kept.append((time.perf_counter() - started) * 1000)
    return [statistics.median(each[10:]) for each in times]
