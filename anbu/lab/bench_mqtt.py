"""How many messages a second come in over MQTT: PUBACKed by the broker, committed by us."""

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from anbu.care.foundation.queries import now
from anbu.care.readings import actions, queries
from anbu.lab import bench_costs
from anbu.lab.bench_desk import BY
from anbu.lab.bench_homes import senders
from anbu.lab.mqtt_peer import Peer

PATIENCE_S = 120.0  # for the last message to be committed


def mqtt(*, port: int, commit: str, plugs: int = 1000, seconds: float = 10.0) -> dict[str, object]:
    """Publish from so many plugs at once with QoS 1, for so long; until the last is committed.

    The roles run already; this process is the district.
    """
    logins = _enrol(plugs, now())
    messages, spent, costs = asyncio.run(_publish(port, logins, seconds))
    return {
        "name": "mqtt",
        "value": round(messages / spent),
        "unit": "messages/s, published with QoS 1 to committed; a reading each",
        "n": messages,
        "commit": commit,
        "seconds": round(spent, 1),
        "plugs": plugs,
        **costs,
    }


def _enrol(plugs: int, at: datetime) -> list[tuple[str, str]]:
    """Make so many homes with a plug each; return the plugs' codes and passwords."""
    provider = f"bench-{uuid4().hex[:8]}"
    actions.add_provider(code=provider, name="bench", source="smart_plug", by=BY, now=at)
    homes = senders(provider, plugs, channels=("power_w",), at=at)
    return [(home.code, home.password) for home in homes]


async def _publish(
    port: int, logins: Sequence[tuple[str, str]], seconds: float
) -> tuple[int, float, dict[str, object]]:
    """Return the messages, the seconds from the first publish to the last commit, the costs."""
    peers = [Peer("127.0.0.1", port, code, password) for code, password in logins]
    for start in range(0, len(peers), 100):
        await asyncio.gather(*(peer.connect() for peer in peers[start : start + 100]))
    codes = [peer.code for peer in peers]
    before, started = await asyncio.to_thread(bench_costs.spending), time.perf_counter()
    messages = sum(await asyncio.gather(*(_say(peer, started + seconds) for peer in peers)))
    while await asyncio.to_thread(queries.messages_taken_in, codes=codes) < messages:
        if time.perf_counter() - started > seconds + PATIENCE_S:
            raise TimeoutError("not everything that was PUBACKed has been committed")
        await asyncio.sleep(0.1)
    spent = time.perf_counter() - started
    after = await asyncio.to_thread(bench_costs.spending)
    await asyncio.gather(*(peer.close() for peer in peers))
    return messages, spent, bench_costs.told(before, after, readings=messages, seconds=spent)


async def _say(peer: Peer, until: float) -> int:
    """Publish one message after the other, each once the last one has been PUBACKed."""
    number = 0
    while time.perf_counter() < until:
        message = {"id": f"{number}", "at": now().isoformat(), "watts": float(number % 7)}
        await peer.publish(json.dumps(message).encode())
        number += 1
    return number
