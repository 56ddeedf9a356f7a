"""Handing a home from one dong office to another: two people do it, one on each side."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.actions import acting, record
from anbu.care.foundation.rules import Actor, NotHere, machine
from anbu.care.people import actions as people
from anbu.care.people.queries import LISTS, for_actor
from anbu.care.people.rules import clean
from anbu.care.places import queries as where

from ..models import Transfer
from ..queries import OPEN, coming_to
from .bringing import NotPossible

# No source gives a number: two working days, then somebody above both must know. A guess.
ANSWER_WITHIN = timedelta(days=2)


class UnknownTransfer(NotHere):
    """There is no such hand-over, or not for this person."""


@transaction.atomic
def send(*, household: UUID, into: str, reason: str, by: Actor, now: datetime) -> int:
    """Send a home to another dong (by code); until that one accepts, nothing changes."""
    homes = for_actor(by, LISTS).households.filter(left_at=None)
    home = homes.select_for_update(of=("self",)).filter(id=household).first()
    if home is None:
        raise people.UnknownHome
    dong = where.find_dong(into, now)
    if dong is None or dong.id == home.dong_id:
        raise NotPossible("넘길 다른 동을 골라 주세요.")
    try:
        with transaction.atomic():
            sent = Transfer.objects.create(
                household=home,
                out_of=home.dong,
                into_id=dong.id,
                reason=clean(reason, what="까닭", at_most=200, needed=True),
                sent_at=now,
                sent_by=by.name,
                due_at=now + ANSWER_WITHIN,
            )
    except IntegrityError:
        raise NotPossible("이미 넘기는 중인 가구입니다.") from None
    record(by=by.name, verb="send_transfer", at=now, household=household, into=into)
    return sent.pk


@transaction.atomic
def accept(*, transfer: int, by: Actor, now: datetime) -> None:
    """Accept a home: from this moment this dong answers for it, and for its open alarm."""
    found = _lock(transfer, coming_to(by))
    found.accepted_at, found.answered_by = now, by.name
    found.save(update_fields=["accepted_at", "answered_by"])
    # The home lies beyond the reach of who accepts it until this very deed.
    with acting(machine("transfer")):
        us = machine("transfer")
        people.hand_to_dong(household=found.household_id, dong=found.into_id, by=us, now=now)
        alarms.follow_home(household=found.household_id, out_of=found.out_of_id, now=now)
        record(by=by.name, verb="accept_transfer", at=now, household=found.household_id)


@transaction.atomic
def refuse(*, transfer: int, why: str, by: Actor, now: datetime) -> None:
    """Refuse a home, and say why; it stays where it was."""
    found = _lock(transfer, coming_to(by))
    found.answer = clean(why, what="까닭", at_most=200, needed=True)
    found.refused_at, found.answered_by = now, by.name
    found.save(update_fields=["refused_at", "answered_by", "answer"])
    record(by=by.name, verb="refuse_transfer", at=now, household=found.household_id)


@transaction.atomic
def withdraw(*, transfer: int, by: Actor, now: datetime) -> None:
    """Take back what was sent and not yet answered."""
    homes = for_actor(by, LISTS).households
    found = _lock(transfer, Transfer.objects.filter(household__in=homes))
    found.withdrawn_at, found.answered_by = now, by.name
    found.save(update_fields=["withdrawn_at", "answered_by"])
    record(by=by.name, verb="withdraw_transfer", at=now, household=found.household_id)


@transaction.atomic
def escalate_next(*, now: datetime) -> bool:
    """Tell the districts of the hand-over that waits longest for an answer; say if one did."""
    waiting = Transfer.objects.filter(OPEN, escalated_at=None, due_at__lte=now)
    found = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "id")
    late = found.first()
    if late is None:
        return False
    late.escalated_at = now
    late.save(update_fields=["escalated_at"])
    record(by="system:clock", verb="escalate_transfer", at=now, household=late.household_id)
    return True


def _lock(transfer: int, rows: QuerySet[Transfer]) -> Transfer:
    found = rows.select_for_update(of=("self",)).filter(id=transfer).first()
    if found is None:
        raise UnknownTransfer
    if found.accepted_at or found.refused_at or found.withdrawn_at:
        raise NotPossible("이미 답한 인계입니다.")
    return found
