"""Sitting down at a desk to measure it: a browser's session, pages one after the other, CPU."""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import new_id
from anbu.care.places import queries as places
from anbu.care.staff import actions as staff
from anbu.care.staff.models import Staff
from anbu.lab.bench_costs import Spent, processes_of
from anbu.lab.code_app import code_of

BY = "system:bench"
WARM_UP = 5


class NothingToMeasure(Exception):
    """The world was not as the measurement needs it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How long pages took [ms], and what one cost on average [ms of CPU]."""

    times: tuple[float, ...]
    web_cpu: float
    database_cpu: float
    last: httpx.Response

    def figures(self) -> dict[str, object]:
        """Return what is told beside the value of a measurement."""
        return {
            "n": len(self.times),
            "p50": at(self.times, 0.5),
            "p95": at(self.times, 0.95),
            "p99": at(self.times, 0.99),
            "cpu_web": round(self.web_cpu, 1),
            "cpu_database": round(self.database_cpu, 1),
        }


def operator() -> AbstractContextManager[httpx.Client]:
    """Sit down at the centre."""
    return sitting("operator", places.centre())


@contextmanager
def sitting(
    role: str, post_id: int | None = None, *, organisation: int | None = None
) -> Iterator[httpx.Client]:
    """Sit down at the desk as a person does: log in, and start the shift where there is one."""
    login = f"bench{new_id().hex[-12:]}"
    person, password = staff.add_staff(
        login=login, name="측정", role=role, post=post_id, organisation=organisation,
        by=BY, now=now(),
    )  # fmt: skip
    with signed_in(person, password) as client:
        if post_id is not None:
            client.get("/shift")
            post(client, "/shift", {"theme": "night", "reason": "측정"})
        yield client


@contextmanager
def signed_in(person: Staff, password: str) -> Iterator[httpx.Client]:
    """Come in with the password and the number a code app shows."""
    secret = staff.bring_app(staff=person, by=BY, now=now())
    base = f"http://127.0.0.1:{settings.HTTP_PORT}"
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        client.get("/login")
        post(client, "/login", {"login": person.login, "password": password})
        post(client, "/login/second", {"code": code_of(secret)})
        yield client


def post(client: httpx.Client, path: str, fields: dict[str, str]) -> None:
    """Send a form that leads on to another page."""
    token = client.cookies.get(settings.CSRF_COOKIE_NAME) or ""
    answer = client.post(path, data={**fields, "csrfmiddlewaretoken": token})
    if answer.status_code != 302:
        raise NothingToMeasure(f"{path}: HTTP {answer.status_code}")


def ask(client: httpx.Client, paths: Sequence[str]) -> Asked:
    """Ask for these pages one after the other, after a few to warm up."""
    for path in paths[:WARM_UP]:
        page = _page(client, path)
    times, before = [], cpu_ms()
    for path in paths:
        started = time.perf_counter()
        page = _page(client, path)
        times.append((time.perf_counter() - started) * 1000)
    web, database = (
        (after - first) / len(paths) for first, after in zip(before, cpu_ms(), strict=True)
    )
    return Asked(times=tuple(times), web_cpu=web, database_cpu=database, last=page)


def at(times: Sequence[float], part: float) -> float:
    """Return the value below which this part of them lies."""
    return round(sorted(times)[int((len(times) - 1) * part)], 1)


def _page(client: httpx.Client, path: str) -> httpx.Response:
    page = client.get(path)
    if page.status_code != 200:
        raise NothingToMeasure(f"{path}: HTTP {page.status_code}")
    return page


def cpu_ms() -> tuple[float, ...]:
    """Return the CPU time so far of the web role and of the sessions it has at the database."""
    web = int((Path(settings.HOME) / "run" / "web.pid").read_text())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'anbu_web'")
        sessions = [pid for (pid,) in cursor.fetchall()]
    return tuple(1000 * Spent.of(processes_of(pids)).cpu_s for pids in ([web], sessions))
