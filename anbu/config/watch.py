"""The watchdog: tells people, by a way of its own, when something stands still."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import uniform

import httpx
import psycopg
import structlog
from django.conf import settings
from django.db import connection

from anbu.care.effects import queries as effects
from anbu.care.effects.rules import WAYS, Kind, filled, read_shipped, size_of
from anbu.care.foundation.jobs import rest
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import new_id
from anbu.channels.port import Letter, Sent
from anbu.config.reactions import REACTIONS

log = structlog.get_logger()

LOOK_EVERY_S = 2.0
TELL_AGAIN = timedelta(minutes=5)
TRY_AGAIN_S = 4.0  # when nobody on the list could be reached
JITTER = 0.2  # of the time between two heartbeats, either way: watchdogs do not march in step
# What looks seldom, and harms nobody when it is late, is not cried out about.
URGENT = tuple(f"clock/{each.name}" for each in REACTIONS if each.every_s < 5)
WATCHED = ("web", "ingest", "clock", "notify", *URGENT)
DATABASE = "database"
# What waits for somebody although every process beats, and for how long at most [s].
OUTBOX, BRAKE = "outbox", "brake"
WAITS: dict[str, Callable[[], float]] = {
    OUTBOX: lambda: float(settings.OUTBOX_STILL_S),
    BRAKE: lambda: 0.0,  # a person must look at once: decision 0036
}
PULSES = "SELECT name, extract(epoch FROM clock_timestamp() - beat_at)::float FROM foundation_pulse"
# What is due and nobody has tried, since when; and a brake about which nobody has chosen. Of
# texts to homes a whole flood may be under way: those stand still when no letter ends any more.
WAITING = """
SELECT 'outbox', coalesce(extract(epoch FROM %(now)s - min(due)), 0)::float FROM (
    SELECT coalesce(expires_at - make_interval(secs => %(expires)s), queued_at) AS due
    FROM alarms_message WHERE status = 'queued' AND tries = 0 AND NOT EXISTS
        (SELECT FROM alarms_leg WHERE settled_at > %(now)s - make_interval(secs => %(still)s))
    UNION ALL
    SELECT goes_at FROM alarms_message m WHERE status = 'waiting' AND NOT EXISTS
        (SELECT FROM alarms_alarm a WHERE a.id = m.alarm_id AND a.waits_for = 'brake')
    UNION ALL SELECT queued_at FROM effects_notice WHERE status = 'queued' AND tries = 0
    UNION ALL SELECT goes_at FROM effects_ring
    WHERE status = 'waiting' OR status = 'queued' AND tries = 0 AND by <> 'push'
) due
UNION ALL
SELECT 'brake', coalesce(extract(epoch FROM %(now)s - min(began_at)), 0)::float
FROM alarms_brake WHERE ended_at IS NULL AND choice = ''
"""


async def connect() -> psycopg.AsyncConnection:
    """Open a connection of one's own, outside the pool: the pool may be what is stuck."""
    database = connection.settings_dict
    return await psycopg.AsyncConnection.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"] or None,
        connect_timeout=5,
        autocommit=True,
        options="-c statement_timeout=5s",
    )


async def watch_everything(stop: asyncio.Event) -> None:
    """Look at every pulse until told to stop; who tells and who calls out never holds the look."""
    watch = Watch(time.monotonic())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_call_out(watch, stop))
        while not stop.is_set():
            pulses = await _pulses()
            still = watch.look(time.monotonic(), pulses)
            if still:
                tasks.create_task(_tell_still(watch, still))
            moving = watch.moving_again()
            if moving:
                tasks.create_task(_tell_moving(moving))
            await rest(stop, LOOK_EVERY_S)


class Watch:
    """What was last seen alive, and what people have been told."""

    def __init__(self, moment: float) -> None:
        # Everything gets one full length of patience after our own start.
        self._alive = dict.fromkeys((*WATCHED, *WAITS, DATABASE), moment)
        self._began = moment
        self._told: dict[str, float] = {}
        self._moving: list[str] = []

    @property
    def is_well(self) -> bool:
        """Return whether nothing stands still; a brake is a person's matter, not ours."""
        return not set(self._told) - {BRAKE}

    def look(self, moment: float, pulses: dict[str, float] | None) -> list[str]:
        """Return what stands still and must be told now; `pulses` None: no database."""
        if pulses is not None:
            if DATABASE in self._told:  # nobody could show that they live; from now on they can
                self._alive = dict.fromkeys(self._alive, moment)
                self._began = moment
            self._alive[DATABASE] = moment
            for name, ago in pulses.items():
                if name in self._alive:
                    self._alive[name] = max(self._alive[name], moment - ago)
            for name in WAITS:  # what is gone, waits no longer
                self._alive[name] = max(moment - max(pulses.get(name, 0.0), 0.0), self._began)
        # Without the database nothing is known of the others: they are as they were.
        still = [name for name in self._alive if self._stands_still(name, moment, pulses)]
        for name in sorted(set(self._told) - set(still)):
            self._moving.append(name)
            del self._told[name]
        again = TELL_AGAIN.total_seconds()
        due = [name for name in still if moment - self._told.get(name, float("-inf")) >= again]
        self._told |= dict.fromkeys(due, moment)
        return due

    def _stands_still(self, name: str, moment: float, pulses: dict[str, float] | None) -> bool:
        if pulses is None and name != DATABASE:
            return name in self._told
        longest = WAITS[name]() if name in WAITS else settings.STANDSTILL_S
        return moment - self._alive[name] > longest

    def nobody_heard(self, names: Sequence[str], moment: float) -> None:
        """Have these told again soon: the telling itself failed."""
        soon = moment - TELL_AGAIN.total_seconds() + TRY_AGAIN_S
        self._told |= {name: soon for name in names if name in self._told}

    def moving_again(self) -> list[str]:
        """Return, once, what stood still and moves again."""
        moving, self._moving = self._moving, []
        return moving


async def _call_out(watch: Watch, stop: asyncio.Event) -> None:
    """Call the dead man's switch outside; when something stands still, be silent instead."""
    while settings.HEARTBEAT_URL and not stop.is_set():
        if watch.is_well:
            try:
                async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                    answer = await client.request(settings.HEARTBEAT_BY, settings.HEARTBEAT_URL)
                    answer.raise_for_status()
            except httpx.HTTPError as error:
                log.warning("heartbeat_failed", error=type(error).__name__)
        await rest(stop, settings.HEARTBEAT_EVERY_S * uniform(1 - JITTER, 1 + JITTER))


async def _pulses() -> dict[str, float] | None:
    try:
        async with asyncio.timeout(10), await connect() as db:
            rows = await (await db.execute(PULSES)).fetchall()
            return {name: ago for name, ago in rows} | await _waiting(db)
    except (psycopg.Error, TimeoutError):
        return None


async def _waiting(db: psycopg.AsyncConnection) -> dict[str, float]:
    """Return how long what waits has waited, in real seconds: a rehearsal's time runs faster.

    While a rehearsal stands still (멈춤) nothing waits in it.
    """
    speed = settings.CLOCK.speed
    told = {
        "now": now(),
        "expires": settings.MESSAGE_EXPIRES_S,
        "still": settings.OUTBOX_STILL_S * speed,
    }
    rows = await (await db.execute(WAITING, told)).fetchall()
    return {name: ago / speed if speed else 0.0 for name, ago in rows}


async def _tell_still(watch: Watch, still: Sequence[str]) -> None:
    """Tell the log, a file, and everybody on the all-call list, without database and outbox."""
    stuck = [name for name in still if name != BRAKE]
    for kind, names in ((Kind.STANDSTILL, stuck), (Kind.BRAKE, [n for n in still if n == BRAKE])):
        if not names:
            continue
        event = "brake_waits" if kind is Kind.BRAKE else "stands_still"
        log.critical(event, what=names)
        heard, failed = await _call_everybody(kind, names)
        _write_down(event, names, heard, failed)
        if failed and not heard:
            watch.nobody_heard(names, time.monotonic())


async def _tell_moving(moving: Sequence[str]) -> None:
    log.info("moves_again", what=moving)
    heard, failed = await _call_everybody(Kind.MOVES, moving)
    _write_down("moves_again", moving, heard, failed)


def _in_words(names: Sequence[str]) -> str:
    """Return the names for a text message: what is part of another named one is left out."""
    return ", ".join(name for name in names if name.split("/")[0] == name or "clock" not in names)


def _write_down(event: str, what: Sequence[str], heard: int, failed: int) -> None:
    """Add a line to the file: who comes to a city that is silent reads there what was told."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "event": event, "what": list(what), "heard": heard, "failed": failed}
    try:
        settings.STANDSTILL_FILE.parent.mkdir(parents=True, exist_ok=True)
        with settings.STANDSTILL_FILE.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:  # a full disk must not keep us from calling people
        log.error("standstill_not_written", error=error.strerror)


async def _call_everybody(kind: Kind, what: Sequence[str]) -> tuple[int, int]:
    """Tell all at the same time; return how many a provider took, and how many none did."""
    with effects.ways() as ways:
        open_ways = [way for way in read_shipped()[kind].ways if way in ways]
    if not open_ways:
        return 0, 0
    calls = [asyncio.to_thread(_call, to, kind, _in_words(what)) for to in settings.ALL_CALL]
    taken = await asyncio.gather(*calls)
    return sum(taken), len(taken) - sum(taken)


def _call(to: str, kind: Kind, what: str) -> bool:
    """Text or mail one person, by the next provider where one does not take it."""
    moment = datetime.now(UTC)  # real time: a rehearsal's watchdog watches real processes
    template = read_shipped()[kind]  # a city's own words are in the database: it may be down
    text, carries = filled(template, {"무엇": what}), "mail" if "@" in to else "text"
    size = "mail" if carries == "mail" else size_of(text)
    with effects.ways() as ports:
        for way in template.ways:
            if way not in ports or WAYS[way] != carries:
                continue
            letter = Letter(
                key=str(new_id()), to=to, text=text, kind=size, subject=template.subject
            )
            answer = ports[way].send(letter, at=moment)
            if isinstance(answer, Sent):
                return True
            log.error("all_call_failed", way=way, detail=answer.detail)
    return False
