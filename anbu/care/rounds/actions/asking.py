"""Asking for a word with somebody beside the cadence, each cause once; and its end by a contact."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from anbu.care.alarms import queries as alarms
from anbu.care.foundation.actions import act_as, record
from anbu.care.foundation.rules import machine

from .. import rules
from ..models import Asked, Upto

CLOCK = machine("rounds")
WISHES = "wishes"  # the name of the cursor over what alarms leave
OVERLAP = timedelta(minutes=10)  # a deed that was written late is read all the same
FIRST_DAYS = 3  # what is older when rounds begin to run is over
# The first real contact after it was asked for; a log that was put right is no contact.
REACHED = """
UPDATE rounds_asked a SET ended_at = %(now)s, ended_by_id = c.id
FROM (
    SELECT DISTINCT ON (o.id) o.id AS asked, c.id
    FROM rounds_asked o
    JOIN rounds_standing s ON s.household_id = o.household_id AND s.contact_at >= o.asked_at
    JOIN rounds_contact c ON c.household_id = o.household_id AND c.is_real AND c.at >= o.asked_at
    WHERE o.ended_at IS NULL
      AND NOT EXISTS (SELECT FROM rounds_contact n WHERE n.replaces = c.id AND n.id <> c.id)
    ORDER BY o.id, c.at, c.id
) c WHERE a.id = c.asked AND a.ended_at IS NULL
RETURNING a.household_id
"""
# Who is in no round has no clock: their log itself says so.
REACHED_OUTSIDE = REACHED.replace(
    "JOIN rounds_standing s ON s.household_id = o.household_id AND s.contact_at >= o.asked_at", ""
).replace(
    "WHERE o.ended_at IS NULL",
    "WHERE o.ended_at IS NULL AND NOT EXISTS"
    " (SELECT FROM rounds_standing s WHERE s.household_id = o.household_id)",
)


@transaction.atomic
def ask_for(
    *,
    home: UUID,
    cause: UUID,
    by: str,
    now: datetime,
    why: str = Asked.Why.DESK,
    way: str = rules.Way.CALL,
) -> bool:
    """Ask that somebody is called or visited soon; the same cause asks once. Say if it is new."""
    if why not in Asked.Why.values or way not in (rules.Way.CALL, rules.Way.VISIT):
        raise rules.NotAllowed("전화와 방문 가운데 골라 주세요.")
    _, is_new = Asked.objects.get_or_create(
        cause=cause,
        defaults={
            "household_id": home,
            "why": why,
            "way": str(way),
            "asked_at": now,
            "asked_by": by,
        },
    )
    if is_new:
        record(
            by=by, verb="ask_round", at=now, household=home, why=why, way=str(way),
            cause=str(cause),
        )  # fmt: skip
    return is_new


@transaction.atomic
def take_up_wishes(*, now: datetime) -> bool:
    """Ask for what the control room has handed to dongs since it was last read."""
    act_as(CLOCK)
    first = {"at": now - timedelta(days=FIRST_DAYS)}
    upto, _ = Upto.objects.select_for_update().get_or_create(name=WISHES, defaults=first)
    found = alarms.wishes(since=upto.at - OVERLAP, actor=CLOCK)
    known = set(
        Asked.objects.filter(cause__in=[one.cause for one in found]).values_list("cause", flat=True)
    )
    new = [one for one in found if one.cause not in known]
    for one in new:
        ask_for(
            home=one.household,
            cause=one.cause,
            by=one.by or CLOCK.name,
            now=one.at,
            why=one.kind,
            way=rules.Way.VISIT if one.visits else rules.Way.CALL,
        )
    if found and found[-1].at > upto.at:
        upto.at = found[-1].at
        upto.save(update_fields=["at"])
    return bool(new)


@transaction.atomic
def end_asked(*, now: datetime) -> bool:
    """End what was asked for about whoever was reached since; say if there was any."""
    act_as(CLOCK)
    ended: list[UUID] = []
    with connection.cursor() as cursor:
        for statement in (REACHED, REACHED_OUTSIDE):
            cursor.execute(statement, {"now": now})
            ended += [home for (home,) in cursor.fetchall()]
    if ended:
        record(by=CLOCK.name, verb="end_asked_round", at=now, homes=sorted(ended))
    return bool(ended)
