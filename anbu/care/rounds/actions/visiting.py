"""A visit as a telephone tells it: begun, longer, well, out; in any order, and repeatedly.

What was heard is kept word by word, and where the visit stands follows from all of it. A visit
that has begun is never refused: it is watched, and what was not as it should be is told.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anbu.care.alarms import actions as alarms
from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause
from anbu.care.foundation.actions import acting, record
from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Device, Visit, Worker
from ..queries.courses import ROUNDS, course_of
from ..rules import (
    CANCEL_S,
    LONGEST,
    SHORTEST,
    Fit,
    NotAllowed,
    Spoken,
    Stage,
    Word,
    next_moment,
    visit_faults,
)
from ..rules.events import AnyEvent, Begun, Fine, Longer, Out

NEAR = timedelta(days=2)
PASSED = "visit:"  # out_by of a visit whose worker has begun another one since
OPEN = (Stage.INSIDE, Stage.AMBER)
WORD_OF = {Longer: Word.LONGER, Fine: Word.FINE, Out: Word.OUT}
TOLD_AFTER_RED = {Word.OUT: "worker_out", Word.FINE: "worker_fine", Word.LONGER: "worker_fine"}


def check_visit(*, worker: Worker, partner: Worker | None, now: datetime) -> None:
    """Refuse to send these two to a door: say it before a visit is assigned.

    Raises:
        NotAllowed: there is no second one, or training or screening of one of them is over.
    """
    for fault in faults_of(worker, partner, now):
        raise fault


def faults_of(worker: Worker, partner: Worker | None, now: datetime) -> tuple[NotAllowed, ...]:
    """Return why these two may not go to a door today."""
    return visit_faults(
        worker=_fit(worker),
        partner=_fit(partner) if partner is not None else None,
        on=now.astimezone(SEOUL).date(),
    )


@transaction.atomic
def take_visit(
    *, event: AnyEvent, worker: Worker, device: Device | None, by: Staff, now: datetime
) -> None:
    """Take in what a telephone told of a visit; told again, or in another order, it is the same."""
    if isinstance(event, Begun):
        partner = Worker.objects.filter(pk=event.partner).first()
        begin_visit(
            id=event.id,
            worker=worker,
            household=event.home,
            minutes=event.minutes,
            partner=partner,
            device=device,
            at=event.at,
            by=by,
            now=now,
        )
    elif isinstance(event, Longer | Fine | Out):
        _hear(
            Spoken(event.at, str(event.id), WORD_OF[type(event)]),
            visit=event.visit,
            household=event.home,
            worker=worker,
            device=device,
            by=by,
            now=now,
        )


@transaction.atomic
def begin_visit(
    *,
    id: UUID,
    worker: Worker,
    household: UUID,
    minutes: int,
    partner: Worker | None,
    device: Device | None = None,
    at: datetime,
    by: Staff,
    now: datetime,
) -> Visit:
    """Let the server's clock run for a visit that began at `at`, however late that is told.

    Returns the visit; `faults` says what was not as it should be.
    """
    lock_worker(worker)
    with acting(ROUNDS):
        visit = _known(id, worker) or Visit(id=id, worker=worker, household_id=_home(household))
        if visit.length_min is not None or visit.worker_id != worker.pk:
            return visit
        faults = [str(fault) for fault in faults_of(worker, partner, at)]
        length = min(max(timedelta(minutes=minutes), SHORTEST), LONGEST)
        if length != timedelta(minutes=minutes):
            faults.append("방문 시간은 10분에서 2시간 사이로 바꾸어 지켜봅니다.")
        visit.household_id, visit.device = household, device
        visit.partner = partner if partner and partner.pk != worker.pk else None
        visit.length_min, visit.began_at = int(length.total_seconds() // 60), at
        visit.faults = faults
        settle(visit, now=now)
        told = {"minutes": visit.length_min, "ends_at": visit.ends_at.isoformat()}
        _record("begin_visit", visit, by, now, faults=len(faults), **told)
    return visit


def longer(
    *, id: UUID, visit: UUID, worker: Worker, at: datetime, by: Staff, now: datetime
) -> None:
    """Give a visit ten more minutes, for the sixth time at the last."""
    _hear_known(Spoken(at, str(id), Word.LONGER), visit, worker, by, now)


def fine(*, id: UUID, visit: UUID, worker: Worker, at: datetime, by: Staff, now: datetime) -> None:
    """Write down that the worker is well and stays: ten minutes from then, if that is later."""
    _hear_known(Spoken(at, str(id), Word.FINE), visit, worker, by, now)


def leave(*, id: UUID, visit: UUID, worker: Worker, at: datetime, by: Staff, now: datetime) -> None:
    """Write down that the worker is out of the door. A red visit waits for a person even so."""
    _hear_known(Spoken(at, str(id), Word.OUT), visit, worker, by, now)


def settle(visit: Visit, *, now: datetime) -> None:
    """Write where a visit stands by everything heard of it, and so its neighbours of these days.

    Call it with the worker locked. Each ends when its worker said so, or began another one: nobody
    is at two doors. What is red stays red; who asked for help is not let go by a word of the
    telephone, which somebody else may hold.
    """
    run = course_of(visit)
    visit.began_at, visit.ends_at, visit.times_more = run.began_at, run.ends_at, run.times_more
    near = Visit.objects.select_for_update(of=("self",)).filter(
        worker=visit.worker_id, began_at__range=(run.began_at - NEAR, run.began_at + NEAR)
    )
    rows = sorted([*near.exclude(id=visit.id), visit], key=lambda row: (row.began_at, str(row.id)))
    was = {row.id: row.stage for row in rows}
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        if row.stage != Stage.RED and row.alarm_id is None:
            _stand(row, after, now)
    for row in sorted(rows, key=lambda row: row.stage in OPEN):  # who leaves makes room first
        row.save()
    calm = [row.id for row in rows if was[row.id] == Stage.AMBER and row.stage != Stage.AMBER]
    effects.over([Cause.VISIT], calm, now=now)


def look_next(visit: Visit) -> datetime | None:
    """Return when the clock must look at a visit again: its deadline, or a call not told yet."""
    at = next_moment(Stage(visit.stage), ends_at=visit.ends_at)
    if visit.called_at is None or at is None:
        return at
    return min(at, visit.called_at + timedelta(seconds=CANCEL_S))


def lock_worker(worker: Worker) -> None:
    """Let one change of this worker's visits come after the other."""
    Worker.objects.select_for_update().get(pk=worker.pk)


def _hear_known(word: Spoken, visit: UUID, worker: Worker, by: Staff, now: datetime) -> None:
    with transaction.atomic(), acting(ROUNDS):
        row = Visit.objects.filter(id=visit, worker=worker).first()
        if row is None:
            raise NotAllowed("시작한 방문이 아닙니다.")
        _hear(
            word,
            visit=visit,
            household=row.household_id,
            worker=worker,
            device=row.device,
            by=by,
            now=now,
        )


def _hear(
    word: Spoken,
    *,
    visit: UUID,
    household: UUID,
    worker: Worker,
    device: Device | None,
    by: Staff,
    now: datetime,
) -> None:
    """Keep a word of a visit, whose beginning may not have come yet."""
    lock_worker(worker)
    with acting(ROUNDS):
        row = _known(visit, worker)
        if row is None:
            row = Visit(id=visit, worker=worker, household_id=_home(household), device=device)
            row.stage = Stage.INSIDE
        if row.worker_id != worker.pk or any(told["id"] == word.id for told in row.heard):
            return
        row.heard = [
            *row.heard,
            {"id": word.id, "what": str(word.what), "at": word.at.isoformat()},
        ]
        settle(row, now=now)
        _record(f"visit_{word.what}", row, by, now)
        if row.stage == Stage.RED and row.alarm_id is not None:
            alarms.tell_of_worker(
                alarm=row.alarm_id,
                what=TOLD_AFTER_RED[word.what],
                by_phone=worker.staff.name,
                at=word.at,
                now=now,
            )


def _stand(visit: Visit, after: Visit | None, now: datetime) -> None:
    """Set stage and next look of a visit that is not red; `after`: what its worker began next."""
    said = course_of(visit).out_at
    out_at = said or (after.began_at if after is not None else None)
    if out_at is not None and visit.called_at is None:
        visit.stage, visit.out_at, visit.look_at = Stage.OUT, out_at, None
        by_next = said is None and after is not None
        visit.out_by = f"{PASSED}{after.id}" if by_next and after else ROUNDS.name
        return
    late = visit.stage == Stage.AMBER and now >= visit.ends_at
    visit.stage = Stage.AMBER if late else Stage.INSIDE
    visit.out_at, visit.out_by = None, ""
    visit.look_at = look_next(visit)


def _known(id: UUID, worker: Worker) -> Visit | None:
    rows = Visit.objects.select_for_update(of=("self",)).select_related("worker__staff", "alarm")
    return rows.filter(id=id).first()


def _home(household: UUID) -> UUID:
    sight = people.for_actor(ROUNDS, Purpose("machine", "visit"))
    if not sight.households.filter(id=household).exists():
        raise NotAllowed("등록된 집이 아닙니다.")
    return household


def _fit(worker: Worker) -> Fit:
    return Fit(
        id=worker.pk,
        name=worker.staff.name,
        trained_until=worker.trained_until,
        screened_until=worker.screened_until,
        has_left=worker.ended_at is not None,
    )


def _record(verb: str, visit: Visit, by: Staff, now: datetime, **told: object) -> None:
    record(
        by=by.actor,
        verb=verb,
        at=now,
        household=visit.household_id,
        purpose=Purpose("visit", str(visit.id)),
        visit=str(visit.id),
        **told,
    )
