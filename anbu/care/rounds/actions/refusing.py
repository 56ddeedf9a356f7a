"""거절: a state that the log itself makes and ends, told also by who sits at a desk."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import new_id
from anbu.care.people import queries as people
from anbu.care.people.rules import clean
from anbu.care.staff.models import Staff

from .. import rules
from ..models import Contact, Standing
from .standing import write_real

NOTE_LENGTH = 300


@transaction.atomic
def note_refusal(*, home: UUID, kind: str, words: str, by: Staff, now: datetime) -> None:
    """Write down that somebody wants no calls: they are tried quietly, and never dropped."""
    _check_mine(home, by)
    _write(home, rules.Kind(kind), rules.Result.DECLINED, "", words, by, now)
    record(by=by.actor, verb="note_round_refusal", at=now, household=home)


@transaction.atomic
def note_yes(*, home: UUID, kind: str, mood: str, words: str, by: Staff, now: datetime) -> None:
    """Write down that who refused says yes again: the cadence of the tier holds from now on."""
    row = _check_mine(home, by)
    if row.refuses_since is None:
        raise rules.NotAllowed("거절한 상태가 아닙니다.")
    _write(home, rules.Kind(kind), rules.Result.REACHED, mood, words, by, now)
    record(by=by.actor, verb="end_round_refusal", at=now, household=home)


def _write(
    home: UUID,
    kind: rules.Kind,
    result: rules.Result,
    mood: str,
    words: str,
    by: Staff,
    now: datetime,
) -> None:
    rules.check_contact(kind, result, rules.Mood(mood) if mood else None, ())
    row = Contact(
        id=new_id(),
        household_id=home,
        kind=str(kind),
        result=str(result),
        is_real=rules.is_real(result),
        mood=mood,
        note=clean(words, what="메모", at_most=NOTE_LENGTH),
        at=now,
        by=by.actor,
        told_at=now,
    )
    write_real([row], now=now)


def _check_mine(home: UUID, by: Staff) -> Standing:
    if by.role not in (Staff.Role.PLANNER, Staff.Role.NURSE) or not by.is_active:
        raise rules.NotAllowed("동 담당자가 적습니다.")
    near = people.within_sight(seen_by=by).filter(id=home)
    row = Standing.objects.filter(household__in=near, ended_at=None).first()
    if row is None:
        raise rules.NotAllowed("맡은 동에서 돌봄단이 살피는 분이 아닙니다.")
    return row
