"""How patient to be with whom: files for many homes, a decision for one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.people.models import Enrolment, Household
from anbu.care.people.rules import clean
from anbu.care.places.models import District, Dong

from ..models import DetectorPolicy, OwnPatience, Provider, Watch
from ..rules import NotAllowed, Patience, check_hours, parse_patience

TELL_AT_ONCE = 2_000

# A new city learns from its first day; each home's own hours stay behind it (docs/decisions/0027).
FIRST = """
name = "도시 전체"
[[policy]]
detector = "learned"
theta = 1.0
"""

# In the order of the homes, as every sweep locks them.
TELL = """
WITH due AS (
    SELECT household_id FROM readings_watch WHERE household_id > %s
    ORDER BY household_id LIMIT %s FOR NO KEY UPDATE
), told AS (
    UPDATE readings_watch w SET check_at = least(coalesce(w.check_at, %s), %s)
    FROM due WHERE w.household_id = due.household_id
)
SELECT max(household_id::text), count(*) FROM due
"""


@transaction.atomic
def load_detectors(*, text: str, by: str, now: datetime) -> tuple[str, int]:
    """Load a policy file and return its name and version; the version before is in force till then.

    Each home takes it over when its clock next turns, within half an hour of `valid_from`.
    """
    name, valid_from, rows = parse_patience(text)
    if valid_from is not None and valid_from < now:
        raise NotAllowed("valid_from: the past is already judged")
    version = write_detectors(name=name, valid_from=valid_from, rows=rows, by=by, now=now)
    return name, version


@transaction.atomic
def load_first_detectors(*, by: str, now: datetime) -> bool:
    """Let the clocks of a new city learn; say if so. A city that watches already keeps its own."""
    if DetectorPolicy.objects.exists() or Watch.objects.exists():
        return False
    load_detectors(text=FIRST, by=by, now=now)
    return True


@transaction.atomic
def write_detectors(
    *,
    name: str,
    valid_from: datetime | None,
    rows: Sequence[Patience],
    by: str,
    now: datetime,
    why: str = "",
) -> int:
    """Write the next version of a policy and return its number. Nothing of before is changed."""
    for row in rows:
        check_scope(row.scope)
    known = DetectorPolicy.objects.filter(name=name).aggregate(Max("version"))["version__max"]
    version = (known or 0) + 1
    before = DetectorPolicy.objects.filter(name=name, version=known)
    hours_change = any(row.hours for row in rows) or before.exclude(hours=None).exists()
    DetectorPolicy.objects.bulk_create(
        DetectorPolicy(
            name=name,
            version=version,
            nth=nth,
            detector=row.detector,
            theta=row.theta,
            hours=row.hours,
            settings=asdict(row.asking),
            scope=dict(row.scope),
            valid_from=valid_from or now,
            loaded_by=by,
            is_told=not (hours_change and nth == 0),
        )
        for nth, row in enumerate(rows)
    )
    told: dict[str, Any] = {"name": name, "version": version, "rows": len(rows)}
    record(by=by, verb="load_detectors", at=now, **(told | ({"why": why} if why else {})))
    return version


@transaction.atomic
def set_patience(
    *,
    household: UUID,
    hours: int,
    reason: str,
    valid_from: datetime | None = None,
    by: str,
    now: datetime,
) -> None:
    """Decide how long this home may be still, from now or from a moment to come, and say why."""
    check_hours(hours)
    if valid_from is not None and valid_from < now:
        raise NotAllowed("지난 때부터 바꿀 수는 없습니다.")
    OwnPatience.objects.create(
        household_id=household,
        hours=hours,
        reason=clean(reason, what="까닭", at_most=200, needed=True),
        valid_from=valid_from or now,
        set_at=now,
        set_by=by,
    )
    since = (valid_from or now).isoformat()
    record(by=by, verb="set_patience", at=now, household=household, hours=hours, since=since)


@transaction.atomic
def tell_next_patience(*, now: datetime) -> bool:
    """Have the clocks looked at whose hours have changed; say if there were any."""
    rows = list(
        OwnPatience.objects.select_for_update(skip_locked=True)
        .filter(is_told=False, valid_from__lte=now)
        .order_by("valid_from", "id")[:TELL_AT_ONCE]
    )
    for home in sorted(row.household_id for row in rows):
        Watch.objects.filter(household=home).update(check_at=now)
    OwnPatience.objects.filter(id__in=[row.pk for row in rows]).update(is_told=True)
    return bool(rows) or _tell_a_policy(now)


def _tell_a_policy(now: datetime) -> bool:
    """Tell some homes of a policy whose hours are in force now, and go on from there next time."""
    policy = (
        DetectorPolicy.objects.select_for_update(skip_locked=True)
        .filter(is_told=False, valid_from__lte=now)
        .order_by("valid_from", "id")
        .first()
    )
    if policy is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(TELL, [policy.told_to or UUID(int=0), TELL_AT_ONCE, now, now])
        last, count = cursor.fetchone()
    policy.told_to = UUID(last) if last else None
    policy.is_told = count < TELL_AT_ONCE
    policy.save(update_fields=["told_to", "is_told"])
    return True


def check_scope(asked: Mapping[str, str]) -> None:
    """Refuse a place that does not exist: a slip of the pen must not mean nobody."""
    known = {
        "district": lambda code: District.objects.filter(code=code).exists(),
        "dong": lambda code: Dong.objects.filter(code=code).exists(),
        "provider": lambda code: Provider.objects.filter(code=code).exists(),
        "service": lambda code: code in Enrolment.Service.values,
        "tier": lambda code: code in Household.Tier.values,
        "household": lambda code: _is_household(code),
    }
    for scope, code in asked.items():
        if not known[scope](code):
            raise NotAllowed(f"{scope} {code}: there is none")


def _is_household(code: str) -> bool:
    try:
        sight = people.for_actor(machine("cli"), Purpose("machine", "load_detectors"))
        return sight.households.filter(id=UUID(code)).exists()
    except ValueError:
        return False
