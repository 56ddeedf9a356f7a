"""Plays life at the clock's speed: what devices say goes out as they send it, and counts once.

Each voice (a vendor's cloud, the utility, the plugs) remembers until when all it said was
acknowledged. Whatever fails is said again with the same message ids, so nothing counts twice.
"""

import asyncio
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import structlog
from standardwebhooks.webhooks import Webhook

from anbu.lab import habits, speech
from anbu.lab.city import OVER_MQTT, City, Home, Supplier
from anbu.lab.habits import DAY_S, HOUR_S, SEOUL_AHEAD_S
from anbu.lab.mqtt_peer import Peer, PeerError
from anbu.lab.speech import Spoken

log = structlog.get_logger()

LOOK_EVERY_S = 0.5  # real seconds
IN_ONE_GO_S = HOUR_S  # after a pause, catch up by so much at a time
BATCH = 500
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0

type Clock = Callable[[], datetime]


class NotHeard(Exception):
    """What was said has not been acknowledged; say it again."""


@dataclass
class Voice(ABC):
    """One sender. `said_until` moves only when everything up to there has been acknowledged."""

    name: str
    city: City
    homes: Sequence[Home]
    said_until: float
    pause: float = 0.0
    acknowledged: int = 0
    refused: int = 0

    @abstractmethod
    async def say(self, from_at: float, until_at: float) -> None:
        """Send what is due in (from_at, until_at], or raise NotHeard."""

    async def speak_up(self, now: float) -> None:
        """Say everything up to now, an hour at a time."""
        while self.said_until < now:
            until = min(now, self.said_until + IN_ONE_GO_S)
            await self.say(self.said_until, until)
            self.said_until = until


@dataclass
class Cloud(Voice):
    """A vendor's or a utility's cloud: signed batches over HTTP."""

    supplier: Supplier = field(kw_only=True)
    secret: str = field(kw_only=True)
    url: str = field(kw_only=True)
    client: httpx.AsyncClient = field(kw_only=True)
    clock: Clock = field(kw_only=True)

    async def say(self, from_at: float, until_at: float) -> None:
        """Send the batches of this span one after the other."""
        for key, body in self._batches(from_at, until_at):
            await self.post(key, body)

    def _batches(self, from_at: float, until_at: float) -> list[tuple[str, bytes]]:
        if self.supplier.source == "ami_meter":
            return self._files(from_at, until_at)
        spoken = [
            one
            for one in speech.messages(habits.speak(self.city, self.homes, from_at, until_at))
            if one.machine.supplier == self.supplier.code
        ]
        source = self.supplier.source
        return [
            (f"{self.name}-{until_at:.3f}-{first}", speech.batch(source, spoken[first:][:BATCH]))
            for first in range(0, len(spoken), BATCH)
        ]

    def _files(self, from_at: float, until_at: float) -> list[tuple[str, bytes]]:
        """Return the utility's hourly file: each day so far, whenever an hour has passed."""
        hour = until_at // HOUR_S * HOUR_S
        if hour <= from_at:
            return []
        midnight = (hour + SEOUL_AHEAD_S - 1) // DAY_S * DAY_S - SEOUL_AHEAD_S
        rows = habits.speak(self.city, self.homes, midnight, hour)
        lines = list(speech.meter_lines(rows, until_at=hour))
        return [
            (f"{self.name}-{hour:.0f}-{first}", speech.file_batch(lines[first : first + BATCH]))
            for first in range(0, len(lines), BATCH)
        ]

    async def post(self, key: str, body: bytes) -> None:
        """Send one signed batch, or raise NotHeard."""
        now = self.clock().astimezone(UTC)  # the library takes any moment for UTC
        headers = {
            "content-type": "application/json",
            "webhook-provider": self.supplier.code,
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(key, now, body.decode()),
        }
        try:
            answer = await self.client.post(self.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise NotHeard(f"{self.name}: {type(error).__name__}") from error
        if answer.status_code != 202:
            raise NotHeard(f"{self.name}: HTTP {answer.status_code} {answer.text[:200]}")
        verdicts = answer.json()["verdicts"]
        refused = [v for v in verdicts if v["verdict"] in ("rejected", "conflict")]
        self.acknowledged += len(verdicts) - len(refused)
        self.refused += len(refused)
        if refused:
            log.warning("lab_refused", voice=self.name, count=len(refused), first=refused[0])


@dataclass
class Plugs(Voice):
    """Plugs that speak MQTT themselves, each with a connection and a password of its own."""

    host: str = field(kw_only=True)
    port: int = field(kw_only=True)
    passwords: dict[str, str] = field(kw_only=True)
    peers: dict[str, Peer] = field(default_factory=dict)

    async def say(self, from_at: float, until_at: float) -> None:
        """Let every plug say its own, all at once; return when all is stored (PUBACK)."""
        rows = habits.speak(self.city, self.homes, from_at, until_at)
        said: dict[str, list[Spoken]] = {}
        for one in speech.messages(rows):
            if one.machine.supplier == self.name:
                said.setdefault(one.machine.code, []).append(one)
        told = [self._tell(code, messages) for code, messages in said.items()]
        failures = [f for f in await asyncio.gather(*told, return_exceptions=True) if f]
        if failures:
            raise NotHeard(f"{self.name}: {len(failures)} plugs, first: {failures[0]}")
        self.acknowledged += sum(len(messages) for messages in said.values())

    async def _tell(self, code: str, messages: Sequence[Spoken]) -> None:
        peer = self.peers.get(code)
        if peer is None or not peer.is_connected:
            peer = Peer(self.host, self.port, code, self.passwords[code])
            await peer.connect()
            self.peers[code] = peer
        async with asyncio.timeout(15):
            for one in messages:
                await peer.publish(one.body)

    async def close(self) -> None:
        """Hang up all plugs."""
        for peer in self.peers.values():
            with suppress(PeerError, OSError):
                await peer.close()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the play takes place."""

    ingest_url: str
    mqtt_host: str
    mqtt_port: int
    secrets: dict[str, str]  # of the suppliers
    passwords: dict[str, str]  # of the plugs that speak MQTT
    memory: Path  # remembers until when everything has been said


async def play(city: City, stage: Stage, *, clock: Clock, stop: asyncio.Event) -> None:
    """Let the city live until told to stop."""
    remembered = _recall(stage.memory)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        voices = _voices(city, stage, client, clock, remembered)
        try:
            async with asyncio.TaskGroup() as tasks:
                for voice in voices:
                    tasks.create_task(_keep_talking(voice, clock, stop))
                tasks.create_task(_keep_notes(voices, stage.memory, stop))
        finally:
            _note(voices, stage.memory)
            for voice in voices:
                if isinstance(voice, Plugs):
                    await voice.close()


def _voices(
    city: City,
    stage: Stage,
    client: httpx.AsyncClient,
    clock: Clock,
    remembered: dict[str, float],
) -> list[Voice]:
    start = city.starts_at.timestamp()
    voices: list[Voice] = []
    for supplier in city.suppliers:
        homes = [
            home
            for home in city.homes
            if any(machine.supplier == supplier.code for machine in home.machines)
        ]
        until = remembered.get(supplier.code, start)
        if homes and supplier.code in OVER_MQTT:
            voices.append(
                Plugs(
                    supplier.code,
                    city,
                    homes,
                    until,
                    host=stage.mqtt_host,
                    port=stage.mqtt_port,
                    passwords=stage.passwords,
                )
            )
        elif homes:
            voices.append(
                Cloud(
                    supplier.code,
                    city,
                    homes,
                    until,
                    supplier=supplier,
                    secret=stage.secrets[supplier.code],
                    url=stage.ingest_url,
                    client=client,
                    clock=clock,
                )
            )
    return voices


async def _keep_talking(voice: Voice, clock: Clock, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await voice.speak_up(clock().timestamp())
            voice.pause = 0.0
        except NotHeard as trouble:
            voice.pause = min(max(2 * voice.pause, FIRST_PAUSE_S), LONGEST_PAUSE_S)
            log.warning("lab_not_heard", voice=voice.name, why=str(trouble), again_in=voice.pause)
        await rest(stop, max(voice.pause, LOOK_EVERY_S))


async def _keep_notes(voices: Sequence[Voice], memory: Path, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await rest(stop, 2.0)
        _note(voices, memory)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so many real seconds, or until told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _note(voices: Sequence[Voice], memory: Path) -> None:
    draft = memory.with_suffix(".new")
    draft.write_text(json.dumps({voice.name: voice.said_until for voice in voices}))
    os.replace(draft, memory)


def _recall(memory: Path) -> dict[str, float]:
    if not memory.exists():
        return {}
    told: dict[str, float] = json.loads(memory.read_text())
    return told
