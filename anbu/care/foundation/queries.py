"""What the lowest floor can be asked. The one place that reads a clock."""

from datetime import datetime

from django.conf import settings


def now() -> datetime:
    """Return this moment in UTC, by the clock the city (or a rehearsal) was started with."""
    return settings.CLOCK.now()
