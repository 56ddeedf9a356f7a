"""Who is dark at night, and why: the homes nobody would come to before the office opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from anbu.care.foundation.rules import machine
from anbu.care.people import queries as people
from anbu.care.people.models import Household
from anbu.care.people.rules import KINDS
from anbu.care.readings.models import Watch
from anbu.care.staff.models import Staff

from ..models import Blindness

AT_ONCE = 100
COUNTS = machine("coverage")


class Dark(StrEnum):
    """Why nobody would come at night, the gravest first. A home has one reason."""

    NO_DEVICE = "no_device"
    NO_CONSENT = "no_consent"
    NO_NIGHT = "no_night"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    UNSEEN = "unseen"


SEEN = "seen"


@dataclass(frozen=True, kw_only=True)
class DongDark:
    """One dong: how many homes, and how many are dark for each reason."""

    dong: int
    district: str
    name: str
    homes: int
    dark: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many are dark."""
        return sum(self.dark.values())


@dataclass(frozen=True, kw_only=True)
class DarkHome:
    household: UUID
    name: str
    birth_year: int
    sex: str
    tier: str
    district: str
    dong: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Coverage:
    dongs: tuple[DongDark, ...]  # the darkest first
    homes: int
    dark: Mapping[str, int]
    rows: tuple[DarkHome, ...]
    has_more: bool


def coverage(
    *, dong: int | None, why: str, after: int = 0, seen_by: Staff, now: datetime
) -> Coverage:
    """Return who is dark at night, counted by dong, and some of them by name. Three queries."""
    homes = _judged(seen_by, now)
    dongs = _counted(homes)
    chosen = homes.exclude(why=SEEN)
    if dong is not None:
        chosen = chosen.filter(dong=dong)
    if why:
        chosen = chosen.filter(why=why)
    rows = _named(chosen, after)
    return Coverage(
        dongs=tuple(sorted(dongs, key=lambda each: (-each.total, each.district, each.name))),
        homes=sum(each.homes for each in dongs),
        dark={reason: sum(each.dark.get(reason, 0) for each in dongs) for reason in Dark},
        rows=rows[:AT_ONCE],
        has_more=len(rows) > AT_ONCE,
    )


def _judged(seen_by: Staff, now: datetime) -> QuerySet[Any]:
    """Return the homes of the reader's area, each with its reason or `seen`."""
    night = people.consents_of_outer(KINDS["night"])
    nights = people.consents_of_outer(KINDS["night"], at=now)
    watched = people.consents_of_outer(KINDS["monitoring"], at=now)
    open_blind = Blindness.objects.filter(household=OuterRef("pk"), ended_at=None)
    real = people.within_sight(seen_by=seen_by).exclude(id__in=people.made_up(actor=COUNTS))
    return real.annotate(
        why=Case(
            When(~Exists(Watch.objects.filter(household=OuterRef("pk"))), _says(Dark.NO_DEVICE)),
            When(~Exists(watched), _says(Dark.NO_CONSENT)),
            When(Exists(nights) & Exists(open_blind), _says(Dark.UNSEEN)),
            When(Exists(nights), Value(SEEN)),
            When(Exists(night.filter(withdrawn_at__lte=now)), _says(Dark.WITHDRAWN)),
            When(Exists(night.filter(until__lte=now)), _says(Dark.EXPIRED)),
            default=_says(Dark.NO_NIGHT),
            output_field=CharField(),
        )
    )


def _says(why: Dark) -> Value:
    return Value(str(why))


def _counted(homes: QuerySet[Any]) -> list[DongDark]:
    names = {"name": F("dong__name"), "district": F("dong__district__name")}
    rows = homes.values("dong_id", "why", **names).annotate(n=Count("pk")).order_by("dong_id")
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        told = {"district": row["district"], "name": row["name"], "homes": 0, "dark": {}}
        each = found.setdefault(row["dong_id"], told)
        each["homes"] += row["n"]
        if row["why"] != SEEN:
            each["dark"][row["why"]] = row["n"]
    return [DongDark(dong=dong, **told) for dong, told in found.items()]


def _named(chosen: QuerySet[Any], after: int) -> tuple[DarkHome, ...]:
    order = Case(
        When(Q(tier=Household.Tier.HIGH), Value(0)),
        When(Q(tier=Household.Tier.MID), Value(1)),
        default=Value(2),
    )
    names = ("people__name", "people__birth_year", "people__sex")
    rows = chosen.order_by(order, "dong__code", "id").values_list(
        "pk", *names, "tier", "dong__district__name", "dong__name", "why"
    )
    return tuple(
        DarkHome(
            household=row[0],
            name=row[1] or "",
            birth_year=row[2] or 0,
            sex=row[3] or "",
            tier=row[4],
            district=row[5],
            dong=row[6],
            why=row[7],
        )
        for row in rows[after : after + AT_ONCE + 1]
    )
