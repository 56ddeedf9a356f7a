"""What a worker's telephone costs: the pack of a day for everybody, and a day's work told at once.

The 3G line is computed, not built: 400 kbit/s both ways and 400 ms for each answer waited for. A
connection that must first be made waits twice more (TCP, TLS 1.3) and fetches a certificate.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import msgspec
from django.conf import settings

from anbu.care.foundation.actions import hold, let_go
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import new_id
from anbu.care.rounds.actions import devices
from anbu.care.rounds.models import Contact as LogLine
from anbu.care.rounds.models import Standing, Task, Worker
from anbu.care.staff import actions as staff
from anbu.lab.bench_desk import BY, NothingToMeasure, cpu_ms, signed_in
from anbu.lab.bench_rounds_measured import Measured, Took, p, told, took

LINE_BYTES_S, ANSWER_S = 400_000 / 8, 0.4
NEW_CONNECTION_ANSWERS, CERTIFICATE_BYTES = 2, 5_000
SEAL_BYTES = 12 + 16  # AES-GCM, as the telephone keeps it: what is random, and the tag
PHONES, EVENTS = 20, 30


def packs(world: Measured) -> dict[str, object]:
    """Make the pack of every worker's day, behind the walls, as the telephone is given it."""
    times: list[Took] = []
    sizes: list[int] = []
    tasks: list[int] = []
    hold()
    try:
        for worker in Worker.objects.select_related("staff").order_by("pk"):
            device = devices.bring_device(worker=worker, now=world.at).pk
            spent, (pack, body) = took(partial(_pack, worker, device, world))
            times.append(spent)
            sizes.append(len(body))
            tasks.append(len(pack.tasks))
    finally:
        let_go()
    return {
        "pack": told(times)
        | {
            "p50_bytes": round(p(50, sizes)),
            "p95_bytes": round(p(95, sizes)),
            "max_bytes": max(sizes),
            "max_sealed_bytes": max(sizes) + SEAL_BYTES,
            "tasks_max": max(tasks),
            "tasks_mean": round(sum(tasks) / len(tasks), 1),
        }
    }


def _pack(worker: Worker, device: UUID, world: Measured) -> tuple[Any, bytes]:
    pack, until = devices.take_pack(by=worker.staff, device=device, now=world.at)
    return pack, msgspec.json.encode({"pack": pack, "until": until})


@dataclass
class _Line:
    """A telephone's line: what went over it, and how often an answer was waited for."""

    client: httpx.Client
    device: str = ""
    bytes: int = 0
    answers: int = 0
    wall_s: float = 0.0

    def post(self, path: str, body: object) -> Any:
        """Ask as the telephone does; return what is answered."""
        began = time.perf_counter()
        answer = self.client.post(
            f"/round/{path}",
            content=msgspec.json.encode(body),
            headers={
                "Content-Type": "application/json",
                "X-CSRFToken": self.client.cookies.get(settings.CSRF_COOKIE_NAME) or "",
                "X-Anbu-Device": self.device,
            },
        )
        self.wall_s += time.perf_counter() - began
        if answer.status_code != 200:
            raise NothingToMeasure(f"/round/{path}: HTTP {answer.status_code} {answer.text[:200]}")
        asked = answer.request
        self.bytes += _head(asked.headers) + len(asked.content)
        self.bytes += _head(answer.headers) + len(answer.content)
        self.answers += 1
        return answer.json()

    @property
    def line_s(self) -> float:
        """Return how long it took with the 3G line before it."""
        return self.wall_s + self.bytes / LINE_BYTES_S + self.answers * ANSWER_S

    def anew(self) -> "_Line":
        """Return the same telephone with nothing counted."""
        return _Line(self.client, self.device)


def _head(headers: httpx.Headers) -> int:
    return 80 + sum(len(key) + len(value) + 4 for key, value in headers.raw)


def syncs(world: Measured) -> dict[str, object]:
    """Tell a day's work of the busiest workers at once, as a telephone that was without network."""
    mornings, evenings, cpu = [], [], []
    rows = LogLine.objects.filter(device__isnull=False)
    kept = rows.count()
    for worker in _busiest(world):
        password = staff.renew_password(staff=worker.staff_id, by=BY, now=now())
        with signed_in(worker.staff, password) as client:
            morning = _Line(client)
            morning.device = morning.post("unlock", {})["device"]
            pack = morning.post("pack", {})["pack"]
            events = list(_a_day(worker, pack))
            evening, before = morning.anew(), cpu_ms()
            answer = evening.post("sync", {"events": events})
            cpu.append([after - first for after, first in zip(cpu_ms(), before, strict=True)])
            if len(answer["taken"]) != len(events) or answer["unread"]:
                raise NothingToMeasure("not everything that was told was taken")
            kept += sum(event["what"] == "contact" for event in events)
            mornings.append(morning)
            evenings.append(evening)
    if rows.count() != kept:
        raise NothingToMeasure("a log was lost, or counted twice")
    whole = [line.line_s for line in evenings]
    connection_s = NEW_CONNECTION_ANSWERS * ANSWER_S + CERTIFICATE_BYTES / LINE_BYTES_S
    return {
        "sync": _on_the_line(evenings)
        | {
            "events": EVENTS,
            "cpu_web_ms": round(sum(each[0] for each in cpu) / len(cpu), 1),
            "cpu_database_ms": round(sum(each[1] for each in cpu) / len(cpu), 1),
            "line_p95_s_new_connection": round(p(95, whole) + connection_s, 3),
        },
        "morning": _on_the_line(mornings),
    }


def _on_the_line(lines: list[_Line]) -> dict[str, object]:
    server, whole = [line.wall_s * 1000 for line in lines], [line.line_s for line in lines]
    return {
        "n": len(lines),
        "requests": lines[0].answers,
        "bytes_max": max(line.bytes for line in lines),
        "server_p50_ms": round(p(50, server), 1),
        "server_p95_ms": round(p(95, server), 1),
        "line_p50_s": round(p(50, whole), 3),
        "line_p95_s": round(p(95, whole), 3),
    }


def _busiest(world: Measured) -> list[Worker]:
    """Return the workers with the most to do this day, and something to do at a door first."""
    load: dict[int, tuple[int, int]] = {}
    for one, way in Task.objects.filter(day=world.day).values_list("worker_id", "way"):
        visits, tasks = load.get(one, (0, 0))
        load[one] = visits or int(way == "visit"), tasks + 1
    ids = sorted(load, key=lambda one: (load[one], -one), reverse=True)[:PHONES]
    return list(Worker.objects.select_related("staff").filter(pk__in=ids).order_by("pk"))


def _a_day(worker: Worker, pack: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a worker did: today's tasks, then calls of their own; a visit, another number."""
    began = now() - timedelta(minutes=4 * EVENTS)
    cards = pack["tasks"]
    ways = {card["home"]: card["way"] for card in cards}
    own = Standing.objects.filter(worker=worker, ended_at=None).order_by("pk")
    homes = list(dict.fromkeys([*ways, *(str(pk) for pk in own.values_list("pk", flat=True))]))
    door = next((card for card in cards if card["way"] == "visit"), None)
    told: list[dict[str, Any]] = []
    if door is not None:
        visit = str(new_id())
        begun = {"what": "inside", "id": visit, "home": door["home"], "minutes": 30}
        told += [begun | {"partner": door["partner"]}]
        told += [{"what": "out", "id": str(new_id()), "home": door["home"], "visit": visit}]
    told += [
        {"what": "told", "id": str(new_id()), "home": homes[0], "field": "phone",
         "value": "010-0000-9999", "was": ""},
    ]  # fmt: skip
    told += [_talk(homes[nth % len(homes)], ways, nth) for nth in range(EVENTS - len(told))]
    for nth, event in enumerate(told):
        yield event | {"seq": nth + 1, "at": (began + timedelta(minutes=4 * nth)).isoformat()}


def _talk(home: str, ways: dict[str, str], nth: int) -> dict[str, Any]:
    kind = ways.get(home, "call")
    plain = {"what": "contact", "id": str(new_id()), "home": home, "kind": kind, "minutes": 8}
    if kind == "note":
        return plain | {"result": "left"}
    if nth % 5 == 4:
        return plain | {"result": "no_answer"}
    heard = ["repair", "ate"] if nth == 1 else ["ate", "out"]
    more = {"wants": ["repair"]} if nth == 1 else {}
    note = "보일러가 잘 안 된다고 하십니다. 다음 주에 다시 여쭙기로 했습니다."
    return plain | {"result": "reached", "mood": "good", "heard": heard, "note": note} | more
