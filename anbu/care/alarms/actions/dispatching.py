"""What the officer does about a visit: send, send another, call off, write down what was told."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from uuid import UUID

from django.db import transaction

from anbu.care.people.rules import clean
from anbu.care.staff.models import Staff

from ..models import Alarm, FieldJob, JointResponse, Step
from ..rules import COME_ALONG, LINK_LIFE, NotAllowed, State, latest
from .answering import send_out
from .fielding import (
    Agent,
    arrive_at,
    digest,
    end_job,
    new_token,
    open_job_of,
    put_job,
    report_on,
)
from .ledger import Change, lock_open, take, wait_for_report, write
from .texting import call_off_texts, post_link

type LinkOf = Callable[[str], str]

OUT = (State.DISPATCHED, State.JOINT)


@transaction.atomic
def send_agent(
    *,
    alarm_id: UUID,
    kind: str,
    name: str,
    phone: str = "",
    call_back: str,
    note: str = "",
    link_of: LinkOf | None = None,
    by: Staff,
    now: datetime,
) -> str:
    """Send a named person and return their link's secret, which is told this once.

    Of somebody who was sent before, the link is dead from here on. `link_of` makes an address of
    a secret: then it goes to the telephone of who is sent, too, if there is one.
    """
    alarm = lock_open(alarm_id=alarm_id, by=by)
    if State(alarm.state) in OUT:
        change = Change(alarm, "send_agent", by)
        take(change, by=by, now=now)
        if State(alarm.state) is State.DISPATCHED:
            wait_for_report(change, now=now, waits_for="visit")
    else:
        change = send_out(alarm_id, State.DISPATCHED, "dispatch", note, by, now)
    token = new_token()
    who = Agent(kind=kind, name=name, phone=phone, call_back=call_back)
    job = put_job(change, who=who, token=token, by=by, now=now)
    if link_of is not None:
        post_link(job, link=link_of(token), now=now)
    write(change, now=now, job=str(job.id))
    return token


@transaction.atomic
def renew_link(*, alarm_id: UUID, link_of: LinkOf | None = None, by: Staff, now: datetime) -> str:
    """Return a new secret for whoever is on the way; the old link is dead from here on.

    `link_of`: as in `send_agent`.
    """
    alarm, job = _open_job(alarm_id, by)
    if not job.name:
        raise NotAllowed("누가 가는지 적은 출동만 링크를 만들 수 있습니다.")
    token = new_token()
    job.token, job.expires_at = digest(token), now + LINK_LIFE
    job.save(update_fields=["token", "expires_at"])
    call_off_texts(job, now=now)
    if link_of is not None:
        post_link(job, link=link_of(token), now=now)
    change = Change(alarm, "renew_link", by)
    change.step(Step.Kind.EVIDENCE, what="field_link", agent=job.name)
    write(change, now=now, job=str(job.id))
    return token


@transaction.atomic
def call_off_agent(*, alarm_id: UUID, by: Staff, now: datetime) -> Alarm:
    """Tell that nobody needs to go any more; the alarm stays open, and its clock runs on."""
    alarm, job = _open_job(alarm_id, by)
    change = Change(alarm, "call_off_agent", by)
    take(change, by=by, now=now)
    end_job(change, job, why="called_off", now=now)
    if alarm.waits_for == "visit":
        alarm.waits_for = ""
    return write(change, now=now, job=str(job.id))


@transaction.atomic
def record_visit(
    *,
    alarm_id: UUID,
    arrived: time | None = None,
    finding: str = "",
    signs: Mapping[str, str] | None = None,
    note: str = "",
    by: Staff,
    now: datetime,
) -> Alarm:
    """Write down what somebody at the door says on the telephone: that they came, what they found.

    `arrived` is a time of the clock in Seoul, the latest one; without it they came just now.
    """
    alarm, job = _open_job(alarm_id, by)
    at = now if arrived is None else latest(arrived, now=now)
    if at < job.sent_at.replace(second=0, microsecond=0):
        raise NotAllowed("출동을 부탁하기 전에 도착할 수는 없습니다.")
    change = Change(alarm, "record_visit", by)
    arrive_at(change, job, at=max(at, job.sent_at))
    if finding:
        told = signs or {}
        report_on(change, job, finding=finding, signs=told, note=note, now=now, typed_by=by)
    elif signs or note.strip():
        raise NotAllowed("결과를 골라 주세요.")
    return write(change, now=now, job=str(job.id))


@transaction.atomic
def note_joint(
    *,
    alarm_id: UUID,
    service: str,
    called: time,
    arrived: time | None = None,
    who: str = "",
    by: Staff,
    now: datetime,
) -> Alarm:
    """Write down when 119 or 112 was told, and when they came; what was written is on the timeline.

    Times are of the clock in Seoul, the latest ones.
    """
    alarm = lock_open(alarm_id=alarm_id, by=by)
    if service not in COME_ALONG:
        raise NotAllowed("119와 112 가운데 골라 주세요.")
    if State(alarm.state) is not State.JOINT:
        raise NotAllowed("먼저 119·112에 알렸다고 적어 주세요.")
    told = clean(who, what="누가 왔나", at_most=80)
    at = latest(called, now=now)
    came = None if arrived is None else latest(arrived, now=now)
    if came is not None and came < at:
        raise NotAllowed("도착한 때가 신고한 때보다 앞섭니다.")
    JointResponse.objects.update_or_create(
        alarm=alarm,
        service=service,
        defaults={"called_at": at, "arrived_at": came, "who": told, "noted_by": by},
    )
    change = Change(alarm, "note_joint", by)
    change.step(
        Step.Kind.EVIDENCE,
        what="field_joint",
        service=service,
        called_at=at.isoformat(),
        arrived_at=came.isoformat() if came else "",
        who=told,
    )
    return write(change, now=now, service=service)


def _open_job(alarm_id: UUID, by: Staff) -> tuple[Alarm, FieldJob]:
    alarm = lock_open(alarm_id=alarm_id, by=by)
    job = open_job_of(alarm)
    if job is None:
        raise NotAllowed("지금 현장에 보낸 사람이 없습니다.")
    return alarm, job
