"""The one cry for help of a play: a speaker hears it and its vendor's cloud tells us."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime

import httpx
import structlog

from anbu.lab.city import City, Machine
from anbu.lab.noise import uniform
from anbu.lab.player import Cloud, NotHeard, Stage, rest
from anbu.lab.speech import KOREA

log = structlog.get_logger()

AFTER_S = 300.0  # of watching: real seconds
AGAIN_S = 5.0
WORDS = "살려 줘, 가슴이 너무 아파"


async def cry_once(
    city: City, stage: Stage, *, clock: Callable[[], datetime], stop: asyncio.Event
) -> None:
    """Let somebody cry for help after a while of watching, until it has been heard."""
    await rest(stop, AFTER_S)
    at = clock()
    speaker = somebody_at_home(city, at)
    if stop.is_set() or speaker is None:
        return
    supplier = next(one for one in city.suppliers if one.code == speaker.supplier)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        cloud = Cloud(
            supplier.code,
            city,
            (),
            at.timestamp(),
            supplier=supplier,
            secret=stage.secrets[supplier.code],
            url=stage.ingest_url,
            client=client,
            clock=clock,
        )
        while not stop.is_set():
            try:
                return await cloud.post(f"{speaker.code}-{at.timestamp():.0f}", body(speaker, at))
            except NotHeard as trouble:
                log.warning("lab_not_heard", voice=cloud.name, why=str(trouble), again_in=AGAIN_S)
            await rest(stop, AGAIN_S)


def body(speaker: Machine, at: datetime) -> bytes:
    """Return the vendor's batch with this one cry."""
    said = {
        "id": f"sos-{at.timestamp():.0f}",
        "device": speaker.code,
        "type": "sos",
        "at": at.astimezone(KOREA).isoformat(timespec="seconds"),
        "words": WORDS,
    }
    return json.dumps({"source": "ai_speaker", "messages": [said]}, ensure_ascii=False).encode()


def somebody_at_home(city: City, at: datetime) -> Machine | None:
    """Return the speaker of a home in which somebody lives at this moment."""
    hours = (at - city.starts_at).total_seconds() / 3600
    found = [
        machine
        for home in city.homes
        for machine in home.machines
        if machine.source == "ai_speaker"
        and not any(spell.from_h - 1 <= hours <= spell.until_h + 1 for spell in home.spells)
    ]
    if not found:
        return None
    pick = uniform(city.seed, "cry", int(at.timestamp()), 0)[0]
    return found[int(pick * len(found))]
