"""Numbers to say on the phone: one sequence a day, so that nobody waits for anybody."""

from datetime import date, datetime, timedelta

from django.db import connection

from anbu.care.places.rules import SEOUL

DAYS_AHEAD = 3
DAYS_KEPT = 7


def next_numbers(count: int, now: datetime) -> list[str]:
    """Return so many new numbers of this day (26-1121-0087). Gaps may be, twins may not."""
    day = now.astimezone(SEOUL).date()
    sequence = _sequence(day)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [sequence])
        if not cursor.fetchone()[0]:
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence}")
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count]
        )
        return [f"{day:%y-%m%d}-{number:04d}" for (number,) in cursor.fetchall()]


def open_number_days(*, now: datetime) -> bool:
    """Lay out the sequences of the coming days, and clear away those long past."""
    today = now.astimezone(SEOUL).date()
    wanted = {_sequence(today + timedelta(days=ahead)) for ahead in range(DAYS_AHEAD)}
    oldest = _sequence(today - timedelta(days=DAYS_KEPT))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'S' AND relname ~ '^alarm_number_\\d{6}$'"
        )
        known = {name for (name,) in cursor.fetchall()}
        missing = sorted(wanted - known)
        for name in missing:
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {name}")
        for name in sorted(name for name in known if name < oldest):
            cursor.execute(f"DROP SEQUENCE IF EXISTS {name}")
    return bool(missing)


def _sequence(day: date) -> str:
    return f"alarm_number_{day:%y%m%d}"
