"""What is being told just now, and in which order one is told oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anbu.care.places.models import Post
from anbu.care.staff.models import Staff
from anbu.care.staff.rules import CENTRE

from ..models import Order, Ring, Telling
from ..rules import Turn, thaw_order
from .callees import offices_are_closed, usual_order

AT_MOST = 100
SHOWN = 12  # rings of one telling, the newest


@dataclass(frozen=True, kw_only=True)
class RingRow:
    """One try: by what, whose, when, and what came of it."""

    by: str
    to: str  # a colleague's name, or the end of a number of the all-call list
    at: datetime
    status: str
    is_all_call: bool


@dataclass(frozen=True, kw_only=True)
class TellingRow:
    """One thing that needs a human. Nobody's name or home stands here."""

    id: UUID
    kind: str
    cause: UUID
    post: str
    level: int
    began_at: datetime
    rounds: int
    next_at: datetime | None
    rings: Sequence[RingRow]


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    """The order that counts for somebody, and who has said so."""

    turns: Sequence[Turn]
    source: str  # own | post | usual
    phone: str
    set_at: datetime | None


def tellings_for(*, seen_by: Staff, now: datetime) -> QuerySet[Telling]:
    """Return the open tellings of which somebody is told: those of the own post.

    The centre also has those of offices that are closed, and of what has called all.
    """
    wanted = Q(post=seen_by.post_id) if seen_by.post_id else Q(pk__in=[])
    if seen_by.role in CENTRE:
        wanted |= Q(rounds__gt=0)
        if offices_are_closed(now):
            wanted |= Q(post__kind=Post.DONG)
    return Telling.objects.filter(wanted, ended_at=None)


def tellings(*, seen_by: Staff, now: datetime) -> tuple[TellingRow, ...]:
    """Return what is being told to this person's post, the gravest and longest waiting first."""
    rows = list(
        tellings_for(seen_by=seen_by, now=now)
        .select_related("post")
        .order_by("-level", "began_at", "id")[:AT_MOST]
    )
    ids = [row.id for row in rows]
    rings = Ring.objects.filter(tellings__overlap=ids).select_related("staff")
    tried = list(rings.order_by("-goes_at", "-id")[: AT_MOST * SHOWN]) if ids else []
    return tuple(_row(row, [ring for ring in tried if row.id in ring.tellings]) for row in rows)


def order_of(*, seen_by: Staff) -> OrderPage:
    """Return the order in which this person is told."""
    own = Order.objects.filter(staff=seen_by).order_by("-version").first()
    phone = own.phone if own else ""
    if own is not None and own.turns:
        return OrderPage(turns=thaw_order(own.turns), source="own", phone=phone, set_at=own.set_at)
    shared = post_order(seen_by=seen_by)
    return OrderPage(turns=shared.turns, source=shared.source, phone=phone, set_at=shared.set_at)


def post_order(*, seen_by: Staff) -> OrderPage:
    """Return the order of this person's post."""
    row = Order.objects.filter(post=seen_by.post_id).order_by("-version").first()
    if row is None or row.post_id is None or not row.turns:
        return OrderPage(turns=usual_order(), source="usual", phone="", set_at=None)
    return OrderPage(turns=thaw_order(row.turns), source="post", phone="", set_at=row.set_at)


def _row(row: Telling, rings: Sequence[Ring]) -> TellingRow:
    return TellingRow(
        id=row.id,
        kind=row.cause_kind,
        cause=row.cause,
        post=row.post.name,
        level=row.level,
        began_at=row.began_at,
        rounds=row.rounds,
        next_at=row.next_at,
        rings=tuple(_ring(ring) for ring in rings[:SHOWN]),
    )


def _ring(ring: Ring) -> RingRow:
    return RingRow(
        by=ring.by,
        to=ring.staff.name if ring.staff else f"…{ring.to[-4:]}",
        at=ring.goes_at,
        status=ring.status,
        is_all_call=ring.is_all_call,
    )
