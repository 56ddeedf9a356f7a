"""The line to the broker: who we are there, and the stream that keeps what PUBACK promised."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import nats
import nats.errors
import structlog
from django.conf import settings
from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from anbu.care.foundation.jobs import rest

log = structlog.get_logger()

# The gateway stores every QoS 1 publish here before it sends PUBACK. It would make this stream by
# itself, but one that throws the oldest away when full; ours refuses the newest, so that the
# device keeps it. No stream of another name is covered by PUBACK.
STREAM = "$MQTT_msgs"
CONSUMER = "ingest"
SIGNS = "$MQTT.msgs.signs."
ONE_TRY_S = 3.0  # the client itself would try for ever, deaf to our stop
LONGEST_PAUSE_S = 5.0
CONNECT_ERRORS = (OSError, TimeoutError, nats.errors.Error)


async def connect(
    role: str, stop: asyncio.Event, *, on_reconnect: Callable[[], Awaitable[None]] | None = None
) -> Client | None:
    """Sign in to the broker, waiting for it as long as it takes; None when told to stop."""

    async def back() -> None:
        if on_reconnect:
            await on_reconnect()
        log.info("broker_back", role=role)

    async def away() -> None:
        if not client.is_closed:  # else it is we who hang up
            log.warning("broker_hung_up", role=role)

    pause = 0.05
    while not stop.is_set():
        client = Client()
        try:
            async with asyncio.timeout(ONE_TRY_S):
                await client.connect(
                    settings.NATS_URL.split(","),
                    name=f"anbu-{role}",
                    nkeys_seed=str(settings.NATS_KEYS / f"{role}.seed"),
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.2,  # type: ignore[arg-type]  # goes to asyncio.sleep
                    connect_timeout=2,
                    ping_interval=5,
                    max_outstanding_pings=2,
                    reconnected_cb=back,
                    error_cb=_tell,
                    disconnected_cb=away,
                )
            return client
        except CONNECT_ERRORS as error:
            log.warning("broker_away", role=role, error=str(error) or type(error).__name__)
            with suppress(Exception):
                await client.close()
        await rest(stop, pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)
    return None


async def prepare(client: Client) -> None:
    """Make the stream and its reader, before the first device may come in; do no harm if there."""
    context = client.jetstream()
    await _prepare_stream(context)
    await context.add_consumer(
        STREAM,
        api.ConsumerConfig(
            durable_name=CONSUMER,
            filter_subject=SIGNS + ">",
            deliver_policy=api.DeliverPolicy.ALL,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=settings.MQTT_ACK_WAIT_S,
            max_deliver=-1,
            max_ack_pending=20_000,
        ),
    )


async def prepare_until_done(client: Client, stop: asyncio.Event) -> None:
    """Prepare the broker, again and again while it is not ready for it (a cluster electing)."""
    while not stop.is_set():
        try:
            return await prepare(client)
        except CONNECT_ERRORS as error:
            log.warning("stream_not_ready", error=str(error) or type(error).__name__)
        await rest(stop, 0.5)


async def _prepare_stream(context: JetStreamContext) -> None:
    try:
        config = (await context.stream_info(STREAM)).config
    except NotFoundError:
        await context.add_stream(
            api.StreamConfig(
                name=STREAM,
                subjects=["$MQTT.msgs.>"],
                retention=api.RetentionPolicy.INTEREST,  # gone once every reader acknowledged
                storage=api.StorageType.FILE,
                discard=api.DiscardPolicy.NEW,
                max_bytes=settings.MQTT_STORE_BYTES,
                num_replicas=settings.NATS_REPLICAS,
            )
        )
        return
    if (config.discard, config.max_bytes) != (
        api.DiscardPolicy.NEW,
        settings.MQTT_STORE_BYTES,
    ):
        config.discard = api.DiscardPolicy.NEW
        config.max_bytes = settings.MQTT_STORE_BYTES
        await context.update_stream(config)


async def _tell(error: Exception) -> None:
    log.debug("broker_line", error=str(error) or type(error).__name__)
