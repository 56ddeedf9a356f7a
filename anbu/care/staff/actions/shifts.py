"""Starting and ending a shift."""

from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import record

from ..models import Shift, Staff
from ..rules import NotAllowed


@transaction.atomic
def start_shift(*, extension: str = "", by: Staff, now: datetime) -> Shift:
    """Begin work at one's own post; somebody already at work stays so.

    `extension`: of the telephone at the seat (내선), which the exchange rings; "" for none.
    """
    # The row of the person is the lock: two windows start one shift.
    person = Staff.objects.select_for_update(of=("self",)).select_related("post").get(pk=by.pk)
    if not person.is_active:
        raise NotAllowed("쓸 수 없는 계정입니다.")
    if person.post is None:
        raise NotAllowed("당직 자리가 없는 역할입니다.")
    shift = Shift.objects.filter(staff=person, ended_at=None).first()
    if shift is None:
        shift = Shift.objects.create(staff=person, post=person.post, started_at=now)
        record(by=person.actor, verb="start_shift", at=now, post=person.post_id)
    if extension and extension != shift.extension:
        shift.extension = extension
        shift.save(update_fields=["extension"])
    return shift


@transaction.atomic
def end_shift(*, by: Staff, now: datetime) -> None:
    """End work; what this person still owns goes back to the post on duty (alarms: jobs)."""
    ended = Shift.objects.filter(staff=by, ended_at=None).update(ended_at=now)
    if not ended:
        raise NotAllowed("근무 중이 아닙니다.")
    record(by=by.actor, verb="end_shift", at=now, post=by.post_id)
