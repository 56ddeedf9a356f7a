"""Loading how patient to be with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.people.models import Household
from anbu.care.places.models import District, Dong

from ..models import DetectorPolicy, Provider
from ..rules import NotAllowed, Patience, parse_patience


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
    DetectorPolicy.objects.bulk_create(
        DetectorPolicy(
            name=name,
            version=version,
            nth=nth,
            detector=row.detector,
            theta=row.theta,
            settings=asdict(row.asking),
            scope=dict(row.scope),
            valid_from=valid_from or now,
            loaded_by=by,
        )
        for nth, row in enumerate(rows)
    )
    told: dict[str, Any] = {"name": name, "version": version, "rows": len(rows)}
    record(by=by, verb="load_detectors", at=now, **(told | ({"why": why} if why else {})))
    return version


def check_scope(asked: Mapping[str, str]) -> None:
    """Refuse a place that does not exist: a slip of the pen must not mean nobody."""
    known = {
        "district": lambda code: District.objects.filter(code=code).exists(),
        "dong": lambda code: Dong.objects.filter(code=code).exists(),
        "provider": lambda code: Provider.objects.filter(code=code).exists(),
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
