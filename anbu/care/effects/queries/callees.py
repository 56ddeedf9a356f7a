"""Who is told at a post, in which order, and by what each can be reached."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.staff.models import Shift, Staff
from anbu.care.staff.rules import TAKES_PART

from ..models import Order, Subscription
from ..rules import By, Callee, Turn, thaw_order
from .ways import ways

EVER = datetime(1970, 1, 1, tzinfo=UTC)
TEXT_WAYS = ("gateway", "solapi", "gateway2", "smpp")  # 알림톡 has templates for people at home


@dataclass(frozen=True, kw_only=True)
class Reach:
    """One colleague as one who is told, and their number."""

    callee: Callee
    phone: str


def reaches(*, posts: Collection[int], now: datetime) -> dict[int, list[Reach]]:
    """Return who is told at each of these posts: who is on shift there, else everybody of it.

    Nobody of an office that is closed is called at home: the centre answers for it then.
    """
    seated = _seated(posts)
    empty = set(posts) - {post for post, _, _ in seated}
    closed = _offices(empty) if empty and offices_are_closed(now) else set()
    if closed:
        there = _seated([places.centre()])
        seated += [(post, staff, since) for post in sorted(closed) for _, staff, since in there]
    empty -= closed
    if empty:
        belong = Staff.objects.filter(post__in=empty, is_active=True, role__in=TAKES_PART)
        rows = belong.order_by("id").values_list("post", "id")
        seated += [(post, staff, EVER) for post, staff in rows if post is not None]
    found: dict[int, list[Reach]] = {post: [] for post in posts}
    known = _known({staff for _, staff, _ in seated}, posts)
    for post, staff, since in seated:
        found[post].append(known.reach(staff, post, since))
    return found


def offices_are_closed(now: datetime) -> bool:
    """Say whether the dong offices are closed: the centre is told in their place."""
    return places.on_duty(now) == "centre"


def supervisors() -> list[Reach]:
    """Return everybody who is responsible at the centre, on shift or not."""
    rows = Staff.objects.filter(role=Staff.Role.SUPERVISOR, is_active=True).order_by("id")
    known = _known(set(rows.values_list("id", flat=True)), ())
    return [known.reach(staff, 0, EVER) for staff in rows.values_list("id", flat=True)]


def usual_order() -> tuple[Turn, ...]:
    """Return the order of whoever, and whose post, has said nothing else."""
    return (
        Turn(By.PUSH, 0),
        Turn(By.SMS, settings.TELL_SMS_AFTER_S),
        Turn(By.CALL, settings.TELL_CALL_AFTER_S),
    )


def _offices(posts: Collection[int]) -> set[int]:
    return set(Post.objects.filter(id__in=posts, kind=Post.DONG).values_list("id", flat=True))


def _seated(posts: Collection[int]) -> list[tuple[int, int, datetime]]:
    shifts = Shift.objects.filter(ended_at=None, post__in=posts, staff__is_active=True)
    rows = shifts.order_by("started_at", "id").values_list("post", "staff", "started_at")
    return list(rows)


@dataclass(frozen=True, kw_only=True)
class _Known:
    own: Mapping[int, Order]
    of_posts: Mapping[int, Order]
    browsers: Collection[int]
    opened: Collection[str]

    def reach(self, staff: int, post: int, since: datetime) -> Reach:
        own, shared = self.own.get(staff), self.of_posts.get(post)
        turns = (own.turns if own else []) or (shared.turns if shared else [])
        phone = own.phone if own else ""
        can = set()
        if staff in self.browsers:
            can.add(By.PUSH)
        if phone and any(way in self.opened for way in TEXT_WAYS):
            can.add(By.SMS)
        if phone and "voice" in self.opened:
            can.add(By.CALL)
        order = thaw_order(turns) if turns else usual_order()
        return Reach(
            callee=Callee(id=staff, since=since, order=order, can=frozenset(can)), phone=phone
        )


def _known(staff: Collection[int], posts: Collection[int]) -> _Known:
    own = Order.objects.filter(staff__in=staff).order_by("staff", "-version").distinct("staff")
    shared = Order.objects.filter(post__in=posts).order_by("post", "-version").distinct("post")
    browsers: set[int] = set()
    if settings.PUSH_CONTACT:
        told = Subscription.objects.filter(ended_at=None, staff__in=staff)
        browsers = set(told.values_list("staff", flat=True))
    return _Known(
        own={row.staff_id: row for row in own if row.staff_id},
        of_posts={row.post_id: row for row in shared if row.post_id},
        browsers=browsers,
        opened=frozenset(ways()),
    )
