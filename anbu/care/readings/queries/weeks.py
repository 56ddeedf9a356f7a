"""The last weeks of homes, as columns for the weekly watch."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from django.db import connection

from anbu.kernel import weeks
from anbu.kernel.decline import SPAN
from anbu.kernel.weeks import Weeks

from ..models import HomeWeek, Watch

# Any homes, but the same ones all night: the end of a name is as good as drawn by lot.
SOME = """
SELECT household_id FROM readings_watch ORDER BY right(household_id::text, 12), household_id
LIMIT %s
"""


def last_weeks(*, households: Sequence[UUID], until: date, span: int = SPAN) -> Weeks:
    """Return the `span` weeks up to that which began on `until` (N x span, noughts = unknown)."""
    rows = np.zeros((len(households), span), weeks.WEEK)
    index = {home: nth for nth, home in enumerate(households)}
    first = until - timedelta(weeks=span - 1)
    found = HomeWeek.objects.filter(household__in=households, began_on__range=(first, until))
    for home, began, summary in found.values_list("household_id", "began_on", "summary"):
        try:
            rows[index[home], (began - first).days // 7] = weeks.unpack(bytes(summary))[0]
        except ValueError:
            continue  # of a version no longer known: a week of which nothing is known
    return rows


def some_watched(*, limit: int) -> list[UUID]:
    """Return homes to read the season from: any, and the same ones if asked again."""
    with connection.cursor() as cursor:
        cursor.execute(SOME, [limit])
        return [row[0] for row in cursor.fetchall()]


def next_watched(*, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next watched homes in the order of their ids."""
    rows = Watch.objects.order_by("household_id")
    if after is not None:
        rows = rows.filter(household_id__gt=after)
    return list(rows.values_list("household_id", flat=True)[:limit])
