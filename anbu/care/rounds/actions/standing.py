"""The one clock of contact of each person, counted anew from the log whenever the log grows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record, record_each
from anbu.care.staff.models import Staff

from ..models import Contact, Promise, Standing, Task, Worker
from ..queries.cadences import cadence_of
from ..rules import Cadence, Kind, Result, Way, dues
from ..rules.clock import Clock, Row, clock_of, day_of, done_on, promised_in, standing

AT_ONCE = 500
COUNTED = (
    "refuses_since",
    "contact_at",
    "contact_kind",
    "visit_at",
    "tried_at",
    "tries",
    "due_on",
    "visit_due_on",
    "bound_on",
    "told_late_at",
    "told_late_up_at",
    "tried_by_hour",
    "answered_by_hour",
)


@transaction.atomic
def enrol(
    *,
    homes: Collection[UUID],
    by: str,
    now: datetime,
    began_on: date | None = None,
    worker: Worker | None = None,
) -> int:
    """Let these homes be part of the round from a day on; who is already stays as they are.

    Who left and comes back begins anew. Returns how many are new.
    """
    began = began_on or day_of(now)
    known = set(
        Standing.objects.filter(household__among=homes, ended_at=None).values_list(
            "household_id", flat=True
        )
    )
    new = sorted(set(homes) - known)
    if not new:
        return 0
    Standing.objects.filter(household__among=new).delete()
    paces = cadence_of(new, began)
    for home in new:
        due = dues(paces[home], began=began)
        Standing.objects.create(
            household_id=home,
            began_on=began,
            worker=worker,
            due_on=due.contact,
            visit_due_on=due.visit,
            bound_on=due.bound,
        )
    record_each(by=by, verb="enrol_round", at=now, households=new)
    recount(new, now=now)
    return len(new)


@transaction.atomic
def end_round(*, home: UUID, why: str, by: str, now: datetime) -> None:
    """Let a home be no longer part of the round; its log stays."""
    rows = Standing.objects.filter(household=home, ended_at=None)
    if rows.update(ended_at=now, ended_why=why, worker=None):
        record(by=by, verb="end_round", at=now, household=home, why=why)


@transaction.atomic
def give_to(*, homes: Collection[UUID], worker: Worker | None, by: Staff, now: datetime) -> None:
    """Let these homes be the neighbours of a worker: the face they know."""
    held = Standing.objects.filter(household__among=homes, ended_at=None)
    moved = sorted(
        held.exclude(worker=worker).values_list("household_id", flat=True)
        if worker
        else held.filter(worker__isnull=False).values_list("household_id", flat=True)
    )
    Standing.objects.filter(household__among=moved).update(worker=worker)
    record_each(
        by=by.actor,
        verb="give_neighbour",
        at=now,
        households=moved,
        worker=worker.pk if worker else None,
    )


@transaction.atomic
def recount(homes: Collection[UUID], *, now: datetime) -> None:
    """Count the clocks, promises and done tasks of these homes anew from their log.

    Whatever order the rows of a log came in, the same comes out: the row of each clock is locked
    before its log is read, so of two telephones that tell at once the second counts both.
    """
    ordered = sorted(set(homes))
    for first in range(0, len(ordered), AT_ONCE):
        _recount(ordered[first : first + AT_ONCE], now)


def _recount(homes: Sequence[UUID], now: datetime) -> None:
    rows = list(
        Standing.objects.select_for_update(of=("self",))
        .filter(household__among=homes)
        .order_by("household_id")
    )
    logs = rows_of(homes)
    for row in rows:
        _count(row, clock_of(logs[row.household_id]))
    # a refusal is known before the cadence is asked for: who refuses has the low one
    Standing.objects.bulk_update(rows, ["refuses_since"])
    paces = cadence_of([row.household_id for row in rows], day_of(now))
    for row in rows:
        set_dues(row, paces[row.household_id])
    Standing.objects.bulk_update(rows, COUNTED, batch_size=AT_ONCE)
    held = {home: standing(logs[home]) for home in homes}
    _keep_promises(held, now)
    _do_tasks(held)


def rows_of(homes: Collection[UUID]) -> Mapping[UUID, list[Row]]:
    """Return the log of each home as its clock reads it.

    A correction counts only of a log that the same hand wrote: nobody takes back another's word.
    """
    told = list(
        Contact.objects.filter(household__among=homes)
        .order_by("at", "id")
        .values_list("id", "household_id", "at", "kind", "result", "replaces", "next_on", "by")
    )
    author = {row[0]: row[7] for row in told}
    found: dict[UUID, list[Row]] = defaultdict(list)
    for key, home, at, kind, result, replaces, next_on, by in told:
        found[home].append(
            Row(
                id=key,
                at=at,
                kind=Kind(kind),
                result=Result(result),
                replaces=replaces if replaces and author.get(replaces) == by else None,
                next_on=next_on,
            )
        )
    return found


def _count(row: Standing, clock: Clock) -> None:
    if clock.contact_at != row.contact_at:  # reached, or a log was put right: told anew if late
        row.told_late_at = row.told_late_up_at = None
    row.contact_at = clock.contact_at
    row.contact_kind = str(clock.contact_kind or "")
    row.visit_at = clock.visit_at
    row.tried_at = clock.tried_at
    row.tries = clock.tries
    row.refuses_since = clock.refuses_since
    row.tried_by_hour = list(clock.tried_by_hour)
    row.answered_by_hour = list(clock.answered_by_hour)


def set_dues(row: Standing, cadence: Cadence) -> None:
    """Set what is due when by this cadence; the row is not yet saved."""
    due = dues(
        cadence,
        began=row.began_on,
        contact=day_of(row.contact_at) if row.contact_at else None,
        visit=day_of(row.visit_at) if row.visit_at else None,
    )
    row.due_on, row.visit_due_on, row.bound_on = due.contact, due.visit, due.bound


@transaction.atomic
def set_all_dues(*, now: datetime) -> int:
    """Set anew what is due of everybody whose cadence has changed; return how many that were.

    A new row of policy, a pace that ended, a home that went to another tier or district: all of
    it comes to a different date here, before a day is planned.
    """
    rows = list(
        Standing.objects.select_for_update(of=("self",))
        .filter(ended_at=None)
        .order_by("household_id")
    )
    paces = cadence_of([row.household_id for row in rows], day_of(now))
    changed = []
    for row in rows:
        before = (row.due_on, row.visit_due_on, row.bound_on)
        set_dues(row, paces[row.household_id])
        if before != (row.due_on, row.visit_due_on, row.bound_on):
            changed.append(row)
    Standing.objects.bulk_update(changed, ["due_on", "visit_due_on", "bound_on"], AT_ONCE)
    return len(changed)


def _keep_promises(held: Mapping[UUID, Sequence[Row]], now: datetime) -> None:
    """Have exactly the promises stand open that the logs leave open."""
    open_now = {
        row.made_in_id: row
        for row in Promise.objects.filter(
            household__among=list(held), ended_at=None, made_in__isnull=False
        )
    }
    wanted = {}
    for home, rows in held.items():
        found = promised_in(rows)
        if found is not None:
            wanted[found[0].id] = (home, *found)
    for made_in, row in open_now.items():
        if made_in not in wanted:
            row.kept_by_id = _kept_by(row, held[row.household_id])
            row.ended_at = now
            row.save(update_fields=["kept_by", "ended_at"])
    for made_in, (home, row_of_log, day) in wanted.items():
        if made_in not in open_now:
            way = Way.VISIT if row_of_log.kind == Kind.VISIT else Way.CALL
            Promise.objects.update_or_create(
                made_in_id=made_in,
                defaults={
                    "household_id": home,
                    "on": day,
                    "way": str(way),
                    "made_at": row_of_log.at,
                    "kept_by": None,
                    "ended_at": None,
                },
            )


def _kept_by(promise: Promise, held: Sequence[Row]) -> UUID | None:
    done = done_on(row for row in held if row.at > promise.made_at)
    days = sorted(day for day in done if day >= promise.on)
    return done[days[0]] if days else None


def _do_tasks(held: Mapping[UUID, Sequence[Row]]) -> None:
    """Say of each task of these homes by which contact of its day it was done."""
    done = {home: done_on(rows) for home, rows in held.items()}
    changed = []
    for task in Task.objects.filter(household__among=list(held)).order_by("pk"):
        by = done[task.household_id].get(task.day)
        if task.done_by_id != by:
            task.done_by_id = by
            changed.append(task)
    Task.objects.bulk_update(changed, ["done_by"], AT_ONCE)


def write_real(told: Iterable[Contact], *, now: datetime) -> set[UUID]:
    """Write rows of the log, each once, and count the clocks of their homes anew.

    Returns the ids of those that are new.
    """
    rows = list(told)
    there = set(
        Contact.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True)
    )
    new = [row for row in rows if row.id not in there]
    Contact.objects.bulk_create(new, ignore_conflicts=True)
    recount({row.household_id for row in new}, now=now)
    return {row.id for row in new}
