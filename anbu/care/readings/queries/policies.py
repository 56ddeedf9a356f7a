"""How patient to be with whom, at a moment."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people.queries import for_actor

from ..models import DetectorPolicy, Device
from ..rules import Asking, Detector, Patience, patience_for


def policies_in_force(*, now: datetime) -> list[Patience]:
    """Return the rows of each policy file's newest version in force. They name codes, no person."""
    rows = list(DetectorPolicy.objects.filter(valid_from__lte=now).order_by("id"))
    newest: dict[str, int] = {}
    for row in rows:
        newest[row.name] = max(newest.get(row.name, 0), row.version)
    return [
        Patience(
            detector=Detector(row.detector),
            theta=row.theta,
            asking=Asking(**row.settings),
            scope=row.scope,
            id=row.pk,
            name=row.name,
            version=row.version,
            valid_from=row.valid_from,
        )
        for row in rows
        if row.version == newest[row.name]
    ]


def patience_of(*, households: Collection[UUID], policies: list[Patience]) -> dict[UUID, Patience]:
    """Return the policy that judges each of these homes."""
    providers: dict[UUID, set[str]] = defaultdict(set)
    if any("provider" in policy.scope for policy in policies):
        devices = Device.objects.filter(household__in=households, revoked_at=None)
        for home, code in devices.values_list("household_id", "provider__code"):
            providers[home].add(code)
    sight = for_actor(machine("clock"), Purpose("machine", "patience"))
    homes = sight.households.filter(id__in=households).values_list(
        "id", "dong__code", "dong__district__code", "tier"
    )
    return {
        home: patience_for(
            policies,
            {
                "household": (str(home),),
                "dong": (dong,),
                "provider": providers[home],
                "tier": (tier,),
                "district": (district,),
            },
        )
        for home, dong, district, tier in homes
    }
