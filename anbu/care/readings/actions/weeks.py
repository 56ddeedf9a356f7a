"""Weeks of a home: written when the learned clock closes the first half hour of the next one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from django.db import connection, transaction

from anbu.care.foundation.actions import record
from anbu.care.places.rules import SEOUL_S
from anbu.kernel import weeks
from anbu.kernel.evidence import SLOT_S
from anbu.kernel.running import Trace, joined

from ..rules import day_of_week
from . import arrays

# A week is written once. What a late row would have changed was closed without it, as everywhere.
OVER = """
INSERT INTO readings_week (household_id, began_on, summary)
SELECT * FROM unnest(%b::uuid[], %b::date[], %b::bytea[]) ON CONFLICT DO NOTHING
"""


def note_weeks(
    cursor: psycopg.Cursor[Any], ids: Sequence[UUID], kept: Sequence[bytes], trace: list[Trace]
) -> list[bytes]:
    """Write the weeks that are over, and return the running week of each home as it is kept."""
    size, fresh = weeks.RUNNING.itemsize, weeks.new_running(1).tobytes()
    told = b"".join(row if len(row) == size else fresh for row in kept)
    running = np.frombuffer(told, weeks.RUNNING).copy()
    closed = joined(trace)
    slot = (closed.end + SEOUL_S) // SLOT_S - 1
    home, number, rows = weeks.note(running, closed.home, slot, closed.bins, closed.seen)
    if len(home):
        began = [day_of_week(one) for one in number.tolist()]
        packed = [weeks.pack(rows[nth : nth + 1]) for nth in range(len(rows))]
        cursor.execute(OVER, [[ids[one] for one in home.tolist()], began, packed])
    told, none = running.tobytes(), (running["week"] == weeks.NO_WEEK).tolist()
    return [b"" if no else told[nth * size : (nth + 1) * size] for nth, no in enumerate(none)]


@transaction.atomic
def write_weeks(
    *,
    households: Sequence[UUID],
    began_on: Sequence[date],
    rows: weeks.Weeks,
    by: str,
    now: datetime,
) -> int:
    """Write weeks from elsewhere (another system's history, a rehearsal's); return how many.

    `rows` of weeks.WEEK, one for each household and Monday; a week that is known stays as it is.
    """
    packed = [weeks.pack(rows[nth : nth + 1]) for nth in range(len(rows))]
    with connection.wrap_database_errors, arrays.cursor(connection.connection) as cursor:
        cursor.execute(OVER, [list(households), list(began_on), packed])
        written = int(cursor.rowcount)
    record(by=by, verb="write_weeks", at=now, weeks=written, asked=len(set(households)))
    return written
