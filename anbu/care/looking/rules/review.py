"""The monthly review: which month, which sample, and what is signed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from anbu.care.foundation.rules import NotHere, Refused

SEOUL = ZoneInfo("Asia/Seoul")
SAMPLE = 20  # openings for a typed reason that are judged each month, drawn by chance; ours


class NotAllowed(Refused):
    """Something a reviewer may not do."""


class UnknownLook(NotHere):
    """There is no such flag or opening, or none that this reviewer may know of."""


def month_of(at: datetime) -> date:
    """Return the first day of the month in which this moment lies, in Seoul."""
    return at.astimezone(SEOUL).date().replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def begins(month: date) -> datetime:
    """Return the moment at which this month begins in Seoul."""
    return datetime(month.year, month.month, 1, tzinfo=SEOUL)


def sample_order(month: date, opening: int) -> str:
    """Return by what the openings of a month are drawn: by chance, and the same for everybody."""
    return hashlib.sha256(f"{month:%Y-%m}:{opening}".encode()).hexdigest()


def digest_of(summary: Mapping[str, Any]) -> str:
    """Return the hash of a summary, however its keys are ordered."""
    told = json.dumps(summary, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()
