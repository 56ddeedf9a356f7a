"""Planning the days of a round: of the whole city, of one dong, and what a planner changes.

One district is planned in one transaction under one lock, for its dongs help each other. What was
done or set by hand is never moved; of the rest only what comes out differently is written.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import md5
from uuid import UUID

from django.db import connection, transaction

from anbu.care.foundation.actions import acting, insert_all, record
from anbu.care.places import queries as places
from anbu.care.places.models import Dong

from .. import rules
from ..models import DayLook, DayOff, Task, Unplaced, Worker
from ..rules.hours import Rates
from .facts import CLOCK, Facts, facts, prior
from .laying import Laid, lay_out

ONE_PLANS = 0x726F_756E  # of many: two would give one worker's minutes away twice
AT_ONCE = 500
CHANGES = (
    "worker_id", "partner_id", "way", "because", "minutes", "at", "hour", "place", "walk_min",
)  # fmt: skip
FIELDS = [name.removesuffix("_id") for name in CHANGES]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What one planning came to."""

    dongs: int
    tasks: int
    left: int
    past: int
    changed: int  # rows that were written or taken away


def plan_city(*, day: date, now: datetime, by: str = CLOCK.name) -> Planned:
    """Plan the day of every dong, a district at a time; what is done or set by hand stays."""
    hours = prior()
    total = Planned(dongs=0, tasks=0, left=0, past=0, changed=0)
    by_district: dict[int, list[int]] = {}
    for dong, district in _districts().items():
        by_district.setdefault(district, []).append(dong)
    for district, dongs in sorted(by_district.items()):
        part = plan_dongs(dongs=dongs, district=district, day=day, hours=hours, by=by, now=now)
        total = _sum(total, part)
    return total


def replan_worker(*, worker: Worker, day: date, by: str = CLOCK.name, now: datetime) -> Planned:
    """Plan anew the day of the dong of a worker: a day off, or one that was withdrawn."""
    return replan_dong(dong=worker.dong_id, day=day, by=by, now=now)


def replan_dong(*, dong: int, day: date, by: str = CLOCK.name, now: datetime) -> Planned:
    """Plan the day of one dong anew: only its undone tasks move, nobody is lost."""
    district = places.districts_of([dong])[dong]
    return plan_dongs(dongs=[dong], district=district, day=day, hours=prior(), by=by, now=now)


@transaction.atomic
def plan_dongs(
    *, dongs: Collection[int], district: int, day: date, hours: Rates, by: str, now: datetime
) -> Planned:
    """Plan the day of some dongs of one district."""
    lock(district)
    with acting(CLOCK):
        known = facts(dongs=dongs, district=district, day=day, hours=hours, now=now)
        plan = planned(known)
        changed = write(known, plan)
        _looked(known, now)
        record(
            by=by, verb="plan_round", at=now, homes=sorted(changed), day=day.isoformat(),
            district=district, dongs=len(dongs), tasks=len(plan.tasks), left=len(plan.left),
            past=len(plan.past),
        )  # fmt: skip
    return Planned(
        dongs=len(dongs),
        tasks=len(plan.tasks),
        left=len(plan.left),
        past=len(plan.past),
        changed=len(changed),
    )


def lock(district: int) -> None:
    """Let nobody else plan in this district until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ONE_PLANS, district])


def planned(known: Facts) -> rules.Plan:
    """Return the plan that these facts make."""
    return rules.plan_day(
        known.workers,
        known.people,
        today=known.day,
        next_day=known.next_day,
        neighbours=known.neighbours,
        fixed=known.fixed,
    )


def write(known: Facts, plan: rules.Plan) -> set[UUID]:
    """Bring the rows of the day in line with a plan; return whose rows had to change."""
    laid = lay_out(known, plan)
    changed = _write_tasks(known, laid)
    return changed | _write_left(known, plan)


def _write_tasks(known: Facts, laid: dict[UUID, Laid]) -> set[UUID]:
    new, moved = [], []
    for home, one in laid.items():
        row = known.rows.get(home)
        if row is None:
            new.append(_row(known.day, one))
        elif _move(row, one):
            moved.append(row)
    gone = [row for home, row in known.rows.items() if home not in laid and row.set_by_id is None]
    Task.objects.filter(pk__in=[row.pk for row in gone], done_by=None, set_by=None).delete()
    insert_all(new)
    Task.objects.bulk_update(moved, FIELDS, AT_ONCE)
    return {row.household_id for row in (*new, *moved, *gone)}


def _row(day: date, one: Laid) -> Task:
    return Task(day=day, household_id=one.task.home, **_told(one))


def _told(one: Laid) -> dict[str, object]:
    task = one.task
    return {
        "worker_id": task.worker,
        "partner_id": task.partner,
        "way": str(task.way),
        "because": str(task.because),
        "minutes": task.minutes,
        "at": task.at,
        "hour": task.hour,
        "place": one.place,
        "walk_min": one.walk_min,
    }


def _move(row: Task, one: Laid) -> bool:
    """Let a row say what was laid out; say whether it said something else before."""
    told = _told(one)
    if row.set_by_id is not None:  # by hand: only where it stands in the day
        told = {name: told[name] for name in ("place", "walk_min")}
    before = {name: getattr(row, name) for name in told}
    for name, value in told.items():
        setattr(row, name, value)
    return before != told


def _write_left(known: Facts, plan: rules.Plan) -> set[UUID]:
    new, moved = [], []
    for home, reason in plan.left.items():
        past, row = plan.past.get(home, 0), known.unplaced.get(home)
        if row is None:
            new.append(
                Unplaced(
                    day=known.day,
                    household_id=home,
                    reason=str(reason),
                    days_past=past,
                    set_by=None,
                )
            )
        elif (row.reason, row.days_past) != (str(reason), past):
            if row.set_by_id is not None and reason != rules.Left.BY_HAND:
                row.set_by = None  # what is graver than a planner's wish: no consent
            row.reason, row.days_past = str(reason), past
            moved.append(row)
    gone = [row for home, row in known.unplaced.items() if home not in plan.left]
    Unplaced.objects.filter(pk__in=[row.pk for row in gone]).delete()
    insert_all(new)
    Unplaced.objects.bulk_update(moved, ["reason", "days_past", "set_by"], AT_ONCE)
    return {row.household_id for row in (*new, *moved, *gone)}


def _looked(known: Facts, now: datetime) -> None:
    marks = team_marks(known.dongs, known.day)
    DayLook.objects.bulk_create(
        [
            DayLook(dong_id=dong, day=known.day, planned_at=now, team=marks[dong])
            for dong in sorted(known.dongs)
        ],
        update_conflicts=True,
        unique_fields=["dong", "day"],
        update_fields=["planned_at", "team"],
    )


def team_marks(dongs: Iterable[int], day: date) -> dict[int, str]:
    """Return of each dong a digest of who works there on a day, and how."""
    told: dict[int, list[str]] = {dong: [] for dong in dongs}
    off = set(DayOff.objects.filter(day=day).values_list("worker_id", flat=True))
    rows = Worker.objects.filter(dong__in=list(told), ended_at=None, staff__is_active=True)
    columns = ("dong_id", "id", "partner_id", "month_min", "trained_until", "screened_until")
    for dong, *row in rows.order_by("id").values_list(*columns):
        told[dong].append(f"{row}{row[0] in off}")
    return {
        dong: md5("|".join(lines).encode(), usedforsecurity=False).hexdigest()
        for dong, lines in told.items()
    }


def _districts() -> dict[int, int]:
    rows = Dong.objects.filter(valid_until=None).order_by("id")
    return dict(rows.values_list("id", "district_id"))


def _sum(one: Planned, other: Planned) -> Planned:
    return Planned(
        **{name: getattr(one, name) + getattr(other, name) for name in Planned.__dataclass_fields__}
    )
