"""Whose homes a worker may know of: today's, and their own neighbours. Nobody else's."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from anbu.care.foundation.actions import acting
from anbu.care.foundation.rules import Actor, Reach, machine
from anbu.care.staff.models import Staff

from ..models import Standing, Task, Worker
from ..rules.clock import day_of

LATE_DAYS = 14  # so long after its day a telephone may still tell what was done at a home


def worker_of(staff: Staff) -> Worker | None:
    """Return this person as one who goes round, while they do."""
    return Worker.objects.filter(staff=staff, ended_at=None).select_related("dong", "staff").first()


def actor_of_worker(staff: Staff, now: datetime) -> Actor:
    """Return this person as one who acts, reaching today's homes and their own neighbours."""
    return _actor(staff, since=day_of(now), until=day_of(now))


def teller(staff: Staff, now: datetime) -> Actor:
    """Return this person as one who tells what was done, also on days that are over.

    A telephone may have lain without network for days: nothing it tells is lost for that.
    """
    today = day_of(now)
    return _actor(staff, since=today - timedelta(days=LATE_DAYS), until=today)


def _actor(staff: Staff, *, since: date, until: date) -> Actor:
    worker = worker_of(staff) if staff.is_active else None
    homes = _homes(worker, since, until) if worker else set()
    reach = Reach.of("homes", homes)
    return Actor(name=staff.actor, role=staff.role, reach=reach, staff=staff.pk)


def _homes(worker: Worker, since: date, until: date) -> set[UUID]:
    mine = Q(worker=worker) | Q(partner=worker)
    with acting(machine("rounds")):  # whose homes they are is asked before anybody acts
        tasks = Task.objects.filter(mine, day__range=(since, until))
        own = Standing.objects.filter(worker=worker, ended_at=None)
        return set(tasks.values_list("household_id", flat=True)) | set(
            own.values_list("household_id", flat=True)
        )
