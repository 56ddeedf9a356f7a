"""Putting somebody on a roster, changing when, taking them off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.staff.models import Staff

from ..models import Turn
from ..rules import NotAllowed, Part, Planned, Source, check_order, check_turn
from .holes import look
from .keeping import colleague, keep, save, standing, take_off, touch, turn_seen, write
from .lapsing import let_lapse


@transaction.atomic
def add_turn(
    *,
    post: int,
    staff: int,
    begins_at: datetime,
    ends_at: datetime,
    part: str,
    order: int = 0,
    by: Staff,
    now: datetime,
) -> Turn:
    """Put a colleague on the roster of a post.

    Raises:
        BadInput: the times or the order cannot be. NotAllowed: they stand on it at that time, or
        do not work there. UnknownTurn: there is no such post for this reader.
    """
    chair = keep(post=post, by=by)
    person = colleague(staff, chair)
    plan = Planned(staff=person.pk, begins_at=begins_at, ends_at=ends_at, part=Part(part))
    turn = write(plan, post=chair, source=Source.TYPED, order=order, now=now)
    look(chair, now=now)
    _record("add_turn", turn, by, now)
    return turn


@transaction.atomic
def change_turn(
    *,
    turn: UUID,
    begins_at: datetime,
    ends_at: datetime,
    part: str,
    order: int = 0,
    by: Staff,
    now: datetime,
) -> Turn:
    """Change when somebody works; swaps about the turn as it was are no more."""
    row = _kept(turn, by)
    check_turn(begins_at=begins_at, ends_at=ends_at, now=now)
    _not_over(row, now)
    row.begins_at, row.ends_at = begins_at, ends_at
    row.part, row.order = Part(part), check_order(Part(part), order)
    touch(row, now=now)
    save(row)
    let_lapse(turns=[row.pk], now=now)
    look(row.post, now=now)
    _record("change_turn", row, by, now)
    return row


@transaction.atomic
def withdraw_turn(*, turn: UUID, by: Staff, now: datetime) -> None:
    """Take somebody off the roster; the hole this opens is found at once."""
    row = _kept(turn, by)
    _not_over(row, now)
    take_off(row, by=by, now=now)
    let_lapse(turns=[row.pk], now=now)
    look(row.post, now=now)
    _record("withdraw_turn", row, by, now)


def _kept(turn: UUID, by: Staff) -> Turn:
    seen = turn_seen(turn, by=by)
    keep(post=seen.post_id, by=by)
    return standing(seen.pk)


def _not_over(turn: Turn, now: datetime) -> None:
    if turn.ends_at <= now:
        raise NotAllowed("이미 끝난 근무는 고칠 수 없습니다.")


def _record(verb: str, turn: Turn, by: Staff, now: datetime) -> None:
    told: dict[str, Any] = {"post": turn.post_id, "turn": str(turn.pk), "staff": turn.staff_id}
    span = [turn.begins_at.isoformat(), turn.ends_at.isoformat()]
    record(by=by.actor, verb=verb, at=now, span=span, **told)
