"""Homes of a dong that is no more: each goes where its road went, and what was stays written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from anbu.care.foundation.actions import record_each
from anbu.care.foundation.rules import Actor
from anbu.care.places import actions as places
from anbu.care.places import queries as where
from anbu.care.staff import actions as staff

from ..models import PastDong
from ..queries import LISTS, for_actor


@dataclass(frozen=True, kw_only=True)
class Redrawn:
    """How many homes went, how many wait for a person's word, and which staff do."""

    moved: int
    waiting: int
    staff: tuple[str, ...]


@transaction.atomic
def redraw_dongs(*, text: str, by: Actor, now: datetime) -> Redrawn:
    """End and begin dongs as this file says, and let staff and homes follow.

    One heir takes every home. Of a split, a home goes by the road its address names; one whose
    road is not told waits at its old office until it is handed on and accepted like any other.
    """
    on, begun = places.read_redrawing(text)
    ended = places.redraw_dongs(on=on, begun=begun, by=by.name, now=now)
    undecided = staff.follow_dongs(ended=ended, by=by.name, now=now)
    moved = 0
    for dong in ended:
        heirs = where.heirs(dong)
        for heir, roads in heirs.items():
            moved += _follow(dong, heir, None if len(heirs) == 1 else roads, by, now)
    left = for_actor(by, LISTS).households.filter(dong__in=ended).count()
    return Redrawn(moved=moved, waiting=left, staff=tuple(undecided))


def _follow(dong: int, heir: int, roads: Sequence[str] | None, by: Actor, now: datetime) -> int:
    homes = for_actor(by, LISTS).households.filter(dong=dong)
    if roads is not None:
        told = Q(pk__in=[])
        for road in roads:
            told |= Q(address__contains=f"{road} ")  # 은천로1 is not 은천로12
        homes = homes.filter(told)
    going = list(homes.annotate(began=Coalesce(F("dong_since"), F("registered_at"))))
    PastDong.objects.bulk_create(
        PastDong(household=home, dong_id=dong, since=home.began, until=now) for home in going
    )
    ids = [home.pk for home in going]
    for_actor(by, LISTS).households.filter(pk__in=ids).update(dong_id=heir, dong_since=now)
    record_each(by=by.name, verb="hand_to_dong", at=now, households=ids, dong=heir)
    return len(ids)
