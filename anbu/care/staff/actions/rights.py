"""Taking people on, changing what they may do, shutting them out."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from anbu.care.foundation.actions import record
from anbu.care.places import queries as places
from anbu.care.places.models import Organisation, Post

from ..models import Grant, Shift, SignInAttempt, Staff
from ..rules import SEATS, NotAllowed, check_seat, make_password


@transaction.atomic
def add_staff(
    *,
    login: str,
    name: str,
    role: str,
    post: int | None = None,
    organisation: int | None = None,
    why: str = "",
    by: str,
    now: datetime,
) -> tuple[Staff, str]:
    """Take somebody on and return their first password, which is shown once and stored nowhere.

    Somebody at a duty post belongs to the organisation that keeps it.
    """
    home, chair = _seat(role, post=post, organisation=organisation)
    password = make_password()
    staff = Staff(login=login, name=name, role=role, post=chair, organisation=home)
    staff.password_is_first = True
    staff.set_password(password)
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
    except IntegrityError:
        raise NotAllowed(f"아이디 {login}은(는) 이미 쓰이고 있습니다.") from None
    _grant(staff, why=why, by=by, now=now)
    record(by=by, verb="add_staff", at=now, staff=staff.pk, role=role, place=_place(staff))
    return staff, password


@transaction.atomic
def change_role(
    *,
    staff: int,
    role: str,
    post: int | None = None,
    organisation: int | None = None,
    why: str,
    by: str,
    now: datetime,
) -> Staff:
    """Give somebody another role or place; every session and shift of before ends at once."""
    person = Staff.objects.select_for_update().get(pk=staff)
    if not person.is_active:
        raise NotAllowed("쓸 수 없는 계정입니다.")
    if not why.strip():
        raise NotAllowed("권한을 바꾸는 까닭을 적어 주세요.")
    person.organisation, person.post = _seat(role, post=post, organisation=organisation)
    person.role = role
    _shut_out(person, by=by, now=now)
    person.save()
    _grant(person, why=why.strip(), by=by, now=now)
    record(by=by, verb="change_role", at=now, staff=staff, role=role, place=_place(person))
    return person


@transaction.atomic
def renew_password(*, staff: int, by: str, now: datetime) -> str:
    """Give somebody a new password; every session opened with the old one dies."""
    person = Staff.objects.select_for_update().get(pk=staff)
    password = make_password()
    person.set_password(password)
    person.password_is_first = True
    person.save(update_fields=["password", "password_is_first"])
    record(by=by, verb="renew_password", at=now, staff=staff)
    return password


@transaction.atomic
def lose_device(*, staff: int, by: str, now: datetime) -> str:
    """Make a lost telephone or key worthless at once, and return a new first password.

    Both factors go: who found the device may have seen the password too.
    """
    person = Staff.objects.select_for_update().get(pk=staff)
    if not person.is_active:
        raise NotAllowed("쓸 수 없는 계정입니다.")
    gone, _ = Authenticator.objects.filter(user=person).delete()
    password = make_password()
    person.set_password(password)
    person.password_is_first = True
    person.round += 1
    person.save(update_fields=["password", "password_is_first", "round"])
    record(by=by, verb="lose_device", at=now, staff=staff, second_factors=gone)
    return password


@transaction.atomic
def end_sessions(*, staff: int, by: str, now: datetime) -> None:
    """End every session of somebody, wherever it is open; they come in again as they did before."""
    person = Staff.objects.select_for_update().get(pk=staff)
    person.round += 1
    person.save(update_fields=["round"])
    record(by=by, verb="end_sessions", at=now, staff=staff)


@transaction.atomic
def disable(*, staff: int, by: str, now: datetime) -> None:
    """Shut somebody out at once: no sign-in, no living session, no open shift, no second factor."""
    person = Staff.objects.select_for_update().get(pk=staff)
    person.is_active = False
    person.set_unusable_password()  # the session hash changes too, should it be enabled again
    _shut_out(person, by=by, now=now)
    person.save()
    Authenticator.objects.filter(user=person).delete()
    SignInAttempt.objects.filter(login=person.login).delete()
    record(by=by, verb="disable_staff", at=now, staff=staff)


def _seat(
    role: str, *, post: int | None, organisation: int | None
) -> tuple[Organisation, Post | None]:
    chair = Post.objects.filter(id=post).first() if post is not None else None
    if chair is None and SEATS.get(role, ((), None))[1] == Post.VENDOR:
        chair = Post.objects.filter(vendor=organisation).first()  # a vendor has one
    number = organisation
    if number is None and chair is not None:
        number = places.organisation_of_post(chair.pk)
    home = Organisation.objects.filter(id=number or 0, valid_until=None).first()
    if home is None:
        raise NotAllowed("이 역할이 속할 기관을 알 수 없습니다.")
    check_seat(role, organisation=home.kind, post=chair.kind if chair else None)
    if chair is not None and (chair.dong_id, chair.vendor_id) != (home.dong_id, _vendor(home)):
        raise NotAllowed("이 역할은 그 자리에서 일할 수 없습니다.")
    return home, chair


def _vendor(home: Organisation) -> int | None:
    return home.pk if home.kind == Organisation.Kind.VENDOR else None


def _grant(person: Staff, *, why: str, by: str, now: datetime) -> None:
    Grant.objects.create(
        staff=person,
        role=person.role,
        organisation=person.organisation,
        post=person.post,
        granted_at=now,
        granted_by=by,
        why=why,
    )


def _shut_out(person: Staff, *, by: str, now: datetime) -> None:
    """End the standing grant, the shift, and every session (the caller saves the person)."""
    person.round += 1
    Grant.objects.filter(staff=person, ended_at=None).update(ended_at=now, ended_by=by)
    Shift.objects.filter(staff=person, ended_at=None).update(ended_at=now)


def _place(person: Staff) -> dict[str, int | None]:
    return {"post": person.post_id, "organisation": person.organisation_id}
