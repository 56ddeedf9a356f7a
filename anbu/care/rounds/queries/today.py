"""How far today's round is: who was reached, who is open, who is past the bound, whose day is full.

What is not in a plan has a reason, and what is past has a name.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from anbu.care.people import queries as people
from anbu.care.people.queries import Home
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import DayOff, Standing, Task, Unplaced, Worker
from ..rules import Left, after, days_past, first_of
from .minutes import minutes_by_day
from .offices import dongs_of

MOST = 200  # names on one page; the longest overdue come first


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person of the round, as lists show them; an office beyond the dong sees no name."""

    household: UUID
    name: str
    age: int
    sex: str
    place: str
    tier: str


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """Somebody whom nobody reached within the bound."""

    person: Person
    days_past: int
    contact_at: datetime | None
    contact_kind: str
    tries: int
    face: str  # the worker they know
    today: str  # who goes today; "": nobody
    why_not: str  # why nobody goes, of `Left`
    told_up_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Somebody who is due today and in nobody's plan."""

    person: Person
    reason: str
    days_past: int


@dataclass(frozen=True, kw_only=True)
class Load:
    """One worker's day and month."""

    worker: int
    name: str
    dong: str
    homes: int
    done: int
    minutes: int  # planned today
    month_min: int  # told this month
    month_most: int
    is_off: bool

    @property
    def percent(self) -> int:
        """Return how much of the month's hours is used up, of a hundred; may be more."""
        return 100 * self.month_min // self.month_most if self.month_most else 0


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Of those due today: how many were reached, tried, not yet tried, and not placed."""

    day: date
    done: int
    tried: int
    open: int
    left: tuple[LeftOut, ...]
    left_by: tuple[tuple[str, int], ...]
    overdue: tuple[Overdue, ...]
    overdue_n: int
    loads: tuple[Load, ...]
    by_dong: tuple[tuple[str, int, int, int], ...]  # dong, due, done, past the bound
    set_by_hand: int
    names: bool  # whether this reader is shown whose they are

    @property
    def due(self) -> int:
        """Return how many are due today."""
        return self.done + self.tried + self.open + sum(n for _reason, n in self.left_by)

    @property
    def shares(self) -> tuple[tuple[str, int, float], ...]:
        """Return each part of the round: its name, how many, and of a hundred."""
        parts = (
            ("done", self.done),
            ("tried", self.tried),
            ("open", self.open),
            ("left", sum(n for _reason, n in self.left_by)),
        )
        return tuple((name, n, 100 * n / self.due if self.due else 0.0) for name, n in parts)


def coverage(*, seen_by: Staff, now: datetime) -> Coverage:
    """Return how far the round of today is, in this person's dongs."""
    dongs = dongs_of(seen_by=seen_by)
    people.seen(seen_by=seen_by)
    today = now.astimezone(SEOUL).date()
    day = _day(list(dongs), today)
    late = Standing.objects.filter(household__dong__in=dongs, ended_at=None, bound_on__lt=today)
    past = Counter(dict(late.order_by().values_list(_DONG).annotate(Count("pk"))))
    unplaced = Unplaced.objects.filter(day=today, household__dong__in=dongs)
    names = seen_by.role != Staff.Role.OFFICER
    overdue, left = _named(late, unplaced, seen_by, today) if names else ((), ())
    return Coverage(
        day=today,
        done=sum(day.done.values()),
        tried=day.tried,
        open=sum(day.tasks.values()) - sum(day.done.values()) - day.tried,
        left=left,
        left_by=tuple((str(each), day.reasons[each]) for each in Left if day.reasons[each]),
        overdue=overdue,
        overdue_n=sum(past.values()),
        loads=_loads(dongs, today),
        by_dong=tuple(
            (name, day.tasks[id] + day.left[id], day.done[id], past[id])
            for id, name in dongs.items()
        ),
        set_by_hand=day.set_by_hand,
        names=names,
    )


@dataclass(kw_only=True)
class _Day:
    """What the plan of a day comes to, by dong where it says so."""

    tasks: Counter[int] = field(default_factory=Counter)
    done: Counter[int] = field(default_factory=Counter)
    left: Counter[int] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    tried: int = 0
    set_by_hand: int = 0


def _day(dongs: list[int], today: date) -> _Day:
    """Return what the plan of a day comes to. Two queries."""
    found = _Day()
    begins = datetime.combine(today, time(), SEOUL)
    tried = Standing.objects.filter(household=OuterRef("household"), tried_at__gte=begins)
    tasks = Task.objects.filter(day=today, household__dong__in=dongs).order_by()
    counted = tasks.values_list(_DONG).annotate(
        everything=Count("pk"),
        done=Count("pk", filter=Q(done_by__isnull=False)),
        in_vain=Count("pk", filter=Q(Exists(tried), done_by=None)),
        by_hand=Count("pk", filter=Q(set_by__isnull=False)),
    )
    for dong, everything, done, in_vain, by_hand in counted:
        found.tasks[dong], found.done[dong] = everything, done
        found.tried += in_vain
        found.set_by_hand += by_hand
    left = Unplaced.objects.filter(day=today, household__dong__in=dongs).order_by()
    for dong, reason, n in left.values_list(_DONG, "reason").annotate(Count("pk")):
        found.left[dong] += n
        found.reasons[reason] += n
    return found


def _named(
    late: QuerySet[Standing], unplaced: QuerySet[Unplaced], seen_by: Staff, today: date
) -> tuple[tuple[Overdue, ...], tuple[LeftOut, ...]]:
    """Return who is past the bound and who is in nobody's day, by name, the longest first."""
    late = late.select_related("worker__staff").order_by("bound_on", "household_id")
    some = list(late[:MOST])
    left = list(unplaced.order_by("-days_past", "household_id")[:MOST])
    ids = {row.household_id for row in some} | {row.household_id for row in left}
    homes = people.homes(households=ids, seen_by=seen_by)
    return (
        _overdue([row for row in some if row.household_id in homes], homes, today),
        tuple(
            LeftOut(
                person=person_of(homes[row.household_id], today),
                reason=row.reason,
                days_past=row.days_past,
            )
            for row in left
            if row.household_id in homes
        ),
    )


def _overdue(
    rows: Collection[Standing], homes: Mapping[UUID, Home], today: date
) -> tuple[Overdue, ...]:
    ids = {row.household_id for row in rows}
    goes = dict(
        Task.objects.filter(day=today, household__in=ids).values_list(
            "household", "worker__staff__name"
        )
    )
    why = dict(
        Unplaced.objects.filter(day=today, household__in=ids).values_list("household", "reason")
    )
    return tuple(
        Overdue(
            person=person_of(homes[row.household_id], today),
            days_past=days_past(row.bound_on, today),
            contact_at=row.contact_at,
            contact_kind=row.contact_kind,
            tries=row.tries,
            face=row.worker.staff.name if row.worker else "",
            today=goes.get(row.household_id, ""),
            why_not=why.get(row.household_id, ""),
            told_up_at=row.told_late_up_at,
        )
        for row in rows
    )


def _loads(dongs: Collection[int], today: date) -> tuple[Load, ...]:
    workers = list(
        Worker.objects.filter(dong__in=dongs, ended_at=None)
        .select_related("staff", "dong")
        .order_by("dong__name", "staff__name", "pk")
    )
    ids = [worker.pk for worker in workers]
    planned: dict[int, list[int]] = {id: [0, 0, 0] for id in ids}
    rows = Task.objects.filter(Q(worker__in=ids) | Q(partner__in=ids), day=today)
    for one, other, minutes, done in rows.values_list("worker", "partner", "minutes", "done_by"):
        for whose in filter(None, (one, other)):
            if whose in planned:
                mine = planned[whose]
                planned[whose] = [mine[0] + 1, mine[1] + (done is not None), mine[2] + minutes]
    used = told_minutes(ids, first_of(today))
    off = set(DayOff.objects.filter(worker__in=ids, day=today).values_list("worker", flat=True))
    return tuple(
        Load(
            worker=worker.pk,
            name=worker.staff.name,
            dong=worker.dong.name,
            homes=planned[worker.pk][0],
            done=planned[worker.pk][1],
            minutes=planned[worker.pk][2],
            month_min=used.get(worker.pk, 0),
            month_most=worker.month_min,
            is_off=worker.pk in off,
        )
        for worker in workers
    )


def told_minutes(workers: Collection[int], month: date) -> Mapping[int, int]:
    """Return the minutes that the log has of these workers' month, by worker. One query."""
    return _sums(workers, month, after(month))


def week_minutes(workers: Collection[int], day: date) -> Mapping[int, int]:
    """Return the minutes that the log has of these workers' week, from its Monday. One query."""
    monday = day - timedelta(days=day.weekday())
    return _sums(workers, monday, monday + timedelta(days=7))


def _sums(workers: Collection[int], since: date, until: date) -> Mapping[int, int]:
    found = minutes_by_day(workers=workers, since=since, until=until)
    return {worker: sum(minutes for _day, minutes in days) for worker, days in found.items()}


_DONG = "household__dong"


def person_of(home: Home, today: date) -> Person:
    """Return what a list shows of a home."""
    return Person(
        household=home.id,
        name=home.name,
        age=today.year - home.birth_year,
        sex=home.sex,
        place=home.place,
        tier=home.tier,
    )


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One task of today that a person set."""

    person: Person
    worker: str
    by: str


def set_by_hand(*, seen_by: Staff, now: datetime) -> tuple[Changed, ...]:
    """Return what people changed in today's plan."""
    today = now.astimezone(SEOUL).date()
    rows = Task.objects.filter(
        day=today, household__dong__in=dongs_of(seen_by=seen_by), set_by__isnull=False
    ).annotate(who=F("worker__staff__name"), hand=F("set_by__name"))
    some = list(rows.order_by("worker", "place", "pk")[:MOST])
    if not some:
        return ()
    homes = people.homes(households={row.household_id for row in some}, seen_by=seen_by)
    return tuple(
        Changed(person=person_of(homes[row.household_id], today), worker=row.who, by=row.hand)
        for row in some
        if row.household_id in homes
    )
