"""Telling of whom nobody reached in time: the dong once, and days later the district once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet

from anbu.care.effects import actions as effects
from anbu.care.foundation.actions import act_as, record
from anbu.care.foundation.rules import machine
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff

from .. import rules
from ..models import Standing
from ..rules.clock import day_of
from ..rules.lateness import up_bound

CLOCK = machine("rounds")
AT_ONCE = 500


@transaction.atomic
def tell_next_late(*, now: datetime) -> bool:
    """Tell of some whose bound is over, while the offices are open; say whether there were any.

    One word for each office, however many homes: it says how many, the list names them. Where a
    dong has nobody to tell, its district is told the same day.
    """
    if places.on_duty(now) != "dong":
        return False
    act_as(CLOCK)
    dong = _tell_dongs(now)
    return _tell_districts(now) or dong


def _tell_dongs(now: datetime) -> bool:
    rows = _late().filter(bound_on__lt=day_of(now), told_late_at=None)
    found = _by(rows, "household__dong_id")
    planners = _people(found, "post__dong_id", (Staff.Role.PLANNER,))
    for dong, homes in found.items():
        words = f"정한 날을 넘겨 연락하지 못한 분이 {len(homes)}명 있습니다. 안부 계획을 봐 주세요."
        _tell(planners[dong], words, f"dong/{dong}", homes, now)
        Standing.objects.filter(household__among=homes).update(told_late_at=now)
    return bool(found)


def _tell_districts(now: datetime) -> bool:
    today = day_of(now)
    up = Q(pk__in=[])
    for tier in rules.TIERS:
        up |= Q(household__tier=tier, bound_on__lte=up_bound(tier, today))
    up |= ~Q(household__dong__in=_planned_dongs()) & Q(bound_on__lt=today)
    rows = _late().filter(up, told_late_at__isnull=False, told_late_up_at=None)
    found = _by(rows, "household__dong__district_id")
    officers = _people(found, "organisation__district_id", (Staff.Role.OFFICER,))
    for district, homes in found.items():
        words = f"동에서 오래 연락하지 못한 분이 {len(homes)}명 있습니다. 명단을 봐 주세요."
        _tell(officers[district], words, f"district/{district}", homes, now)
        Standing.objects.filter(household__among=homes).update(told_late_up_at=now)
    return bool(found)


def _planned_dongs() -> QuerySet[Staff, int | None]:
    rows = Staff.objects.filter(is_active=True, role=Staff.Role.PLANNER, post__dong__isnull=False)
    return rows.values_list("post__dong_id", flat=True)


def _late() -> QuerySet[Standing]:
    rows = Standing.objects.select_for_update(of=("self",), skip_locked=True)
    return rows.filter(ended_at=None, household__left_at=None).order_by("bound_on", "household_id")


def _by(rows: QuerySet[Standing], column: str) -> dict[int, list[UUID]]:
    found: dict[int, list[UUID]] = defaultdict(list)
    for place, home in rows.values_list(column, "household_id")[:AT_ONCE]:
        found[place].append(home)
    return found


def _people(
    places_told: Iterable[int], column: str, roles: Iterable[str]
) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    near = {f"{column}__in": list(places_told)}
    rows = Staff.objects.filter(is_active=True, role__in=roles, **near)
    for place, person in rows.order_by("id").values_list(column, "id"):
        found[place].append(person)
    return found


def _tell(staff: list[int], words: str, to: str, homes: list[UUID], now: datetime) -> None:
    cause = uuid5(NAMESPACE_OID, f"rounds-late/{to}/{day_of(now)}")
    effects.call_people(staff=staff, words=words, cause=cause, now=now)
    record(
        by=CLOCK.name, verb="tell_round_late", at=now, homes=sorted(homes), to=to,
        people=len(staff),
    )  # fmt: skip
