"""A call for help: seen by the desk, unseen by whoever stands beside the worker.

Two numbers end it on the telephone. Both look the same there; after the one for duress nothing has
ended. What has come to the control room is ended by a person there alone.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.rules import cry_of
from anbu.care.effects import actions as effects
from anbu.care.foundation.actions import acting, record
from anbu.care.foundation.rules import Purpose, new_id
from anbu.care.people.rules import clean_phone
from anbu.care.places.models import Post
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Standing, Task, Visit, Worker
from ..queries.courses import ROUNDS
from ..rules import CANCEL_S, MOST_WRONG, USUAL_VISIT, NotAllowed, Pin, Stage, check_pins
from .visiting import OPEN, faults_of, lock_worker, look_next, settle
from .watching import BESIDE, end_red, planners_of, turn_red

OF_OURS = "우리 동 돌봄단원이 도움을 불렀습니다. 관제센터가 맡았습니다. 센터의 전화를 받아 주세요."


@transaction.atomic
def set_pins(*, worker: Worker, own: str, duress: str, by: Staff, now: datetime) -> None:
    """Set the two numbers of a worker. Only digests are kept."""
    check_pins(own, duress)
    if by.pk != worker.staff_id:
        raise NotAllowed("번호는 본인만 정할 수 있습니다.")
    worker.own_pin, worker.duress_pin = make_password(own), make_password(duress)
    worker.save(update_fields=["own_pin", "duress_pin"])
    record(by=by.actor, verb="set_pins", at=now, worker=worker.pk)


@transaction.atomic
def set_phone(*, worker: Worker, phone: str, by: Staff, now: datetime) -> None:
    """Keep the number by which a worker is rung who is looked for: by themselves or their dong."""
    if by.pk != worker.staff_id and (by.role != Staff.Role.PLANNER or by.dong_id != worker.dong_id):
        raise NotAllowed("본인이나 담당 동의 복지플래너만 번호를 적을 수 있습니다.")
    worker.phone = clean_phone(phone, what="단원의 전화번호")
    worker.save(update_fields=["phone"])
    record(by=by.actor, verb="set_worker_phone", at=now, worker=worker.pk)


@transaction.atomic
def call_for_help(
    *,
    worker: Worker,
    visit: UUID | None = None,
    household: UUID | None = None,
    is_silent: bool = True,
    by: Staff,
    now: datetime,
) -> UUID:
    """Call for help from a visit, or from wherever the worker is; called again it is one call.

    For ten seconds the worker's own number takes it back; then it is the control room's. Never
    refused: without a place it is where the worker was last, and the desk is told so. Who was
    never at a home has a call of their own at the centre, at once: there is nothing to take back.
    """
    lock_worker(worker)
    with acting(ROUNDS):
        row = _open_visit(worker, visit) or _visit_for(worker, visit, household, now)
        if row is None:
            return _cry(worker, is_silent, by, now)
        again = row.called_at is not None and row.call_ended_at is None
        if not again:
            row.called_at = row.called_at or now
            row.call_ended_at, row.wrong_pins = None, 0
            row.is_silent |= is_silent
            row.look_at = look_next(row)
            row.save()
            _record("call_for_help", row, by, now)
            if row.stage == Stage.RED:
                _call_again(row, now)
        return row.id


@transaction.atomic
def end_call(*, worker: Worker, pin: str, by: Staff, now: datetime) -> bool:
    """End a call for help on the worker's telephone; False: the number is not right.

    Whichever of the two numbers it was, the answer is the same.
    """
    lock_worker(worker)
    with acting(ROUNDS):
        row = _calling(worker)
        if row is None:
            return alarms.answer_cry(worker=by, means=str(_meaning(worker, pin)), now=now)
        if row.wrong_pins >= MOST_WRONG:
            return False
        means = _meaning(worker, pin)
        if means is Pin.WRONG:
            row.wrong_pins += 1
            row.save(update_fields=["wrong_pins"])
        else:
            _end_call(row, means, now)
        _record("end_call", row, by, now)
        return means is not Pin.WRONG


@transaction.atomic
def close_visit(*, visit: UUID, outcome: str, note: str = "", by: Staff, now: datetime) -> None:
    """Say how a red visit ended: its signal and the visit end together."""
    with acting(ROUNDS):
        # The visit is locked before its signal, as the worker's telephone does.
        rows = Visit.objects.select_for_update().filter(id=visit, stage=Stage.RED)
        alarm = rows.values_list("alarm_id", flat=True).first()
    if alarm is None:
        raise NotAllowed("관제센터가 맡은 방문이 아닙니다.")
    alarms.close(alarm_id=alarm, outcome=outcome, note=note, by=by, now=now)
    with acting(ROUNDS):
        rows = Visit.objects.select_for_update(of=("self",)).select_related(
            "alarm__closed_by", "worker__staff", "partner__staff"
        )
        end_red(list(rows.filter(stage=Stage.RED, alarm=alarm).order_by("id")), now=now)


def _call_again(row: Visit, now: datetime) -> None:
    """Let whoever looks for this worker know at once that they call, or call once more."""
    turn_red([row], now=now)
    assert row.alarm_id is not None
    name = row.worker.staff.name
    alarms.tell_of_worker(alarm=row.alarm_id, what="worker_calls", by_phone=name, at=now, now=now)


def _end_call(row: Visit, means: Pin, now: datetime) -> None:
    """Let the call end on the telephone, and what it means become true."""
    assert row.called_at is not None
    is_told = row.stage == Stage.RED or now > row.called_at + timedelta(seconds=CANCEL_S)
    if means is Pin.OWN and not is_told:
        row.called_at, row.is_silent = None, False
        if row.length_min is None and not row.heard:  # it was a call from no visit
            row.stage, row.out_at, row.look_at = Stage.OUT, now, None
            row.out_by = row.worker.staff.actor
            row.save()
        else:
            settle(row, now=now)
        return
    row.call_ended_at = now
    row.is_duress |= means is Pin.DURESS
    row.save()
    if row.stage != Stage.RED or means is Pin.DURESS:
        turn_red([row], now=now)
    if means is Pin.OWN and row.alarm_id is not None:
        alarms.tell_of_worker(
            alarm=row.alarm_id,
            what="worker_pin",
            by_phone=row.worker.staff.name,
            at=now,
            now=now,
        )


def _meaning(worker: Worker, pin: str) -> Pin:
    """Return what a number means; each try takes as long as any other."""
    own = bool(worker.own_pin) and check_password(pin, worker.own_pin)
    duress = bool(worker.duress_pin) and check_password(pin, worker.duress_pin)
    return Pin.DURESS if duress else Pin.OWN if own else Pin.WRONG


def _open_visit(worker: Worker, visit: UUID | None) -> Visit | None:
    """Return the visit that help is asked from: that named, that called from, the open one."""
    rows = _rows(worker).exclude(stage=Stage.OUT)
    named = rows.filter(id=visit).first() if visit is not None else None
    newest = rows.order_by("-began_at", "-id")
    return named or _calling(worker) or newest.filter(stage__in=OPEN).first() or newest.first()


def _calling(worker: Worker) -> Visit | None:
    rows = _rows(worker).exclude(stage=Stage.OUT)
    return rows.filter(called_at__isnull=False, call_ended_at=None).order_by("-called_at").first()


def _rows(worker: Worker) -> QuerySet[Visit]:
    rows = Visit.objects.select_for_update(of=("self",))
    return rows.select_related("worker__staff", "partner__staff").filter(worker=worker)


def _cry(worker: Worker, is_silent: bool, by: Staff, now: datetime) -> UUID:
    """Give a call from no home at all to the centre, and let dong and partner know."""
    partner = worker.partner
    cry = cry_of(
        dong=worker.dong.name,
        phone=worker.phone,
        partner=partner.staff.name if partner else "",
        partner_phone=partner.phone if partner else "",
        is_silent=is_silent,
    )
    id = alarms.take_cry(worker=by, cry=cry, dong_post=_post_of(worker), now=now)
    beside = [partner.staff_id] if partner else []
    office = planners_of(worker.dong_id)
    effects.call_people(staff=office, words=OF_OURS, cause=new_id(), now=now)
    effects.call_people(staff=beside, words=BESIDE, cause=new_id(), now=now)
    record(by=by.actor, verb="call_for_help", at=now, worker=worker.pk)
    return id


def _post_of(worker: Worker) -> int | None:
    return Post.objects.filter(dong=worker.dong_id).values_list("id", flat=True).first()


def _visit_for(
    worker: Worker, visit: UUID | None, household: UUID | None, now: datetime
) -> Visit | None:
    """Return a row for a call that comes from no visit we know of; None: from no home at all."""
    known = visit is not None and Visit.objects.filter(id=visit).exists()
    place = household or last_place(worker, now)
    if place is None:
        return None
    return Visit(
        id=visit if visit is not None and not known else new_id(),
        worker=worker,
        partner=worker.partner,
        household_id=place,
        began_at=now,
        ends_at=now + USUAL_VISIT,
        stage=Stage.INSIDE,
        is_last_place=household is None,
        faults=[str(fault) for fault in faults_of(worker, worker.partner, now)],
    )


def last_place(worker: Worker, now: datetime) -> UUID | None:
    """Return where a worker was last, as far as we know: a visit, today's first door, a neighbour.

    None: nobody ever gave them a home.
    """
    visits = Visit.objects.filter(worker=worker).order_by("-began_at", "-id")
    tasks = Task.objects.filter(worker=worker, day__lte=now.astimezone(SEOUL).date())
    own = Standing.objects.filter(worker=worker, ended_at=None).order_by("household")
    for rows in (visits, tasks.order_by("-day", "place", "id"), own):
        found = rows.values_list("household_id", flat=True).first()
        if found is not None:
            return found
    return None


def _record(verb: str, visit: Visit, by: Staff, now: datetime) -> None:
    """Write down that something was done; not which number it was: that is the desk's alone."""
    record(
        by=by.actor,
        verb=verb,
        at=now,
        household=visit.household_id,
        purpose=Purpose("visit", str(visit.id)),
        visit=str(visit.id),
    )
