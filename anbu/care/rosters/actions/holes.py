"""Holes: found by holding the roster against what is needed, told before they open."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import QUIET_BELOW, Cause, Thing
from anbu.care.foundation.actions import record
from anbu.care.people.rules import BadInput
from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Hole, Need, Turn
from ..queries.needs import called, owner_of
from ..queries.sight import posts_seen
from ..rules import (
    LOOKED_AHEAD,
    OPEN,
    RISES,
    Ahead,
    Gap,
    HoleState,
    NotAllowed,
    Part,
    Rise,
    Stretch,
    UnknownTurn,
    holes,
    stair_at,
    stretches,
    tell_next_at,
)
from .keeping import keep

CLOCK = "system:rosters"
AT_ONCE = 200
MOST_PEOPLE = 50
CAUTION = QUIET_BELOW  # the lowest level that rings: four hours are left, or somebody may come late


def ahead() -> Ahead:
    """Return how long before a hole opens each stair is told, as the city set it."""
    return Ahead(**{name: timedelta(seconds=s) for name, s in settings.ROSTER_TELL_S.items()})


@transaction.atomic
def set_need(*, post: int, part: str, people: int, by: Staff, now: datetime) -> None:
    """Say how many people a post needs while it is on duty; 0: no roster is kept of it."""
    chair = keep(post=post, by=by)
    if not 0 <= people <= MOST_PEOPLE:
        raise BadInput("필요한 사람은 0명부터 50명까지 적을 수 있습니다.")
    told = {"people": people, "look_at": now}
    Need.objects.update_or_create(post=chair, part=Part(part), defaults=told)
    look(chair, now=now)
    record(by=by.actor, verb="set_need", at=now, post=post, part=part, people=people)


def look(post: Post, *, now: datetime) -> None:
    """Find the holes of the coming days anew. Call it with the post's roster locked."""
    known = places.calendar(now)
    terms = places.terms(now + LOOKED_AHEAD, posts=[post.pk]) if post.kind == Post.VENDOR else ()
    for need in Need.objects.filter(post=post).order_by("id"):
        wanted = stretches(
            post.kind,
            needed=need.people,
            begins_at=now,
            ends_at=now + LOOKED_AHEAD,
            holidays=known.holidays,
            hours=known.hours,
            terms=terms,
        )
        _settle(post, need.part, _gaps(post, need, wanted, now), now)
        need.look_at = now + timedelta(seconds=settings.ROSTER_LOOK_S)
        need.save(update_fields=["look_at"])


@transaction.atomic
def look_at_next_post(*, now: datetime) -> bool:
    """Go through the coming days of one post whose turn it is; say whether there was one."""
    due = Need.objects.filter(look_at__lte=now).order_by("look_at", "id")
    posts = Post.objects.select_for_update(no_key=True, skip_locked=True)
    post = posts.filter(id__in=list(due.values_list("post_id", flat=True)[:AT_ONCE])).first()
    if post is None:
        return False
    look(post, now=now)
    return True


@transaction.atomic
def tell_next_holes(*, now: datetime) -> bool:
    """Tell whoever answers for a hole by now; say whether there may be more."""
    due = list(
        Hole.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("post__dong")
        .filter(state__in=OPEN, tell_at__lte=now)
        .order_by("tell_at", "id")[:AT_ONCE]
    )
    for hole in due:
        if hole.ends_at <= now:
            _end(hole, now)
        else:
            _tell(hole, now)
    return len(due) == AT_ONCE


@transaction.atomic
def take_hole(*, hole: UUID, by: Staff, now: datetime) -> None:
    """Take on that somebody comes: who is told again and again is told no more."""
    seen = Hole.objects.filter(Q(state__in=OPEN), post__in=posts_seen(seen_by=by))
    row = seen.select_for_update(of=("self",)).select_related("post").filter(id=hole).first()
    if row is None:
        raise UnknownTurn(str(hole))
    if by.pk not in called(row.post, Rise(row.stair) if row.stair else Rise.OFFICE):
        raise NotAllowed("책임자가 맡습니다.")
    if row.taken_by_id is not None:
        raise NotAllowed("이미 맡은 분이 있습니다.")
    row.taken_by, row.taken_at = by, now
    if row.state == HoleState.TOLD:
        row.tell_at = _next(row, now)
    row.save(update_fields=["taken_by", "taken_at", "tell_at"])
    effects.acknowledge([Cause.HOLE], [row.pk], by=by, now=now)
    record(by=by.actor, verb="take_hole", at=now, hole=str(hole), post=row.post_id)


def _gaps(
    post: Post, need: Need, wanted: tuple[Stretch, ...], now: datetime
) -> dict[datetime, Gap]:
    if not wanted:
        return {}
    turns = Turn.objects.filter(
        post=post,
        part=need.part,
        withdrawn_at=None,
        ends_at__gt=wanted[0].begins_at,
        begins_at__lt=wanted[-1].ends_at,
        staff__is_active=True,  # who has left, or works elsewhere now, does not come
        staff__post=post,
    )
    return {gap.begins_at: gap for gap in holes(list(turns), wanted) if gap.ends_at > now}


def _settle(post: Post, part: str, gaps: dict[datetime, Gap], now: datetime) -> None:
    """Bring the rows in line with what is missing: end, change, add."""
    rows = Hole.objects.select_for_update().filter(post=post, part=part, state__in=OPEN)
    for row in rows.order_by("begins_at", "id"):
        gap = gaps.pop(row.begins_at, None)
        if gap is None:
            _end(row, now)
        elif (gap.ends_at, gap.missing) != (row.ends_at, row.missing):
            row.ends_at, row.missing = gap.ends_at, gap.missing
            row.save(update_fields=["ends_at", "missing"])
    before = ahead().before(Rise.OFFICE)
    for gap in gaps.values():
        Hole.objects.create(
            post=post,
            part=part,
            begins_at=gap.begins_at,
            ends_at=gap.ends_at,
            missing=gap.missing,
            owner=owner_of(post, Rise.OFFICE),
            found_at=now,
            tell_at=gap.begins_at - before,
        )


def _end(hole: Hole, now: datetime) -> None:
    """End a hole: somebody sits there, or its time is over and nobody did."""
    passed = hole.ends_at <= now
    hole.state = HoleState.PASSED if passed else HoleState.COVERED
    hole.ended_at = now
    hole.save(update_fields=["state", "ended_at"])
    effects.over([Cause.HOLE], [hole.pk], now=now)
    state = str(hole.state)
    record(by=CLOCK, verb="end_hole", at=now, hole=str(hole.pk), post=hole.post_id, state=state)


def _tell(hole: Hole, now: datetime) -> None:
    stair = stair_at(kind=hole.post.kind, begins_at=hole.begins_at, now=now, ahead=ahead())
    if stair is None:  # the settings were changed meanwhile: it has more time
        hole.tell_at = hole.begins_at - ahead().before(RISES[hole.post.kind][0])
        hole.save(update_fields=["tell_at"])
        return
    if stair != hole.stair:  # those further up have taken nothing on yet
        hole.taken_by = hole.taken_at = None
    hole.state, hole.stair, hole.owner = HoleState.TOLD, stair, owner_of(hole.post, stair)
    hole.told, hole.told_at, hole.tell_at = hole.told + 1, now, _next(hole, now)
    hole.save()
    at = f"{hole.begins_at.astimezone(SEOUL):%m-%d %H:%M}"
    words = f"근무표에 빈 자리가 있습니다. {at}부터 {hole.missing}명."
    effects.call_people(staff=called(hole.post, stair), words=words, cause=hole.pk, now=now)
    if stair is Rise.CITY:  # told as a signal is: by turns, and then to everybody, until one has it
        thing = Thing(kind=Cause.HOLE, id=hole.pk, post=hole.post_id, level=CAUTION)
        effects.tell([thing], now=now)
    told: dict[str, Any] = {"stair": str(stair), "told": hole.told}
    record(by=CLOCK, verb="tell_hole", at=now, hole=str(hole.pk), post=hole.post_id, **told)


def _next(hole: Hole, now: datetime) -> datetime | None:
    return tell_next_at(
        kind=hole.post.kind,
        begins_at=hole.begins_at,
        now=now,
        is_taken=hole.taken_by_id is not None,
        ahead=ahead(),
    )
