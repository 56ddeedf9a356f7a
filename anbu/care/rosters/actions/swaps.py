"""바꾸기: two turns change hands in one step, or nothing does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from anbu.care.foundation.actions import record
from anbu.care.staff.models import Staff

from ..models import Swap, Turn
from ..queries.sight import may_keep, posts_seen
from ..rules import (
    NEXT_SWAP,
    NotAllowed,
    Part,
    Planned,
    Source,
    SwapState,
    UnknownTurn,
    after_agreeing,
    clashes,
)
from .holes import look
from .keeping import colleague, lock, planned, standing, take_off, turn_seen, write
from .lapsing import let_lapse


@transaction.atomic
def ask_swap(
    *,
    gives: UUID,
    asked_of: int | None = None,
    takes: UUID | None = None,
    by: Staff,
    now: datetime,
) -> Swap:
    """Ask a colleague to work one's own turn: in return for one of theirs, or for nothing."""
    chair = lock(turn_seen(gives, by=by).post_id)
    own = standing(gives)
    if own.staff_id != by.pk:
        raise NotAllowed("자기 근무만 바꾸자고 청할 수 있습니다.")
    theirs = _theirs(takes, of=asked_of, by=by, post=chair.pk)
    other = colleague(theirs.staff_id if theirs else asked_of or 0, chair)
    if other.pk == by.pk:
        raise NotAllowed("다른 분을 골라 주세요.")
    _not_begun(own, theirs, now=now)
    _fits(own, theirs, other.pk)
    swap = Swap(gives=own, takes=theirs, asked_by=by, asked_of=other, asked_at=now)
    try:
        with transaction.atomic():
            swap.save(force_insert=True)
    except IntegrityError:
        raise NotAllowed("이 근무는 이미 바꾸자고 청해 두었습니다.") from None
    _record("ask_swap", swap, by, now)
    return swap


@transaction.atomic
def agree_swap(*, swap: UUID, by: Staff, now: datetime) -> Swap:
    """Say yes to what was asked; where the lead's word is needed, it waits for it."""
    row = _locked(swap, by)
    if row.asked_of_id != by.pk:
        raise NotAllowed("청을 받은 분이 답합니다.")
    to = after_agreeing(is_allowed_by_lead=settings.ROSTER_SWAPS_ALLOWED)
    _may_become(row, to if row.state == SwapState.ASKED else SwapState.AGREED)
    row.agreed_at = now
    if to is SwapState.DONE:
        _do(row, by=by, now=now)
    else:
        row.state = to
        row.save(update_fields=["state", "agreed_at"])
    _record("agree_swap", row, by, now)
    return row


@transaction.atomic
def allow_swap(*, swap: UUID, by: Staff, now: datetime) -> Swap:
    """Allow what two people agreed on, and do it."""
    row = _locked(swap, by)
    if not may_keep(post=row.gives.post_id, seen_by=by):
        raise NotAllowed("책임자가 허락합니다.")
    if by.pk in (row.asked_by_id, row.asked_of_id):
        raise NotAllowed("자기 일은 다른 책임자가 허락합니다.")
    if row.state != SwapState.AGREED:
        raise NotAllowed("두 분이 먼저 서로 좋다고 해야 합니다.")
    _do(row, by=by, now=now)
    _record("allow_swap", row, by, now)
    return row


@transaction.atomic
def refuse_swap(*, swap: UUID, by: Staff, now: datetime) -> None:
    """Do not swap: said by whoever was asked, or by the lead."""
    row = _locked(swap, by)
    if by.pk != row.asked_of_id and not may_keep(post=row.gives.post_id, seen_by=by):
        raise NotAllowed("청을 받은 분이 답합니다.")
    _end(row, SwapState.REFUSED, by, now)
    _record("refuse_swap", row, by, now)


@transaction.atomic
def withdraw_swap(*, swap: UUID, by: Staff, now: datetime) -> None:
    """Take back what one asked for."""
    row = _locked(swap, by)
    if by.pk != row.asked_by_id:
        raise NotAllowed("청한 분만 거둘 수 있습니다.")
    _end(row, SwapState.WITHDRAWN, by, now)
    _record("withdraw_swap", row, by, now)


def _locked(swap: UUID, by: Staff) -> Swap:
    """Return a swap of a roster this person may read; the roster is ours from now on."""
    seen = Swap.objects.filter(gives__post__in=posts_seen(seen_by=by), id=swap)
    post = seen.values_list("gives__post_id", flat=True).first()
    if post is None:
        raise UnknownTurn(str(swap))
    lock(post)
    return Swap.objects.select_related("gives__post", "takes__post").get(id=swap)


def _do(row: Swap, *, by: Staff, now: datetime) -> None:
    """Let both turns change hands: off the roster first, or one person stood on it twice."""
    _may_become(row, SwapState.DONE)
    gives = standing(row.gives_id)
    takes = standing(row.takes_id) if row.takes_id else None
    _not_begun(gives, takes, now=now)
    colleague(row.asked_of_id, gives.post)
    colleague(row.asked_by_id, gives.post)
    _fits(gives, takes, row.asked_of_id)
    hands = [(gives, row.asked_of_id)] + ([(takes, row.asked_by_id)] if takes else [])
    for turn, _ in hands:
        take_off(turn, by=by, now=now)
    for turn, to in hands:
        times = {"begins_at": turn.begins_at, "ends_at": turn.ends_at}
        plan = Planned(staff=to, part=Part(turn.part), **times)
        write(plan, post=turn.post, source=Source.SWAP, order=turn.order, now=now)
    row.state, row.settled_at, row.settled_by = SwapState.DONE, now, by
    row.save(update_fields=["state", "agreed_at", "settled_at", "settled_by"])
    let_lapse(turns=[turn.pk for turn, _ in hands], now=now)
    look(gives.post, now=now)


def _end(row: Swap, state: SwapState, by: Staff, now: datetime) -> None:
    _may_become(row, state)
    row.state, row.settled_at, row.settled_by = state, now, by
    row.save(update_fields=["state", "settled_at", "settled_by"])


def _may_become(row: Swap, state: SwapState) -> None:
    if state not in NEXT_SWAP[SwapState(row.state)]:
        raise NotAllowed("이미 끝난 일입니다.")


def _theirs(takes: UUID | None, *, of: int | None, by: Staff, post: int) -> Turn | None:
    if takes is None:
        return None
    theirs = standing(turn_seen(takes, by=by).pk)
    if theirs.post_id != post or of not in (None, theirs.staff_id):
        raise NotAllowed("그분의 근무가 아닙니다.")
    return theirs


def _not_begun(gives: Turn, takes: Turn | None, *, now: datetime) -> None:
    if any(turn.begins_at <= now for turn in (gives, takes) if turn is not None):
        raise NotAllowed("이미 시작한 근무는 바꿀 수 없습니다.")


def _fits(gives: Turn, takes: Turn | None, other: int) -> None:
    """Refuse what would bind one of the two twice at one moment."""
    changed = [gives.pk] + ([takes.pk] if takes else [])
    hands = [(gives, other)] + ([(takes, gives.staff_id)] if takes else [])
    after = [
        Planned(staff=to, begins_at=turn.begins_at, ends_at=turn.ends_at) for turn, to in hands
    ]
    near = Q(begins_at__lt=max(each.ends_at for each in after))
    near &= Q(ends_at__gt=min(each.begins_at for each in after))
    rows = Turn.objects.filter(near, staff__in=[gives.staff_id, other], withdrawn_at=None)
    if clashes([*planned(rows.exclude(id__in=changed)), *after]):
        raise NotAllowed("바꾸면 한 분이 같은 시간에 두 번 서게 됩니다.")


def _record(verb: str, swap: Swap, by: Staff, now: datetime) -> None:
    told: dict[str, Any] = {"swap": str(swap.pk), "post": swap.gives.post_id}
    told["state"] = str(swap.state)
    record(by=by.actor, verb=verb, at=now, **told)
