"""What a measurement costs each process of an installation on this machine: CPU and memory."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

CLIENT, DATABASE, BROKER = "client", "database", "broker"
MB = 2**20


@dataclass(frozen=True)
class Spent:
    """What one process (the database: all of its) has spent so far, and holds now."""

    cpu_s: float  # user and system
    rss_mb: float  # of the database: what is its own, the shared buffers once

    @classmethod
    def of(cls, processes: Iterable[psutil.Process]) -> "Spent":
        """Add up what these spent, and what children of theirs that have ended did."""
        cpu, rss = 0.0, 0.0
        for process in processes:
            try:
                times, memory = process.cpu_times(), process.memory_info()
            except psutil.NoSuchProcess:
                continue  # its parent knows what it spent
            cpu += sum(times[:4])
            rss += memory.rss - memory.shared
        return cls(cpu, rss / MB)


type Spending = Mapping[str, Spent]  # by the part of the installation


def spending() -> dict[str, Spent]:
    """Look at every part of the installation that runs on this machine."""
    parts = {CLIENT: [psutil.Process()], DATABASE: _database()}
    parts |= {file.stem: _named_in(file) for file in (settings.HOME / "run").glob("*.pid")}
    parts[BROKER] = _named_in(settings.HOME / BROKER / "nats.pid")
    return {name: Spent.of(processes) for name, processes in sorted(parts.items()) if processes}


def told(before: Spending, after: Spending, *, readings: int, seconds: float) -> dict[str, object]:
    """Return the costs of a run between two looks, for its line in the report.

    `cpu_us_per_reading` by part and in all, `busy_cores`, and `rss_mb` at the begin and the end.
    """
    cpu = {name: after[name].cpu_s - before[name].cpu_s for name in before if name in after}
    whole = sum(cpu.values())
    return {
        "cpu_us_per_reading": {
            name: round(spent / readings * 1e6, 1)
            for name, spent in [*cpu.items(), ("all", whole)]
            if name == "all" or spent / readings * 1e6 >= 0.05
        },
        "readings_per_core_and_s": round(readings / whole) if whole else 0,
        "busy_cores": round(whole / seconds, 2),
        "rss_mb": {name: [round(before[name].rss_mb), round(after[name].rss_mb)] for name in cpu},
        "load": round(os.getloadavg()[0], 1),
    }


def _database() -> list[psutil.Process]:
    """Return the server's processes, if it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        try:
            server = psutil.Process(cursor.fetchone()[0]).parent()
        except psutil.NoSuchProcess:
            return []
    return [server, *server.children()] if server and "postgres" in server.name() else []


def processes_of(pids: Iterable[int]) -> list[psutil.Process]:
    """Return those of these processes that live."""
    living = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            living.append(psutil.Process(pid))
    return living


def _named_in(file: Path) -> list[psutil.Process]:
    try:
        return processes_of([int(file.read_text())])
    except (OSError, ValueError):
        return []
