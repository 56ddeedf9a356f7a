"""One post's roster, ours until the transaction ends: nobody else writes it meanwhile."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..models import Turn
from ..queries.sight import colleagues_of, posts_kept, posts_seen
from ..rules import NotAllowed, Part, Planned, Source, UnknownTurn, check_order, check_turn


def keep(*, post: int, by: Staff) -> Post:
    """Lock the roster of a post that this person writes.

    Raises:
        UnknownTurn: there is no such post for them. NotAllowed: they may only read it.
    """
    if not posts_seen(seen_by=by).filter(id=post).exists():
        raise UnknownTurn(str(post))
    if not posts_kept(seen_by=by).filter(id=post).exists():
        raise NotAllowed("이 자리의 근무표는 책임자가 고칩니다.")
    return lock(post)


def lock(post: int) -> Post:
    """Lock the roster of a post; signals that come to the post are not held up by it."""
    return Post.objects.select_for_update(no_key=True).get(id=post)


def turn_seen(turn: UUID, *, by: Staff) -> Turn:
    """Return a turn of a roster this person may read, not locked."""
    seen = Turn.objects.filter(post__in=posts_seen(seen_by=by), id=turn)
    found = seen.select_related("staff", "post").first()
    if found is None:
        raise UnknownTurn(str(turn))
    return found


def standing(turn: UUID) -> Turn:
    """Return a turn as it is now that its roster is ours.

    Raises:
        NotAllowed: it was withdrawn.
    """
    found = Turn.objects.select_related("staff", "post").get(id=turn)
    if found.withdrawn_at is not None:
        raise NotAllowed("이미 근무표에서 뺀 근무입니다.")
    return found


def colleague(staff: int, post: Post) -> Staff:
    """Return somebody who may stand on this roster."""
    found = colleagues_of(post.pk).filter(id=staff).first()
    if found is None:
        raise NotAllowed("이 자리에서 일하는 분이 아닙니다.")
    return found


def write(
    plan: Planned,
    *,
    post: Post,
    source: Source,
    now: datetime,
    order: int = 0,
    rotation: UUID | None = None,
) -> Turn:
    """Write down one turn.

    Raises:
        NotAllowed: this person stands on a roster at that time already.
    """
    check_turn(begins_at=plan.begins_at, ends_at=plan.ends_at, now=now)
    turn = Turn(
        post=post,
        staff_id=plan.staff,
        begins_at=plan.begins_at,
        ends_at=plan.ends_at,
        part=plan.part,
        order=check_order(plan.part, order),
        source=source,
        rotation_id=rotation,
        made_at=now,
        changed_at=now,
    )
    save(turn)
    return turn


def save(turn: Turn) -> None:
    """Save a turn; the database itself refuses to bind one person twice at one moment."""
    try:
        with transaction.atomic():
            turn.save()
    except IntegrityError as error:
        if "nobody_is_bound_twice_at_once" not in str(error):
            raise
        raise NotAllowed("그 시간에 이미 근무표에 있는 분입니다.") from None


def take_off(turn: Turn, *, by: Staff, now: datetime) -> None:
    """Take a turn off the roster; its row stays, for calendars must be told."""
    turn.withdrawn_at, turn.withdrawn_by = now, by
    touch(turn, now=now)
    turn.save(update_fields=["withdrawn_at", "withdrawn_by", "changed_at", "sequence"])


def touch(turn: Turn, *, now: datetime) -> None:
    """Count a change, so that calendars take it over."""
    turn.changed_at, turn.sequence = now, turn.sequence + 1


def planned(turns: Iterable[Turn]) -> list[Planned]:
    """Return turns as the rules see them."""
    return [
        Planned(
            staff=each.staff_id,
            begins_at=each.begins_at,
            ends_at=each.ends_at,
            part=Part(each.part),
        )
        for each in turns
    ]
