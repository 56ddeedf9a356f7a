"""Making errands, and what the people of a post do about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.people.models import Household
from anbu.care.people.rules import clean
from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from . import queries
from .models import Errand, PutOff
from .rules import (
    NOTE_LENGTH,
    WORDS_LENGTH,
    Need,
    NotAllowed,
    UnknownErrand,
    check_day,
    check_end,
    due_on,
)


def make(
    *,
    household: Household,
    cause: UUID,
    need: str,
    request: str,
    promise: str,
    post: Post,
    by: Staff,
    now: datetime,
) -> Errand:
    """Write down what was promised, by the day its kind asks for; told twice it is made once.

    The caller holds the transaction in which the promise is made.
    """
    if need not in set(Need):
        raise NotAllowed("무엇에 대한 부탁인지 골라 주세요.")
    today = now.astimezone(SEOUL).date()
    day = due_on(Need(need), today=today, holidays=places.calendar(now).holidays)
    errand, is_new = Errand.objects.get_or_create(
        cause=cause,
        defaults={
            "household": household,
            "need": need,
            "request": request,
            "promise": promise,
            "owner_post": post,
            "taken_by": by if by.post_id == post.pk else None,
            "made_at": now,
            "first_due_on": day,
            "due_on": day,
        },
    )
    if is_new:
        _trace(errand, "make_errand", by, now, need=need, due_on=day.isoformat())
    return errand


@transaction.atomic
def open_errands(*, seen_by: Staff, now: datetime) -> queries.Errands:
    """Return the open errands, and write down whose homes were shown to whom."""
    found = queries.errands(seen_by=seen_by, now=now)
    rows = (*found.due, *found.later)
    if rows:
        record(
            by=seen_by.actor,
            verb="list_errands",
            at=now,
            homes=sorted({row.household for row in rows}),
            errands=[str(row.id) for row in rows],
        )
    return found


@transaction.atomic
def take(*, errand_id: UUID, by: Staff, now: datetime) -> None:
    """Say that one does it oneself; of the same post anybody may, also after somebody else."""
    errand = _lock(errand_id, by)
    if errand.taken_by_id == by.pk:
        return
    errand.taken_by = by
    errand.save(update_fields=["taken_by"])
    _trace(errand, "take_errand", by, now)


@transaction.atomic
def put_off(*, errand_id: UUID, until: date, reason: str, by: Staff, now: datetime) -> None:
    """Promise another, later day, and say why."""
    errand = _lock(errand_id, by)
    check_day(until, today=now.astimezone(SEOUL).date())
    if until <= errand.due_on:
        raise NotAllowed("지금 기한보다 뒤의 날을 골라 주세요.")
    why = clean(reason, what="미루는 까닭", at_most=WORDS_LENGTH, needed=True)
    PutOff.objects.create(errand=errand, at=now, by=by, until=until, reason=why)
    errand.due_on = until
    errand.save(update_fields=["due_on"])
    _trace(errand, "put_off_errand", by, now, until=until.isoformat())


@transaction.atomic
def close(*, errand_id: UUID, end: str, note: str, by: Staff, now: datetime) -> None:
    """Say what came of it."""
    errand = _lock(errand_id, by)
    told = clean(note, what="메모", at_most=NOTE_LENGTH)
    errand.end, errand.note = check_end(end, told), told
    errand.closed_at, errand.closed_by = now, by
    errand.save(update_fields=["end", "note", "closed_at", "closed_by"])
    _trace(errand, "close_errand", by, now, end=str(errand.end))


def _lock(errand_id: UUID, by: Staff) -> Errand:
    """Return an open errand of this person's post, theirs until the transaction ends."""
    rows = queries.visible(seen_by=by).select_for_update(of=("self",))
    errand = rows.filter(id=errand_id).first()
    if errand is None:
        raise UnknownErrand(str(errand_id))
    if errand.owner_post_id != by.post_id:
        raise NotAllowed("맡은 동에서 처리합니다.")
    if errand.closed_at is not None:
        raise NotAllowed("이미 끝난 일입니다.")
    return errand


def _trace(errand: Errand, verb: str, by: Staff, now: datetime, **detail: Any) -> None:
    record(
        by=by.actor,
        verb=verb,
        at=now,
        household=errand.household_id,
        errand=str(errand.id),
        **detail,
    )
