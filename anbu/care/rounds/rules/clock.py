"""The clock of one person, counted from the log: in whatever order its rows came, the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When this person was last reached, met and tried, and at which hours calls were answered."""

    contact_at: datetime | None
    contact_kind: Kind | None
    visit_at: datetime | None
    tried_at: datetime | None
    tries: int  # in vain since the last real contact
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
        tried_by_hour=tuple(tried),
        answered_by_hour=tuple(answered),
    )
