"""How patient to be with whom, at a moment."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people.queries import for_actor, within_sight
from anbu.care.staff.models import Staff

from ..models import DetectorPolicy, Device, OwnPatience
from ..rules import Asking, Detector, OwnHours, Patience, hours_for, patience_for


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
            hours=row.hours,
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
    if not any(policy.scope for policy in policies):
        return dict.fromkeys(households, patience_for(policies, {}))
    return {home: patience_for(policies, place) for home, place, _ in _places(households, policies)}


def hours_of(*, households: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """Return how many hours each of these homes may be still. Up to five queries."""
    policies = [policy for policy in policies_in_force(now=now) if policy.hours is not None]
    rows = (
        OwnPatience.objects.filter(household__among=households, valid_from__lte=now)
        .order_by("household", "-valid_from", "-id")
        .distinct("household")
    )
    own = {row.household_id: OwnHours(hours=row.hours, since=row.valid_from) for row in rows}
    return {
        home: hours_for(policies, place, registered=registered, own=own.get(home))
        for home, place, registered in _places(households, policies)
    }


def _places(
    households: Collection[UUID], policies: list[Patience]
) -> Iterator[tuple[UUID, dict[str, Collection[str]], int]]:
    """Yield each home, its value of every scope, and the hours it was registered with."""
    asked = {scope for policy in policies for scope in policy.scope}
    sight = for_actor(machine("clock"), Purpose("machine", "patience"))
    providers: dict[UUID, set[str]] = defaultdict(set)
    if "provider" in asked:
        devices = Device.objects.filter(household__among=households, revoked_at=None)
        for home, code in devices.values_list("household_id", "provider__code"):
            providers[home].add(code)
    services: dict[UUID, set[str]] = defaultdict(set)
    if "service" in asked:
        enrolled = sight.enrolments.filter(household__among=households, until=None)
        for home, service in enrolled.values_list("household_id", "service"):
            services[home].add(service)
    homes = sight.households.filter(id__among=households).values_list(
        "id", "dong__code", "dong__district__code", "tier", "patience_hours"
    )
    for home, dong, district, tier, hours in homes:
        place: dict[str, Collection[str]] = {
            "household": (str(home),),
            "dong": (dong,),
            "provider": providers[home],
            "service": services[home],
            "tier": (tier,),
            "district": (district,),
        }
        yield home, place, hours


@dataclass(frozen=True, kw_only=True)
class PatienceLine:
    """How long a home may be still, decided for this person, from when."""

    hours: int
    reason: str
    valid_from: datetime
    set_at: datetime
    set_by: str


def own_patience(*, household: UUID, seen_by: Staff) -> tuple[PatienceLine, ...]:
    """Return what was decided for this person, the newest first; what is yet to come, too."""
    if not within_sight(seen_by=seen_by).filter(id=household).exists():
        return ()
    rows = OwnPatience.objects.filter(household=household).order_by("-valid_from", "-id")[:20]
    return tuple(
        PatienceLine(
            hours=row.hours,
            reason=row.reason,
            valid_from=row.valid_from,
            set_at=row.set_at,
            set_by=row.set_by,
        )
        for row in rows
    )
