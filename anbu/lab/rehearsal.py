"""A rehearsal's own role: the devices of the simulated city, and the telephone world around it."""

import asyncio
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from anbu.care.foundation.queries import now
from anbu.care.staff import queries as staff
from anbu.care.staff.models import Staff
from anbu.lab import city as drawing
from anbu.lab import gateway, player
from anbu.lab.answers import Residents
from anbu.lab.beside import Beside
from anbu.lab.city import City
from anbu.lab.cry import cry_once

log = structlog.get_logger()

LOOK_EVERY_S = 1.0


def folder() -> Path:
    """Return where a rehearsal keeps what it needs to go on after a stop."""
    place = Path(settings.HOME) / "lab"
    place.mkdir(parents=True, exist_ok=True)
    return place


def remember(
    city: City,
    *,
    households: Sequence[UUID],
    hands: Sequence[str],
    secrets: dict[str, str],
    passwords: dict[str, str],
) -> None:
    """Keep how the city was drawn and with what its devices sign in; only the owner may read it."""
    told = {
        "households": [str(household) for household in households],
        "hands": list(hands),
        "seed": city.seed,
        "starts_at": city.starts_at.isoformat(),
        "secrets": secrets,
        "passwords": passwords,
    }
    write_secret(folder() / "city.json", json.dumps(told))


def recalled_homes() -> list[UUID]:
    """Return the homes that were kept, in the order in which the city was drawn."""
    told = json.loads((folder() / "city.json").read_text())
    return [UUID(household) for household in told["households"]]


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner can read (0400), in one piece."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(draft, file)


async def rehearse(stop: asyncio.Event) -> None:
    """Let the seeded city live, and answer for its telephones, until told to stop."""
    told = json.loads((folder() / "city.json").read_text())
    starts_at = datetime.fromisoformat(told["starts_at"])
    drawn = await asyncio.to_thread(
        drawing.plan, len(told["households"]), told["seed"], starts_at.astimezone(drawing.SEOUL)
    )
    stage = player.Stage(
        ingest_url=f"http://127.0.0.1:{settings.INGEST_PORT}/api/v1/readings",
        mqtt_host="127.0.0.1",
        mqtt_port=settings.MQTT_PORT,
        secrets=told["secrets"],
        passwords=told["passwords"],
        memory=folder() / "said.json",
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_answer_telephones(stop))
        tasks.create_task(_work_beside(drawn, told, stop))
        tasks.create_task(player.play(drawn, stage, clock=now, stop=stop))
        tasks.create_task(cry_once(drawn, stage, clock=now, stop=stop))


async def _answer_telephones(stop: asyncio.Event) -> None:
    port = urlsplit(settings.GATEWAY_URL).port
    if port is None:
        return
    peer = gateway.Gateway(
        secret=settings.GATEWAY_SECRET, kept_in=folder() / "messages.jsonl", clock=now
    )
    serving = asyncio.create_task(gateway.serve(peer, port))
    await stop.wait()
    serving.cancel()


async def _work_beside(city: City, told: dict[str, Any], stop: asyncio.Event) -> None:
    """Let the colleagues answer their part of the alarms, and people at home a machine's texts."""
    ids = [UUID(household) for household in told["households"]]
    team = await asyncio.to_thread(_team, told["hands"])
    hands = Beside(city, ids, team), Residents(city, ids)
    while not stop.is_set():
        try:
            await asyncio.to_thread(_in_database, hands)
        except DatabaseError as error:
            log.warning("colleagues_wait", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_EVERY_S)


def _team(logins: Sequence[str]) -> list[Staff]:
    try:
        found = [staff.find_staff(login) for login in logins]
        return [person for person in found if person]
    finally:
        connections.close_all()


def _in_database(hands: Sequence[Beside | Residents]) -> None:
    try:
        for each in hands:
            each.work(now())
    finally:
        connections.close_all()
