"""The decision to open a door: signed once, never changed; what is known later is added to it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.people.rules import clean
from anbu.care.staff.models import Staff

from ..models import Entry, EntryNote, Step
from ..rules import (
    MAY_SIGN,
    NotAllowed,
    State,
    UnknownAlarm,
    after_entry,
    check_entry,
    thaw,
)
from .ledger import Change, lock, lock_open, stand, wait_for_report, write


@transaction.atomic
def sign_entry(
    *,
    alarm_id: UUID,
    grounds: Sequence[str],
    evidence: Sequence[str],
    seen: str,
    decided_by: str,
    police: str,
    fire: str,
    damage: str = "",
    repair: str = "",
    by: Staff,
    now: datetime,
) -> Entry:
    """Write down why a door is opened, who decided, and which police and fire crews attend."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    _may_sign(by)
    if State(alarm.state) is not State.JOINT:
        raise NotAllowed("먼저 119·112에 알렸다고 적어 주세요.")
    check_entry(grounds=grounds, evidence=evidence, police=police, fire=fire)
    entry = Entry.objects.create(
        alarm=alarm,
        grounds=list(grounds),
        evidence=list(evidence),
        seen=clean(seen, what="본 것", at_most=300, needed=True),
        decided_by=clean(decided_by, what="정한 사람", at_most=60, needed=True),
        police=clean(police, what="경찰", at_most=80, needed=True),
        fire=clean(fire, what="소방", at_most=80, needed=True),
        damage=clean(damage, what="부서진 것", at_most=200),
        repair=clean(repair, what="고치는 사람과 비용", at_most=200),
        signed_by=by,
        signed_at=now,
    )
    change = Change(alarm, "sign_entry", by)
    told = {"decided_by": entry.decided_by, "police": entry.police, "fire": entry.fire}
    change.step(Step.Kind.EVIDENCE, what="field_entry", **told)
    _lead_on(change, now)
    write(change, now=now, entry=str(entry.pk))
    return entry


@transaction.atomic
def add_to_entry(*, alarm_id: UUID, entry: UUID, text: str, by: Staff, now: datetime) -> None:
    """Add a line to a signed decision, also after the alarm has ended: damage, repair, an error."""
    alarm = lock(alarm_id=alarm_id, by=by)
    _may_sign(by)
    row = Entry.objects.filter(alarm=alarm, pk=entry).first()
    if row is None:
        raise UnknownAlarm(str(entry))
    told = clean(text, what="덧붙일 말", at_most=300, needed=True)
    EntryNote.objects.create(entry=row, text=told, added_by=by, added_at=now)
    change = Change(alarm, "add_to_entry", by)
    change.step(Step.Kind.EVIDENCE, what="field_entry_note", text=told)
    write(change, now=now, entry=str(entry))


def _lead_on(change: Change, now: datetime) -> None:
    """Go on along the ladder: the door is decided about; what follows it is next."""
    alarm = change.alarm
    after = after_entry(ladder=thaw(alarm.ladder), rung=alarm.rung)
    if after.rung != alarm.rung:
        stand(change, rung=after.rung, now=now)
    if after.acted:
        wait_for_report(change, now=now, waits_for=after.waits_for)


def _may_sign(by: Staff) -> None:
    if by.role not in MAY_SIGN:
        raise NotAllowed("문을 열지는 관제 책임자나 동 담당이 정하고 서명합니다.")
