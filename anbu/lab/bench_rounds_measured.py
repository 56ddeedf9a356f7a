"""What the parts of `anbu bench rounds` measure, and with what: wall time beside CPU."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import quantiles
from uuid import UUID

from django.db import connection
from django.db.models import Count

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import machine
from anbu.care.places import queries as places
from anbu.care.places.models import District, Organisation
from anbu.care.places.rules import SEOUL
from anbu.care.rounds import rules
from anbu.care.rounds.models import Standing, Worker
from anbu.care.staff import actions as staff
from anbu.care.staff.models import Staff
from anbu.lab.bench_costs import Spent, processes_of
from anbu.lab.rounds_city import Scale

US = machine("bench")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the parts measure."""

    scale: Scale
    homes: Sequence[UUID]
    day: date  # today, or the next one with a round
    at: datetime  # six in the morning of that day
    planner: Staff  # of a dong with a round, in the district below
    district: District  # the one with the most people of a round


def measured(scale: Scale) -> Measured:
    """Return what the parts measure: a day of a round, and a planner of one dong of it."""
    today = now().astimezone(SEOUL).date()
    holidays = places.calendar(now()).holidays
    day = today if rules.is_round_day(today, holidays) else rules.next_round_day(today, holidays)
    district, dong = _largest()
    post = places.dong_post(dong)
    assert post is not None
    planner, _ = staff.add_staff(
        login="bench-rounds", name="측정", role="planner", post=post.id, by=US.name, now=now()
    )
    return Measured(
        scale=scale,
        homes=list(Standing.objects.order_by("pk").values_list("pk", flat=True)),
        day=day,
        at=datetime.combine(day, datetime.min.time(), SEOUL) + timedelta(hours=6),
        planner=planner,
        district=district,
    )


def _largest() -> tuple[District, str]:
    """Return the district with the most people in a round, and the largest dong of it."""
    rows = Standing.objects.values_list("household__dong__district").annotate(n=Count("pk"))
    district = District.objects.get(pk=rows.order_by("-n")[0][0])
    own = Worker.objects.filter(dong__district=district).values_list("dong__code")
    return district, own.annotate(n=Count("pk")).order_by("-n", "dong__code")[0][0]


def district_office(district: District) -> Organisation:
    """Return the office of a district."""
    return Organisation.objects.get(kind="district", district=district, valid_until=None)


@dataclass(frozen=True, kw_only=True)
class Took:
    """How long something took, and what it cost here and in its session at the database [s]."""

    wall: float
    cpu: float
    database: float


def took[T](work: Callable[[], T]) -> tuple[Took, T]:
    """Do something once."""
    database = _session()
    cpu, began = time.process_time(), time.perf_counter()
    done = work()
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    return Took(wall=wall, cpu=spent, database=_session() - database), done


def told(some: Sequence[Took], unit: str = "ms") -> dict[str, float]:
    """Return how long they took as p50, p95 and most, and what one of them cost on average."""
    much = 1000 if unit == "ms" else 1
    walls = [one.wall * much for one in some]
    return {
        "n": len(some),
        f"p50_{unit}": round(p(50, walls), 3),
        f"p95_{unit}": round(p(95, walls), 3),
        f"max_{unit}": round(max(walls), 3),
        f"cpu_python_{unit}": round(sum(one.cpu for one in some) * much / len(some), 3),
        f"cpu_database_{unit}": round(sum(one.database for one in some) * much / len(some), 3),
    }


def p(percent: int, values: Sequence[float]) -> float:
    """Return the value that so many of a hundred do not pass."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _session() -> float:
    """Return the CPU time so far of this connection's session at the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return Spent.of(processes_of([cursor.fetchone()[0]])).cpu_s
