"""The organisations of a rehearsal's city: all names are made up, the numbers are believable."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from random import Random
from uuid import UUID

from anbu.care.people import actions as people
from anbu.care.places import actions as places_actions
from anbu.care.places import queries as places
from anbu.lab.city import SEOUL, City

MEMBERS = 319  # how many sit on the councils of 13 districts: domain.md section 8
AGENCIES = 64
COUNCILS = 13
SHARES = {  # of a council's seats: invented, more of those who meet people at their doors
    "복지관": 4,
    "병원·의원": 4,
    "공인중개사": 5,
    "배달": 4,
    "임대주택 관리": 3,
    "검침": 2,
    "의사회": 1,
    "경찰": 1,
    "소방": 1,
}
FIRST = [
    "가온",
    "나래",
    "다솜",
    "라온",
    "마루",
    "보람",
    "새빛",
    "아름",
    "온새",
    "한울",
    "해솔",
    "두레",
]
EMPLOYERS = {
    "care_corps": "dong_office",
    "case_manager": "agency",
    "provider": "provider",
    "council": "member",
    "counsellor": "team",
    "officer": "district",
    "analyst": "city",
    "privacy_officer": "city",
    "system_operator": "centre",
}
TEAMS = ("외로움안녕120", "고립예방팀", "안부확인팀", "연결처방팀")


def organisations(city: City) -> str:
    """Return agencies, council members, teams, vendors and providers as a list to be loaded."""
    dice = Random(city.seed)
    districts = sorted({dong.district for dong in places.dongs()})
    # The rehearsal's own districts have councils; the others of the 13 are drawn.
    own = sorted({dong.district for dong in places.dongs() if dong.code in _dongs(city)})
    rest = [each for each in districts if each not in own]
    seats = [*own, *dice.sample(rest, COUNCILS - len(own))]
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["kind", "name", "district", "member_type"])
    for team in TEAMS:
        sheet.writerow(["team", team, "", ""])
    for n in range(AGENCIES):
        district = (own + rest)[n % len(districts)]
        sheet.writerow(["agency", f"{_first(n, len(districts))}종합사회복지관", district, ""])
    numbers: Counter[tuple[str, str]] = Counter()
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    for n in range(MEMBERS):
        district, kind = seats[n % COUNCILS], kinds[(n // COUNCILS) % len(kinds)]
        numbers[district, kind] += 1
        name = f"{district} {kind} {numbers[district, kind]}"
        sheet.writerow(["member", name, district, kind])
    for n, name in enumerate(FIRST):
        sheet.writerow(["provider", f"{name} 마을모임", (own + rest)[n], ""])
    for name in FIRST[:4]:
        sheet.writerow(["vendor", f"{name} 안부확인", "", ""])
    return out.getvalue()


@dataclass(frozen=True)
class Vendor:
    """Who runs one service in the district of the first home."""

    organisation: int
    post: int
    district: str


def contract(city: City, *, service: str, by: str, now: datetime) -> Vendor:
    """Let a vendor answer for a service in the district of the first home, around the clock."""
    home = _first_dong(city)
    vendor = places.organisations("vendor")[0].id
    line = places_actions.write_contract(
        vendor=vendor,
        service=service,
        district=home.district_id,
        opens=time(0),
        closes=time(0),
        valid_from=now.astimezone(SEOUL).date(),
        by=by,
        now=now,
    )
    return Vendor(vendor, line.post_id, home.district)


def agree_to_vendor(
    city: City, ids: Sequence[UUID], since: Sequence[datetime], *, service: str, by: str
) -> None:
    """Let the homes that this vendor alone can see agree to it, by its name."""
    district = _first_dong(city).district
    near = {dong.code for dong in places.dongs() if dong.district == district}
    vendor = places.organisations("vendor")[0].id
    for home, household, joined in zip(city.homes, ids, since, strict=True):
        if home.place.dong in near and {m.source for m in home.machines} == {service}:
            people.give_consent(
                household=household,
                kind="vendor",
                service=service,
                vendor=vendor,
                obtained_how="방문하여 서면으로 받음",
                by=by,
                now=joined,
            )


def _first_dong(city: City) -> places.DongCard:
    return next(dong for dong in places.dongs() if dong.code == city.homes[0].place.dong)


def employer(role: str, city: City) -> int:
    """Return where somebody of this role works: near the first home, where that counts."""
    home = next(dong for dong in places.dongs() if dong.code == city.homes[0].place.dong)
    found = places.organisations(EMPLOYERS[role])
    near = [one for one in found if one.dong == home.name and one.district == home.district]
    near = near or [one for one in found if one.district == home.district] or found
    return near[0].id


def _dongs(city: City) -> set[str]:
    return {home.place.dong for home in city.homes}


def _first(n: int, districts: int) -> str:
    return FIRST[(n // districts + n) % len(FIRST)]
