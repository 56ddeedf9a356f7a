"""How often a word is due: set for a tier by an office, for one person by who looks after them."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import act_as, record
from anbu.care.foundation.rules import machine
from anbu.care.people import queries as people
from anbu.care.people.rules import clean
from anbu.care.places.models import District, Organisation
from anbu.care.staff.models import Staff

from .. import rules
from ..models import CadenceRow, Pace, Standing, Upto
from ..rules.clock import day_of
from .replanning import DUES
from .standing import recount

CLOCK = machine("rounds")
REASON_LENGTH = 120
LONGEST_DAYS = 92  # then somebody looks at it again
AT_ONCE = 500


@transaction.atomic
def set_cadence(
    *,
    district: District | None,
    tier: str,
    cadence: rules.Cadence,
    valid_from: date,
    reason: str,
    by: Staff,
    now: datetime,
) -> CadenceRow:
    """Say how often a word is due in a tier, from a day on: for a district, or (None) the city."""
    check_setter(district=district, tier=tier, valid_from=valid_from, by=by, now=now)
    why = clean(reason, what="까닭", at_most=REASON_LENGTH, needed=True)
    row = CadenceRow.objects.create(
        district=district,
        tier=tier,
        times=cadence.times,
        per_days=cadence.per_days,
        visit_days=cadence.visit_days,
        bound_days=cadence.bound_days,
        valid_from=valid_from,
        reason=why,
        made_at=now,
        made_by=by,
    )
    Upto.objects.filter(name=DUES).delete()  # the next planning counts everybody's dates anew
    record(
        by=by.actor, verb="set_cadence", at=now, tier=tier,
        district=district.pk if district else None, valid_from=valid_from.isoformat(),
        cadence=_told(cadence),
    )  # fmt: skip
    return row


def sets_cadence(by: Staff) -> bool:
    """Say whether this person sets the cadence of tiers: an officer of the city or a district."""
    at = by.organisation
    kinds = (Organisation.Kind.CITY, Organisation.Kind.DISTRICT)
    is_officer = by.role == Staff.Role.OFFICER and by.is_active
    return is_officer and at is not None and at.kind in kinds


def check_setter(
    *, district: District | None, tier: str, valid_from: date, by: Staff, now: datetime
) -> None:
    """Refuse a cadence that is not this person's to set, or from a day that is over."""
    if not sets_cadence(by) or by.organisation is None:
        raise rules.NotAllowed("시·구 담당자가 정합니다.")
    own = by.organisation.district_id
    if own is not None and (district is None or district.pk != own):
        raise rules.NotAllowed("다른 자치구의 간격은 정할 수 없습니다.")
    if tier not in rules.TIERS:
        raise rules.NotAllowed("위험군을 골라 주세요.")
    if valid_from < day_of(now):
        raise rules.NotAllowed("오늘이나 그 뒤의 날부터 바꿀 수 있습니다.")
    if valid_from > day_of(now) + timedelta(days=LONGEST_DAYS):
        raise rules.NotAllowed("92일 안의 날부터 정할 수 있습니다.")


@transaction.atomic
def set_pace(
    *, home: UUID, cadence: rules.Cadence, reason: str, until: date, by: Staff, now: datetime
) -> Pace:
    """Say how often a word is due with one person, why, and until when."""
    _check_mine(home, by)
    today = day_of(now)
    if not today < until <= today + timedelta(days=LONGEST_DAYS):
        raise rules.NotAllowed("92일 안의 날까지 정하고, 그날 다시 살펴 주세요.")
    why = clean(reason, what="까닭", at_most=REASON_LENGTH, needed=True)
    Pace.objects.filter(household=home, ended_at=None).update(ended_at=now)
    row = Pace.objects.create(
        household_id=home,
        times=cadence.times,
        per_days=cadence.per_days,
        visit_days=cadence.visit_days,
        bound_days=cadence.bound_days,
        reason=why,
        until=until,
        made_at=now,
        made_by=by,
    )
    recount([home], now=now)
    record(
        by=by.actor, verb="set_pace", at=now, household=home, until=until.isoformat(),
        cadence=_told(cadence),
    )  # fmt: skip
    return row


@transaction.atomic
def end_pace(*, home: UUID, by: Staff, now: datetime) -> None:
    """Let the cadence of the tier hold again for a person."""
    _check_mine(home, by)
    if not Pace.objects.filter(household=home, ended_at=None).update(ended_at=now):
        raise rules.NotAllowed("따로 정한 간격이 없습니다.")
    recount([home], now=now)
    record(by=by.actor, verb="end_pace", at=now, household=home)


@transaction.atomic
def end_next_paces(*, now: datetime) -> bool:
    """End the paces whose time is over; say whether there was any."""
    act_as(CLOCK)
    rows = Pace.objects.select_for_update(of=("self",), skip_locked=True)
    over = list(rows.filter(ended_at=None, until__lt=day_of(now)).order_by("until", "id")[:AT_ONCE])
    if not over:
        return False
    Pace.objects.filter(pk__in=[row.pk for row in over]).update(ended_at=now)
    homes = [row.household_id for row in over]
    recount(homes, now=now)
    record(by=CLOCK.name, verb="end_paces", at=now, homes=sorted(homes))
    return True


def _check_mine(home: UUID, by: Staff) -> None:
    if by.role not in (Staff.Role.PLANNER, Staff.Role.NURSE) or not by.is_active:
        raise rules.NotAllowed("동 담당자가 정합니다.")
    if not people.within_sight(seen_by=by).filter(id=home).exists():
        raise rules.NotAllowed("맡은 동의 집이 아닙니다.")
    if not Standing.objects.filter(household=home, ended_at=None).exists():
        raise rules.NotAllowed("돌봄단이 살피는 분이 아닙니다.")


def _told(cadence: rules.Cadence) -> str:
    return f"{cadence.times}/{cadence.per_days} {cadence.visit_days} {cadence.bound_days}"
