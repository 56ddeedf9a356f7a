"""Coming to somebody's page: for a task at once, else after saying why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose
from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.rules import check_reason
from anbu.care.staff.models import Staff

from ..queries import task_at

# Bound here so that a desk needs to know one room only.
open_for_reason = people.open_for_reason
break_glass = people.break_glass
see_glass = people.see_glass


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Somebody stands before the page of a home within reach."""

    household: UUID
    purpose: Purpose | None  # None: the page stays shut until a reason is said

    @property
    def is_open(self) -> bool:
        """Return whether the page may be shown."""
        return self.purpose is not None


def enter(*, household: UUID, seen_by: Staff, now: datetime) -> Entry | None:
    """Return for what this page is open to this person, None where it does not exist for them.

    What stands open is asked first, then the tasks; a task opens the page by itself. Two queries
    while it stands open.
    """
    area = homes.seen(seen_by=seen_by).households
    if not area.filter(id=household).exists():
        return None
    opened = homes.opening_of(household=household, seen_by=seen_by, now=now)
    if opened is not None:
        return Entry(household=household, purpose=opened.purpose)
    task = task_at(household=household, seen_by=seen_by, now=now)
    if task is not None:
        people.open_for_task(household=household, task=task, by=seen_by, now=now)
    return Entry(household=household, purpose=task)


@transaction.atomic
def find_behind_glass(
    *, name: str, where: str, reason: str, by: Staff, now: datetime
) -> UUID | None:
    """Return the one home of the city that bears this name and number or road, or None.

    What was asked for is written down, found or not: who tries names leaves a row for each.
    """
    told = check_reason(reason)
    found = homes.the_only_one(name=name, where=where, seen_by=by)
    record(
        by=by.actor,
        verb="search_behind_glass",
        at=now,
        household=found,
        homes=[found] if found else [],
        purpose=Purpose("break_glass", "", told),
        words=f"{name.strip()} {where.strip()}"[:120],
    )
    return found
