"""교대: making one, laying out its turns for a month, ending it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import IntegrityError, transaction

from anbu.care.foundation.actions import record
from anbu.care.people.rules import BadInput, clean
from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Rotation, TeamMember, Turn
from ..queries.sight import colleagues_of, posts_seen
from ..rules import (
    NotAllowed,
    Planned,
    Source,
    UnknownTurn,
    check_pattern,
    clashes,
    lay_out,
    month_of,
)
from .holes import look
from .keeping import keep, planned


@dataclass(frozen=True, kw_only=True)
class Laid:
    """What came of laying out a month: how many turns are new, and whose did not fit."""

    new: int
    left_out: int


@transaction.atomic
def make_rotation(
    *,
    post: int,
    name: str,
    pattern: str,
    teams: Sequence[Sequence[str]],
    starts_on: date,
    by: Staff,
    now: datetime,
) -> Rotation:
    """Write down a pattern of days and who is in which team. No turn is laid out by it yet.

    `teams`: the names by which their people sign in.
    """
    chair = keep(post=post, by=by)
    people = [[_named(login, chair) for login in team] for team in teams]
    bare = check_pattern(pattern, teams=people)
    title = clean(name, what="교대 이름", at_most=40, needed=True)
    rotation = Rotation(
        post=chair, name=title, pattern=bare, starts_on=starts_on, made_at=now, made_by=by
    )
    try:
        with transaction.atomic():
            rotation.save(force_insert=True)
    except IntegrityError:
        raise NotAllowed("같은 이름의 교대가 이미 있습니다.") from None
    TeamMember.objects.bulk_create(
        TeamMember(rotation=rotation, team=nth, staff_id=staff)
        for nth, team in enumerate(people)
        for staff in team
    )
    made = str(rotation.pk)
    record(by=by.actor, verb="make_rotation", at=now, post=post, rotation=made, pattern=bare)
    return rotation


@transaction.atomic
def lay_rotation(*, rotation: UUID, month: date, by: Staff, now: datetime) -> Laid:
    """Put the turns of one month on the roster, from today on.

    What stands there already stays: a turn that would bind somebody twice is left out, so laying
    the same month again adds nothing. Nobody who left is laid out.
    """
    row, chair = _kept(rotation, by)
    wanted = [each for each in _wanted(row, chair, month, now) if each.begins_at >= now]
    if not wanted:
        return Laid(new=0, left_out=0)
    standing = Turn.objects.filter(
        staff__in={each.staff for each in wanted},
        withdrawn_at=None,
        begins_at__lt=max(each.ends_at for each in wanted),
        ends_at__gt=min(each.begins_at for each in wanted),
    )
    there = planned(standing)
    bound = {other for pair in clashes([*there, *wanted]) for other in pair}
    fresh = [each for each in wanted if each not in bound]
    Turn.objects.bulk_create(
        Turn(
            post=chair,
            staff_id=each.staff,
            begins_at=each.begins_at,
            ends_at=each.ends_at,
            part=each.part,
            source=Source.ROTATION,
            rotation=row,
            made_at=now,
            changed_at=now,
        )
        for each in fresh
    )
    look(chair, now=now)
    laid = Laid(new=len(fresh), left_out=len(wanted) - len(fresh))
    record(
        by=by.actor,
        verb="lay_rotation",
        at=now,
        post=chair.pk,
        rotation=str(rotation),
        month=month.isoformat(),
        new=laid.new,
        left_out=laid.left_out,
    )
    return laid


@transaction.atomic
def end_rotation(*, rotation: UUID, by: Staff, now: datetime) -> None:
    """Lay nothing out by it any more; the turns that were stay."""
    row, chair = _kept(rotation, by)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(by=by.actor, verb="end_rotation", at=now, post=chair.pk, rotation=str(rotation))


def _named(login: str, chair: Post) -> int:
    found = colleagues_of(chair.pk).filter(login=login).first()
    if found is None:
        raise BadInput("%(login)s: 이 자리에서 일하는 분의 아이디가 아닙니다.", login=login[:40])
    return found.pk


def _kept(rotation: UUID, by: Staff) -> tuple[Rotation, Post]:
    seen = Rotation.objects.filter(post__in=posts_seen(seen_by=by))
    found = seen.filter(id=rotation).first()
    if found is None:
        raise UnknownTurn(str(rotation))
    chair = keep(post=found.post_id, by=by)
    row = Rotation.objects.get(id=rotation)
    if row.ended_at is not None:
        raise NotAllowed("이미 끝낸 교대입니다.")
    return row, chair


def _wanted(row: Rotation, chair: Post, month: date, now: datetime) -> tuple[Planned, ...]:
    first, last = month_of(month)
    begins = datetime.combine(first, time(0), SEOUL)
    known = places.calendar(max(begins, now))
    return lay_out(
        row.pattern,
        teams=_teams(row, chair),
        starts_on=row.starts_on,
        first=first,
        last=last,
        kind=chair.kind,
        holidays=known.holidays,
        hours=known.hours,
    )


def _teams(row: Rotation, chair: Post) -> list[list[int]]:
    """Return the teams; a place in the pattern stays, though its people may have left."""
    members = list(row.members.select_related("staff").order_by("team", "id"))
    teams: list[list[int]] = [[] for _ in range(max(each.team for each in members) + 1)]
    for each in members:
        if each.staff.is_active and each.staff.post_id == chair.pk:
            teams[each.team].append(each.staff_id)
    return teams
