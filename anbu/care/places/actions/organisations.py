"""Who staff belong to: what stands because the city stands, and what a list tells."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from anbu.care.foundation.actions import record

from ..models import District, Dong, Organisation
from ..rules import SEOUL, BadRow, OrganisationRow, dong_keys, read_organisation

HOURS_SINCE = date(2022, 10, 1)  # the control centre opened in October 2022: domain.md section 2
MOST_ROWS = 20_000
TOLD = ("name", "postcode", "address", "phone", "member_type")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What came of a list: counts of rows, and each row that was not taken in, by its line."""

    new: int
    changed: int
    same: int
    faults: tuple[tuple[int, str], ...]


@transaction.atomic
def load_organisations(*, text: str, by: str, now: datetime) -> Loaded:
    """Write down the organisations of a CSV; a row that cannot be read holds up no other.

    The columns are ours (kind, name, district, dong, member_type, postcode, address, phone) or
    those of the public list of dong offices. What stands already is brought up to date.
    """
    lines = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    finder = _Finder()
    today = now.astimezone(SEOUL).date()
    counts = {"new": 0, "changed": 0, "same": 0}
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=2):
        if number > MOST_ROWS + 1:
            faults.append((number, f"한 번에 {MOST_ROWS:,}줄까지 받습니다."))
            break
        try:
            counts[_write(read_organisation(line), finder, today)] += 1
        except BadRow as fault:
            faults.append((number, str(fault)))
    record(by=by, verb="load_organisations", at=now, refused=len(faults), rows=counts)
    return Loaded(**counts, faults=tuple(faults))


def make_organisations() -> None:
    """Write down who stands because the city stands: itself, its centre, districts, dong offices.

    Safe to do again; what is there stays as it is.
    """
    kinds = Organisation.Kind
    since = {"valid_from": HOURS_SINCE}
    city, _ = Organisation.objects.get_or_create(
        kind=kinds.CITY, name="서울특별시", valid_until=None, defaults=since
    )
    Organisation.objects.get_or_create(
        kind=kinds.CENTRE,
        name="서울시 고립예방센터",
        valid_until=None,
        defaults=since | {"parent": city},
    )
    there = set(
        Organisation.objects.filter(kind=kinds.DISTRICT).values_list("district_id", flat=True)
    )
    Organisation.objects.bulk_create(
        Organisation(
            kind=kinds.DISTRICT,
            name=f"{each.name}청",
            parent=city,
            district=each,
            valid_from=each.valid_from,
        )
        for each in District.objects.filter(valid_until=None).order_by("code")
        if each.pk not in there
    )
    offices = {each.district_id: each for each in Organisation.objects.filter(kind=kinds.DISTRICT)}
    Organisation.objects.bulk_create(
        Organisation(
            kind=kinds.DONG_OFFICE,
            name=f"{each.name} 주민센터",
            parent=offices[each.district_id],
            district_id=each.district_id,
            dong=each,
            valid_from=each.valid_from,
        )
        for each in Dong.objects.filter(organisations=None, valid_until=None).order_by("code")
    )


class _Finder:
    """The city's districts, dongs and organisations, read once for a whole list."""

    def __init__(self) -> None:
        self.districts = {each.name: each for each in District.objects.filter(valid_until=None)}
        self.by_code: dict[str, Dong] = {}
        self.by_name: dict[tuple[int, str], Dong] = {}
        for dong in Dong.objects.filter(valid_until=None).select_related("district"):
            self.by_code[dong.code] = dong
            self.by_name[dong.district_id, dong_keys(dong.name)[0]] = dong
        standing = Organisation.objects.filter(valid_until=None)
        self.offices = {each.dong_id: each for each in standing if each.dong_id}
        self.named = {(o.kind, o.name, o.district_id): o for o in standing if not o.dong_id}
        self.city = next((o for o in standing if o.kind == "city"), None)

    def district(self, row: OrganisationRow) -> District | None:
        """Return the district a row names; a name that is none is a fault."""
        if not row.district:
            return None
        if row.district not in self.districts:
            raise BadRow(f"{row.district}은(는) 이 시의 자치구가 아닙니다.")
        return self.districts[row.district]

    def dong(self, row: OrganisationRow, district: District | None) -> Dong:
        """Return the dong whose office this is, by code or by any way its name is written."""
        if row.dong in self.by_code:
            return self.by_code[row.dong]
        if district is None:
            raise BadRow("어느 자치구의 동인지 알 수 없습니다.")
        for key in dong_keys(row.dong):
            if (district.pk, key) in self.by_name:
                return self.by_name[district.pk, key]
        raise BadRow(f"{dong_keys(row.dong)[0]}: {district.name}에 이런 동이 없습니다.")


def _write(row: OrganisationRow, finder: _Finder, today: date) -> str:
    """Write down one row; return whether it is new, changed or the same."""
    if row.kind not in Organisation.Kind.values:
        raise BadRow(f"{row.kind[:20]}: 모르는 기관 종류입니다.")
    district = finder.district(row)
    kinds = Organisation.Kind
    if row.kind in (kinds.DISTRICT, kinds.MEMBER) and district is None:
        raise BadRow("어느 자치구의 기관인지 적어 주세요.")
    if (row.kind == kinds.MEMBER) != bool(row.member_type):
        raise BadRow("참여기관에는 유형이 있어야 하고, 다른 기관에는 없어야 합니다.")
    told = {name: getattr(row, name) for name in TOLD}
    if row.member_type and row.member_type not in Organisation.MemberType.values:
        labels = {str(label): value for value, label in Organisation.MemberType.choices}
        if row.member_type not in labels:
            raise BadRow(f"{row.member_type[:20]}: 모르는 참여기관 유형입니다.")
        told["member_type"] = labels[row.member_type]
    dong = finder.dong(row, district) if row.kind == kinds.DONG_OFFICE else None
    there = (
        finder.offices.get(dong.pk)
        if dong
        else finder.named.get((row.kind, row.name, district.pk if district else None))
    )
    if dong:
        district = dong.district
        told["name"] = there.name if there else f"{dong.name} 주민센터"
    if there is not None:
        return _bring_up_to_date(there, told)
    fresh = Organisation.objects.create(
        kind=row.kind,
        parent=None if row.kind == kinds.CITY else finder.city,
        district=district,
        dong=dong,
        valid_from=today,
        **told,
    )
    if dong:
        finder.offices[dong.pk] = fresh
    else:
        finder.named[fresh.kind, fresh.name, fresh.district_id] = fresh
    return "new"


def _bring_up_to_date(there: Organisation, told: dict[str, str]) -> str:
    news = {name: value for name, value in told.items() if value and getattr(there, name) != value}
    if not news:
        return "same"
    for name, value in news.items():
        setattr(there, name, value)
    there.save(update_fields=list(news))
    return "changed"
