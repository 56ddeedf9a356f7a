"""How many messages a second come in over HTTP: committed before they are answered."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http.client import HTTPConnection
from uuid import uuid4

from anbu.care.foundation.queries import now
from anbu.care.people.actions import NewHousehold, NewPerson, register_households
from anbu.care.places.queries import dongs
from anbu.care.readings import actions
from anbu.care.readings.actions.fleet import NewDevice, add_devices
from anbu.care.readings.rules import sign, signature_trouble
from anbu.sources.smart_plug.parse import parse

BATCH = 500
BY = "system:bench"


class NotAccepted(Exception):
    """Raised when the server turned something away: then there is nothing to measure."""


def http(
    *, port: int, commit: str, plugs: int = 2_000, minutes: int = 100, clients: int = 4
) -> dict[str, object]:
    """Send batches of one message per plug from so many clients; count until all are answered.

    The server runs already; each message has two readings and its own home.
    """
    began = now()
    provider = f"bench-{uuid4().hex[:8]}"
    secret, codes = _enrol(provider, plugs, began)
    steps = _steps(provider, secret, codes, began)
    bodies = [
        _body(codes[first : first + BATCH], minute, began)
        for minute in range(minutes)
        for first in range(0, plugs, BATCH)
    ]
    _send_all(port, provider, secret, bodies[: 2 * clients], clients)  # the server warms up
    bodies = bodies[2 * clients :]
    started = time.perf_counter()
    times = _send_all(port, provider, secret, bodies, clients)
    seconds = time.perf_counter() - started
    return {
        "name": "readings-http",
        "value": round(len(bodies) * BATCH / seconds),
        "unit": "messages/s, sent to committed and answered",
        "n": len(bodies) * BATCH,
        "commit": commit,
        "readings_per_message": 2,
        "batch": BATCH,
        "clients": clients,
        "batch_ms": {"p50": _at(times, 0.5), "p99": _at(times, 0.99)},
        "cpu_us_per_message": steps,
    }


def _enrol(provider: str, plugs: int, at: datetime) -> tuple[str, list[str]]:
    """Make so many homes with a plug each; return the signing secret and the plugs' codes."""
    secret = actions.add_provider(code=provider, name="bench", source="smart_plug", by=BY, now=at)
    home = NewHousehold(
        dong=dongs()[0].code,
        address="부하 시험",
        tier="low",
        patience_hours=50,
        person=NewPerson(name="시험", birth_year=1950, sex="f"),
        consents=("monitoring",),
        obtained_how="부하 시험",
    )
    homes = register_households(homes=[home] * plugs, by=BY, now=at)
    devices = [
        NewDevice(
            code=f"{provider}-{number}",
            household=household,
            provider=provider,
            interval=timedelta(minutes=1),
            channels=["power_w", "lux"],
        )
        for number, household in enumerate(homes)
    ]
    add_devices(devices=devices, by=BY, now=at)
    return secret, [device.code for device in devices]


def _body(codes: Sequence[str], minute: int, began: datetime) -> bytes:
    at = (began - timedelta(minutes=200 - minute)).isoformat()
    messages = [
        {"id": f"m-{minute}", "device": code, "at": at, "watts": minute % 7 + 0.5, "lux": 40}
        for code in codes
    ]
    return json.dumps({"source": "smart_plug", "messages": messages}).encode()


def _send_all(
    port: int, provider: str, secret: str, bodies: Sequence[bytes], clients: int
) -> list[float]:
    """Send all, each client one batch after the other; return the milliseconds of each."""
    times: list[float] = []
    failures: list[Exception] = []

    def send(mine: Sequence[bytes]) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for body in mine:
                started = time.perf_counter()
                _send(connection, provider, secret, body)
                times.append((time.perf_counter() - started) * 1000)
        except (OSError, NotAccepted) as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(bodies[n::clients],)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return times


def _send(connection: HTTPConnection, provider: str, secret: str, body: bytes) -> None:
    stamp = str(int(now().timestamp()))
    headers = {
        "webhook-provider": provider,
        "webhook-id": "b",
        "webhook-timestamp": stamp,
        "webhook-signature": sign(secret, id="b", timestamp=stamp, body=body),
        "content-type": "application/json",
    }
    connection.request("POST", "/api/v1/readings", body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 202 or content.count(b'"accepted"') != BATCH:
        raise NotAccepted(f"{answer.status}: {content[:200]!r}")


def _steps(provider: str, secret: str, codes: Sequence[str], began: datetime) -> dict[str, float]:
    """Return this process's CPU-microseconds a message, step by step (the database's not)."""
    bodies = [_body(codes[:BATCH], minute, began) for minute in range(-12, 0)]
    signature = sign(secret, id="b", timestamp="1", body=bodies[0])

    def verify(body: bytes) -> object:
        return signature_trouble(
            [secret], id="b", timestamp="1", signatures=signature, body=body, now=1
        )

    def take_in(body: bytes) -> object:
        return actions.take_in(messages=parse(body), provider=provider, now=began)

    parsed = _cpu_us(parse, bodies)
    return {
        "verify": _cpu_us(verify, bodies),
        "parse": parsed,
        "take_in": round(_cpu_us(take_in, bodies) - parsed, 2),
    }


def _cpu_us(step: Callable[[bytes], object], bodies: Sequence[bytes]) -> float:
    step(bodies[0])
    started = time.process_time()
    for body in bodies[1:]:
        step(body)
    return round((time.process_time() - started) / (len(bodies) - 1) / BATCH * 1e6, 2)


def _at(times: list[float], part: float) -> float:
    return round(sorted(times)[int((len(times) - 1) * part)], 1)
