"""업체 계약: which vendor answers for which service where, and whether somebody is there now."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F

from anbu.care.places.models import Contract, Organisation
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Shift, Staff

from .sight import is_of_the_city


@dataclass(frozen=True, kw_only=True)
class ContractCard:
    """One line of a contract."""

    id: int
    vendor: str
    service: str
    provider: str
    district: str
    days: str
    opens: time
    closes: time
    since: date
    until: date | None
    on_shift: int  # people of the vendor who are there now
    is_over: bool
    may_end: bool


@dataclass(frozen=True, kw_only=True)
class ContractPage:
    """What stands, what was, and what this person may write."""

    rows: tuple[ContractCard, ...]
    may_write: bool
    vendors: tuple[tuple[int, str], ...]
    districts: tuple[tuple[int, str], ...]


def may_contract(*, seen_by: Staff) -> bool:
    """Say whether this person writes contracts: who is responsible at the centre, and the city."""
    lead = seen_by.role == Staff.Role.SUPERVISOR
    return seen_by.is_active and (lead or is_of_the_city(seen_by))


def contract_page(*, seen_by: Staff, now: datetime) -> ContractPage:
    """Return the contracts, what stands first; a district reads its own."""
    lines = Contract.objects.select_related("post", "district").order_by(
        F("valid_until").desc(nulls_first=True), "post__name", "service", "district__code", "id"
    )
    writes = may_contract(seen_by=seen_by)
    if not writes:
        area = seen_by.organisation.district_id if seen_by.organisation else None
        lines = lines.filter(district=area or 0)
    there: dict[int, int] = {}
    sits = Shift.objects.filter(ended_at=None, staff__is_active=True, post__kind="vendor")
    for post in sits.values_list("post_id", flat=True):
        there[post] = there.get(post, 0) + 1
    today = now.astimezone(SEOUL).date()
    vendors = Organisation.objects.filter(kind="vendor", valid_until=None).order_by("name", "id")
    offices = Organisation.objects.filter(kind="district", valid_until=None)
    areas = offices.select_related("district").order_by("district__code", "id")
    return ContractPage(
        rows=tuple(_card(line, there, today, writes) for line in lines),
        may_write=writes,
        vendors=tuple(vendors.values_list("id", "name")) if writes else (),
        districts=tuple(areas.values_list("district_id", "district__name")) if writes else (),
    )


def _card(line: Contract, there: dict[int, int], today: date, writes: bool) -> ContractCard:
    is_over = line.valid_until is not None and line.valid_until <= today
    return ContractCard(
        id=line.pk,
        vendor=line.post.name,
        service=line.service,
        provider=line.provider,
        district=line.district.name,
        days=line.days,
        opens=line.opens,
        closes=line.closes,
        since=line.valid_from,
        until=line.valid_until,
        on_shift=there.get(line.post_id, 0),
        is_over=is_over,
        may_end=writes and line.ended_at is None,
    )
