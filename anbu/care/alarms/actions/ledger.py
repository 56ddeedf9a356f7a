"""How every change of an alarm is written: row, steps, trace and announcement, in one go."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause
from anbu.care.foundation.actions import insert_rows, record_all, trace
from anbu.care.foundation.rules import Actor, Purpose, machine
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..models import Alarm, Step
from ..queries.sight import visible
from ..rules import HELD, NotAllowed, Rung, State, TakenByAnother, UnknownAlarm, thaw

CLOCK = machine("clock")
SYSTEM = CLOCK.name
CHANGING = [
    "level",
    "state",
    "reason",
    "facts",
    "owner_staff",
    "owner_post",
    "owner_since",
    "centre_owned",
    "ladder",
    "protocol",
    "confirms",
    "rung",
    "rung_started_at",
    "rung_due_at",
    "acted",
    "waits_for",
    "asked",
    "ask_again_at",
    "sign_returned_at",
    "tries",
    "shelved_until",
    "shelved_reason",
    "version",
    "closed_at",
    "closed_by",
    "outcome",
]


@dataclass
class Change:
    """One alarm about to be written, with what happened to it."""

    alarm: Alarm
    verb: str
    by: Staff | None = None
    steps: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    agent: Actor | None = None  # who acts by a link, and is nobody of ours

    def step(self, kind: str, **detail: Any) -> None:
        """Add a line to the timeline."""
        self.steps.append((kind, detail))


def lock(*, alarm_id: UUID, by: Staff) -> Alarm:
    """Return the alarm, ours until the transaction ends, if this person may know of it."""
    alarm = (
        visible(seen_by=by)
        .select_for_update(of=("self",))
        # Never join the owner here: after waiting for the lock, PostgreSQL gives the new row of
        # the alarm beside the owner it had before.
        .select_related("household")
        .filter(id=alarm_id)
        .first()
    )
    if alarm is None:
        raise UnknownAlarm(str(alarm_id))
    return alarm


def home_of(*, alarm_id: UUID, by: Staff) -> UUID:
    """Return whose alarm this is, if this person may know of it."""
    found = visible(seen_by=by).filter(id=alarm_id).values_list("household_id", flat=True).first()
    if found is None:
        raise UnknownAlarm(str(alarm_id))
    return found


def lock_open(*, alarm_id: UUID, by: Staff) -> Alarm:
    """Return the alarm as `lock` does, refusing one that is closed."""
    alarm = lock(alarm_id=alarm_id, by=by)
    if alarm.closed_at is not None:
        raise NotAllowed("이미 끝난 사건입니다.")
    return alarm


def take(change: Change, *, by: Staff, now: datetime) -> None:
    """Make the one who acts the owner, unless another person already is."""
    alarm = change.alarm
    if alarm.owner_staff_id == by.pk:
        return
    if alarm.owner_staff is not None:
        raise TakenByAnother(alarm.owner_staff.name, alarm.owner_since)
    give(change, to=by, now=now, how="claim")


def give(change: Change, *, to: Staff | Post, now: datetime, how: str) -> None:
    """Put the alarm into exactly one pair of hands."""
    alarm = change.alarm
    post = to.post if isinstance(to, Staff) else to
    if post is None:
        raise NotAllowed("당직 자리가 없는 사람은 신호를 맡을 수 없습니다.")
    alarm.owner_staff = to if isinstance(to, Staff) else None
    alarm.owner_post = None if isinstance(to, Staff) else to
    alarm.owner_since = now
    alarm.centre_owned = alarm.centre_owned or post.kind == Post.CENTRE
    change.step(Step.Kind.OWNER, to=to.name, how=how)
    if alarm.waits_for in ("morning", HELD) and how in ("claim", "transfer"):
        alarm.waits_for = ""  # somebody looks after it before it was to begin: its clock starts
        stand(change, rung=alarm.rung, now=now)


def stand(change: Change, *, rung: int, now: datetime) -> Rung:
    """Put the alarm on a rung, start its clock, and raise the level if the rung is graver."""
    alarm = change.alarm
    step = thaw(alarm.ladder)[rung]
    if alarm.waits_for == HELD:
        alarm.waits_for = ""  # a brake holds clocks that stand still, and no other
    alarm.rung = rung
    alarm.rung_started_at = now
    alarm.rung_due_at = now + timedelta(seconds=step.wait_s)
    alarm.acted = False
    if step.level > alarm.level:
        change.step(Step.Kind.LEVEL, **{"from": alarm.level, "to": int(step.level)})
        alarm.level = int(step.level)
    if alarm.level == 3:
        alarm.shelved_until, alarm.shelved_reason = None, ""
    return step


def wait_for_report(change: Change, *, now: datetime, waits_for: str) -> None:
    """Start the clock after which we ask what came of the deed."""
    alarm = change.alarm
    step = thaw(alarm.ladder)[alarm.rung]
    alarm.acted = True
    alarm.waits_for = waits_for
    alarm.rung_started_at = now
    alarm.rung_due_at = now + timedelta(seconds=step.report_s or step.wait_s)


def move(change: Change, to: State) -> None:
    """Change the state and put it on the timeline."""
    change.alarm.state = to
    change.step(Step.Kind.STATE, to=str(to))


def write(change: Change, *, now: datetime, **detail: Any) -> Alarm:
    """Write one change: see `write_all`."""
    write_all([change], now=now, **detail)
    return change.alarm


def write_all(changes: Sequence[Change], *, now: datetime, **detail: Any) -> None:
    """Write the rows, their steps and traces, and tell every screen which version is new."""
    if not changes:
        return
    for change in changes:
        change.alarm.version += 1
    _save([change.alarm for change in changes])
    write_steps(changes, now=now, **detail)
    _in_hand(changes, now=now)
    announce(change.alarm for change in changes)


def _in_hand(changes: Sequence[Change], *, now: datetime) -> None:
    """End the ringing about what a human has put a hand to, one question for each human."""
    by_human: dict[Staff, list[UUID]] = {}
    for change in changes:
        if change.by is not None:
            by_human.setdefault(change.by, []).append(change.alarm.id)
    for by, alarms in by_human.items():
        effects.acknowledge([Cause.ALARM], alarms, by=by, now=now)


def write_steps(changes: Sequence[Change], *, now: datetime, **detail: Any) -> None:
    """Add the lines of the timeline and one trace for each alarm."""
    insert_rows(
        Step,
        (
            {
                "alarm_id": change.alarm.id,
                "at": now,
                "kind": kind,
                "by_id": change.by.pk if change.by else None,
                "detail": told,
            }
            for change in changes
            for kind, told in change.steps
        ),
    )
    record_all(
        trace(
            at=now,
            by=_doer(change),
            verb=change.verb,
            household=change.alarm.household_id,
            purpose=Purpose("signal", str(change.alarm.id)) if change.by or change.agent else None,
            detail={"alarm": str(change.alarm.id), "v": change.alarm.version} | detail,
        )
        for change in changes
    )


def _doer(change: Change) -> str:
    if change.by is not None:
        return change.by.actor
    return change.agent.name if change.agent is not None else SYSTEM


def announce(alarms: Iterable[Alarm]) -> None:
    """Tell every screen, once the transaction commits, which alarms changed. Ids only."""
    _notify([json.dumps({"id": str(alarm.id), "v": alarm.version}) for alarm in alarms])


def announce_causes() -> None:
    """Tell every screen that something became visible or invisible."""
    _notify([json.dumps({"id": "causes", "v": 0})])


def _notify(payloads: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify('anbu_alarm', told) FROM unnest(%s::text[]) told", [payloads]
        )


def _save(alarms: list[Alarm]) -> None:
    if len(alarms) == 1:
        alarms[0].save(update_fields=CHANGING)
        return
    # One statement for many: the rows exist and are locked, so this always updates.
    Alarm.objects.bulk_create(
        alarms, update_conflicts=True, unique_fields=["id"], update_fields=CHANGING
    )
