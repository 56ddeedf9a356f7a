"""Dongs that split, merge or take another name: the old ones end on a day, the new ones begin."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from anbu.care.foundation.actions import record

from ..models import District, Dong, Organisation, Post, Succession
from ..rules import SEOUL
from .organisations import make_organisations


class BadRedrawing(ValueError):
    """A file of new dongs cannot be used; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class NewDong:
    """A dong that begins, and out of which it is made. `roads`: whose homes of a split go here."""

    code: str
    name: str
    district: str
    lat: float
    lon: float
    out_of: tuple[str, ...]
    roads: tuple[str, ...] = ()


def read_redrawing(text: str) -> tuple[date, tuple[NewDong, ...]]:
    """Return the day and the new dongs of a TOML file, or say what is wrong with it."""
    try:
        told = tomllib.loads(text)
        found = tuple(
            NewDong(
                code=str(each["code"]),
                name=str(each["name"]),
                district=str(each["district"]),
                lat=float(each["lat"]),
                lon=float(each["lon"]),
                out_of=tuple(map(str, each["out_of"])),
                roads=tuple(map(str, each.get("roads", ()))),
            )
            for each in told["dong"]
        )
        on = told["on"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as fault:
        raise BadRedrawing(f"읽을 수 없는 파일입니다: {fault}") from None
    if not isinstance(on, date) or isinstance(on, datetime) or not found:
        raise BadRedrawing("언제부터(on), 어떤 동(dong)이 되는지 적어 주세요.")
    return on, found


@transaction.atomic
def redraw_dongs(*, on: date, begun: tuple[NewDong, ...], by: str, now: datetime) -> list[int]:
    """End the old dongs and begin the new ones with their offices and posts; return the old.

    The homes follow in their own room. Nothing of the old is taken away: who was where stays.
    """
    if on > now.astimezone(SEOUL).date():
        raise BadRedrawing("아직 오지 않은 날입니다. 그날 불러와 주세요.")
    codes = {code for each in begun for code in each.out_of}
    old = {d.code: d for d in Dong.objects.filter(code__in=codes, valid_until=None)}
    if unknown := sorted(codes - set(old)):
        raise BadRedrawing(f"지금 있는 동이 아닙니다: {', '.join(unknown)}")
    if any(on <= each.valid_from for each in old.values()):
        raise BadRedrawing("없어지는 동이 생긴 날보다 뒤의 날이어야 합니다.")
    districts = {d.code: d for d in District.objects.filter(valid_until=None)}
    Dong.objects.filter(id__in=[each.pk for each in old.values()]).update(valid_until=on)
    Organisation.objects.filter(dong__in=old.values(), valid_until=None).update(valid_until=on)
    for each in begun:
        if each.district not in districts:
            raise BadRedrawing(f"{each.district}: 이 시의 자치구 코드가 아닙니다.")
        if Dong.objects.filter(code=each.code, valid_until=None).exists():
            raise BadRedrawing(f"{each.code}: 이미 있는 동입니다.")
        dong = Dong.objects.create(
            code=each.code,
            name=each.name,
            district=districts[each.district],
            lat=each.lat,
            lon=each.lon,
            valid_from=on,
        )
        Post.objects.create(kind=Post.DONG, name=f"{dong.name} 주민센터", dong=dong)
        Succession.objects.bulk_create(
            Succession(before=old[code], after=dong, on=on, roads=list(each.roads))
            for code in each.out_of
        )
    make_organisations()
    record(by=by, verb="redraw_dongs", at=now, on=on.isoformat(), ended=sorted(codes))
    return sorted(each.pk for each in old.values())
