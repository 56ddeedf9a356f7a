"""Deciding about people of whom nobody can say how they are, and noticing our own standstills.

A home unseen longer than its tier may be, or a deadline that fell into a time in which nobody
looked at deadlines, is a doubt: it stands on a list, by name, until a person knows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause, Thing
from anbu.care.foundation.actions import act_as, record
from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.people.queries import LISTS
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff

from ..models import Blindness, Doubt, LastLook, Standstill
from ..queries.doubts import DoubtRow, doubts
from ..queries.groups import visible_groups
from ..rules import BY_PERSON, LONGEST_PLAN_H, Level, NotAllowed, Plan, UnknownAlarm
from .ledger import CLOCK, SYSTEM, announce_causes

UNSEEN = """
INSERT INTO alarms_doubt (id, household_id, cause, since, raised_at, plan, reason, ended_how)
SELECT gen_random_uuid(), b.household_id, 'blind', b.since, %(now)s, '', '', ''
FROM alarms_blindness b JOIN people_household h ON h.id = b.household_id
WHERE b.ended_at IS NULL AND h.left_at IS NULL
  AND b.since <= %(now)s - make_interval(secs => CASE h.tier
      WHEN 'high' THEN %(high)s WHEN 'mid' THEN %(mid)s ELSE %(low)s END)
  -- whoever was reached since lived then: the time begins anew
  AND NOT EXISTS (SELECT FROM alarms_doubt d WHERE d.household_id = b.household_id
      AND d.cause = 'blind' AND (d.ended_at IS NULL
          OR d.ended_at > %(now)s - make_interval(secs => CASE h.tier
              WHEN 'high' THEN %(high)s WHEN 'mid' THEN %(mid)s ELSE %(low)s END)))
ORDER BY b.since LIMIT 500
ON CONFLICT DO NOTHING RETURNING household_id
"""
# What was due by the stopwatch in (began, until], while the home could be seen.
MISSED = """
INSERT INTO alarms_doubt
    (id, household_id, cause, standstill_id, since, raised_at, plan, reason, ended_how)
SELECT gen_random_uuid(), household_id, 'own', %(standstill)s, min(due), %(now)s, '', '', ''
FROM (
    SELECT w.household_id, LEAST(to_timestamp(f.due + w.lag_s), w.alarm_at) AS due
    FROM readings_watch w CROSS JOIN LATERAL (SELECT
        GREATEST(w.last_sign, w.confirmed) AS origin,
        GREATEST(w.last_sign, w.confirmed) + w.patience_s + w.unseen_s AS due) f
    WHERE f.due <= COALESCE(w.last_seen, f.origin) + w.blind_after_s - w.lag_s
       OR w.alarm_at IS NOT NULL
    UNION ALL
    SELECT a.household_id, a.rung_due_at FROM alarms_alarm a
    WHERE a.closed_at IS NULL AND a.shelved_until IS NULL
) missed JOIN people_household h ON h.id = missed.household_id AND h.left_at IS NULL
WHERE due > %(began)s AND due <= %(now)s
  AND EXISTS (SELECT FROM readings_watch w WHERE w.household_id = h.id)
GROUP BY household_id
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def raise_next_doubts(*, now: datetime) -> bool:
    """List who has been unseen too long, end what is seen again; say whether anything changed."""
    act_as(CLOCK)
    is_blind = Blindness.objects.filter(household=OuterRef("household"), ended_at=None)
    seen = Doubt.objects.filter(~Exists(is_blind), cause=Doubt.Cause.BLIND, ended_at=None)
    # who was listed by hand, behind one cause, stays as long as the blindness would take to show
    ended = seen.filter(raised_at__lt=now - timedelta(hours=4)).update(
        ended_at=now, ended_how="seen"
    )
    with connection.cursor() as cursor:
        cursor.execute(UNSEEN, {"now": now, **settings.UNSEEN_S})
        homes = [home for (home,) in cursor.fetchall()]
    raised = len(homes)
    if raised:
        _tell(homes, now)
    if raised or ended:
        record(by=SYSTEM, verb="raise_doubts", at=now, raised=raised, ended=ended)
        announce_causes()
    return bool(raised)


def list_of(post: int) -> UUID:
    """Return under which name the list of one post is told of: one telling, however many homes."""
    return uuid5(NAMESPACE_OID, f"doubts/{post}")


def _tell(homes: Sequence[UUID], now: datetime) -> None:
    """Tell each post on duty that its list has grown."""
    sight = people.for_actor(CLOCK, Purpose("machine", "doubts"))
    dongs = sight.households.filter(id__among=homes).values_list("dong_id", flat=True)
    posts = sorted(set(places.posts_on_duty(sorted(set(dongs)), now).values()))
    effects.tell(
        [Thing(kind=Cause.DOUBT, id=list_of(p), post=p, level=Level.CAUTION) for p in posts],
        now=now,
    )


def _seen(by: Staff, now: datetime) -> None:
    if by.post_id is not None:
        effects.acknowledge([Cause.DOUBT], [list_of(by.post_id)], by=by, now=now)


@transaction.atomic
def notice_standstill(*, now: datetime) -> None:
    """Write down that nobody looked at deadlines for too long, and whose deadlines those were."""
    look = LastLook.objects.filter(id=1).first()
    if look is None:
        LastLook.objects.bulk_create([LastLook(id=1, at=now)], ignore_conflicts=True)
        return
    pace = max(settings.CLOCK.speed, 60) if settings.REHEARSAL else 1
    if now - look.at <= timedelta(seconds=settings.OUTAGE_AFTER_S * pace):
        return
    look = LastLook.objects.select_for_update().get(id=1)
    if Standstill.objects.filter(ended_at=None).exists():
        return
    row = Standstill.objects.create(began_at=look.at, noticed_at=now)
    missed = _list_missed(row, now)
    record(by=SYSTEM, verb="notice_standstill", at=now, standstill=row.pk, missed=missed)
    announce_causes()


@transaction.atomic
def all_judged(*, now: datetime) -> None:
    """Write down that every deadline up to now was looked at; a standstill is over by that."""
    for row in Standstill.objects.select_for_update().filter(ended_at=None):
        missed = _list_missed(row, now)
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        record(by=SYSTEM, verb="end_standstill", at=now, standstill=row.pk, missed=missed)
    LastLook.objects.filter(id=1, at__lt=now - timedelta(seconds=1)).update(at=now)


def _list_missed(row: Standstill, now: datetime) -> int:
    act_as(CLOCK)
    with connection.cursor() as cursor:
        cursor.execute(MISSED, {"standstill": row.pk, "began": row.began_at, "now": now})
        return int(cursor.rowcount)


@transaction.atomic
def open_doubts(*, seen_by: Staff, now: datetime) -> tuple[DoubtRow, ...]:
    """Return the list, and write down who saw whom on it."""
    rows = doubts(seen_by=seen_by, now=now)
    if rows:
        homes = sorted({row.household for row in rows})
        record(by=seen_by.actor, verb="list_doubts", at=now, homes=homes, purpose=LISTS)
    _seen(seen_by, now)
    return rows


@transaction.atomic
def decide_doubt(
    *, doubt: UUID, plan: str, hours: int, reason: str = "", by: Staff, now: datetime
) -> None:
    """Confirm or change what is tried for somebody, until when; then it is asked again."""
    row = _lock(doubt, by)
    if plan not in list(Plan):
        raise NotAllowed("어떻게 살필지 골라 주세요.")
    if not 1 <= hours <= LONGEST_PLAN_H:
        raise NotAllowed("1시간에서 72시간까지 정할 수 있습니다.")
    row.plan, row.reason, row.until = plan, reason, now + timedelta(hours=hours)
    row.planned_at, row.planned_by = now, by
    row.save()
    record(
        by=by.actor, verb="decide_doubt", at=now, household=row.household_id, plan=plan,
        hours=hours, doubt=str(row.id),
    )  # fmt: skip
    announce_causes()


@transaction.atomic
def end_doubt(*, doubt: UUID, how: str, by: Staff, now: datetime) -> None:
    """Write down how a person came to know that somebody is well."""
    row = _lock(doubt, by)
    if how not in BY_PERSON:
        raise NotAllowed("어떻게 확인했는지 골라 주세요.")
    row.ended_at, row.ended_how, row.ended_by = now, how, by
    row.save()
    record(
        by=by.actor, verb="end_doubt", at=now, household=row.household_id, how=how,
        doubt=str(row.id),
    )  # fmt: skip
    announce_causes()


@transaction.atomic
def doubt_of(*, signal_id: UUID, household: UUID, by: Staff, now: datetime) -> UUID:
    """Return the open doubt about a home behind one cause; it is written where there is none."""
    signal = visible_groups(seen_by=by).filter(id=signal_id, closed_at=None).first()
    home = people.within_sight(seen_by=by).filter(id=household)
    if signal is None or not home.exists():
        raise UnknownAlarm(str(signal_id))
    incident = signal.incident
    behind = incident.hit.filter(household=household).exists()
    if not (behind or incident.held.filter(household=household).exists()):
        raise UnknownAlarm(str(household))
    Doubt.objects.bulk_create(
        [Doubt(household_id=household, cause="blind", since=incident.began_at, raised_at=now)],
        ignore_conflicts=True,
    )
    return Doubt.objects.get(household=household, cause="blind", ended_at=None).id


def _lock(doubt: UUID, by: Staff) -> Doubt:
    near = people.within_sight(seen_by=by)
    rows = Doubt.objects.select_for_update(of=("self",)).filter(id=doubt, household__in=near)
    row = rows.order_by(F("id")).first()
    if row is None:
        raise UnknownAlarm(str(doubt))
    if row.ended_at is not None:
        raise NotAllowed("이미 확인된 사람입니다.")
    return row
