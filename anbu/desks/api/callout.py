"""The broker asks us whether a device may come in; the answer comes from the devices' rows."""

import asyncio
import base64
import re
import time
from dataclasses import dataclass
from hashlib import sha256

import msgspec
import nkeys
import structlog
from django.conf import settings
from django.db import DatabaseError
from nats.aio.msg import Msg

from anbu.care.foundation.jobs import in_database
from anbu.care.readings import queries as readings
from anbu.care.readings import rules
from anbu.desks.api import line

log = structlog.get_logger()

ASKED = "$SYS.REQ.USER.AUTH"
ACCOUNT = "HOMES"
CODE = re.compile(r"[0-9a-z-]{1,40}")  # nothing that could be a wildcard in a topic
LARGEST_PAYLOAD = 16 * 1024  # a plug's message is some 120 bytes
AT_ONCE = 500  # one query for so many devices: a whole district comes back after a power cut


class _Server(msgspec.Struct):
    id: str


class _Connection(msgspec.Struct):
    mqtt_id: str = ""


class _SignIn(msgspec.Struct):
    user: str = ""
    password: str = msgspec.field(default="", name="pass")


class _Claims(msgspec.Struct):
    server_id: _Server
    user_nkey: str
    client_info: _Connection
    connect_opts: _SignIn


class _Question(msgspec.Struct):
    exp: int
    nats: _Claims


@dataclass(frozen=True)
class Knock:
    """Somebody at the door: who they say they are, and where the answer goes."""

    message: Msg
    expires: int
    server: str
    user_key: str
    client_id: str
    code: str
    password: str


async def answer(stop: asyncio.Event) -> None:
    """Answer the broker's questions about devices until told to stop."""
    if not await _stream_is_ready(stop):
        return
    client = await line.connect("login", stop)
    if client is None:
        return
    issuer = nkeys.from_seed((settings.NATS_KEYS / "issuer.seed").read_bytes())
    waiting: asyncio.Queue[Msg] = asyncio.Queue()
    await client.subscribe(ASKED, queue="anbu", cb=waiting.put)
    await client.flush()
    log.info("devices_may_come_in")
    try:
        while not stop.is_set():
            knocks = await _next_knocks(waiting)
            if not knocks:
                continue
            try:
                found = await in_database(readings.device_logins, codes=[k.code for k in knocks])
            except DatabaseError as error:
                log.warning("logins_unanswered", count=len(knocks), error=type(error).__name__)
                continue  # the broker refuses them in a moment, and they come again
            for knock in knocks:
                reason = refusal(knock, found.get(knock.code))
                if reason:
                    log.info("device_refused", device=knock.code[:40], reason=reason)
                await knock.message.respond(_reply(issuer, knock, reason))
    finally:
        await client.close()


def refusal(knock: Knock, login: readings.DeviceLogin | None) -> str:
    """Return why this device may not come in, or nothing when it may."""
    if not CODE.fullmatch(knock.code) or login is None:
        return "unknown_device"
    if login.is_revoked:
        return "revoked_device"
    if knock.client_id != knock.code:  # another's client id would throw that one out
        return "not_your_client_id"
    if not rules.secret_matches(knock.password, login.secret_hash):
        return "wrong_password"
    return ""


async def _stream_is_ready(stop: asyncio.Event) -> bool:
    """No device may come in before there is a stream that keeps what it says."""
    client = await line.connect("ingest", stop)
    if client is None:
        return False
    try:
        await line.prepare_until_done(client, stop)
    finally:
        await client.close()
    return not stop.is_set()


async def _next_knocks(waiting: asyncio.Queue[Msg]) -> list[Knock]:
    """Return all who are at the door now; an empty list after a quiet second."""
    try:
        messages = [await asyncio.wait_for(waiting.get(), 1)]
    except TimeoutError:
        return []
    while not waiting.empty() and len(messages) < AT_ONCE:
        messages.append(waiting.get_nowait())
    knocks = (_read(message) for message in messages)
    return [knock for knock in knocks if knock and knock.expires > time.time()]


def _read(message: Msg) -> Knock | None:
    try:
        question = msgspec.json.decode(_decoded(message.data.split(b".")[1]), type=_Question)
    except (ValueError, IndexError) as error:  # one odd question must not stop the door
        log.error("question_unreadable", error=str(error))
        return None
    asked = question.nats
    return Knock(
        message=message,
        expires=question.exp,
        server=asked.server_id.id,
        user_key=asked.user_nkey,
        client_id=asked.client_info.mqtt_id,
        code=asked.connect_opts.user,
        password=asked.connect_opts.password,
    )


def _reply(issuer: nkeys.KeyPair, knock: Knock, reason: str) -> bytes:
    said = {"error": reason} if reason else {"jwt": _permit(issuer, knock).decode()}
    return _sign(
        issuer,
        sub=knock.user_key,
        aud=knock.server,
        nats={**said, "type": "authorization_response", "version": 2},
    )


def _permit(issuer: nkeys.KeyPair, knock: Knock) -> bytes:
    """Return what a device may do: say its own signs, hear its own orders, nothing else."""
    mine = [f"down.{knock.code}", "$MQTT.sub.>", "$MQTT.deliver.pubrel.>"]
    return _sign(
        issuer,
        sub=knock.user_key,
        aud=ACCOUNT,
        name=knock.code,
        nats={
            "pub": {"allow": [f"signs.{knock.code}"]},
            "sub": {"allow": mine},
            "subs": 20,
            "data": -1,
            "payload": LARGEST_PAYLOAD,
            "allowed_connection_types": ["MQTT"],
            "type": "user",
            "version": 2,
        },
    )


def _sign(issuer: nkeys.KeyPair, **claims: object) -> bytes:
    """Return the claims as the broker wants them: a JWT signed with the issuer's key."""
    claims |= {"iss": issuer.public_key.decode(), "iat": int(time.time())}
    claims["jti"] = base64.b32encode(sha256(msgspec.json.encode(claims)).digest()).decode()
    head = b'{"typ":"JWT","alg":"ed25519-nkey"}'
    text = _encoded(head) + b"." + _encoded(msgspec.json.encode(claims))
    return text + b"." + _encoded(issuer.sign(text))


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _decoded(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"==")
