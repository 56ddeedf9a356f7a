"""How many messages a second come in over HTTP: committed before they are answered."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from uuid import uuid4

from anbu.care.foundation.queries import now
from anbu.care.readings import actions
from anbu.care.readings.rules import sign, signature_trouble
from anbu.lab import bench_costs
from anbu.lab.bench_desk import BY
from anbu.lab.bench_desk import at as at_part
from anbu.lab.bench_homes import senders
from anbu.sources.smart_plug.parse import parse

BATCH = 500  # messages
A_MESSAGE = 2  # readings
WARM_UP_S = 2.0


class NotAccepted(Exception):
    """Raised when the server turned something away: then there is nothing to measure."""


def http(
    *, port: int, commit: str, plugs: int = 20_000, seconds: float = 20.0, clients: int = 4
) -> dict[str, object]:
    """Send batches of one message per plug from so many clients for so long; all are answered.

    The server runs already; each message has two readings and its own home.
    """
    began = now()
    provider = f"bench-{uuid4().hex[:8]}"
    secret, codes = _enrol(provider, plugs, began)
    steps = _steps(provider, secret, codes, began)
    bodies = _Bodies(codes)
    sender = _Sender(port, provider, secret, bodies)
    sender.send_for(WARM_UP_S, clients)  # the server warms up
    before, started = bench_costs.spending(), time.perf_counter()
    times = sender.send_for(seconds, clients)
    spent = time.perf_counter() - started
    messages = len(times) * BATCH
    costs = bench_costs.told(
        before, bench_costs.spending(), readings=messages * A_MESSAGE, seconds=spent
    )
    return {
        "name": "readings-http",
        "value": round(messages * A_MESSAGE / spent),
        "unit": "readings/s, sent to committed, judged and answered",
        "n": messages * A_MESSAGE,
        "commit": commit,
        "seconds": round(spent, 1),
        "readings_per_message": A_MESSAGE,
        "batch": BATCH,
        "clients": clients,
        "plugs": plugs,
        "batch_ms": {"p50": at_part(times, 0.5), "p99": at_part(times, 0.99)},
        "step_cpu_us_per_reading": steps,
        **costs,
    }


def _enrol(provider: str, plugs: int, at: datetime) -> tuple[str, list[str]]:
    """Make so many homes with a plug each; return the signing secret and the plugs' codes."""
    secret = actions.add_provider(code=provider, name="bench", source="smart_plug", by=BY, now=at)
    homes = senders(provider, plugs, channels=("power_w", "lux"), at=at)
    return secret, [home.code for home in homes]


class _Bodies:
    """One body after the other: every plug in its turn, of the moment it is sent."""

    def __init__(self, codes: Sequence[str]) -> None:
        self._drafts = [_draft(codes[at : at + BATCH]) for at in range(0, len(codes), BATCH)]
        self._next = 0
        self._lock = threading.Lock()

    def next(self) -> bytes:
        """Return a body that was never sent; two readings a message."""
        with self._lock:
            nth, self._next = self._next, self._next + 1
        number, part = divmod(nth, len(self._drafts))
        return _filled(self._drafts[part], number, now())


def _draft(codes: Sequence[str]) -> bytes:
    messages = [
        {"id": "m-NUMBER", "device": code, "at": "MOMENT", "watts": 0.5, "lux": 40}
        for code in codes
    ]
    return json.dumps({"source": "smart_plug", "messages": messages}).encode()


def _filled(draft: bytes, number: int, at: datetime) -> bytes:
    """Return a body with this number; to send must cost little beside taking in."""
    said = draft.replace(b"NUMBER", str(number).encode())
    said = said.replace(b"MOMENT", at.isoformat().encode())
    return said.replace(b": 0.5,", b": %d.5," % (number % 7))


class _Sender:
    """Clients of one provider; each sends its next batch when the last one was answered."""

    def __init__(self, port: int, provider: str, secret: str, bodies: _Bodies) -> None:
        self._port, self._provider, self._secret = port, provider, secret
        self._bodies = bodies

    def send_for(self, seconds: float, clients: int) -> list[float]:
        """Send until the time is over; return the milliseconds of each batch."""
        times: list[float] = []
        failures: list[Exception] = []
        until = time.perf_counter() + seconds
        told = (times, failures, until)
        threads = [threading.Thread(target=self._send_until, args=told) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return times

    def _send_until(self, times: list[float], failures: list[Exception], until: float) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            while time.perf_counter() < until and not failures:
                body = self._bodies.next()
                started = time.perf_counter()
                self._send(connection, body)
                times.append((time.perf_counter() - started) * 1000)
        except (OSError, HTTPException, NotAccepted) as failure:
            failures.append(failure)
        finally:
            connection.close()

    def _send(self, connection: HTTPConnection, body: bytes) -> None:
        stamp = str(int(now().timestamp()))
        headers = {
            "webhook-provider": self._provider,
            "webhook-id": "b",
            "webhook-timestamp": stamp,
            "webhook-signature": sign(self._secret, id="b", timestamp=stamp, body=body),
            "content-type": "application/json",
        }
        connection.request("POST", "/api/v1/readings", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 202 or content.count(b'"accepted"') != BATCH:
            raise NotAccepted(f"{answer.status}: {content[:200]!r}")


def _steps(provider: str, secret: str, codes: Sequence[str], began: datetime) -> dict[str, float]:
    """Return this process's CPU-microseconds a reading, step by step (the database's not)."""
    draft = _draft(codes[:BATCH])
    bodies = [_filled(draft, nth, began + timedelta(seconds=nth)) for nth in range(-12, 0)]
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
    return round((time.process_time() - started) / (len(bodies) - 1) / BATCH / A_MESSAGE * 1e6, 2)
