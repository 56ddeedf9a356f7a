"""What people do with an alarm: take it, call, send somebody, put it off, hand it on, close it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose
from anbu.care.people import actions as numbers
from anbu.care.people import queries as people
from anbu.care.people.models import Contact
from anbu.care.people.rules import clean
from anbu.care.places.models import Post
from anbu.care.readings import actions as readings
from anbu.care.staff.models import Staff

from ..models import Alarm, Step
from ..rules import (
    BY_ITSELF,
    KIN_LABELS,
    LONGEST_SHELF,
    NEXT,
    OF_WORKERS,
    VENDOR_DOES,
    After,
    Colleague,
    Kin,
    Level,
    NotAllowed,
    Outcome,
    Result,
    State,
    TakenByAnother,
    after_result,
    check_move,
    colleague_of,
    thaw,
    workers_of,
)
from .care import look_after
from .climbing import vendor_holding
from .fielding import end_job, open_job_of, put_job
from .handing import end_waiting, leave_request
from .ledger import (
    Change,
    give,
    home_of,
    lock,
    lock_open,
    move,
    stand,
    take,
    wait_for_report,
    write,
)
from .looking_back import ask_to_look_back
from .outbox import tell_duty
from .sharing import leave_to_share

NOTE_LENGTH = 300
# What came to a worker's signal and is about who lives there.
ABOUT_HOME = ("silence", "sos", "help", "call", "crisis")


@transaction.atomic
def claim(*, alarm_id: UUID, version: int, by: Staff, now: datetime) -> Alarm:
    """Take an alarm that no person owns; of two who try at once, one gets it."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    if alarm.owner_staff_id == by.pk:
        return alarm  # the same key pressed twice
    if alarm.owner_staff is not None:
        raise TakenByAnother(alarm.owner_staff.name, alarm.owner_since)
    if alarm.version != version:
        raise NotAllowed("그 사이 바뀌었습니다. 새 내용을 보고 다시 눌러 주세요.")
    change = Change(alarm, "claim", by)
    give(change, to=by, now=now, how="claim")
    return write(change, now=now)


@transaction.atomic
def record_call(
    *,
    alarm_id: UUID,
    whom: Literal["person", "worker", "partner"] | int,
    result: str,
    note: str = "",
    by: Staff,
    now: datetime,
) -> Alarm:
    """Write down a call to the person at home or to a contact (by id), and go where it leads.

    Of a worker in danger: to the worker, or to their partner.
    """
    alarm = lock_open(alarm_id=alarm_id, by=by)
    outcome = _result(result)
    if isinstance(whom, str) and whom in set(Kin):
        return _record_colleague(alarm, _colleague(alarm, whom), outcome, note, by, now)
    contact = None if whom == "person" else _contact(alarm, int(whom), by)
    change = Change(alarm, "call", by)
    take(change, by=by, now=now)
    alarm.tries += 1
    change.step(
        Step.Kind.CALL,
        whom="contact" if contact else "home",
        name=contact.name if contact else alarm.household.people.get().name,
        relation=contact.relation if contact else "",
        phone=contact.phone if contact else alarm.household.people.get().phone,
        result=str(outcome),
        note=clean(note, what="메모", at_most=NOTE_LENGTH),
    )
    if outcome is not Result.NO_ANSWER:
        told = numbers.number_is_dead if outcome is Result.BAD_NUMBER else numbers.number_answered
        called = contact.pk if contact else None
        told(household=alarm.household_id, contact=called, by=by.actor, now=now)
    wanted = State.ASKING if contact else State.CALLING
    if wanted in NEXT[State(alarm.state)]:
        move(change, wanted)
    _follow(change, outcome, to_home=contact is None, now=now)
    return write(change, now=now, result=str(outcome))


@transaction.atomic
def dispatch(*, alarm_id: UUID, note: str = "", by: Staff, now: datetime) -> Alarm:
    """Send somebody to the home, without a link: they report by telephone."""
    change = send_out(alarm_id, State.DISPATCHED, "dispatch", note, by, now)
    put_job(change, by=by, now=now)
    return write(change, now=now)


@transaction.atomic
def call_119(*, alarm_id: UUID, note: str = "", by: Staff, now: datetime) -> Alarm:
    """Write down that 119 and 112 were called, and on which basis.

    Whoever sees the alarm may, owner or not. Without consent a life must be at stake.
    """
    leave = leave_to_share(lock_open(alarm_id=alarm_id, by=by), said=note, now=now)
    told = {"basis": str(leave.basis)}
    return write(send_out(alarm_id, State.JOINT, "joint", note, by, now, **told), now=now, **told)


@transaction.atomic
def shelve(*, alarm_id: UUID, until: datetime, reason: str, by: Staff, now: datetime) -> Alarm:
    """Put an alarm off until a moment, for a reason; never a critical one."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    longest = LONGEST_SHELF.get(Level(alarm.level))
    if longest is None:
        raise NotAllowed("심각 신호는 미룰 수 없습니다.")
    if not now < until <= now + longest:
        hours = int(longest.total_seconds() // 3600)
        raise NotAllowed("지금부터 %(hours)d시간 안에서 끝나는 시각을 골라 주세요.", hours=hours)
    if State(alarm.state) is State.DISPATCHED:
        raise NotAllowed("현장에 나가 있는 사건은 미룰 수 없습니다.")
    why = clean(reason, what="미루는 까닭", at_most=120, needed=True)
    change = Change(alarm, "shelve", by)
    take(change, by=by, now=now)
    alarm.shelved_until, alarm.shelved_reason = until, why
    alarm.rung_due_at = until
    alarm.waits_for = ""
    change.step(Step.Kind.SHELVED, until=until.isoformat(), reason=why)
    return write(change, now=now)


@transaction.atomic
def transfer(
    *,
    alarm_id: UUID,
    to_post: int | None = None,
    to_staff: int | None = None,
    reason: str = "",
    by: Staff,
    now: datetime,
) -> Alarm:
    """Hand an alarm to a colleague or a post that may see this home."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    may = alarm.owner_staff_id in (None, by.pk) or by.role == Staff.Role.SUPERVISOR
    if not may and alarm.owner_staff is not None:
        raise TakenByAnother(alarm.owner_staff.name, alarm.owner_since)
    target = _target(alarm, to_post=to_post, to_staff=to_staff)
    why = clean(reason, what="넘기는 까닭", at_most=120)
    change = Change(alarm, "transfer", by)
    give(change, to=target, now=now, how="transfer")
    change.steps[0][1]["reason"] = why
    alarm.acted = False
    write(change, now=now)
    tell_duty([change], now=now)  # a post that gets it has not asked for it
    return alarm


@transaction.atomic
def note(*, alarm_id: UUID, text: str, by: Staff, now: datetime) -> Alarm:
    """Add a note to the timeline. Anybody who sees the alarm may, whoever owns it."""
    change = Change(lock(alarm_id=alarm_id, by=by), "note", by)
    change.step(Step.Kind.NOTE, text=clean(text, what="메모", at_most=NOTE_LENGTH, needed=True))
    return write(change, now=now)


@transaction.atomic
def close(
    *,
    alarm_id: UUID,
    outcome: str,
    note: str = "",
    need: str = "",
    request: str = "",
    by: Staff,
    now: datetime,
) -> Alarm:
    """End an alarm with its outcome, and start the home's silence clock anew.

    `need` and `request`: the person needs more, and the dong office is asked for it at once.
    """
    home = home_of(alarm_id=alarm_id, by=by)
    if outcome not in OF_WORKERS:  # a worker who is well says nothing of who lives there
        # The clock is locked before the alarm, as the sweep does: the other order could deadlock.
        readings.confirm(household=home, at=now)
    alarm = lock_open(alarm_id=alarm_id, by=by)
    if outcome not in set(Outcome) - BY_ITSELF:
        raise NotAllowed("결과를 골라 주세요.")
    _check_end(alarm, outcome)
    check_move(State(alarm.state), State.CLOSED)
    told = clean(note, what="메모", at_most=NOTE_LENGTH)
    change = Change(alarm, "close", by)
    take(change, by=by, now=now)
    end_waiting(alarm, now=now)
    alarm.state, alarm.outcome = State.CLOSED, outcome
    alarm.closed_at, alarm.closed_by = now, by
    alarm.shelved_until, alarm.shelved_reason, alarm.waits_for = None, "", ""
    if (job := open_job_of(alarm)) is not None:
        end_job(change, job, why="closed", now=now)
    change.step(Step.Kind.CLOSED, outcome=outcome, note=told)
    if need or request:
        leave_request(change, need=need, request=request, by=by, now=now)
    write(change, now=now, outcome=outcome)
    look_after(alarm, now=now)
    ask_to_look_back(alarm, now=now)
    return alarm


@transaction.atomic
def see_door_note(*, alarm_id: UUID, by: Staff, now: datetime) -> str:
    """Return how to get in, and write down who asked."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    record(
        by=by.actor,
        verb="see_door_note",
        at=now,
        household=alarm.household_id,
        purpose=Purpose("signal", str(alarm_id)),
        alarm=str(alarm_id),
    )
    return alarm.household.door_note


def _follow(change: Change, result: Result, *, to_home: bool, now: datetime) -> None:
    alarm = change.alarm
    after: After = after_result(
        ladder=thaw(alarm.ladder), rung=alarm.rung, to_home=to_home, result=result
    )
    out = State(alarm.state) in (State.DISPATCHED, State.JOINT)
    if after.rung != alarm.rung:
        stand(change, rung=after.rung, now=now)
    elif after.acted and not out:
        wait_for_report(change, now=now, waits_for=after.waits_for)
    if not out:
        alarm.waits_for = after.waits_for


def send_out(
    alarm_id: UUID, to: State, do: str, note: str, by: Staff, now: datetime, **told: str
) -> Change:
    """Return the alarm on its way out, not yet written."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    if do not in VENDOR_DOES and by.role == Staff.Role.RESPONDER:
        raise NotAllowed("업체는 출동과 신고를 할 수 없습니다. 인계로 넘겨 주세요.")
    check_move(State(alarm.state), to)
    change = Change(alarm, do, by)
    if alarm.owner_staff is None or to is not State.JOINT:
        take(change, by=by, now=now)
    move(change, to)
    change.steps[-1][1].update(told, note=clean(note, what="메모", at_most=NOTE_LENGTH))
    rungs = [i for i, rung in enumerate(thaw(alarm.ladder)) if rung.do == do and i >= alarm.rung]
    stand(change, rung=rungs[0] if rungs else alarm.rung, now=now)
    wait_for_report(change, now=now, waits_for="visit")
    return change


def _check_end(alarm: Alarm, outcome: str) -> None:
    """Refuse an end that leaves somebody out: the worker, or who lives there."""
    if not workers_of(alarm.facts) and outcome in OF_WORKERS:
        raise NotAllowed("돌봄단원의 사건이 아닙니다.")
    of_home = alarm.kind != Alarm.Kind.WORKER or bool(
        alarm.steps.filter(kind=Step.Kind.EVIDENCE, detail__what__in=ABOUT_HOME)
    )
    if not of_home and outcome not in OF_WORKERS:
        raise NotAllowed("돌봄단원이 어떻게 되었는지 골라 주세요.")
    if of_home and outcome in OF_WORKERS:
        raise NotAllowed(
            "이 사건에는 집에 계신 분의 안부도 걸려 있습니다. 그분이 어떠신지도 확인하고,"
            " 그 결과로 끝내 주세요. 단원의 일은 메모에 적어 주세요."
        )


def _colleague(alarm: Alarm, whom: str) -> Colleague:
    found = colleague_of(alarm.facts, whom)
    if found is None:
        raise NotAllowed("이 사건의 돌봄단원이 아닙니다.")
    return found


def _record_colleague(
    alarm: Alarm, whom: Colleague, outcome: Result, note: str, by: Staff, now: datetime
) -> Alarm:
    """Write down a call to a worker or their partner. It says nothing of who lives there."""
    change = Change(alarm, "call_worker", by)
    take(change, by=by, now=now)
    alarm.tries += 1
    change.step(
        Step.Kind.CALL,
        whom=str(whom.kin),
        name=whom.name,
        relation=KIN_LABELS[whom.kin],
        phone=whom.phone,
        result=str(outcome),
        note=clean(note, what="메모", at_most=NOTE_LENGTH),
    )
    wanted = State.CALLING if whom.kin is Kin.WORKER else State.ASKING
    if wanted in NEXT[State(alarm.state)]:
        move(change, wanted)
    _follow(change, outcome, to_home=whom.kin is Kin.WORKER, now=now)
    return write(change, now=now, result=str(outcome))


def _result(result: str) -> Result:
    if result not in set(Result):
        raise NotAllowed("연락 결과를 골라 주세요.")
    return Result(result)


def _contact(alarm: Alarm, contact_id: int, by: Staff) -> Contact:
    sight = people.seen(seen_by=by, purpose=Purpose("signal", str(alarm.id)))
    contact = sight.contacts.filter(id=contact_id, household=alarm.household_id).first()
    if contact is None:
        raise NotAllowed("이 가구의 연락처가 아닙니다.")
    return contact


def _target(alarm: Alarm, *, to_post: int | None, to_staff: int | None) -> Staff | Post:
    if (to_post is None) == (to_staff is None):
        raise NotAllowed("넘길 사람이나 자리를 하나 골라 주세요.")
    if to_staff is not None:
        person = Staff.objects.filter(pk=to_staff, is_active=True).select_related("post").first()
        if person is not None and person.post and _serves(person.post, alarm):
            return person
    elif to_post is not None:
        post = Post.objects.filter(pk=to_post).first()
        if post is not None and _serves(post, alarm):
            return post
    raise NotAllowed("이 가구를 볼 수 없는 사람이나 자리입니다.")


def _serves(post: Post, alarm: Alarm) -> bool:
    """Say whether somebody at this post may know of the home; a vendor: of what it has."""
    if post.kind == Post.VENDOR:
        return vendor_holding(alarm) == post.pk
    return post.kind == Post.CENTRE or post.dong_id == alarm.household.dong_id
