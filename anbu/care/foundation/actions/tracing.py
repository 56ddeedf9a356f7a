"""Leaving a trace."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from ..models import Trace, signed
from ..rules import Purpose
from ..rules.traces import kind_of
from .rows import insert_all, like

# From where the present request came; the doorway says it, a machine has none.
source: ContextVar[str] = ContextVar("anbu_source", default="")
LONGEST_REASON = 300
_PLAIN = Trace()


def trace(
    *,
    by: str,
    verb: str,
    at: datetime,
    household: UUID | None = None,
    homes: Sequence[UUID] | None = None,
    purpose: Purpose | None = None,
    detail: dict[str, Any] | None = None,
) -> Trace:
    """Return one line, not yet written: who did or saw what, from where, and what for."""
    what_for = "machine" if purpose is None and by.startswith("system:") else purpose or ""
    return like(
        _PLAIN,
        at=at,
        by=by,
        verb=verb,
        kind=kind_of(verb),
        household=household,
        homes=list(homes) if homes is not None else None,
        source=source.get(),
        purpose=str(what_for)[:80],
        reason=purpose.text[:LONGEST_REASON] if purpose else "",
        detail=detail or {},
    )


def record(
    *,
    by: str,
    verb: str,
    at: datetime,
    household: UUID | None = None,
    homes: Sequence[UUID] | None = None,
    purpose: Purpose | None = None,
    **detail: Any,
) -> None:
    """Write down who did or saw what. Call it inside the transaction of the deed itself.

    `homes`: whose households stood in a list; `household`: the one that was opened or changed.
    """
    trace(
        by=by,
        verb=verb,
        at=at,
        household=household,
        homes=homes,
        purpose=purpose,
        detail=detail,
    ).save(force_insert=True)


def record_each(
    *,
    by: str,
    verb: str,
    at: datetime,
    households: Iterable[UUID],
    purpose: Purpose | None = None,
    **detail: Any,
) -> None:
    """Write down one deed done to many households at once, a line for each of them."""
    record_all(
        trace(by=by, verb=verb, at=at, household=household, purpose=purpose, detail=detail)
        for household in households
    )


def record_all(traces: Iterable[Trace]) -> None:
    """Write down many lines at once."""
    insert_all(signed(traces))


def beat(*, name: str) -> None:
    """Write down that this part has just done its work. Real time: a rehearsal's clock may race."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_pulse (name, beat_at) VALUES (%s, clock_timestamp())"
            " ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at",
            [name],
        )
