"""Ringing: who is due to be told by what, put together so that one telephone rings once.

Two clocks take turns by an advisory lock; whoever dies leaves everything due, and a ring that was
written has its job in the same transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.types import JSONValue

from anbu.care.foundation.rules import new_id

from ..models import Notice, Ring, Subscription, Telling
from ..queries.callees import Reach, reaches, supervisors
from ..rules import By, Due, Kind, Pace, Standing, due, filled, free_at, pause_after, read_shipped
from .notices import NOTIFY

RING = "effects.ring"
ONE_RINGS = 0x616E_6274  # of many clocks: two would ring one telephone at the same time
AT_ONCE = 200
HOUR = timedelta(hours=1)
WORDS = {
    (By.PUSH, False): Kind.DUTY,
    (By.PUSH, True): Kind.ALL_TEXT,
    (By.SMS, False): Kind.DUTY_TEXT,
    (By.SMS, True): Kind.ALL_TEXT,
    (By.CALL, False): Kind.DUTY_CALL,
    (By.CALL, True): Kind.ALL_CALL,
}
ON_ITS_WAY = (Ring.Status.WAITING, Ring.Status.QUEUED)


@dataclass(frozen=True)
class Bell:
    """One colleague's browsers, or one telephone."""

    by: By
    staff: int | None
    to: str
    is_all_call: bool


@dataclass
class Wanted:
    """The bells that are due, each with everything that waits for whom it reaches."""

    bells: dict[Bell, set[UUID]] = field(default_factory=dict)

    def add(self, bell: Bell, tellings: Iterable[UUID]) -> None:
        self.bells.setdefault(bell, set()).update(tellings)


@transaction.atomic
def ring_next(*, now: datetime) -> bool:
    """Tell whoever is due to be told, the most overdue first; say whether anything was due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_RINGS])
        if not cursor.fetchone()[0]:
            return False
    released = _release(now)
    rows = list(
        Telling.objects.select_for_update(skip_locked=True)
        .filter(ended_at=None, next_at__lte=now)
        .order_by("next_at", "id")[:AT_ONCE]
    )
    if rows:
        _ring(rows, now)
    return bool(rows or released)


def _ring(rows: Sequence[Telling], now: datetime) -> None:
    posts = {row.post_id for row in rows}
    people = reaches(posts=posts, now=now)
    steps = {row.id: _step(row, people[row.post_id], now) for row in rows}
    for row in rows:
        step = steps[row.id]
        row.told_until, row.rounds = step.told_until, step.rounds
        row.round_at, row.next_at = step.round_at, step.next_at
    Telling.objects.bulk_update(rows, ["told_until", "rounds", "round_at", "next_at"])
    wanted = Wanted()
    waiting = _waiting_at(posts)
    for row in rows:
        known = {reach.callee.id: reach for reach in people[row.post_id]}
        for who, by in steps[row.id].turns:
            wanted.add(_bell(known[who], by), waiting[row.post_id])
    if any(steps[row.id].calls_all for row in rows):
        _call_together({row.id for row in rows}, now)
        _want_all(wanted, by_call=any(steps[row.id].rounds % 2 == 0 for row in rows))
    _write(wanted, now)


def _call_together(called: set[UUID], now: datetime) -> None:
    """Let everything else that calls all count this round as its own: one round, one ring."""
    others = Telling.objects.select_for_update(skip_locked=True).exclude(id__in=called)
    rows = list(others.filter(ended_at=None, rounds__gt=0).order_by("id"))
    for row in rows:
        row.round_at = row.next_at = now + pause_after(row.rounds, _pace())
    Telling.objects.bulk_update(rows, ["round_at", "next_at"])


def _step(row: Telling, people: Sequence[Reach], now: datetime) -> Due:
    standing = Standing(
        began_at=row.began_at,
        level=row.level,
        told_until=row.told_until,
        rounds=row.rounds,
        round_at=row.round_at,
    )
    return due(standing, [reach.callee for reach in people], pace=_pace(), now=now)


def _pace() -> Pace:
    return Pace(
        first_s=settings.TELL_ALL_AGAIN_S,
        longest_s=settings.TELL_ALL_LONGEST_S,
        after_last_s=settings.TELL_ALL_AFTER_S,
    )


def _bell(reach: Reach, by: By) -> Bell:
    return Bell(by, reach.callee.id, "" if by is By.PUSH else reach.phone, False)


def _waiting_at(posts: Collection[int]) -> dict[int, set[UUID]]:
    """Return everything that is being told at these posts: one word says how many."""
    found: dict[int, set[UUID]] = {post: set() for post in posts}
    for post, id in Telling.objects.filter(ended_at=None, post__in=posts).values_list("post", "id"):
        found[post].add(id)
    return found


def _want_all(wanted: Wanted, *, by_call: bool) -> None:
    """Want the all-call list and the supervisors told: by text, and every other time by a call."""
    ids = set(Telling.objects.filter(ended_at=None, rounds__gt=0).values_list("id", flat=True))
    by = By.CALL if by_call and settings.CALL_BOT_URL else By.SMS
    for to in settings.ALL_CALL:
        wanted.add(Bell(By.SMS if "@" in to else by, None, to, True), ids)
    for reach in supervisors():
        who = reach.callee
        if By.PUSH in who.can:
            wanted.add(Bell(By.PUSH, who.id, "", True), ids)
        if by in who.can and reach.phone not in settings.ALL_CALL:
            wanted.add(Bell(by, who.id, reach.phone, True), ids)


def _write(wanted: Wanted, now: datetime) -> None:
    """Write the rings: at once, or when the telephone may ring again, or along with another."""
    phones = {bell.to for bell in wanted.bells if bell.to}
    staff = {bell.staff for bell in wanted.bells if not bell.to}
    lately = Ring.objects.filter(goes_at__gt=now - HOUR).exclude(status=Ring.Status.CALLED_OFF)
    of_phones = list(lately.filter(to__in=phones).order_by("goes_at", "id"))
    of_browsers = list(lately.filter(to="", staff__in=staff).order_by("goes_at", "id"))
    going: list[Ring] = []
    for bell, tellings in wanted.bells.items():
        past = [r for r in of_phones if r.to == bell.to] if bell.to else []
        same = past if bell.to else [r for r in of_browsers if r.staff_id == bell.staff]
        ring = _one(bell, tellings, past, [r for r in same if r.by == bell.by], now)
        if ring is not None:
            going.append(ring)
            of_phones.append(ring)  # two bells of one telephone: a text, and a call behind it
    _send([ring for ring in going if ring.status == Ring.Status.QUEUED], now)


def _one(
    bell: Bell, tellings: set[UUID], past: Sequence[Ring], same: Sequence[Ring], now: datetime
) -> Ring | None:
    """Return the ring of one bell; None where one that is under way or just over says it too."""
    apart = timedelta(seconds=settings.TELL_APART_S)
    for ring in same:
        if ring.status == Ring.Status.WAITING:
            ring.tellings = sorted({*ring.tellings, *tellings})
            ring.save(update_fields=["tellings"])
            return None
        if ring.status == Ring.Status.QUEUED and bell.to:
            return None
        if ring.goes_at > now - apart and tellings <= set(ring.tellings):
            return None
    at = _free([ring.goes_at for ring in past], now) if bell.to else now
    return Ring.objects.create(
        id=new_id(),
        by=bell.by,
        staff_id=bell.staff,
        to=bell.to,
        is_all_call=bell.is_all_call,
        tellings=sorted(tellings),
        status=Ring.Status.WAITING if at > now else Ring.Status.QUEUED,
        made_at=now,
        goes_at=at,
    )


def _release(now: datetime) -> bool:
    """Let go the rings whose telephones may ring again, as far as anybody still waits."""
    rows = list(
        Ring.objects.select_for_update(skip_locked=True)
        .filter(status=Ring.Status.WAITING, goes_at__lte=now)
        .order_by("goes_at", "id")[:AT_ONCE]
    )
    if not rows:
        return False
    ids = {id for ring in rows for id in ring.tellings}
    still = set(Telling.objects.filter(id__in=ids, ended_at=None).values_list("id", flat=True))
    rang = _rang({ring.to for ring in rows}, now)
    going = []
    for ring in rows:
        ring.tellings = [id for id in ring.tellings if id in still]
        ring.goes_at = _free(rang[ring.to], now)  # another may have rung there meanwhile
        if not ring.tellings:
            ring.status, ring.goes_at, ring.settled_at = Ring.Status.CALLED_OFF, now, now
        elif ring.goes_at <= now:
            ring.status = Ring.Status.QUEUED
            rang[ring.to].append(now)
            going.append(ring)
    Ring.objects.bulk_update(rows, ["tellings", "status", "goes_at", "settled_at"])
    _send(going, now)
    return True


def _rang(phones: Collection[str], now: datetime) -> dict[str, list[datetime]]:
    """Return when each of these telephones has really rung in the last hour."""
    found: dict[str, list[datetime]] = {to: [] for to in phones}
    off = (Ring.Status.WAITING, Ring.Status.CALLED_OFF)
    rows = Ring.objects.filter(to__in=phones, goes_at__gt=now - HOUR).exclude(status__in=off)
    for to, at in rows.values_list("to", "goes_at"):
        found[to].append(at)
    return found


def _free(rang: Sequence[datetime], now: datetime) -> datetime:
    return free_at(
        rang,
        apart_s=settings.TELL_APART_S,
        an_hour=settings.TELL_AN_HOUR,
        then_apart_s=settings.TELL_ALL_LONGEST_S,
        now=now,
    )


def _send(rings: Sequence[Ring], now: datetime) -> None:
    """Give each ring its words and its jobs, in the transaction that makes it due."""
    for ring in rings:
        template = read_shipped()[WORDS[By(ring.by), ring.is_all_call]]
        ring.text = filled(template, {"건수": str(len(ring.tellings))})
    Ring.objects.bulk_update(rings, ["text"])
    _defer(RING, "ring_id", [str(ring.id) for ring in rings if ring.by != By.PUSH])
    pushes = {ring.staff_id: ring for ring in rings if ring.by == By.PUSH}
    if pushes:
        _defer(NOTIFY, "notice_id", [str(one.id) for one in _notices(pushes, now)])


def _notices(pushes: Mapping[int | None, Ring], now: datetime) -> list[Notice]:
    first = [ring.tellings[0] for ring in pushes.values()]
    causes = dict(Telling.objects.filter(id__in=first).values_list("id", "cause"))
    told = Subscription.objects.filter(ended_at=None, staff__in=list(pushes)).order_by("id")
    notices = [
        Notice(
            subscription=one,
            ring=pushes[one.staff_id],
            cause=causes[pushes[one.staff_id].tellings[0]],
            text=pushes[one.staff_id].text,
            queued_at=now,
        )
        for one in told
    ]
    return Notice.objects.bulk_create(notices)


def _defer(task: str, name: str, ids: Sequence[str]) -> None:
    if ids:
        rows: list[dict[str, JSONValue]] = [{name: id} for id in ids]
        jobs.configure_task(task, queue="messages").batch_defer(*rows)
