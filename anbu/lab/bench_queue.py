"""A night at the centre, the server's part: many desks open at once, each told of every change.

What a browser adds (drawing the row) is measured in one: tests/walks.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff
from anbu.lab import bench_city
from anbu.lab.bench_desk import BY, NothingToMeasure, ask, at, operator

CAUSES = "causes"  # the live line also tells of these; no row belongs to them
LAST_ROW_S = 30.0  # so long after the last change a row may still come
type Change = tuple[str, int]  # an alarm, and its version after the change


@dataclass
class Night:
    """What changed when, and when each desk had the row in hands [s of the monotonic clock]."""

    changed: dict[Change, float] = field(default_factory=dict)
    seen: list[tuple[Change, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    listening: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    is_over: threading.Event = field(default_factory=threading.Event)

    def delays(self) -> list[float]:
        """Return how long each row of a change of ours took to each desk [ms]."""
        found = list(self.seen)
        ours = [(self.changed[what], when) for what, when in found if what in self.changed]
        return [(when - began) * 1000 for began, when in ours]


def queue(
    commit: str,
    *,
    homes: int = 110_000,
    lived: int = 500,
    alarms: int = 500,
    operators: int = 20,
    changes: int = 100,
    apart_s: float = 1.0,
) -> dict[str, object]:
    """How long it takes from a change's commit until every open desk has the row, and the page.

    So many operators look at the same queue; `changes` alarms change, one each `apart_s`.
    """
    bench_city.found(households=homes, lived=lived)
    is_open = bench_city.cry_until(alarms)
    night = Night()
    with ExitStack() as sitting:
        desks = [sitting.enter_context(operator()) for _ in range(operators)]
        page = ask(desks[0], ["/"] * 50)
        lines = [threading.Thread(target=_listen, args=(desk, night)) for desk in desks]
        for line in lines:
            line.start()
        for _ in lines:
            if not night.listening.acquire(timeout=LAST_ROW_S):
                raise NothingToMeasure("a desk does not listen")
        _change(night, changes, apart_s)
        _wait_for(night, operators * changes)
        night.is_over.set()
        _change(night, 1, 0)  # wakes the lines up, which see that it is over
        for line in lines:
            line.join(LAST_ROW_S)
    delays = night.delays()
    return {
        "name": "queue",
        "value": at(delays, 0.99),
        "unit": "ms from a change to its row at every open desk, p99",
        "n": len(delays),
        "commit": commit,
        "p50": at(delays, 0.5),
        "p95": at(delays, 0.95),
        "max": at(delays, 1.0),
        "operators": operators,
        "open_alarms": is_open,
        "households": homes,
        "page": page.figures(),
    }


def _change(night: Night, changes: int, apart_s: float) -> None:
    """Let one colleague write a note on one alarm after the other."""
    by = Staff.objects.filter(post=places.centre(), role=Staff.Role.OPERATOR).earliest("id")
    open_ones = Alarm.objects.filter(closed_at=None, owner_post=places.centre()).order_by("id")
    for id in open_ones.values_list("id", flat=True)[:changes]:
        started = time.monotonic()
        after = actions.note(alarm_id=id, text=f"측정 {BY}", by=by, now=now())
        night.changed[str(id), after.version] = started
        night.is_over.wait(apart_s)


def _listen(desk: httpx.Client, night: Night) -> None:
    """Fetch the row of whatever the live line tells of, as an open page does."""
    try:
        for told in _told(desk, night):
            if night.is_over.is_set():
                return
            row = desk.get(f"/row/{told[0]}")
            if row.status_code != 200:
                raise NothingToMeasure(f"row {told[0]}: HTTP {row.status_code}")
            night.seen.append((told, time.monotonic()))
    except (httpx.HTTPError, NothingToMeasure) as failure:
        night.failures.append(repr(failure))


def _told(desk: httpx.Client, night: Night) -> Iterator[Change]:
    with desk.stream("GET", "/live") as line:
        for text in line.iter_lines():
            if text == "event: beat":
                night.listening.release()
            if text.startswith("data:") and '"v"' in text:
                told = json.loads(text[5:])
                if told["id"] != CAUSES:
                    yield told["id"], told["v"]


def _wait_for(night: Night, rows: int) -> None:
    """Wait until every desk has every row.

    Raises:
        NothingToMeasure: a desk failed, or rows never came.
    """
    until = time.monotonic() + LAST_ROW_S
    while (came := len(night.delays())) < rows:
        if night.failures or time.monotonic() > until:
            raise NothingToMeasure(f"{came} of {rows} rows came; {night.failures[:1]}")
        night.is_over.wait(0.05)
