"""Figures of the rounds: counted from the log itself, each row of it that holds counted once.

Nothing is kept beside the log: there is nothing that could differ from it. What that takes for a
year of a district, with 2.4 million rows of a city behind it, is measured: docs/performance.md.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Link, Worker
from ..rules import OURS, REAL, Kind, LinkKind, Spread, after, first_of, spread_of
from .offices import dongs_of

# By the index `log_of_a_person` alone: what is counted stands in it. `OFFSET 0` holds the database
# to it, home by home; it would else read the log of a whole city for one district.
# A row holds unless the same hand put it right: as the clock reads the log (rules.clock.standing).
# Few rows are ever put right, so all are counted, and those are taken off again.
COUNT = """
WITH counted (dong, worker, month, kind, result, n) AS (
    SELECT h.dong_id, c.worker_id, c.month, c.kind, c.result, count(*)
    FROM people_household h CROSS JOIN LATERAL (
        SELECT worker_id, kind, result, width_bucket(at, %(months)s::timestamptz[]) AS month
        FROM rounds_contact
        WHERE household_id = h.id AND at >= %(since)s AND at < %(until)s OFFSET 0) c
    WHERE h.dong_id = ANY(%(dongs)s)
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT h.dong_id, c.worker_id, width_bucket(c.at, %(months)s::timestamptz[]), c.kind, c.result,
        -count(DISTINCT c.id)
    FROM rounds_contact r
    JOIN rounds_contact c ON c.id = r.replaces AND c.by = r.by AND c.id <> r.id
    JOIN people_household h ON h.id = c.household_id
    WHERE r.replaces IS NOT NULL AND h.dong_id = ANY(%(dongs)s)
        AND c.at >= %(since)s AND c.at < %(until)s
    GROUP BY 1, 2, 3, 4, 5
)
SELECT dong, worker, month, kind, result, sum(n)::int FROM counted
GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) > 0
"""
DAYS = """
SELECT h.dong_id, greatest(0, %(today)s::date
    - greatest(s.began_on, (s.contact_at AT TIME ZONE 'Asia/Seoul')::date)) AS days, count(*)
FROM people_household h CROSS JOIN LATERAL (
    SELECT began_on, contact_at FROM rounds_standing
    WHERE household_id = h.id AND ended_at IS NULL OFFSET 0) s
WHERE h.dong_id = ANY(%(dongs)s)
GROUP BY 1, 2
"""
_REAL = frozenset(map(str, REAL))


@dataclass(kw_only=True)
class Tally:
    """What was done: tried and reached by kind, and the help that came of it."""

    tried: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    krw: Counter[str] = field(default_factory=Counter)

    @property
    def calls(self) -> int:
        """Return how often somebody was called."""
        return self.tried[Kind.CALL]

    @property
    def visits(self) -> int:
        """Return how often somebody was visited."""
        return self.tried[Kind.VISIT]

    @property
    def others(self) -> int:
        """Return what else the corps did: notes, walks along, programmes."""
        return sum(self.tried[kind] for kind in OURS) - self.calls - self.visits

    @property
    def elsewhere(self) -> int:
        """Return how often somebody was reached by other channels than the corps."""
        return sum(self.tried.values()) - sum(self.tried[kind] for kind in OURS)

    @property
    def rate(self) -> float | None:
        """Return which share of calls and visits reached somebody; None: there were none."""
        tried = self.calls + self.visits
        return (self.reached[Kind.CALL] + self.reached[Kind.VISIT]) / tried if tried else None

    @property
    def by_link(self) -> list[tuple[str, int, int]]:
        """Return the help by the city's three kinds: kind, how often, won."""
        return [(str(kind), self.links[kind], self.krw[kind]) for kind in LinkKind]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The same log, looked at four times."""

    total: Tally
    by_dong: tuple[tuple[str, Tally], ...]
    by_worker: tuple[tuple[str, Tally], ...]  # the own work alone; nobody's: the offices'
    by_month: tuple[tuple[date, Tally], ...]
    days: Spread  # without a real contact, of everybody in the round
    days_by_dong: tuple[tuple[str, Spread], ...]


def figures(*, seen_by: Staff, since: date, until: date, now: datetime) -> Figures:
    """Return what was done from a day on until before another, and how long nobody was reached.

    `until` is the first day that is not counted any more. Five queries, however long the log.
    """
    names = dongs_of(seen_by=seen_by)
    people.seen(seen_by=seen_by)  # the walls stand where this person's reach ends
    dong: dict[int, Tally] = {id: Tally() for id in names}
    worker: dict[int | None, Tally] = {}
    month: dict[date, Tally] = {}
    total = Tally()
    for of_dong, of_worker, of_month, add in _rows(list(names), since, until):
        for each in (
            total,
            dong[of_dong],
            worker.setdefault(of_worker, Tally()),
            month.setdefault(of_month, Tally()),
        ):
            add(each)
    told = dict(Worker.objects.filter(pk__in=[w for w in worker if w]).values_list("pk", _NAME))
    by_dong = _days(list(names), now)
    return Figures(
        total=total,
        by_dong=tuple((name, dong[id]) for id, name in names.items()),
        by_worker=tuple(sorted(((told.get(w or 0, ""), t) for w, t in worker.items()), key=_key)),
        by_month=tuple(sorted(month.items())),
        days=spread_of(day for some in by_dong.values() for day in some.elements()),
        days_by_dong=tuple(
            (name, spread_of(by_dong.get(id, Counter[int]()).elements()))
            for id, name in names.items()
        ),
    )


_NAME = "staff__name"


def _key(pair: tuple[str, Tally]) -> str:
    return pair[0] or "\uffff"  # who is nobody's comes last


type Part = tuple[int, int | None, date, Any]  # dong, worker, month, what it adds


def _rows(dongs: list[int], since: date, until: date) -> Iterable[Part]:
    """Yield where something counts, and what it adds there."""
    months = _months(since, until)
    values: dict[str, Any] = {
        "dongs": dongs,
        "since": _start(since),
        "until": _start(until),
        "months": [_start(month) for month in months],
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        rows = cursor.fetchall()
    for of_dong, of_worker, nth, kind, result, n in rows:
        yield of_dong, of_worker, months[nth - 1], _contact(kind, result, n)
    links = Link.objects.filter(household__dong__in=dongs, on__gte=since, on__lt=until)
    grouped = links.order_by().values_list("household__dong", "worker", "on", "kind")
    for of_dong, of_worker, on, kind, n, krw in grouped.annotate(Count("pk"), Sum("amount_krw")):
        yield of_dong, of_worker, on.replace(day=1), _link(kind, n, krw)


def _months(since: date, until: date) -> list[date]:
    """Return the first day of each month of which something is counted."""
    found = [first_of(since)]
    while after(found[-1]) < until:
        found.append(after(found[-1]))
    return found


def _contact(kind: str, result: str, n: int) -> Any:
    def add(tally: Tally) -> None:
        tally.tried[kind] += n
        tally.reached[kind] += n if result in _REAL else 0

    return add


def _link(kind: str, n: int, krw: int) -> Any:
    def add(tally: Tally) -> None:
        tally.links[kind] += n
        tally.krw[kind] += krw

    return add


def _days(dongs: list[int], now: datetime) -> dict[int, Counter[int]]:
    """Return of how many people of each dong it is how many days since a real contact."""
    today = now.astimezone(SEOUL).date()
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"dongs": dongs, "today": today})
        rows = cursor.fetchall()
    found: dict[int, Counter[int]] = {}
    for dong, days, people_ in rows:
        found.setdefault(dong, Counter())[days] = people_
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), SEOUL)
