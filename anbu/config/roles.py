"""The five roles, and a sixth for rehearsals. Each runs alone or beside its twin."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import structlog
import uvicorn
from django.conf import settings
from django.db import DatabaseError, connection
from procrastinate.contrib.django import app as outbox
from procrastinate.contrib.django.django_connector import DjangoConnector

from anbu.care.alarms import jobs as alarms
from anbu.care.effects import queries as effects
from anbu.care.foundation import actions as foundation
from anbu.care.foundation.jobs import in_database, rest
from anbu.care.foundation.queries import now
from anbu.channels import smpp
from anbu.config.asgi import application
from anbu.config.postgres import CannotStart
from anbu.config.studies import run_studies
from anbu.config.sweeps import sweep_everything
from anbu.config.watch import watch_everything
from anbu.desks.api import mqtt
from anbu.lab.rehearsal import rehearse

log = structlog.get_logger()

BEAT_EVERY_S = 2.0
THREADS = 24
STALLED_AFTER_S = 30.0  # a job whose worker has been dead so long is taken up by another
ASK_FATES_EVERY_S = 5.0
LAST_ANSWERS_S = 3  # open live streams are cut after so many seconds


async def web(stop: asyncio.Event) -> None:
    """Serve the desks."""
    await _serve(stop, settings.HTTP_PORT, "HTTP_PORT")


async def ingest(stop: asyncio.Event) -> None:
    """Take in what devices say, over HTTP and through the broker."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_serve(stop, settings.INGEST_PORT, "INGEST_PORT"))
        tasks.create_task(mqtt.serve(stop))


async def clock(stop: asyncio.Event) -> None:
    """See what has fallen due; beside it, run the studies that somebody asked for."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sweep_everything(stop))
        tasks.create_task(run_studies(stop))


async def notify(stop: asyncio.Event) -> None:
    """Send what the outbox holds."""
    connector = cast(DjangoConnector, outbox.connector)
    with outbox.replace_connector(connector.get_worker_connector()) as worker:
        async with worker.open_async(), asyncio.TaskGroup() as tasks:
            work = tasks.create_task(
                worker.run_worker_async(
                    concurrency=8,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=10,
                    fetch_job_polling_interval=5,
                    delete_jobs="successful",
                )
            )
            tasks.create_task(_take_up_stalled_jobs(worker, stop))
            tasks.create_task(_ask_fates(stop))
            tasks.create_task(_listen_to_the_centre(stop))
            await stop.wait()
            work.cancel()


async def watchdog(stop: asyncio.Event) -> None:
    """Tell people when something stands still."""
    await watch_everything(stop)


async def rehearsal(stop: asyncio.Event) -> None:
    """Let a simulated city live: its devices speak, its telephones answer."""
    if not settings.REHEARSAL:
        raise CannotStart("ANBU_CLOCK_FILE is not set: only a rehearsal has a simulated city")
    await rehearse(stop)


ROLES: dict[str, Callable[[asyncio.Event], Awaitable[None]]] = {
    "web": web,
    "ingest": ingest,
    "clock": clock,
    "notify": notify,
    "watchdog": watchdog,
    "rehearsal": rehearsal,
}


def run(name: str) -> None:
    """Run one role in this process until SIGTERM, Ctrl-C, or the end of the supervisor."""
    asyncio.run(_run(name))


async def _run(name: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    if os.environ.get("ANBU_SUPERVISED"):
        threading.Thread(target=_end_with_supervisor, args=(loop, stop), daemon=True).start()
    log.info("role_started", pid=os.getpid())
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_beat(name, stop))
            await ROLES[name](stop)
            stop.set()
    except* CannotStart as several:
        raise several.exceptions[0] from None


def _end_with_supervisor(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait for the end of standard input: the supervisor holds its other end and has died."""
    while os.read(sys.stdin.fileno(), 64):
        pass
    with contextlib.suppress(RuntimeError):  # the loop has ended before us
        loop.call_soon_threadsafe(stop.set)


async def _beat(name: str, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await in_database(foundation.beat, name=name)
        except DatabaseError as error:
            log.warning("no_pulse", role=name, error=type(error).__name__)
        await rest(stop, BEAT_EVERY_S)


class _Server(uvicorn.Server):
    """A web server that leaves the signals to the role around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(stop: asyncio.Event, port: int, setting: str) -> None:
    if settings.SECRET_KEY.startswith("only-for-commands"):
        raise CannotStart("ANBU_SECRET_KEY is not set: choose 50 random characters")
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=LAST_ANSWERS_S,
    )
    server = _Server(config)
    listener = _listen(port, setting)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    stopping.cancel()
    if not stop.is_set():
        raise CannotStart("the web server ended by itself")


def _listen(port: int, setting: str) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # a twin shares the work
    try:
        listener.bind((settings.BIND, port))
    except OSError as error:
        listener.close()
        raise CannotStart(
            f"Port {port} cannot be used ({error.strerror}): set ANBU_{setting}"
        ) from None
    return listener


async def _ask_fates(stop: asyncio.Event) -> None:
    """Ask after letters whose providers send no receipts."""
    while not stop.is_set():
        try:
            while await in_database(alarms.ask_fates, now=now()):
                pass
        except DatabaseError as error:
            log.warning("fates_not_asked", error=type(error).__name__)
        await rest(stop, ASK_FATES_EVERY_S)


async def _listen_to_the_centre(stop: asyncio.Event) -> None:
    """Take the receipts of a short message centre (SMPP), if one is set."""
    line = effects.smpp_line()
    if line is None:
        return
    end = threading.Event()
    listening = asyncio.create_task(asyncio.to_thread(smpp.listen, line, _hear_smpp, end))
    await stop.wait()
    end.set()
    await listening


def _hear_smpp(ref: str, status: str, detail: str) -> bool:
    """Write a receipt down; without the database the centre tells it again."""
    try:
        return alarms.hear_smpp(ref, status, detail)
    except DatabaseError as error:
        log.warning("receipt_not_taken", error=type(error).__name__)
        return False
    finally:
        connection.close()


async def _take_up_stalled_jobs(worker: Any, stop: asyncio.Event) -> None:
    """Hand on the jobs of workers that were killed; each is safe to do twice."""
    while not stop.is_set():
        stalled = await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S)
        for job in stalled:
            log.warning("job_taken_up", job=job.id, task=job.task_name)
            await worker.job_manager.retry_job(job)
        await rest(stop, STALLED_AFTER_S / 3)
