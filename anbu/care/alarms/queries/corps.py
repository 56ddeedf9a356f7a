"""What alarms leave for the neighbours who go round: accepted hand-overs, and plans for doubts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from anbu.care.foundation.rules import Actor, Purpose
from anbu.care.people import queries as people
from anbu.care.places.models import Post

from ..models import Doubt, Handover
from ..rules import HandState, Plan


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Somebody is to be called or visited, because a person answering a signal said so."""

    household: UUID
    cause: UUID
    kind: str  # handover | outage
    visits: bool
    at: datetime
    by: str


def wishes(*, since: datetime, actor: Actor) -> list[Wish]:
    """Return what was handed to a dong, or decided about homes nobody can see, since a moment.

    For the machine that plans rounds. A doubt decided anew is a wish of its own.
    """
    sight = people.for_actor(actor, Purpose("machine", "rounds"))
    homes = sight.households.filter(left_at=None)
    handed = Handover.objects.filter(
        state=HandState.ACCEPTED,
        settled_at__gte=since,
        to_post__kind=Post.DONG,
        alarm__household__in=homes,
    ).select_related("alarm", "settled_by")
    doubts = Doubt.objects.filter(
        plan__in=[Plan.CALL, Plan.VISIT], planned_at__gte=since, ended_at=None, household__in=homes
    ).select_related("planned_by")
    found = [_handed(row) for row in handed] + [_decided(row) for row in doubts]
    return sorted(found, key=lambda one: (one.at, one.cause))


def _handed(row: Handover) -> Wish:
    assert row.settled_at is not None  # a_settled_handover_says_how
    return Wish(
        household=row.alarm.household_id,
        cause=row.pk,
        kind="handover",
        visits=False,
        at=row.settled_at,
        by=row.settled_by.actor if row.settled_by else "",
    )


def _decided(row: Doubt) -> Wish:
    assert row.planned_at is not None  # a_plan_says_who_and_until_when
    return Wish(
        household=row.household_id,
        cause=uuid5(NAMESPACE_OID, f"{row.pk}/{row.planned_at.isoformat()}"),
        kind="outage",
        visits=row.plan == Plan.VISIT,
        at=row.planned_at,
        by=row.planned_by.actor if row.planned_by else "",
    )
