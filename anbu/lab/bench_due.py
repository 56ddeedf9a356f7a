"""A whole city's silence clocks: idle, a calm evening, and every home falling due at once.

The world stands as `anbu up` makes it, with a second clock beside it; what is measured is told by
the database: a row counts when another connection sees it.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from django.db import connection

from anbu.care.alarms import jobs
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.readings.actions.fleet import NewDevice
from anbu.lab.bench_desk import BY, at
from anbu.lab.bench_homes import Settled, a_cry, a_home, a_plug, say_last_signs, settle

PATIENCE = timedelta(hours=1)
SPEAKERS = 200
CALM_EACH_S = 0.25  # four homes a second fall due on the calm evening: no flood, no brake
CALM_HOMES = 600
CRIES_EVERY_S = 0.25
GIVEN_UP_AFTER_S = 300
_PAUSE = threading.Event()

STORED = """
SELECT count(*), count(*) FILTER (WHERE owner_post_id IS NOT NULL) FROM alarms_alarm a
WHERE kind = 'silence'
"""
WHOLE = """
SELECT count(DISTINCT m.alarm_id), count(DISTINCT t.household),
       count(DISTINCT m.alarm_id) FILTER (WHERE a.brake_id IS NOT NULL)
FROM alarms_alarm a
LEFT JOIN alarms_message m ON m.alarm_id = a.id
LEFT JOIN foundation_trace t ON t.household = a.household_id AND t.verb = 'raise_silence'
WHERE a.kind = 'silence'
"""


def all_due(commit: str, *, homes: int = 110_000) -> dict[str, object]:
    """Measure idle sweeps, the lateness of a calm evening, and a city falling due in one moment."""
    calm = min(CALM_HOMES, homes // 10)
    plugs, speakers = _settle(homes)
    with _second_clock():
        _until_wound(homes)
        idle = _idle_sweep_ms()
        start = now() + timedelta(seconds=10 + homes / 1_200)
        due = [start + timedelta(seconds=CALM_EACH_S * nth) for nth in range(calm)]
        flood = due[-1] + timedelta(seconds=15)
        signs = [moment - PATIENCE for moment in due + [flood] * (homes - calm)]
        say_last_signs([plug.code for plug in plugs], signs)
        spare = (start - now()).total_seconds()
        if spare < 0:
            raise RuntimeError(f"the last signs were said {-spare:.0f} s too late")
        evening = _listen_until(flood - timedelta(seconds=1), calm)
        told = _flood(flood, homes, speakers)
    return {
        "name": "all-due",
        "unit": f"s until every alarm of {homes:,} homes falling due at once is stored",
        "n": homes,
        "commit": commit,
        "idle_sweep_ms": idle,
        **evening,
        **told,
    }


def _settle(homes: int) -> tuple[list[Settled], list[Settled]]:
    """Register homes with a plug each, and some more with a speaker."""
    for code, source in (("bench", "smart_plug"), ("bench-ear", "ai_speaker")):
        readings.add_provider(code=code, name=code, source=source, by=BY, now=now())
    dongs = [dong.code for dong in places.dongs()]
    settled = settle(
        range(homes + SPEAKERS),
        # a ladder of this tier begins with a message: every alarm has a row in the outbox
        home=lambda nth: a_home(dongs[nth % len(dongs)], nth, tier="low", patience_hours=1),
        device=lambda nth, home: a_plug(nth, home) if nth < homes else _speaker(nth, home),
        at=now() - timedelta(hours=3),
    )
    return settled[:homes], settled[homes:]


def _speaker(nth: int, home: UUID) -> NewDevice:
    return a_plug(nth, home, provider="bench-ear", channels=("presence",))


@contextmanager
def _second_clock() -> Iterator[None]:
    """Run a second clock beside that of the installation, as a city does."""
    # our own command with our own words
    other = subprocess.Popen(  # nosec B603
        [sys.executable, "-m", "anbu.cli", "run", "clock"], stdin=subprocess.PIPE
    )
    try:
        yield
    finally:
        other.terminate()
        other.wait(20)


def _until_wound(homes: int) -> None:
    """Wait until the clocks have given every home its learned clock."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM readings_learnedclock WHERE state <> ''")
            (wound,) = cursor.fetchone()
        _say(f"{wound:,} clocks wound")
        if wound >= homes:
            break
        _PAUSE.wait(5)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _idle_sweep_ms(times: int = 200) -> float:
    """Return how long a sweep that finds nothing due takes, median [ms]."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        jobs.raise_silence(now())
        taken.append((time.perf_counter() - began) * 1000)
    return round(sorted(taken)[times // 2], 2)


def _listen_until(end: datetime, homes: int) -> dict[str, object]:
    """Return how late the alarms of a calm evening were when they could be seen [ms]."""
    late: list[float] = []
    with psycopg.connect(os.environ["ANBU_DATABASE_URL"], autocommit=True) as db:
        db.execute("LISTEN anbu_alarm")
        while len(late) < homes and now() < end:
            for heard in db.notifies(timeout=0.2):
                arrived = now()
                row = db.execute(
                    "SELECT due_at FROM alarms_alarm WHERE id::text = %s",
                    [json.loads(heard.payload)["id"]],
                ).fetchone()
                if row is not None:
                    late.append((arrived - row[0]).total_seconds() * 1000)
    if len(late) < homes:
        raise RuntimeError(f"{len(late)} of {homes} alarms of the calm evening were seen")
    parts = {"p50": 0.5, "p99": 0.99, "p999": 0.999}
    return {f"late_{name}_ms": at(late, part) for name, part in parts.items()}


def _flood(due: datetime, homes: int, speakers: Sequence[Settled]) -> dict[str, object]:
    """Wait until every alarm stands; cry for help all the while."""
    over = threading.Event()
    heard: list[float] = []
    crying = threading.Thread(target=_cry, args=(speakers, due, over, heard), daemon=True)
    crying.start()
    stored, half = 0, None
    while stored < homes and (now() - due).total_seconds() < GIVEN_UP_AFTER_S:
        _PAUSE.wait(0.2)
        with connection.cursor() as cursor:
            cursor.execute(STORED)
            stored, owned = cursor.fetchone()
        if half is None and stored >= homes // 2:
            half = (now() - due).total_seconds()
    seconds = (now() - due).total_seconds()
    over.set()
    crying.join(30)
    with connection.cursor() as cursor:
        cursor.execute(WHOLE)
        letters, traces, held = cursor.fetchone()
    return {
        "value": round(seconds, 1),
        "half_s": round(half or 0.0, 1),
        "alarms": stored,
        "with_owner": owned,
        "with_trace": traces,
        "with_message": letters,
        "held_by_brake": held,
        "cries": len(heard),
        "cry_p50_ms": at(heard, 0.5),
        "cry_p99_ms": at(heard, 0.99),
        "cry_max_ms": at(heard, 1.0),
    }


def _cry(
    speakers: Sequence[Settled], due: datetime, over: threading.Event, heard: list[float]
) -> None:
    """Let one home after the other cry for help, and take down how long until its alarm stood."""
    while now() < due:
        _PAUSE.wait(0.05)
    for speaker in speakers:
        if over.is_set():
            break
        cried = now()
        readings.take_in(messages=[a_cry(speaker.code, cried)], provider="bench-ear", now=cried)
        while not Alarm.objects.filter(household=speaker.household, kind="sos").exists():
            _PAUSE.wait(0.02)
        heard.append((now() - cried).total_seconds() * 1000)
        over.wait(CRIES_EVERY_S)
    connection.close()


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr)
