"""Giving 119 or 112 what they need to know: asked for to whom first, numbered, written down."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose
from anbu.care.people.rules import clean, clean_phone
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Provision, Step
from ..queries.packets import Packet, packet
from ..rules import (
    ON_PAPER,
    PARTS,
    RECIPIENT_LENGTH,
    URGENT_LENGTH,
    NotAllowed,
    To,
    Way,
    code_of,
)
from .ledger import Change, lock_open, write
from .sharing import leave_to_share

# The row of the year stays locked until the transaction ends, and falls back with it: no gap.
NEXT = """
INSERT INTO alarms_provisionyear (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = alarms_provisionyear.last + 1 RETURNING last
"""


@transaction.atomic
def give_packet(
    *,
    alarm_id: UUID,
    to: str,
    office: str,
    person: str,
    way: str,
    reply_to: str,
    urgent: str = "",
    by: Staff,
    now: datetime,
) -> Provision:
    """Write down to whom a packet goes, on which ground and what stands in it, under a number.

    Whoever sees the signal may, owner or not. Without consent a life must be at stake, or
    `urgent` says why it cannot wait.
    """
    alarm = lock_open(alarm_id=alarm_id, by=by)
    if to not in set(To) or way not in set(Way):
        raise NotAllowed("받는 곳과 전하는 길을 골라 주세요.")
    said = clean(urgent, what="급한 까닭", at_most=URGENT_LENGTH)
    told = {
        "office": clean(office, what="어느 상황실", at_most=RECIPIENT_LENGTH, needed=True),
        "person": clean(person, what="받는 사람", at_most=RECIPIENT_LENGTH, needed=True),
        "reply_to": clean_phone(reply_to, what="회신 전화", needed=True),
    }
    leave = leave_to_share(alarm, said=said, now=now)
    year = now.astimezone(SEOUL).year
    made = Provision.objects.create(
        year=year,
        nth=_next(year),
        alarm=alarm,
        to=to,
        ground=str(leave.basis),
        urgent=said,
        parts=[str(part) for part in PARTS[To(to)]],
        way=way,
        given_at=now,
        given_by=by,
        **told,
    )
    _write_down(Change(alarm, "give_packet", by), made, now)
    return made


@transaction.atomic
def open_packet(*, provision: UUID, seen_by: Staff, now: datetime) -> Packet | None:
    """Return a packet for the screen, and write down who saw it; on paper if it goes so."""
    found = packet(provision=provision, seen_by=seen_by, now=now)
    if found is not None:
        verb = "print_packet" if found.given.way == Way.PRINT else "open_packet"
        _seen(found, verb, seen_by, now)
    return found


@transaction.atomic
def print_packet(*, provision: UUID, seen_by: Staff, now: datetime) -> Packet | None:
    """Return a packet that becomes a file of one page. What was read aloud becomes none."""
    found = packet(provision=provision, seen_by=seen_by, now=now)
    if found is None or found.given.way not in ON_PAPER:
        return None
    _seen(found, "print_packet", seen_by, now)
    return found


def _next(year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [year])
        return int(cursor.fetchone()[0])


def _write_down(change: Change, made: Provision, now: datetime) -> None:
    code = code_of(made.year, made.nth)
    change.step(
        Step.Kind.NOTE,
        what="provision",
        text=f"{made.to} 전달지 {code} · {made.office} {made.person}",
        number=code,
        to=made.to,
        office=made.office,
        person=made.person,
        way=made.way,
        ground=made.ground,
    )
    write(change, now=now, sheet=code, to=made.to, way=made.way, ground=made.ground)


def _seen(found: Packet, verb: str, by: Staff, now: datetime) -> None:
    told = f"{found.given.to} {found.given.office} · {found.given.person}"
    record(
        by=by.actor,
        verb=verb,
        at=now,
        household=found.home.id,
        purpose=Purpose("signal", str(found.row.id), told),
        alarm=str(found.row.id),
        sheet=found.given.code,
    )
