"""Loading a city: its districts and dongs, its posts, its working days."""

import csv
import gzip
import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import holidays
from django.db import transaction

from anbu.care.foundation.actions import record

from ..models import District, Dong, DutyHours, Holiday, Post
from ..rules import SEOUL, USUAL_HOURS
from .organisations import HOURS_SINCE, make_organisations

DATA = Path(__file__).parents[1] / "data"
BOUNDARIES_OF = date(2026, 4, 23)  # the day of the boundary file: data/README.md
YEARS = range(2024, 2029)


class BadHolidays(ValueError):
    """A holiday file has a line that cannot be read."""


@transaction.atomic
def load_seoul(*, now: datetime, by: str = "system:load") -> None:
    """Write down Seoul's districts and dongs, one post for each dong and one for the centre."""
    points = _points()
    for feature in _features("districts.geojson"):
        told = feature["properties"]
        District.objects.update_or_create(
            code=told["sgg"],
            valid_from=BOUNDARIES_OF,
            defaults={"name": told["sggnm"], "shape": feature["geometry"]},
        )
    districts = {d.code: d for d in District.objects.filter(valid_from=BOUNDARIES_OF)}
    Dong.objects.bulk_create(
        [_dong(f, points, districts) for f in _features("dongs.geojson.gz")],
        update_conflicts=True,
        unique_fields=["code", "valid_from"],
        update_fields=["name", "district", "lat", "lon", "shape"],
    )
    _make_posts()
    make_organisations()
    DutyHours.objects.get_or_create(
        valid_from=HOURS_SINCE,
        defaults={"opens": USUAL_HOURS.opens, "closes": USUAL_HOURS.closes},
    )
    record(by=by, verb="load_places", at=now, dongs=len(points))


@transaction.atomic
def load_holidays(*, now: datetime, years: Iterable[int] = YEARS, by: str = "system:load") -> int:
    """Write down Korea's public and substitute holidays of these years; return how many are new."""
    days = holidays.country_holidays("KR", years=years, language="ko")
    return _write_holidays({day: name for day, name in days.items()}, now=now, by=by)


@transaction.atomic
def load_holidays_csv(*, text: str, now: datetime, by: str) -> int:
    """Write down holidays from a CSV with the columns date and name; return how many are new."""
    days: dict[date, str] = {}
    for number, line in enumerate(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))), start=2):
        name = line.get("name") or line.get("name_gazette") or ""
        try:
            days[date.fromisoformat(line["date"])] = name[:60]
        except (KeyError, TypeError, ValueError):
            raise BadHolidays(f"{number}번째 줄의 날짜를 읽을 수 없습니다.") from None
    return _write_holidays(days, now=now, by=by)


def _write_holidays(days: dict[date, str], *, now: datetime, by: str) -> int:
    known = set(Holiday.objects.filter(on__in=days).values_list("on", flat=True))
    today = now.astimezone(SEOUL).date()
    # A day that lies behind us was law when it came; one ahead is known from today on.
    fresh = [
        Holiday(on=day, name=name, valid_from=min(day, today))
        for day, name in sorted(days.items())
        if day not in known
    ]
    Holiday.objects.bulk_create(fresh, ignore_conflicts=True)
    record(by=by, verb="load_holidays", at=now, days=len(days), new=len(fresh))
    return len(fresh)


def _make_posts() -> None:
    if not Post.objects.filter(kind=Post.CENTRE).exists():
        Post.objects.create(kind=Post.CENTRE, name="서울시 고립예방센터 관제센터")
    Post.objects.bulk_create(
        [
            Post(kind=Post.DONG, name=f"{dong.name} 주민센터", dong=dong)
            for dong in Dong.objects.filter(posts=None, valid_until=None).order_by("code")
        ],
        ignore_conflicts=True,
    )


def _dong(
    feature: dict[str, Any],
    points: dict[str, tuple[float, float]],
    districts: dict[str, District],
) -> Dong:
    told = feature["properties"]
    lat, lon = points[told["adm_cd2"]]
    return Dong(
        code=told["adm_cd2"],
        name=told["adm_nm"].split()[-1],
        district=districts[told["sgg"]],
        lat=lat,
        lon=lon,
        shape=feature["geometry"],
        valid_from=BOUNDARIES_OF,
    )


def _features(name: str) -> list[dict[str, Any]]:
    raw = (DATA / name).read_bytes()
    told: dict[str, list[dict[str, Any]]] = json.loads(
        gzip.decompress(raw) if name.endswith(".gz") else raw
    )
    return told["features"]


def _points() -> dict[str, tuple[float, float]]:
    with (DATA / "dong_points.csv").open(encoding="utf-8") as lines:
        return {
            row["adm_cd2"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(lines)
        }
