"""Leaving a trace."""

from datetime import datetime
from typing import Any
from uuid import UUID

from .models import Trace


def record(
    *, by: str, verb: str, at: datetime, household: UUID | None = None, **detail: Any
) -> None:
    """Write down who did or saw what. Call it inside the transaction of the deed itself."""
    Trace.objects.create(at=at, by=by, verb=verb, household=household, detail=detail)
