"""A night at the centre, the server's part: many desks open at once, each told of every change.

What a browser adds (drawing the row) is measured in one: tests/walks.
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import batched
from queue import Queue
from uuid import UUID

import httpx

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff
from anbu.lab import bench_city
from anbu.lab.bench_costs import spending
from anbu.lab.bench_desk import BY, NothingToMeasure, ask, at, operator

NO_ROW = ("causes", "glass")  # the live line also tells of these
AT_ONCE = 100  # rows of one question: rows.ts
AROUND_S = 1.5  # so often at most a page asks for its counts: rows.ts
AROUND_SHARE = 40  # and less often, the longer the last answer took, up to
AROUND_LONGEST_S = 15.0
STRIPS_APART_S = 3.0  # so often at most for the strips of rows that changed
LAST_ROW_S = 60.0  # so long after the last change a row may still come
type Change = tuple[str, int]  # an alarm, and its version after the change


@dataclass
class Night:
    """What changed when, and when each desk had the row in hands [s of the monotonic clock]."""

    changed: dict[Change, float] = field(default_factory=dict)
    seen: list[tuple[Change, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    told: int = 0  # what the lines said in all: the clock goes on meanwhile
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
        side, row = ask(desks[0], ["/side"] * 30), ask(desks[0], [f"/row/{_first()}"] * 30)
        lines = [threading.Thread(target=_listen, args=(desk, night)) for desk in desks]
        for line in lines:
            line.start()
        for _ in lines:
            if not night.listening.acquire(timeout=LAST_ROW_S):
                raise NothingToMeasure("a desk does not listen")
        before, began = spending(), time.monotonic()
        _change(night, changes, apart_s)
        _wait_for(night, operators * changes)
        after, took = spending(), time.monotonic() - began
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
        "side": side.figures(),
        "row": row.figures(),
        "seconds": round(took, 1),
        "told": night.told // operators,
        "cpu_s": {name: round(after[name].cpu_s - before[name].cpu_s, 1) for name in before},
        "rss_mb": {name: round(spent.rss_mb) for name, spent in after.items()},
    }


def _first() -> UUID:
    return Alarm.objects.filter(closed_at=None, owner_post=places.centre()).earliest("id").pk


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
    """Hear what the live line tells of, and let the rows be fetched beside it."""
    told: Queue[Change | None] = Queue()
    page = threading.Thread(target=_fetch, args=(desk, night, told))
    page.start()
    try:
        for change in _told(desk, night):
            if night.is_over.is_set():
                return
            told.put(change)
    except httpx.HTTPError as failure:
        night.failures.append(repr(failure))
    finally:
        told.put(None)
        page.join(LAST_ROW_S)


def _fetch(desk: httpx.Client, night: Night, told: Queue[Change | None]) -> None:
    """Fetch rows as an open page does (rows.ts): one question at a time, the rest together."""
    page = _Page(desk)
    try:
        while change := told.get():
            changes = [change]
            while told.qsize():
                if (another := told.get()) is None:
                    return
                changes.append(another)
            ids = list(dict.fromkeys(id for id, _ in changes))
            for at_once in batched(ids, AT_ONCE):
                _look(desk, _address(at_once))
            night.seen.extend((each, time.monotonic()) for each in changes)
            page.look_around(ids)
    except (httpx.HTTPError, NothingToMeasure) as failure:
        night.failures.append(repr(failure))


@dataclass
class _Page:
    """What an open page asks for beside its rows: the counts around, and strips when it is time."""

    desk: httpx.Client
    around_at: float = 0.0
    around_took: float = 0.0
    strips_at: float = 0.0
    lacking: dict[str, None] = field(default_factory=dict)

    def look_around(self, changed: Sequence[str]) -> None:
        self.lacking |= dict.fromkeys(changed)
        if time.monotonic() > self.strips_at + STRIPS_APART_S:
            self.strips_at = time.monotonic()
            some = list(self.lacking)[:AT_ONCE]
            _look(self.desk, f"/strips?alarms={','.join(some)}")
            for id in some:
                del self.lacking[id]
        apart = min(max(AROUND_S, AROUND_SHARE * self.around_took), AROUND_LONGEST_S)
        if time.monotonic() > self.around_at + apart:
            self.around_at = time.monotonic()
            _look(self.desk, "/side")
            self.around_took = time.monotonic() - self.around_at


def _address(ids: Sequence[str]) -> str:
    return f"/row/{ids[0]}" if len(ids) == 1 else f"/rows?alarms={','.join(ids)}"


def _look(desk: httpx.Client, address: str) -> None:
    answer = desk.get(address)
    if answer.status_code not in (200, 204):  # 204: gone from this view
        raise NothingToMeasure(f"{address}: HTTP {answer.status_code}")


def _told(desk: httpx.Client, night: Night) -> Iterator[Change]:
    with desk.stream("GET", "/live") as line:
        for text in line.iter_lines():
            if text == "event: beat":
                night.listening.release()
            if text.startswith("data:") and '"v"' in text:
                told = json.loads(text[5:])
                night.told += 1
                if told["id"] not in NO_ROW:
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
