"""Printing is a deed: it needs a reason, leaves a trace, and the paper says who made it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, new_id
from anbu.care.people.actions import UnknownHome
from anbu.care.people.queries import LISTS, Home
from anbu.care.people.rules import check_reason
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..queries import Row, sheets
from ..queries.field import entries_of
from ..queries.handover import board_page
from ..queries.household import sees_as
from ..queries.queue import row as row_of
from ..queries.sheets import BoardSheet, Sheet
from ..rules import NotAllowed, UnknownAlarm
from .ledger import lock_open


@transaction.atomic
def print_household(
    *, household: UUID, purpose: Purpose, reason: str, by: Staff, now: datetime
) -> Sheet:
    """Put a home on paper; its way in never stands there, for this page does not show it."""
    _alarm, sees = sees_as(household=household, purpose=purpose, seen_by=by)
    home = sheets.home_on_paper(household=household, purpose=sees, seen_by=by)
    if home is None:
        raise UnknownHome
    sheet = _sheet(home, reason, by, now)
    told = Purpose(purpose.kind, purpose.ref, sheet.reason)
    record(
        by=by.actor,
        verb="print_household",
        at=now,
        household=home.id,
        purpose=told,
        sheet=sheet.code,
    )
    return sheet


@transaction.atomic
def print_incident(
    *, alarm_id: UUID, reason: str, with_door: bool = False, by: Staff, now: datetime
) -> Sheet:
    """Put a signal that is open on paper, for who goes there; the way in only once it was seen."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    task = Purpose("signal", str(alarm_id))
    shown = row_of(alarm_id=alarm_id, seen_by=by, now=now)
    home = sheets.home_on_paper(household=alarm.household_id, purpose=task, seen_by=by)
    if shown is None or home is None:
        raise UnknownAlarm(str(alarm_id))
    if with_door and not sheets.door_was_seen(alarm_id=alarm_id, seen_by=by, now=now):
        raise NotAllowed("들어가는 법은 화면에서 연 뒤에 인쇄할 수 있습니다.")
    note = alarm.household.door_note if with_door else ""
    entries = entries_of(alarm_id=alarm_id, seen_by=by)
    sheet = replace(_sheet(home, reason, by, now, row=shown, door_note=note), entries=entries)
    record(
        by=by.actor,
        verb="print_incident",
        at=now,
        household=home.id,
        purpose=Purpose("signal", str(alarm_id), sheet.reason),
        sheet=sheet.code,
        alarm=str(alarm_id),
        door=bool(note),
    )
    return sheet


@transaction.atomic
def print_board(*, switch_at: datetime | None, reason: str, by: Staff, now: datetime) -> BoardSheet:
    """Put what passes on at one switch on paper: names, requests and answers, nothing else."""
    board = board_page(switch_at=switch_at, seen_by=by, now=now)
    sheet = BoardSheet(**_foot(reason, by, now), board=board)
    record(
        by=by.actor,
        verb="print_handovers",
        at=now,
        homes=sorted({row.row.household for row in sheet.board.rows}),
        purpose=Purpose(LISTS.kind, LISTS.ref, sheet.reason),
        sheet=sheet.code,
    )
    return sheet


def _foot(reason: str, by: Staff, now: datetime) -> dict[str, Any]:
    """Return what every page says of itself: `sheets.Paper`."""
    return {
        "code": f"P-{new_id().hex[-8:].upper()}",
        "reason": check_reason(reason),
        "printed_at": now,
        "printed_by": by.name,
        "office": by.organisation.name if by.organisation else "",
    }


def _sheet(
    home: Home,
    reason: str,
    by: Staff,
    now: datetime,
    *,
    row: Row | None = None,
    door_note: str = "",
) -> Sheet:
    return Sheet(
        **_foot(reason, by, now),
        home=home,
        age=now.astimezone(SEOUL).year - home.birth_year,
        row=row,
        door_note=door_note,
    )
