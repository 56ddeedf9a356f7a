"""The door: tries are counted before they are judged, and who came in is written down."""

from datetime import datetime, timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection, transaction
from django.db.models import Q

from anbu.care.foundation.actions import record

from ..models import SignInAttempt, Staff
from ..rules import (
    FREE_PER_ACCOUNT,
    FREE_PER_ADDRESS,
    REMEMBERED,
    TooManyTries,
    shut_until,
)

KEPT = timedelta(days=30)


@transaction.atomic
def begin_attempt(*, login: str, address: str, kind: str, now: datetime) -> None:
    """Count one try at this account from this address, before anybody looks whether it is right.

    Counted as failed until `forgive` takes it back: a hundred tries at once are a hundred tries.
    """
    login = login.strip().lower()[:40]
    with connection.cursor() as cursor:  # one after the other, for each account and each address
        for name in sorted((f"account {login}", f"address {address}")):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 20))", [name])
    since = Q(at__gt=now - REMEMBERED)
    tries = SignInAttempt.objects.filter(since).order_by("at")
    of_account = tries.filter(login=login, kind=kind).values_list("at", flat=True)
    of_address = tries.filter(address=address).values_list("at", flat=True)
    ends = max(
        shut_until(list(of_account), free=FREE_PER_ACCOUNT),
        shut_until(list(of_address), free=FREE_PER_ADDRESS),
    )
    if ends > now:
        raise TooManyTries(ends)
    SignInAttempt.objects.filter(at__lt=now - KEPT).delete()
    SignInAttempt.objects.create(login=login, address=address, kind=kind, at=now)


def forgive(*, login: str, kind: str) -> None:
    """Take the tries at this account back: the last one was right."""
    SignInAttempt.objects.filter(login=login.strip().lower()[:40], kind=kind).delete()


@transaction.atomic
def unlock(*, staff: int, by: str, now: datetime) -> None:
    """Let somebody try again at once who is shut out by too many tries."""
    person = Staff.objects.get(pk=staff)
    SignInAttempt.objects.filter(login=person.login.lower()).delete()
    record(by=by, verb="unlock_staff", at=now, staff=staff)


def note_coming(*, staff: Staff, how: str, now: datetime) -> None:
    """Write down that somebody came in: by which second factor."""
    record(by=staff.actor, verb="sign_in", at=now, how=how)


def note_going(*, staff: Staff, now: datetime) -> None:
    """Write down that somebody went out."""
    record(by=staff.actor, verb="sign_out", at=now)


@transaction.atomic
def choose_password(*, staff: Staff, password: str, now: datetime) -> None:
    """Put a password of one's own in the place of the first one; other sessions die."""
    person = Staff.objects.select_for_update().get(pk=staff.pk)
    person.set_password(password)
    person.password_is_first = False
    person.save(update_fields=["password", "password_is_first"])
    record(by=person.actor, verb="choose_password", at=now)


@transaction.atomic
def bring_app(*, staff: Staff, by: str, now: datetime) -> str:
    """Enrol a code app without a screen and return its secret; for rehearsals and measurements."""
    secret: str = generate_totp_secret()
    TOTP.activate(staff, secret)
    Staff.objects.filter(pk=staff.pk).update(password_is_first=False)
    record(by=by, verb="bring_app", at=now, staff=staff.pk)
    return secret
