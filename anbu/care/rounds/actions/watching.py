"""The clock of visits. A telephone that is dead changes nothing here: the deadline is a row."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.rules import HURT, InDanger, Why
from anbu.care.effects import actions as effects
from anbu.care.effects.rules import QUIET_BELOW, Cause, Thing
from anbu.care.foundation.actions import acting, record, record_all, trace
from anbu.care.foundation.rules import Purpose, new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..models import Visit
from ..queries.courses import ROUNDS, course_of
from ..rules import CANCEL_S, RED, Stage, stage_at
from .visiting import look_next

AT_ONCE = 1_000
BESIDE = "함께하는 단원이 도움을 청했거나 소식이 없습니다. 혼자 들어가지 말고 전화를 받아 주세요."
WORDS = "방문 시간이 지났습니다. 괜찮은지 앱에서 눌러 주세요. 대답이 없으면 관제센터가 찾습니다."
OF_HURT = "우리 동 돌봄단원이 다치거나 위협을 당했습니다. ‘동료 돌봄’에서 확인해 주세요."
STANDS = ["stage", "look_at", "alarm", "out_at", "out_by", "ended_how"]


@transaction.atomic
def watch_next_visits(*, now: datetime) -> bool:
    """Tell of visits whose time is over: amber to those nearest, red to the control room.

    Some thirty questions, however many are due; says whether any was.
    """
    with acting(ROUNDS):
        rows = list(
            Visit.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("worker__staff", "partner__staff")
            .filter(look_at__lte=now)
            .order_by("look_at", "id")[:AT_ONCE]
        )
        red = [row for row in rows if is_red(row, now)]
        turn_red(red, now=now)
        _turn_amber([row for row in rows if row not in red], now)
    return bool(rows)


@transaction.atomic
def end_next_visits(*, now: datetime) -> bool:
    """End the red visits whose signal a person has ended: they said there how it ended."""
    with acting(ROUNDS):
        rows = list(
            Visit.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("alarm__closed_by", "worker__staff", "partner__staff")
            .filter(stage=Stage.RED, alarm__closed_at__isnull=False)
            .order_by("id")[:AT_ONCE]
        )
        end_red(rows, now=now)
    return bool(rows)


def is_red(visit: Visit, now: datetime) -> bool:
    """Say whether a visit is the control room's by now."""
    if visit.called_at is not None and now >= visit.called_at + timedelta(seconds=CANCEL_S):
        return True
    return stage_at(ends_at=visit.ends_at, now=now) is Stage.RED


def turn_red(rows: Sequence[Visit], *, now: datetime) -> None:
    """Give these visits to the control room: from here on a person says how it ends."""
    if not rows:
        return
    signals = alarms.raise_for_workers(dangers=[danger_of(row) for row in rows], now=now)
    for row in rows:
        row.stage, row.look_at, row.alarm_id = Stage.RED, None, signals[row.id]
    Visit.objects.bulk_update(rows, STANDS)
    effects.over([Cause.VISIT], [row.id for row in rows], now=now)
    # A word under duress is the desk's alone; the worker's own telephone stays silent always.
    told = {r.partner.staff_id for r in rows if r.partner is not None and not r.is_duress}
    effects.call_people(staff=told, words=BESIDE, cause=new_id(), now=now)
    _trace("visit_red", rows, now)


def end_red(rows: Sequence[Visit], *, now: datetime) -> None:
    """End red visits as their signals ended."""
    for row in rows:
        assert row.alarm is not None
        row.stage, row.out_at, row.ended_how = Stage.OUT, row.alarm.closed_at, row.alarm.outcome
        row.out_by = row.alarm.closed_by.actor if row.alarm.closed_by else ROUNDS.name
    if rows:
        Visit.objects.bulk_update(rows, STANDS)
        _look_after([row for row in rows if row.ended_how in HURT], now)
        _trace("visit_ended", rows, now)


def _look_after(rows: Sequence[Visit], now: datetime) -> None:
    """Have the dong look after a worker who was hurt or attacked, and who was with them."""
    for row in rows:
        assert row.alarm_id is not None
        dong = row.worker.dong_id
        alarms.ask_after_workers(alarm=row.alarm_id, whom=_both([row]), dong=dong, now=now)
        effects.call_people(staff=planners_of(dong), words=OF_HURT, cause=new_id(), now=now)
        record(by=ROUNDS.name, verb="worker_hurt", at=now, worker=row.worker_id, how=row.ended_how)


def planners_of(dong: int) -> set[int]:
    """Return the planners of a dong's office."""
    rows = Staff.objects.filter(role=Staff.Role.PLANNER, is_active=True, post__dong=dong)
    return set(rows.values_list("pk", flat=True))


def danger_of(visit: Visit) -> InDanger:
    """Return a visit as the control room is told of it."""
    worker, partner = visit.worker, visit.partner
    why = Why.HELP if visit.called_at is not None else Why.LATE
    return InDanger(
        visit=visit.id,
        household=visit.household_id,
        why=Why.DURESS if visit.is_duress else why,
        at=visit.called_at or visit.ends_at + RED,
        since=course_of(visit).heard_at,
        worker=worker.staff.name,
        worker_phone=worker.phone,
        partner=partner.staff.name if partner else "",
        partner_phone=partner.phone if partner else "",
        is_silent=visit.is_silent,
        is_last_place=visit.is_last_place,
    )


def _turn_amber(rows: Sequence[Visit], now: datetime) -> None:
    """Tell the two of them and their dong office that nobody has heard of them in time."""
    late = [row for row in rows if stage_at(ends_at=row.ends_at, now=now) is Stage.AMBER]
    # Who has called for help is red in seconds: their telephone must not speak up now.
    fresh = [row for row in late if row.stage == Stage.INSIDE and row.called_at is None]
    for row in rows:
        row.stage = Stage.AMBER if row in fresh else row.stage
        row.look_at = look_next(row)
    if rows:
        Visit.objects.bulk_update(rows, ["stage", "look_at"])
    if not fresh:
        return
    posts = dict(
        Post.objects.filter(dong__in={row.worker.dong_id for row in fresh}).values_list(
            "dong", "id"
        )
    )
    effects.tell(
        [
            Thing(kind=Cause.VISIT, id=row.id, post=posts[row.worker.dong_id], level=QUIET_BELOW)
            for row in fresh
            if row.worker.dong_id in posts
        ],
        now=now,
    )
    effects.call_people(staff=_both(fresh), words=WORDS, cause=new_id(), now=now)
    _trace("visit_late", fresh, now)


def _both(rows: Collection[Visit]) -> set[int]:
    return {one.staff_id for row in rows for one in (row.worker, row.partner) if one is not None}


def _trace(verb: str, rows: Sequence[Visit], now: datetime) -> None:
    record_all(
        trace(
            by=ROUNDS.name,
            verb=verb,
            at=now,
            household=row.household_id,
            purpose=Purpose("visit", str(row.id)),
            detail={"visit": str(row.id)},
        )
        for row in rows
    )
