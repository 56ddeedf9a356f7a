"""The start and end of work, held against the roster."""

from datetime import datetime

from django.db import transaction

from anbu.care.effects import actions as effects
from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import new_id
from anbu.care.people.rules import clean
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import on_shift

from ..queries.needs import called
from ..queries.work import followers, work_card
from ..rules import NotAllowed, Rise

LONGEST_REASON = 120
EMPTY = "근무가 끝나 자리에 사람이 모자랍니다. 확인해 주세요."


class WorkNobodyFollows(NotAllowed):
    """Somebody would go home and leave the post short; they can, once they have said so."""

    def __init__(self) -> None:
        super().__init__("지금 나가면 자리에 사람이 모자랍니다.")


@transaction.atomic
def start_work(
    *,
    reason: str = "",
    heard: bool | None = None,
    extension: str = "",
    by: Staff,
    now: datetime,
) -> None:
    """Begin work at one's own post; who is not on the roster says why, and it is written down.

    `heard`: whether the tone that tells of a critical alarm was heard; None where nobody said.
    `extension`: of the telephone at the seat; "" for none.

    Raises:
        BadInput: somebody who is not on the roster gave no reason.
    """
    card = work_card(staff=by, now=now)
    if on_shift(staff=by) is None and card.asks_reason:
        why = clean(reason, what="까닭", at_most=LONGEST_REASON, needed=True)
        record(by=by.actor, verb="start_off_roster", at=now, post=by.post_id, why=why)
    if heard is not None:
        record(by=by.actor, verb="check_sound", at=now, post=by.post_id, heard=heard)
    staffing.start_shift(extension=extension, by=by, now=now)


@transaction.atomic
def leave_work(*, is_sure: bool = False, by: Staff, now: datetime) -> None:
    """End work. Who leaves the post short is told so first; then others are called.

    Raises:
        WorkNobodyFollows: the post would be short, and it was not said that this is known.
    """
    left = followers(staff=by, now=now)
    is_short = left is not None and left.is_short
    if is_short and not is_sure:
        raise WorkNobodyFollows
    staffing.end_shift(by=by, now=now)
    if is_short and by.post is not None:
        record(by=by.actor, verb="leave_post_short", at=now, post=by.post_id)
        told = [one for one in called(by.post, Rise.CITY) if one != by.pk]
        effects.call_people(staff=told, words=EMPTY, cause=new_id(), now=now)
