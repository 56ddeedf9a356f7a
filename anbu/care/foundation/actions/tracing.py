"""Leaving a trace."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from ..models import Trace


def record(
    *, by: str, verb: str, at: datetime, household: UUID | None = None, **detail: Any
) -> None:
    """Write down who did or saw what. Call it inside the transaction of the deed itself."""
    Trace.objects.create(at=at, by=by, verb=verb, household=household, detail=detail)


def record_each(
    *, by: str, verb: str, at: datetime, households: Iterable[UUID], **detail: Any
) -> None:
    """Write down one deed done to many households at once, a line for each of them."""
    Trace.objects.bulk_create(
        Trace(at=at, by=by, verb=verb, household=household, detail=detail)
        for household in households
    )


def beat(*, name: str) -> None:
    """Write down that this part has just done its work. Real time: a rehearsal's clock may race."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_pulse (name, beat_at) VALUES (%s, clock_timestamp())"
            " ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at",
            [name],
        )
