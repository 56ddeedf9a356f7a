"""The citizen's door: tries are counted, an identity becomes one person or nobody."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from anbu.care.foundation.actions import acting, record
from anbu.care.foundation.rules import Actor, machine
from anbu.care.staff.rules import TooManyTries, shut_until

from ..models import Knock, Session
from ..queries import OWN, citizen, found, home_of
from ..rules import FREE_TRIES, IDLE, LONGEST, Told

DOOR = machine("citizen_door")  # nobody has a reach before it is known who they are
COUNTED = timedelta(hours=24)


@dataclass(frozen=True)
class Guest:
    """Who sits before the own record."""

    actor: Actor
    token: str


@transaction.atomic
def knock(*, keys: Sequence[str], now: datetime) -> None:
    """Count one try under each of these keys, or refuse it when there were too many."""
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 21))", [key])
    since = now - COUNTED
    for key in keys:
        tries = Knock.objects.filter(key=key, at__gt=since).order_by("at", "id")
        ends = shut_until(list(tries.values_list("at", flat=True)), free=FREE_TRIES)
        if ends > now:
            raise TooManyTries(ends)
    Knock.objects.filter(at__lt=since).delete()
    Knock.objects.bulk_create(Knock(key=key, at=now) for key in keys)


@transaction.atomic
def come_in(*, proof: Told, now: datetime) -> str | None:
    """Begin a sitting for the person this identity is, and return its token; None for nobody."""
    with acting(DOOR):
        who = found(proof=proof, actor=DOOR)
        if who is None:
            record(by=DOOR.name, verb="find_no_citizen", at=now, purpose=OWN)
            return None
        person, household = who
        token = secrets.token_urlsafe(32)
        Session.objects.create(
            token=_digest(token),
            household_id=household,
            person_id=person,
            opened_at=now,
            touched_at=now,
        )
        by = citizen(person=person, household=household).name
        record(by=by, verb="come_in", at=now, household=household, purpose=OWN)
    return token


@transaction.atomic
def sitting(*, token: str, now: datetime) -> Guest | None:
    """Return who sits there, and count the idle time anew; None when the sitting is over."""
    with acting(DOOR):
        rows = Session.objects.filter(
            token=_digest(token),
            ended_at=None,
            opened_at__gt=now - LONGEST,
            touched_at__gt=now - IDLE,
            household__left_at=None,
        )
        row = rows.first()
        if row is None:
            return None
        if now > row.touched_at:
            row.touched_at = now
            row.save(update_fields=["touched_at"])
    return Guest(citizen(person=row.person_id, household=row.household_id), token)


@transaction.atomic
def leave(*, guest: Guest, now: datetime) -> None:
    """End the sitting."""
    Session.objects.filter(token=_digest(guest.token), ended_at=None).update(ended_at=now)
    _trace("go_out", guest.actor, now)


@transaction.atomic
def look(*, guest: Guest, now: datetime) -> None:
    """Write down that somebody looked at the own record."""
    _trace("look_at_own_record", guest.actor, now)


def _trace(verb: str, actor: Actor, now: datetime) -> None:
    record(by=actor.name, verb=verb, at=now, household=home_of(actor), purpose=OWN)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
