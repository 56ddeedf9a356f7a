"""The one place that reads a clock, and when each part last lived."""

from datetime import datetime

from django.conf import settings
from django.db import connection


def now() -> datetime:
    """Return this moment in UTC, by the clock the city (or a rehearsal) was started with."""
    return settings.CLOCK.now()


def pulses() -> dict[str, float]:
    """Return how many seconds ago each part last did its work, measured by the database alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, extract(epoch FROM clock_timestamp() - beat_at)::float"
            " FROM foundation_pulse ORDER BY name"
        )
        return dict(cursor.fetchall())
