"""The city that tests live in: loaded once, for hundreds of worlds stand on it."""

from datetime import datetime

from django.db import connection

from anbu.care.places import actions
from anbu.care.places.models import Dong, Holiday


def seoul(*, now: datetime) -> None:
    """Have Seoul and its holidays written down, unless they are."""
    if not Dong.objects.exists():
        actions.load_seoul(now=now)
    if not Holiday.objects.exists():
        actions.load_holidays(now=now)


def no_city() -> None:
    """Take the city away until this test's transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE places_district, places_holiday, places_dutyhours CASCADE")
