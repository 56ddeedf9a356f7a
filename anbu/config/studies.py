"""Running studies beside the clock: one at a time, each in a process of its own.

A study is minutes of pure arithmetic; in the clock's own process it would hold up the sweeps.
"""

import asyncio
import sys

import structlog
from django.db import DatabaseError

from anbu.care.foundation.jobs import in_database, rest
from anbu.care.readings import actions as readings

log = structlog.get_logger()

LOOK_EVERY_S = 1.0


async def run_studies(stop: asyncio.Event) -> None:
    """Run whatever somebody asked for, until told to stop."""
    while not stop.is_set():
        try:
            study = await in_database(readings.claim_study)
        except DatabaseError as error:
            log.warning("no_study_claimed", error=type(error).__name__)
            study = None
        if study is None:
            await rest(stop, LOOK_EVERY_S)
            continue
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "anbu.cli", "study", str(study), stdin=asyncio.subprocess.DEVNULL
        )
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.terminate()  # another clock takes the study up when its beat is old
        log.info("study_ended", study=str(study), code=await ended)
        stopping.cancel()
