"""The mass brake closes: so much rings at once that a person must look before anybody is told.

Nothing is dropped: each alarm is written with its owner, its steps and its message. Only the clock
of its first step and the message stand still, until somebody has chosen (docs/decisions/0036).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause, Thing
from anbu.care.foundation.actions import record
from anbu.care.places import queries as places
from anbu.care.readings.models import Watch

from ..models import Alarm, Brake, Step
from ..rules import (
    BRAKED_KINDS,
    CATCHING,
    HELD,
    BrakeCause,
    BrakeChoice,
    Level,
    may_be_held,
    most_in_a_window,
)
from .ledger import SYSTEM, Change, announce_causes

COUNTED = timedelta(days=7)  # of the city's own past: every weekday once
# Shared by all who raise; whoever chooses or ends waits until their batch is written.
TAKES = "SELECT * FROM alarms_brake WHERE ended_at IS NULL AND choice = ANY(%s) FOR SHARE"


def hold_back(changes: Sequence[Change], *, now: datetime) -> None:
    """Let new alarms wait for a person's word, if a brake is closed or they are too many at once.

    Call it once for a batch, in its transaction, before the rows are written: two questions, and
    two more where the batch could be a flood.
    """
    held = [one for one in changes if may_be_held(kind=one.alarm.kind, level=one.alarm.level)]
    if not held:
        return
    brake = _taking(now) or _close_for_flood(len(held), now)
    if brake is None:
        return
    for change in held:
        _hold(change, brake, now)


@transaction.atomic
def brake_for_step(*, parted_s: float, now: datetime) -> None:
    """Close the brake because the city's clock jumped: whose silence is true by it nobody knows.

    A clock that jumps while the brake is closed makes nobody wait longer.
    """
    taking = Brake.objects.select_for_update(no_key=True).filter(choice__in=CATCHING, ended_at=None)
    brake = taking.first()
    if brake is None:
        _close(BrakeCause.CLOCK_STEP, now, clock_s=parted_s)
        return
    latest = now + timedelta(seconds=settings.BRAKE_HOLD_S)
    brake.until = min(brake.until, latest)
    brake.all_gone_by = min(brake.all_gone_by, latest + timedelta(seconds=settings.BRAKE_LONGEST_S))
    brake.clock_s += parted_s
    brake.save(update_fields=["until", "all_gone_by", "clock_s"])
    record(by=SYSTEM, verb="clock_parted", at=now, brake=str(brake.id), parted_s=round(parted_s, 1))
    announce_causes()


def _taking(now: datetime) -> Brake | None:
    """Return the brake that takes what is raised now, if one is closed."""
    found = Brake.objects.raw(TAKES, [list(CATCHING)])
    return next((brake for brake in found if now < brake.all_gone_by), None)


def _close_for_flood(many: int, now: datetime) -> Brake | None:
    window = timedelta(seconds=settings.BRAKE_WINDOW_S)
    rows = Alarm.objects.filter(kind__in=BRAKED_KINDS, raised_at__lte=now, brake=None)
    counted = many + rows.filter(raised_at__gt=now - window).count()
    if counted <= settings.BRAKE_AT_LEAST:
        return None
    past = rows.filter(raised_at__gt=now - COUNTED, raised_at__lte=now - window)
    ordinary = most_in_a_window(
        at_least=settings.BRAKE_AT_LEAST,
        share=settings.BRAKE_SHARE,
        watched=Watch.objects.count(),
        factor=settings.BRAKE_FACTOR,
        normal=past.count() * (window / COUNTED),
    )
    if counted <= ordinary or _somebody_said_go(now):
        return None
    return _close(BrakeCause.FLOOD, now, counted=counted, ordinary=int(ordinary))


def _somebody_said_go(now: datetime) -> bool:
    """Say whether somebody has just decided that what rings now is true: it is not asked again."""
    since = now - timedelta(seconds=settings.BRAKE_HOLD_S)
    return Brake.objects.filter(choice=BrakeChoice.GO, chosen_at__gt=since).exists()


def _close(cause: BrakeCause, now: datetime, **told: float) -> Brake | None:
    """Write the brake down, give it to the centre and tell who is on duty there.

    It takes what is raised in the whole city, so it is the centre's, as a cause of many dongs is.
    Of two clocks one closes it; the other waits for that one's batch and takes the same.
    """
    until = now + timedelta(seconds=settings.BRAKE_HOLD_S)
    brake = Brake(
        cause=cause,
        began_at=now,
        until=until,
        all_gone_by=until + timedelta(seconds=settings.BRAKE_LONGEST_S),
        owner_post_id=places.centre(),
        owner_since=now,
        **told,
    )
    Brake.objects.bulk_create([brake], ignore_conflicts=True)
    if not Brake.objects.filter(pk=brake.pk).exists():
        return _taking(now)
    why = {"cause": str(cause)} | {name: round(value, 1) for name, value in told.items()}
    record(by=SYSTEM, verb="brake", at=now, brake=str(brake.id), why=why)
    thing = Thing(kind=Cause.BRAKE, id=brake.id, post=places.centre(), level=Level.CRITICAL)
    effects.tell([thing], now=now)
    announce_causes()
    return brake


def _hold(change: Change, brake: Brake, now: datetime) -> None:
    alarm = change.alarm
    alarm.brake_id = brake.pk
    opens = alarm.rung_due_at if alarm.waits_for == "morning" else None
    if opens is not None and opens > brake.all_gone_by:
        return  # the office opens when everything has been let go
    alarm.waits_for = HELD
    alarm.rung_started_at = brake.until if brake.until > now else brake.all_gone_by
    alarm.rung_due_at = brake.all_gone_by  # if whoever lets go is dead, the ladder begins by itself
    for kind, told in change.steps:
        if kind == Step.Kind.OWNER:
            told["waits"] = HELD
