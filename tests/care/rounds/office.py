"""A dong with a care corps in it, made by the same actions as the real one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Organisation
from anbu.care.rounds.actions import standing, workers
from anbu.care.rounds.models import Contact, Worker
from anbu.care.rounds.rules import Kind, Result, is_real, turn_days
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BEFORE, HERE, MONDAY, World

NOW = MONDAY.replace(hour=14)
BY = "system:test"


def corps(world: World, login: str, name: str, *, planner: Staff | None = None) -> Worker:
    """Take a neighbour on and let them go round in the planner's dong, Mondays among their days."""
    whose = planner or world.planner
    assert whose.post is not None
    office = Organisation.objects.get(kind="dong_office", dong=whose.post.dong_id)
    staffing.add_staff(
        login=login, name=name, role="care_corps", organisation=office.pk, by=BY, now=BEFORE
    )
    _pass_numbers_until(MONDAY.weekday())
    return workers.add(login=login, by=whose, now=BEFORE)


def _pass_numbers_until(weekday: int) -> None:
    """Let the next worker have a number (it says on which days they come) with this weekday."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('rounds_worker', 'id'))")
            if weekday in turn_days(cursor.fetchone()[0] + 1):
                return


def in_round(
    world: World,
    *,
    worker: Worker | None = None,
    dong: str = HERE,
    at: datetime = NOW,
    **told: Any,
) -> UUID:
    """Register a home and let it be part of the round since long ago."""
    home = world.home(still_at=at, dong=dong, **told)
    began = (at - timedelta(days=60)).date()
    standing.enrol(homes=[home], worker=worker, by=BY, now=BEFORE, began_on=began)
    return home


def log(
    worker: Worker | None,
    home: UUID,
    at: datetime,
    *,
    kind: Kind = Kind.CALL,
    result: Result = Result.REACHED,
    **told: Any,
) -> Contact:
    """Write a row of the log as a telephone would tell it."""
    row = Contact(
        id=new_id(),
        household_id=home,
        kind=kind,
        result=result,
        is_real=is_real(result),
        at=at,
        worker=worker,
        by=worker.staff.actor if worker else BY,
        told_at=at,
        **({"minutes": 12} | told),
    )
    standing.write_real([row], now=at)
    return row
