"""The counted hours of homes: what pictures of weeks and years are drawn from, and up to when.

Hours that are not counted yet are read from the signs themselves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from django.db import connection

from anbu.kernel import hours

from ..rules import KOREA

HOUR = timedelta(hours=1)

COUNTED = """
SELECT l.rolled_until, d.feed_id, d.lived_on, d.cells
FROM readings_rolllook l LEFT JOIN (
    SELECT d.* FROM readings_feed f JOIN readings_feedday d ON d.feed_id = f.id
    WHERE f.household_id = ANY(%s) AND d.lived_on BETWEEN %s AND %s) d ON true
ORDER BY d.feed_id, d.lived_on
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedDay:
    """A day of Seoul of one feed; hours that are not asked for are empty."""

    feed: int
    on: date
    cells: hours.Cells  # 24 of anbu.kernel.hours


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What was counted of some homes, and up to when."""

    until: datetime  # from here on the signs themselves tell; before it nothing else is needed
    days: tuple[CountedDay, ...]


def counted(*, households: Collection[UUID], since: datetime, now: datetime) -> Counted:
    """Return the counted hours that begin between `since` and now. One query.

    The callers have narrowed the homes to those that their reader may see.
    """
    first, last = (at.astimezone(KOREA).date() for at in (since, now))
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [list(households), first, last])
        rows = cursor.fetchall()
    until = max(rows[0][0], since) if rows else since
    days = []
    for _, feed, on, row in rows:
        if feed is None:
            continue
        cells = hours.unpack(bytes(row))
        begins = hour_at(on, 0)
        nth = np.arange(hours.HOURS)
        cells[(nth < _after(begins, since)) | (nth >= _after(begins, until))] = 0
        days.append(CountedDay(feed=feed, on=on, cells=cells))
    return Counted(until=until, days=tuple(days))


def hour_at(on: date, nth: int) -> datetime:
    """Return the moment at which an hour of a day of Seoul begins."""
    return datetime.combine(on, time(nth), KOREA)


def _after(begins: datetime, at: datetime) -> int:
    """Return the first hour of the day that begins at `at` or later."""
    return -int((begins - at) // HOUR)
