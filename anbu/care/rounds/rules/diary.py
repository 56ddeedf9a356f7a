"""활동일지: which rows of the log make a worker's month, day by day, and what was signed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from .contacts import Kind, NotAllowed
from .month import Month

SOON_DAYS = 30  # a paper that runs out within so many days is shown before it does
MOST_KRW = 100_000_000  # of one help; more is a slip of the finger


@dataclass(frozen=True, kw_only=True)
class Worked:
    """One row of the log that holds, as a worker's month needs it."""

    id: UUID
    day: date  # in Seoul
    home: UUID
    kind: Kind
    minutes: int
    is_own: bool  # this worker told it; False: the partner did


@dataclass(frozen=True, kw_only=True)
class Line:
    """One day of a month."""

    day: date
    minutes: int
    calls: int
    visits: int
    others: int
    contacts: tuple[UUID, ...]


def worked_once(rows: Iterable[Worked]) -> list[Worked]:
    """Return the rows of one worker, each piece of work once.

    A visit is made by two and told by one of them, or by both. What the worker told stands; what
    the partner told of the same home, day and kind says nothing new.
    """
    unique = {row.id: row for row in rows}
    own = {(row.day, row.home, row.kind) for row in unique.values() if row.is_own}
    kept = [
        row for row in unique.values() if row.is_own or (row.day, row.home, row.kind) not in own
    ]
    return sorted(kept, key=lambda row: (row.day, str(row.id)))


def lines_of(rows: Iterable[Worked]) -> tuple[Line, ...]:
    """Return the days on which anything was done, each with its rows of the log."""
    by_day: dict[date, list[Worked]] = {}
    for row in worked_once(rows):
        by_day.setdefault(row.day, []).append(row)
    return tuple(_line(day, some) for day, some in sorted(by_day.items()))


def _line(day: date, rows: list[Worked]) -> Line:
    calls = sum(row.kind == Kind.CALL for row in rows)
    visits = sum(row.kind == Kind.VISIT for row in rows)
    return Line(
        day=day,
        minutes=sum(row.minutes for row in rows),
        calls=calls,
        visits=visits,
        others=len(rows) - calls - visits,
        contacts=tuple(row.id for row in rows),
    )


def digest_of(*, worker: int, month: date, lines: Iterable[Line], sums: Month, full: int) -> str:
    """Return what two people sign: a digest over every line, its rows, and what they add up to."""
    said = {
        "worker": worker,
        "month": month.isoformat(),
        "lines": [
            [
                *(line.day.isoformat(), line.minutes, line.calls, line.visits, line.others),
                sorted(map(str, line.contacts)),
            ]
            for line in lines
        ],
        "told": sums.told_min,
        "paid": sums.paid_min,
        "krw": sums.allowance_krw,
        "full": full,
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def first_of(day: date) -> date:
    """Return the first day of this day's month."""
    return day.replace(day=1)


def after(month: date) -> date:
    """Return the first day of the month that follows."""
    return first_of(month + timedelta(days=32))


def check_signing(*, confirmed: str, present: str, confirmed_by: int, signs: int) -> None:
    """Refuse a signature by who confirmed it, or under a month that has changed since."""
    if confirmed_by == signs:
        raise NotAllowed("확인한 사람과 서명하는 사람은 다른 사람이어야 합니다.")
    if confirmed != present:
        raise NotAllowed("확인한 뒤에 기록이 바뀌었습니다. 돌봄단원이 다시 확인해야 합니다.")


def check_amount(amount_krw: int) -> None:
    """Refuse an amount that nobody gives."""
    if not 0 <= amount_krw <= MOST_KRW:
        raise NotAllowed("금액은 0원에서 1억 원 사이로 적어 주세요.")


def runs_out(until: date | None, today: date) -> str:
    """Return how a paper with an end stands: "none", "over", "soon" or "valid"."""
    if until is None:
        return "none"
    if until < today:
        return "over"
    return "soon" if (until - today).days <= SOON_DAYS else "valid"
