"""The plan of a day, worker by worker, as a planner looks at it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import Standing, Task, Unplaced, Worker
from ..rules import BINS, FIRST_HOUR
from ..rules.clock import day_of
from .offices import dongs_of
from .today import Person, person_of

NOBODY = "-"  # the mark of a home that is in nobody's day


@dataclass(frozen=True, kw_only=True)
class Known:
    """From what a plan knows when to try this person, and how long they have waited."""

    days: int | None = None  # since the last real contact; None: there was none
    tries: int = 0  # calls to them in the hour they are planned for
    answered: int = 0  # of these


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """One home of a day; `mark` says what was shown, and comes back with a change."""

    person: Person
    worker: int | None
    worker_name: str
    partner_name: str
    way: str
    because: str
    minutes: int
    hour: int
    at: int | None  # minute of the day that was promised
    walk_min: int
    is_set: bool
    is_done: bool
    reason: str  # why it is in nobody's day
    mark: str
    known: "Known"

    @property
    def clock(self) -> str:
        """Return when it is meant for: what was promised to the minute, all else by the hour."""
        if self.at is not None:
            return f"{self.at // 60:02d}:{self.at % 60:02d}"
        return f"{self.hour:02d}:00"


@dataclass(frozen=True, kw_only=True)
class WorkerDay:
    """One worker's day in its order."""

    worker: int
    name: str
    minutes: int
    rows: tuple[PlanRow, ...]


@dataclass(frozen=True, kw_only=True)
class PlanPage:
    """A day of a dong."""

    day: date
    days: tuple[WorkerDay, ...]
    nobody: tuple[PlanRow, ...]
    team: tuple[tuple[int, str], ...]  # to whom a home may be given

    def row(self, home: UUID) -> PlanRow | None:
        """Return the row of one home."""
        rows = [row for day in self.days for row in day.rows] + list(self.nobody)
        return next((row for row in rows if row.person.household == home), None)


def plan_page(*, day: date, seen_by: Staff) -> PlanPage:
    """Return the day of this person's dong: its homes, and who of its corps goes elsewhere."""
    dongs = dongs_of(seen_by=seen_by)
    team = Worker.objects.filter(dong__in=dongs, ended_at=None).select_related("staff")
    corps = {worker.pk: worker.staff.name for worker in team.order_by("staff__name", "pk")}
    tasks = list(
        Task.objects.filter(Q(household__dong__in=dongs) | Q(worker__in=corps), day=day)
        .select_related("worker__staff", "partner__staff")
        .order_by("place", "hour", "pk")
    )
    left = list(Unplaced.objects.filter(day=day, household__dong__in=dongs).order_by("-days_past"))
    ids = {row.household_id for row in tasks} | {row.household_id for row in left}
    homes = people.homes(households=ids, seen_by=seen_by)
    known = _known({row.household_id: row.hour for row in tasks}, ids, day)
    by_worker: dict[int, list[PlanRow]] = {worker: [] for worker in corps}
    minutes: dict[int, int] = {}
    for task in tasks:
        for whose in filter(None, (task.worker_id, task.partner_id)):
            minutes[whose] = minutes.get(whose, 0) + task.minutes
        if task.household_id in homes:
            person = person_of(homes[task.household_id], day)
            by_worker.setdefault(task.worker_id, []).append(_row(task, person, known))
            corps.setdefault(task.worker_id, task.worker.staff.name)
    return PlanPage(
        day=day,
        days=tuple(
            WorkerDay(worker=id, name=corps[id], minutes=minutes.get(id, 0), rows=tuple(rows))
            for id, rows in by_worker.items()
        ),
        nobody=tuple(
            _left(row, person_of(homes[row.household_id], day), known)
            for row in left
            if row.household_id in homes
        ),
        team=tuple(corps.items()),
    )


def mark_of(task: Task | None) -> str:
    """Return what a page shows of a task, in short; a change sends it back (actions.changing)."""
    return f"{task.worker_id}:{task.partner_id or ''}:{task.way}" if task else NOBODY


def _known(hours: Mapping[UUID, int], homes: Collection[UUID], day: date) -> dict[UUID, Known]:
    """Return what is known of these homes, each at the hour it is planned for. One query."""
    rows = Standing.objects.filter(household__among=list(homes), ended_at=None)
    found = {}
    for home, at, tried, answered in rows.values_list(
        "household_id", "contact_at", "tried_by_hour", "answered_by_hour"
    ):
        nth = hours.get(home, -1) - FIRST_HOUR
        in_hours = 0 <= nth < BINS
        found[home] = Known(
            days=(day - day_of(at)).days if at else None,
            tries=tried[nth] if in_hours else 0,
            answered=answered[nth] if in_hours else 0,
        )
    return found


def _row(task: Task, person: Person, known: Mapping[UUID, Known]) -> PlanRow:
    return PlanRow(
        person=person,
        worker=task.worker_id,
        worker_name=task.worker.staff.name,
        partner_name=task.partner.staff.name if task.partner else "",
        way=task.way,
        because=task.because,
        minutes=task.minutes,
        hour=task.hour,
        at=task.at,
        walk_min=task.walk_min,
        is_set=task.set_by_id is not None,
        is_done=task.done_by_id is not None,
        reason="",
        mark=mark_of(task),
        known=known.get(task.household_id, Known()),
    )


def _left(row: Unplaced, person: Person, known: Mapping[UUID, Known]) -> PlanRow:
    return PlanRow(
        person=person,
        worker=None,
        worker_name="",
        partner_name="",
        way="call",
        because="",
        minutes=0,
        hour=0,
        at=None,
        walk_min=0,
        is_set=row.reason == "by_hand",
        is_done=False,
        reason=row.reason,
        mark=NOBODY,
        known=known.get(row.household_id, Known()),
    )
