"""What another cadence would mean for a district or the city: numbers alone, nobody's name."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce, Greatest, TruncDate

from anbu.care.foundation.actions import acting
from anbu.care.places.rules import SEOUL

from .. import rules
from ..models import Pace, Standing, Worker
from ..rules.meaning import Meaning, meaning_of
from .cadences import Key, in_force
from .courses import ROUNDS


def meaning(
    *, district: int | None, tier: str, cadence: rules.Cadence, valid_from: date, today: date
) -> Meaning:
    """Return what it would mean if this held in a district, or (None) in the city. Four queries.

    Whom a district's own row, an own pace or a refusal leads is not concerned; their work counts.
    """
    by_key = in_force(max(valid_from, today))
    own: Counter[rules.Cadence] = Counter()
    usual: dict[tuple[int, str], Counter[date]] = {}
    with acting(ROUNDS):
        paces = _paces(district, today)
        for home, place, level, refuses, last, n in _everybody(district, list(paces)):
            if home is not None:
                own[paces[home]] += n
            elif refuses:
                own[rules.REFUSING] += n
            else:
                usual.setdefault((place, level), Counter())[last] += n
        there = _minutes_there(district)
    by_last: Counter[date] = Counter()
    for (place, level), lasts in usual.items():
        led = district is None and (place, level) in by_key  # by a row of their own district
        if level == tier and not led:
            by_last.update(lasts)
        else:
            own[_holds(by_key, place, level)] += lasts.total()
    return meaning_of(
        before=_holds(by_key, district, tier),
        after=cadence,
        by_last=by_last,
        others=own.items(),
        there_min=there,
        today=today,
    )


def _holds(by_key: Mapping[Key, rules.Cadence], district: int | None, tier: str) -> rules.Cadence:
    return by_key.get((district, tier)) or by_key.get((None, tier)) or rules.USUAL[tier]


def _paces(district: int | None, today: date) -> dict[object, rules.Cadence]:
    rows = Pace.objects.filter(ended_at=None, until__gte=today, household__left_at=None)
    if district is not None:
        rows = rows.filter(household__dong__district=district)
    return {
        row.household_id: rules.Cadence(
            times=row.times,
            per_days=row.per_days,
            visit_days=row.visit_days,
            bound_days=row.bound_days,
        )
        for row in rows
    }


def _everybody(
    district: int | None, paced: list[object]
) -> list[tuple[object, int, str, bool, date, int]]:
    """Return who is in the round: counted by place, tier and last contact; the paced one by one."""
    rows = Standing.objects.filter(ended_at=None, household__left_at=None)
    if district is not None:
        rows = rows.filter(household__dong__district=district)
    last = Greatest("began_on", Coalesce(TruncDate("contact_at", tzinfo=SEOUL), F("began_on")))
    columns = ("household__dong__district", "household__tier", "refuses_since", "last", "n")
    told = rows.exclude(household__among=paced).annotate(last=last)
    grouped = told.values("household__dong__district", "household__tier", "refuses_since", "last")
    counted = grouped.annotate(n=Count("pk")).order_by(*columns).values_list(*columns)
    found = [(None, place, tier, ref is not None, day, n) for place, tier, ref, day, n in counted]
    alone = rows.filter(household__among=paced).annotate(last=last).order_by("household")
    names = ("household_id", "household__dong__district", "household__tier", "last")
    led = alone.values_list(*names)
    return found + [(home, place, tier, False, day, 1) for home, place, tier, day in led]


def _minutes_there(district: int | None) -> int:
    rows = Worker.objects.filter(ended_at=None, staff__is_active=True)
    if district is not None:
        rows = rows.filter(dong__district=district)
    return rows.aggregate(all=Sum("month_min"))["all"] or 0
