"""Who may stand twice in the register, and why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anbu.care.people.queries import LISTS, Home, homes, seen
from anbu.care.staff.models import Staff

from ..models import Double, DoubleRun


@dataclass(frozen=True, kw_only=True)
class DoubleLine:
    id: int
    score: int
    one: Home
    other: Home
    grounds: tuple[tuple[int, str], ...]
    decision: str
    decided_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DoublesPage:
    lines: tuple[DoubleLine, ...]
    total: int
    searched_at: datetime | None
    is_searching: bool


def doubles(*, seen_by: Staff, decided: bool = False, at_most: int = 50) -> DoublesPage:
    """Return the pairs this person may decide, the most alike first. Six queries."""
    rows = _within(seen_by).filter(
        ~Q(decision=Double.Decision.OPEN) if decided else Q(decision=Double.Decision.OPEN)
    )
    order = ("-decided_at", "id") if decided else ("-score", "id")
    some = list(rows.order_by(*order)[:at_most])
    ran = DoubleRun.objects.order_by("-id").first()
    return DoublesPage(
        lines=_lines(some, seen_by),
        total=rows.count(),
        searched_at=ran.ended_at if ran else None,
        is_searching=bool(ran and ran.ended_at is None),
    )


def double(*, pair: int, seen_by: Staff) -> DoubleLine | None:
    """Return one pair, or None where this person may not know of both. Four queries."""
    found = _lines(list(_within(seen_by).filter(id=pair)), seen_by)
    return found[0] if found else None


def _within(seen_by: Staff) -> QuerySet[Double]:
    area = seen(seen_by=seen_by, purpose=LISTS).households
    return Double.objects.filter(one__in=area, other__in=area)


def _lines(rows: list[Double], seen_by: Staff) -> tuple[DoubleLine, ...]:
    ids: list[UUID] = [id for row in rows for id in (row.one_id, row.other_id)]
    cards = homes(households=ids, seen_by=seen_by, left_too=True)
    return tuple(
        DoubleLine(
            id=row.pk,
            score=row.score,
            one=cards[row.one_id],
            other=cards[row.other_id],
            grounds=tuple((points, sentence) for points, sentence in row.grounds),
            decision=row.decision,
            decided_at=row.decided_at,
        )
        for row in rows
        if row.one_id in cards and row.other_id in cards
    )
