"""Who takes part in the round: it follows from the service 우리동네돌봄단 in the register."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from anbu.care.foundation.actions import act_as
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.people.models import Enrolment

from ..models import Standing
from .standing import end_round, enrol

US = machine("rounds")
AT_ONCE = 500
OVER = "돌봄단 이용이 끝남"


@transaction.atomic
def follow_enrolments(*, now: datetime) -> bool:
    """Let who takes part have a clock, and end the clock of who does not any more.

    Returns whether there may be more to do.
    """
    act_as(US, now=now)
    part = people.for_actor(US, Purpose("machine", "rounds")).enrolments.filter(
        service=Enrolment.Service.CARE_CORPS, until=None, household__left_at=None
    )
    mine = Standing.objects.filter(household=OuterRef("household"), ended_at=None)
    new: list[UUID] = list(
        part.filter(~Exists(mine), since__lte=now)
        .order_by("household_id")
        .values_list("household_id", flat=True)[:AT_ONCE]
    )
    enrol(homes=new, by=US.name, now=now)
    still = part.filter(household=OuterRef("household"))
    gone: list[UUID] = list(
        Standing.objects.filter(~Exists(still), ended_at=None)
        .order_by("household_id")
        .values_list("household_id", flat=True)[:AT_ONCE]
    )
    for home in gone:
        end_round(home=home, why=OVER, by=US.name, now=now)
    return len(new) == AT_ONCE or len(gone) == AT_ONCE
