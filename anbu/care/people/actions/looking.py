"""Opening somebody's page: for a task, for a typed reason, or by breaking the glass."""

import json
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from anbu.care.foundation.actions import acting, record
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff

from ..models import Bait, Household, Opening
from ..queries import seen
from ..rules import GLASS_FOR, OPEN_FOR, BadInput, check_reason
from .changing import UnknownHome
from .registering import NewPerson, register_household

NEVER_WORK = timedelta(days=3650)


@transaction.atomic
def open_for_task(*, household: UUID, task: Purpose, by: Staff, now: datetime) -> None:
    """Open a page for what somebody was given to do. The rooms above say what that is."""
    if not task.is_task:
        raise ValueError(f"{task}: no task")
    _open(household, by, now, kind=Opening.Kind.TASK, task=str(task))


@transaction.atomic
def open_for_reason(*, household: UUID, reason: str, by: Staff, now: datetime) -> None:
    """Open a page of the own area for a reason somebody types; it is read by a reviewer."""
    told = check_reason(reason)
    made = _open(household, by, now, kind=Opening.Kind.REASON, reason=told)
    _trace("say_why", made, by, now)


@transaction.atomic
def break_glass(*, household: UUID, reason: str, by: Staff, now: datetime) -> None:
    """Open any page of the city at once, for half an hour, and tell whose home it is.

    The same moment ends it for the walls and for every query: nothing has to be swept.
    """
    told = check_reason(reason)
    with acting(machine("break_glass")):
        dong = Household.objects.filter(id=household).values_list("dong", flat=True).first()
    if dong is None or not by.is_active:
        raise UnknownHome
    made = Opening.objects.create(
        staff=by,
        household_id=household,
        kind=Opening.Kind.BREAK_GLASS,
        reason=told,
        opened_at=now,
        until=now + GLASS_FOR,
        told_post_id=places.posts_of([dong])[dong],
    )
    _trace("break_glass", made, by, now)
    tell_screens()


@transaction.atomic
def see_glass(*, opening: int, by: Staff, now: datetime) -> None:
    """Say for one's post that one has seen who broke the glass of its home."""
    rows = Opening.objects.select_for_update(of=("self",)).filter(kind=Opening.Kind.BREAK_GLASS)
    row = rows.filter(id=opening, told_post=by.post_id).first() if by.post_id else None
    if row is None:
        raise UnknownHome
    if row.staff_id == by.pk:
        raise BadInput("자신의 긴급 열람은 다른 사람이 확인합니다.")
    if row.seen_by_post_at is None:
        row.seen_by_post_at = now
        row.save(update_fields=["seen_by_post_at"])
        record(by=by.actor, verb="acknowledge_glass", at=now, household=row.household_id)
        tell_screens()


@transaction.atomic
def place_bait(
    *, dong: str, address: str, name: str, birth_year: int, sex: str, by: Staff, now: datetime
) -> UUID:
    """Write down a made-up person whom nobody has any business with, and return the home.

    It looks like any other in lists and searches. It has no consent and no device, so it is never
    watched, called or counted; its day to look again lies far off, so it is nobody's work.
    """
    _check_privacy(by)
    number = f"010-0000-{secrets.randbelow(10_000):04d}"  # belongs to nobody
    with acting(machine("register")):
        # In the name of the register: the officer's on the page would tell the secret.
        made = register_household(
            dong=dong,
            address=address,
            tier="mid",
            patience_hours=24,
            person=NewPerson(name=name, birth_year=birth_year, sex=sex, phone=number),
            by=machine("register").name,
            now=now,
        )
        far_off = (now + NEVER_WORK).date()
        Household.objects.filter(id=made).update(tier_review_on=far_off)
        Bait.objects.create(household_id=made, placed_at=now, placed_by=by.actor)
    # Not as the trace's household, for the same reason.
    record(by=by.actor, verb="place_bait", at=now, bait=str(made))
    return made


@transaction.atomic
def remove_bait(*, household: UUID, by: Staff, now: datetime) -> None:
    """Take the mark off; the made-up household leaves the register with it."""
    _check_privacy(by)
    rows = Bait.objects.select_for_update().filter(household=household, removed_at=None)
    if not rows.update(removed_at=now):
        raise UnknownHome
    with acting(machine("register")):
        Household.objects.filter(id=household, left_at=None).update(left_at=now)
    record(by=by.actor, verb="remove_bait", at=now, bait=str(household))


def tell_screens() -> None:
    """Tell every open screen, once the transaction commits, that there is news about looking."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('anbu_alarm', %s)", [json.dumps({"id": "glass", "v": 0})])


def _open(household: UUID, by: Staff, now: datetime, **told: str) -> Opening:
    if not seen(seen_by=by).households.filter(id=household).exists():
        raise UnknownHome
    return Opening.objects.create(
        staff=by, household_id=household, opened_at=now, until=now + OPEN_FOR, **told
    )


def _check_privacy(by: Staff) -> None:
    if not by.is_active or by.role != Staff.Role.PRIVACY_OFFICER:
        raise UnknownHome


def _trace(verb: str, made: Opening, by: Staff, now: datetime) -> None:
    record(
        by=by.actor,
        verb=verb,
        at=now,
        household=made.household_id,
        purpose=Purpose(made.kind, str(made.pk), made.reason),  # type: ignore[arg-type]
    )
