"""Taking people on, starting and ending their shifts, and letting them go."""

from datetime import datetime

from django.db import IntegrityError, transaction

from anbu.care.foundation.actions import record
from anbu.care.places.models import Post

from .models import Shift, Staff
from .rules import NotAllowed, check_seat, make_password


@transaction.atomic
def add_staff(
    *, login: str, name: str, role: str, post: int, by: str, now: datetime
) -> tuple[Staff, str]:
    """Take somebody on and return their first password, which is shown once and stored nowhere."""
    check_seat(role, Post.objects.get(id=post).kind)
    password = make_password()
    staff = Staff(login=login, name=name, role=role, post_id=post)
    staff.set_password(password)
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
    except IntegrityError:
        raise NotAllowed(f"아이디 {login}은(는) 이미 쓰이고 있습니다.") from None
    record(by=by, verb="add_staff", at=now, staff=staff.pk, role=role, post=post)
    return staff, password


@transaction.atomic
def renew_password(*, staff: int, by: str, now: datetime) -> str:
    """Give somebody a new password; every session opened with the old one dies."""
    person = Staff.objects.select_for_update().get(pk=staff)
    password = make_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    record(by=by, verb="renew_password", at=now, staff=staff)
    return password


@transaction.atomic
def disable(*, staff: int, by: str, now: datetime) -> None:
    """Shut somebody out at once: no sign-in, no living session, no open shift."""
    person = Staff.objects.select_for_update().get(pk=staff)
    person.is_active = False
    person.set_unusable_password()  # the session hash changes too, should it be enabled again
    person.save(update_fields=["is_active", "password"])
    Shift.objects.filter(staff=person, ended_at=None).update(ended_at=now)
    record(by=by, verb="disable_staff", at=now, staff=staff)


@transaction.atomic
def start_shift(*, by: Staff, now: datetime) -> Shift:
    """Begin work at one's own post; somebody already at work stays so."""
    # The row of the person is the lock: two windows start one shift.
    person = Staff.objects.select_for_update(of=("self",)).select_related("post").get(pk=by.pk)
    if not person.is_active:
        raise NotAllowed("쓸 수 없는 계정입니다.")
    shift = Shift.objects.filter(staff=person, ended_at=None).first()
    if shift is None:
        shift = Shift.objects.create(staff=person, post=person.post, started_at=now)
        record(by=person.actor, verb="start_shift", at=now, post=person.post_id)
    return shift


@transaction.atomic
def end_shift(*, by: Staff, now: datetime) -> None:
    """End work; what this person still owns goes back to the post on duty (alarms: jobs)."""
    ended = Shift.objects.filter(staff=by, ended_at=None).update(ended_at=now)
    if not ended:
        raise NotAllowed("근무 중이 아닙니다.")
    record(by=by.actor, verb="end_shift", at=now, post=by.post_id)
