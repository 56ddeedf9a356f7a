"""Whose machine call was answered: a word from the person, not only a sign of life."""

from datetime import datetime
from uuid import UUID

from anbu.kernel.signs import BY_NAME

from ..models import Feed
from ..rules import moment

CALLS = "ai_call_vendor"  # a folder of anbu.sources


def answered_calls(*, since: datetime) -> dict[UUID, datetime]:
    """Return which homes answered a machine's call since a moment, and when last. One query."""
    rows = Feed.objects.filter(
        device__provider__source=CALLS,
        channel=BY_NAME["checkin"].code,
        last_sign__gt=since.timestamp(),
    ).values_list("household_id", "last_sign")
    found: dict[UUID, float] = {}
    for home, last in rows:
        if last is not None:
            found[home] = max(last, found.get(home, last))
    return {home: moment(last) for home, last in found.items()}
