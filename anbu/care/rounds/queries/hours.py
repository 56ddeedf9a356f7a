"""At which hour people answer, and from what that is known."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from anbu.care.foundation.actions import acting
from anbu.care.foundation.rules import Actor, Purpose, machine
from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import Standing
from ..rules import BINS, BestHour, best_hour, everybody
from ..rules.hours import Rates

PRIOR = "SELECT {} FROM rounds_standing WHERE ended_at IS NULL".format(
    ", ".join(
        f"coalesce(sum({column}[{nth}]), 0)"
        for column in ("tried_by_hour", "answered_by_hour")
        for nth in range(1, BINS + 1)
    )
)  # nosec B608 - our own columns, counted


def city_hours(*, actor: Actor) -> Rates:
    """Return how the whole round answers in each hour; for the machine that plans."""
    people.for_actor(actor, Purpose("machine", "rounds"))
    with connection.cursor() as cursor:
        cursor.execute(PRIOR)
        counts = cursor.fetchone()
    return everybody(counts[:BINS], counts[BINS:])


def answer_hours(*, households: Collection[UUID], seen_by: Staff) -> dict[UUID, BestHour]:
    """Return the best hour of each of these people, with what it is known from. Two questions."""
    with acting(machine("rounds")):
        prior = city_hours(actor=machine("rounds"))
    near = people.seen(seen_by=seen_by).households.filter(id__among=households)
    rows = Standing.objects.filter(household__in=near, ended_at=None)
    columns = ("household_id", "tried_by_hour", "answered_by_hour")
    return {
        home: best_hour(tried, answered, prior)
        for home, tried, answered in rows.values_list(*columns)
    }
