"""What a person does with the mass brake: take it on, look who is behind it, and choose."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause
from anbu.care.foundation.actions import record
from anbu.care.people.queries import LISTS
from anbu.care.people.rules import clean
from anbu.care.staff.models import Staff

from ..models import Brake
from ..queries.brakes import BrakePage, brake_page, is_at_centre, visible_brakes
from ..rules import CHOICE_NEXT, BrakeChoice, NotAllowed, TakenByAnother, UnknownAlarm
from .ledger import announce_causes

LONGEST_REASON = 200


@transaction.atomic
def open_brake(
    *, brake_id: UUID, after: UUID | None = None, seen_by: Staff, now: datetime
) -> BrakePage | None:
    """Return one page of what a brake holds, and write down who saw which homes."""
    page = brake_page(brake_id=brake_id, after=after, seen_by=seen_by)
    if page is not None:
        record(
            by=seen_by.actor,
            verb="list_brake",
            at=now,
            homes=sorted(home.household for home in page.homes),
            purpose=LISTS,
            brake=str(brake_id),
        )
        effects.acknowledge([Cause.BRAKE], [brake_id], by=seen_by, now=now, at_post=True)
    return page


@transaction.atomic
def claim_brake(*, brake_id: UUID, by: Staff, now: datetime) -> None:
    """Become the owner of a brake; of two who try at once, one gets it."""
    brake = _lock(brake_id, by)
    if brake.owner_staff_id != by.pk:
        _take(brake, by, now)
        brake.save()
        record(by=by.actor, verb="claim_brake", at=now, brake=str(brake.id))
        announce_causes()


@transaction.atomic
def choose_brake(
    *, brake_id: UUID, choice: str, reason: str = "", by: Staff, now: datetime
) -> None:
    """Choose what becomes of everything a brake holds; the clock then does it piece by piece."""
    brake = _lock(brake_id, by)
    if choice not in set(BrakeChoice):
        raise NotAllowed("어떻게 할지 골라 주세요.")
    _take(brake, by, now)
    if choice not in CHOICE_NEXT[brake.choice]:
        raise NotAllowed("이미 정해졌습니다. 새 내용을 보고 다시 골라 주세요.")
    brake.reason = clean(
        reason, what="까닭", at_most=LONGEST_REASON, needed=choice == BrakeChoice.OUR_FAULT
    )
    brake.choice, brake.chosen_by, brake.chosen_at = choice, by, now
    brake.save()
    record(
        by=by.actor, verb="choose_brake", at=now, brake=str(brake.id), choice=choice,
        reason=brake.reason,
    )  # fmt: skip
    announce_causes()


def _take(brake: Brake, by: Staff, now: datetime) -> None:
    effects.acknowledge([Cause.BRAKE], [brake.id], by=by, now=now)
    if brake.owner_staff_id == by.pk:
        return
    if brake.owner_staff is not None:
        raise TakenByAnother(brake.owner_staff.name, brake.owner_since)
    brake.owner_staff, brake.owner_post, brake.owner_since = by, None, now


def _lock(brake_id: UUID, by: Staff) -> Brake:
    """Return the brake, ours until the transaction ends. Only the centre chooses for a city."""
    rows = visible_brakes(seen_by=by).filter(id=brake_id) if is_at_centre(by) else None
    brake = rows.select_for_update(of=("self",), no_key=True).first() if rows is not None else None
    if brake is None:
        raise UnknownAlarm(str(brake_id))
    if brake.ended_at is not None:
        raise NotAllowed("이미 끝난 사건입니다.")
    return brake
