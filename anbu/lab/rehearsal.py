"""A rehearsal's own role: the devices of the simulated city, and the telephone world around it."""

import asyncio
import json
import os
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from anbu.care.foundation.queries import now
from anbu.lab import city as drawing
from anbu.lab import gateway, player
from anbu.lab.city import City


def folder() -> Path:
    """Return where a rehearsal keeps what it needs to go on after a stop."""
    place = Path(settings.HOME) / "lab"
    place.mkdir(parents=True, exist_ok=True)
    return place


def remember(city: City, *, secrets: dict[str, str], passwords: dict[str, str]) -> None:
    """Keep how the city was drawn and with what its devices sign in; only the owner may read it."""
    told = {
        "households": len(city.homes),
        "seed": city.seed,
        "starts_at": city.starts_at.isoformat(),
        "secrets": secrets,
        "passwords": passwords,
    }
    write_secret(folder() / "city.json", json.dumps(told))


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
        drawing.plan, told["households"], told["seed"], starts_at.astimezone(drawing.SEOUL)
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
        tasks.create_task(player.play(drawn, stage, clock=now, stop=stop))


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
