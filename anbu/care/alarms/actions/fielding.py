"""Who is sent to the door, and what the officer writes down of it. No link is kept, its digest is.

One job of an alarm is open at a time; the alarm is locked before its jobs, as everywhere.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anbu.care.people.rules import clean, clean_phone
from anbu.care.staff.models import Staff

from ..models import Alarm, FieldJob, Step
from ..rules import LINK_LIFE, AgentKind, Finding, NotAllowed, State, check_report, thaw
from .boards import post_of
from .ledger import Change, stand
from .texting import call_off_texts

NOTE_LENGTH = 300


@dataclass(frozen=True, kw_only=True)
class Agent:
    """Who goes, and which number they call when they stand there."""

    kind: str
    name: str
    phone: str = ""
    call_back: str


def new_token() -> str:
    """Return a link's secret: 256 bit, to be shown once."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is kept of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def put_job(
    change: Change, *, by: Staff, now: datetime, who: Agent | None = None, token: str | None = None
) -> FieldJob:
    """Send somebody, in place of whoever was on the way before."""
    alarm = change.alarm
    before = open_job_of(alarm)
    if before is not None:
        end_job(change, before, why="replaced", now=now)
    told = _said(who) if who else {}
    job = FieldJob.objects.create(
        alarm=alarm,
        **told,
        from_post_id=by.post_id or post_of(alarm),
        sent_by=by,
        sent_at=now,
        token=digest(token) if token else None,
        expires_at=now + LINK_LIFE,
    )
    if who:
        change.step(Step.Kind.EVIDENCE, what="field_sent", agent=job.name)
    return job


def open_job_of(alarm: Alarm) -> FieldJob | None:
    """Return who is on the way or at the door, ours until the transaction ends."""
    rows = FieldJob.objects.select_for_update(of=("self",))
    return rows.filter(alarm=alarm, done_at=None, withdrawn_at=None).first()


def end_job(change: Change, job: FieldJob, *, why: str, now: datetime) -> None:
    """Call somebody off; the link is dead from here on."""
    call_off_texts(job, now=now)
    job.withdrawn_at, job.withdrawn_why = now, why
    job.save(update_fields=["withdrawn_at", "withdrawn_why"])
    if job.name:  # of somebody never named there is nothing to say
        change.step(Step.Kind.EVIDENCE, what="field_withdrawn", agent=job.name, why=why)


def arrive_at(change: Change, job: FieldJob, *, at: datetime) -> None:
    """Write down that somebody stands at the door; the first time counts."""
    if job.arrived_at is not None:
        return
    job.arrived_at = at
    job.save(update_fields=["arrived_at"])
    change.step(Step.Kind.EVIDENCE, what="field_arrived", agent=job.name, at=at.isoformat())


def report_on(
    change: Change,
    job: FieldJob,
    *,
    finding: str,
    signs: Mapping[str, str],
    note: str,
    now: datetime,
    typed_by: Staff | None = None,
) -> None:
    """Write down what was found. The alarm stays open: a person decides what it means."""
    found = check_report(finding=finding, signs=signs)
    job.note = clean(note, what="메모", at_most=NOTE_LENGTH)
    job.finding, job.signs, job.done_at, job.typed_by = found, dict(signs), now, typed_by
    job.save(update_fields=["note", "finding", "signs", "done_at", "typed_by"])
    told: dict[str, Any] = {"finding": str(found), "signs": dict(signs), "note": job.note}
    change.step(Step.Kind.EVIDENCE, what="field_found", agent=job.name, **told)
    _lead_on(change, found, now)


def _lead_on(change: Change, found: Finding, now: datetime) -> None:
    """Make the next thing to do the next one: closing waits for a person, a cry for nobody."""
    alarm = change.alarm
    if State(alarm.state) is not State.DISPATCHED:
        return
    alarm.waits_for = ""
    if found is Finding.MET:
        return
    rungs = [i for i, rung in enumerate(thaw(alarm.ladder)) if rung.do == "joint"]
    stand(change, rung=rungs[-1] if rungs else alarm.rung, now=now)


def _said(who: Agent) -> dict[str, str]:
    if who.kind not in set(AgentKind):
        raise NotAllowed("누가 가는지 골라 주세요.")
    return {
        "kind": who.kind,
        "name": clean(who.name, what="가는 사람", at_most=40, needed=True),
        "phone": clean_phone(who.phone),
        "call_back": clean_phone(who.call_back, what="현장에서 걸 번호", needed=True),
    }
