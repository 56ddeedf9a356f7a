"""The clock of one person, counted from the log: in whatever order its rows came, the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from .contacts import Kind, Result, is_real
from .hours import BINS, FIRST_HOUR, LAST_HOUR

SEOUL = ZoneInfo("Asia/Seoul")
LEARNS_FROM = frozenset({Kind.CALL})  # at which hour a telephone is answered; doors tell nothing


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the clock needs of one row of the log."""

    id: UUID
    at: datetime
    kind: Kind
    result: Result
    replaces: UUID | None = None
    next_on: date | None = None  # the day on which the worker promised to come back


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When this person was last reached, met and tried, and at which hours calls were answered."""

    contact_at: datetime | None
    contact_kind: Kind | None
    visit_at: datetime | None
    tried_at: datetime | None
    tries: int  # in vain since the last real contact
    refuses_since: date | None  # 거절: they said no, and nobody has reached them since
    tried_by_hour: tuple[int, ...]
    answered_by_hour: tuple[int, ...]


def standing(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that hold: each once, and none that a later row puts right.

    A correction of a correction puts right what it names, and nothing else: the first row stays
    replaced. A row that names itself replaces nothing.
    """
    unique = {row.id: row for row in rows}
    gone = {row.replaces for row in unique.values() if row.replaces != row.id}
    held = [row for row in unique.values() if row.id not in gone]
    return sorted(held, key=lambda row: (row.at, row.id))


def clock_of(rows: Iterable[Row]) -> Clock:
    """Return the clock that these rows make."""
    held = standing(rows)
    real = [row for row in held if is_real(row.result)]
    last = real[-1] if real else None
    met = [row.at for row in real if row.kind == Kind.VISIT and row.result == Result.REACHED]
    vain = [row for row in held if not is_real(row.result) and (last is None or row.at > last.at)]
    tried, answered = [0] * BINS, [0] * BINS
    for row in held:
        hour = row.at.astimezone(SEOUL).hour
        if row.kind in LEARNS_FROM and FIRST_HOUR <= hour < LAST_HOUR:
            tried[hour - FIRST_HOUR] += 1
            answered[hour - FIRST_HOUR] += is_real(row.result)
    return Clock(
        contact_at=last.at if last else None,
        contact_kind=last.kind if last else None,
        visit_at=met[-1] if met else None,
        tried_at=held[-1].at if held else None,
        tries=len(vain),
        refuses_since=_refuses_since(held),
        tried_by_hour=tuple(tried),
        answered_by_hour=tuple(answered),
    )


def day_of(at: datetime) -> date:
    """Return the day of a moment, as Seoul counts it."""
    return at.astimezone(SEOUL).date()


def done_on(held: Iterable[Row]) -> dict[date, UUID]:
    """Return for each day the first row by which this person was reached.

    Args:
        held: what `standing` returns.
    """
    found: dict[date, UUID] = {}
    for row in held:
        if is_real(row.result):
            found.setdefault(day_of(row.at), row.id)
    return found


def promised_in(held: Iterable[Row]) -> tuple[Row, date] | None:
    """Return the promise that stands open: of the newest row that makes one, unless it was kept.

    A later promise takes the place of an earlier one. It is kept by the first real contact after
    it, on its day or later; one before that day does not keep it.
    """
    rows = list(held)
    made = [row for row in rows if row.next_on is not None]
    if not made:
        return None
    last = made[-1]
    assert last.next_on is not None
    after = (row for row in rows if (row.at, row.id) > (last.at, last.id) and is_real(row.result))
    if any(day_of(row.at) >= last.next_on for row in after):
        return None
    return last, last.next_on


def _refuses_since(held: list[Row]) -> date | None:
    since = None
    for row in held:
        if row.result == Result.DECLINED:
            since = since or day_of(row.at)
        elif row.result == Result.REACHED:
            since = None
    return since
