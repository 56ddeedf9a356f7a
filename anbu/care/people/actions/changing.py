"""What changes in a household's life: tier, address, office, services, a no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from anbu.care.foundation.actions import record, record_each
from anbu.care.foundation.rules import Actor, NotHere
from anbu.care.places.models import Dong, Organisation

from ..models import Enrolment, Household, PastAddress, PastDong, Refusal
from ..queries import LISTS, for_actor
from ..rules import BadInput, clean

AT_ONCE = 5_000

# One statement keeps what was and writes what is: 70,000 homes a year pass through here.
CHANGE_TIERS = """
WITH told AS (
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[])
        AS t (id, tier, reason, review_on)
), kept AS (
    INSERT INTO people_pasttier (household_id, tier, reason, decided_by, since, until)
    SELECT h.id, h.tier, h.tier_reason, h.tier_by,
           coalesce(h.tier_since, h.registered_at), %s
    FROM people_household h JOIN told ON told.id = h.id
)
UPDATE people_household h
SET tier = told.tier, tier_reason = told.reason, tier_by = %s, tier_since = %s,
    tier_review_on = told.review_on
FROM told WHERE told.id = h.id
"""


class UnknownHome(NotHere):
    """There is no such home, or not for this person."""


@dataclass(frozen=True, kw_only=True)
class TierChange:
    household: UUID
    tier: str
    reason: str
    review_on: date | None = None


@transaction.atomic
def change_tier(
    *, household: UUID, tier: str, reason: str, review_on: date | None, by: Actor, now: datetime
) -> None:
    """Write down the tier an officer decided, why, and when it is looked at again."""
    change = TierChange(household=household, tier=tier, reason=reason, review_on=review_on)
    change_tiers(changes=[change], by=by, now=now)


@transaction.atomic
def change_tiers(*, changes: Sequence[TierChange], by: Actor, now: datetime) -> None:
    """Write down many decided tiers at once, all or nothing; what was stays to be read."""
    told = {change.household: change for change in changes}
    if len(told) < len(changes):
        raise BadInput("한 가구가 두 번 적혀 있습니다.")
    homes = for_actor(by, LISTS).households.filter(left_at=None)
    known = homes.filter(id__in=list(told)).select_for_update(of=("self",)).order_by("id")
    since = {home.id: home.tier_since or home.registered_at for home in known}
    if len(since) < len(told):
        raise UnknownHome
    if any(each > now for each in since.values()):
        raise BadInput("이미 그 뒤에 정해진 위험군이 있습니다.")
    rows = [_checked(change) for change in told.values()]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            part = rows[start : start + AT_ONCE]
            columns = [list(column) for column in zip(*part, strict=True)]
            cursor.execute(CHANGE_TIERS, [*columns, now, by.name, now])
    record_each(by=by.name, verb="change_tier", at=now, households=list(told))


def _checked(change: TierChange) -> tuple[UUID, str, str, date | None]:
    if change.tier not in Household.Tier.values:
        raise BadInput("위험군을 골라 주세요.")
    reason = clean(change.reason, what="까닭", at_most=200, needed=True)
    return change.household, change.tier, reason, change.review_on


@transaction.atomic
def move_home(
    *,
    household: UUID,
    address: str,
    unit: str,
    postcode: str = "",
    is_protected: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Write down where this person lives now; the address before stays with its dates."""
    home = _lock(household, by)
    PastAddress.objects.create(
        household=home,
        address=home.address,
        unit=home.unit,
        postcode=home.postcode,
        is_protected=home.is_protected,
        since=home.address_since or home.registered_at,
        until=now,
    )
    home.address = clean(address, what="주소", at_most=120, needed=True)
    home.unit = clean(unit, what="동·호수", at_most=60)
    home.postcode = clean(postcode, what="우편번호", at_most=5)
    home.is_protected = is_protected
    home.address_since = now
    home.save(update_fields=["address", "unit", "postcode", "is_protected", "address_since"])
    record(by=by.name, verb="move_home", at=now, household=household, is_protected=is_protected)


@transaction.atomic
def hand_to_dong(*, household: UUID, dong: int, by: Actor, now: datetime) -> None:
    """Let another dong office answer for this home from now on (register: after it accepted)."""
    home = _lock(household, by)
    if home.dong_id == dong:
        raise BadInput("이미 이 동이 맡고 있습니다.")
    PastDong.objects.create(
        household=home, dong=home.dong, since=home.dong_since or home.registered_at, until=now
    )
    home.dong = Dong.objects.get(id=dong, valid_until=None)
    home.dong_since = now
    home.save(update_fields=["dong", "dong_since"])
    record(by=by.name, verb="hand_to_dong", at=now, household=household, dong=dong)


@transaction.atomic
def enrol(
    *,
    household: UUID,
    service: str,
    organisation: int | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Write down that a service or an agency takes part from now on; twice changes nothing."""
    home = _lock(household, by)
    if service not in Enrolment.Service.values:
        raise BadInput("서비스를 골라 주세요.")
    if service == Enrolment.Service.AGENCY and organisation is None:
        raise BadInput("전담기구를 골라 주세요.")
    if Refusal.objects.filter(household=home, service__in=["", service], ended_at=None).exists():
        raise BadInput("이 서비스를 거절한 가구입니다. 마음이 바뀌었으면 거절을 먼저 끝내 주세요.")
    if Enrolment.objects.filter(household=home, service=service, until=None).exists():
        return
    at = Organisation.objects.get(id=organisation) if organisation else None
    Enrolment.objects.create(household=home, service=service, organisation=at, since=now)
    record(by=by.name, verb="enrol", at=now, household=household, service=service)


@transaction.atomic
def end_enrolment(*, household: UUID, service: str, why: str, by: Actor, now: datetime) -> None:
    """Write down that a service no longer takes part, and why."""
    home = _lock(household, by)
    reason = clean(why, what="까닭", at_most=120, needed=True)
    ended = Enrolment.objects.filter(household=home, service=service, until=None).update(
        until=now, ended_why=reason
    )
    if not ended:
        raise BadInput("이용 중인 서비스가 아닙니다.")
    record(by=by.name, verb="end_enrolment", at=now, household=household, service=service)


@transaction.atomic
def refuse_help(
    *,
    household: UUID,
    service: str = "",
    reason: str,
    ask_again_on: date | None,
    by: Actor,
    now: datetime,
) -> None:
    """Write down a no, to one service or ("") to all; what runs is not ended by it."""
    home = _lock(household, by)
    if service and service not in Enrolment.Service.values:
        raise BadInput("서비스를 골라 주세요.")
    if Refusal.objects.filter(household=home, service=service, ended_at=None).exists():
        raise BadInput("이미 거절로 적혀 있습니다.")
    Refusal.objects.create(
        household=home,
        service=service,
        reason=clean(reason, what="까닭", at_most=200, needed=True),
        refused_at=now,
        written_by=by.name,
        ask_again_on=ask_again_on,
    )
    record(by=by.name, verb="refuse_help", at=now, household=household, service=service)


@transaction.atomic
def end_refusal(*, household: UUID, service: str = "", by: Actor, now: datetime) -> None:
    """Write down that the person changed their mind."""
    home = _lock(household, by)
    ended = Refusal.objects.filter(household=home, service=service, ended_at=None)
    if not ended.update(ended_at=now):
        raise BadInput("적혀 있는 거절이 없습니다.")
    record(by=by.name, verb="end_refusal", at=now, household=household, service=service)


def _lock(household: UUID, by: Actor) -> Household:
    """Return the home, held until the deed is done, if this actor may know of it."""
    homes = for_actor(by, LISTS).households.filter(left_at=None)
    home = homes.select_for_update(of=("self",)).filter(id=household).first()
    if home is None:
        raise UnknownHome
    return home
