"""Which files were asked for, how far they are, and what goes into one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anbu.care.alarms.models import Alarm
from anbu.care.foundation.rules import Actor, Purpose, machine
from anbu.care.people.models import Household
from anbu.care.people.queries import for_actor
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of

from .models import Export
from .rules import COUNTS, MAY_ALLOW, DataSet, State, is_within

MOST = 100  # lines of one list
AT_ONCE = 500  # homes read in one go


@dataclass(frozen=True, kw_only=True)
class ExportCard:
    """One export as its asker, or who may allow it, sees it. No person stands in it."""

    id: UUID
    code: str
    data_set: str
    scope: dict[str, str]
    reason: str
    homes: int
    state: str
    asked_by: str
    asked_from: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    decided_why: str
    done: int
    total: int
    why_not: str
    rows: int | None
    expires_at: datetime | None
    fetches: int
    is_mine: bool
    may_decide: bool
    has_password: bool  # not shown yet

    @property
    def is_under_way(self) -> bool:
        """Return whether a machine works on it."""
        return self.state in (State.ALLOWED, State.MAKING)

    @property
    def percent(self) -> int:
        """Return how far it is, of a hundred."""
        return 100 * self.done // self.total if self.total else 0


@dataclass(frozen=True, kw_only=True)
class HomeRow:
    """One home as it leaves in a list."""

    id: UUID
    name: str
    birth_year: int
    sex: str
    phone: str
    district: str
    dong: str
    address: str  # "" where it is protected
    unit: str
    tier: str
    registered_at: datetime


def code_of(id: UUID) -> str:
    """Return what an export is called on the telephone and in its own file."""
    return f"E-{id.hex[-6:].upper()}"


def exports(*, seen_by: Staff, now: datetime) -> tuple[ExportCard, ...]:
    """Return what waits for this person's word, then what this person asked for. One query."""
    rows = _visible(seen_by).select_related("asked_by__organisation", "decided_by")
    found = [_card(row, seen_by, now) for row in rows.order_by("-asked_at", "-id")[:MOST]]
    return tuple(sorted(found, key=lambda card: not card.may_decide))


def export(*, export: UUID, seen_by: Staff, now: datetime) -> ExportCard | None:
    """Return one export, to who asked for it and to who may allow it. One query."""
    rows = _visible(seen_by).select_related("asked_by__organisation", "decided_by")
    row = rows.filter(id=export).first()
    return None if row is None else _card(row, seen_by, now)


def visible(*, seen_by: Staff) -> QuerySet[Export]:
    """Return what this person asked for, or may allow."""
    return _visible(seen_by)


def homes_in_scope(*, scope: Mapping[str, str], actor: Actor, purpose: Purpose) -> QuerySet[Any]:
    """Return the homes within this actor's reach that an export is about."""
    homes = for_actor(actor, purpose).households.filter(left_at=None, people__isnull=False)
    if scope.get("district"):
        homes = homes.filter(dong__district__code=scope["district"])
    if scope.get("dong"):
        homes = homes.filter(dong__code=scope["dong"])
    if scope.get("tier"):
        homes = homes.filter(tier=scope["tier"])
    return homes


def reader_of(data_set: str, asked_by: Staff) -> Actor:
    """Return for whom the rows are read: a list for its asker, counts for the machine.

    An analyst reaches nobody and may have counts of everybody: no name stands in them.
    """
    actor = actor_of(asked_by)
    if data_set in COUNTS and asked_by.role == Staff.Role.ANALYST and asked_by.is_active:
        return machine("exports")
    return actor


def home_rows(
    *, scope: Mapping[str, str], actor: Actor, purpose: Purpose
) -> Iterator[tuple[HomeRow, ...]]:
    """Yield the homes of a list, some at a time; a protected address stays behind."""
    homes = homes_in_scope(scope=scope, actor=actor, purpose=purpose)
    last = None
    while True:
        ahead = homes.filter(id__gt=last) if last else homes
        part = tuple(map(_home, ahead.order_by("id").values(*_FIELDS)[:AT_ONCE]))
        if not part:
            return
        yield part
        last = part[-1].id


def tier_counts(
    *, scope: Mapping[str, str], actor: Actor, purpose: Purpose
) -> list[tuple[str, str, str, int]]:
    """Return how many homes of each dong stand in each tier: district, dong, tier, homes."""
    homes = homes_in_scope(scope=scope, actor=actor, purpose=purpose)
    return _counted(homes.filter(bait=None), "tier", "")


def outcome_counts(
    *, scope: Mapping[str, str], actor: Actor, purpose: Purpose
) -> list[tuple[str, str, str, int]]:
    """Return how the signals of each dong ended, of the days asked for."""
    homes = homes_in_scope(scope=scope, actor=actor, purpose=purpose).filter(bait=None)
    since, until = (_day(scope[name]) for name in ("since", "until"))
    alarms = Alarm.objects.filter(
        household__in=homes.values("id"),
        closed_at__gte=since,
        closed_at__lt=until + timedelta(days=1),
    )
    return _counted(alarms, "outcome", "household__")


def _counted(rows: QuerySet[Any], what: str, path: str) -> list[tuple[str, str, str, int]]:
    place = (f"{path}dong__district__name", f"{path}dong__name")
    found = rows.order_by().values_list(f"{path}dong__code", *place, what).annotate(Count("id"))
    return [(district, dong, kind, n) for _code, district, dong, kind, n in sorted(found)]


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), SEOUL)


_FIELDS = (
    *("id", "address", "unit", "tier", "is_protected", "registered_at"),
    *("dong__name", "dong__district__name"),
    *("people__name", "people__birth_year", "people__sex", "people__phone"),
)


def _home(row: dict[str, Any]) -> HomeRow:
    hides = row["is_protected"]
    return HomeRow(
        id=row["id"],
        name=row["people__name"],
        birth_year=row["people__birth_year"],
        sex=row["people__sex"],
        phone=row["people__phone"],
        district=row["dong__district__name"],
        dong=row["dong__name"],
        address="" if hides else row["address"],
        unit="" if hides else row["unit"],
        tier=str(Household.Tier(row["tier"]).label),
        registered_at=row["registered_at"],
    )


def _visible(seen_by: Staff) -> QuerySet[Export]:
    """Return the own ones, and those of the own district that this role may allow."""
    mine = Q(asked_by=seen_by)
    allows = [each for each, roles in MAY_ALLOW.items() if seen_by.role in roles]
    if not seen_by.is_active:
        return Export.objects.none()
    if not allows:
        return Export.objects.filter(mine)
    of = district_of(seen_by)
    place = Q() if of is None else Q(asked_by__organisation__district=of)
    return Export.objects.filter(mine | Q(data_set__in=allows) & place)


def district_of(person: Staff) -> int | None:
    """Return the district this person works for; None: the whole city."""
    return person.organisation.district_id if person.organisation else None


def _card(row: Export, seen_by: Staff, now: datetime) -> ExportCard:
    is_mine = row.asked_by_id == seen_by.pk
    allows = seen_by.role in MAY_ALLOW[DataSet(row.data_set)] and is_within(
        district=district_of(row.asked_by), of=district_of(seen_by)
    )
    is_over = row.state == State.READY and row.expires_at is not None and row.expires_at <= now
    return ExportCard(
        id=row.pk,
        code=code_of(row.pk),
        data_set=row.data_set,
        scope=row.scope,
        reason=row.reason,
        homes=row.homes,
        state=State.OVER if is_over else row.state,
        asked_by=row.asked_by.name,
        asked_from=row.asked_by.organisation.name if row.asked_by.organisation else "",
        asked_at=row.asked_at,
        decided_by=row.decided_by.name if row.decided_by else "",
        decided_at=row.decided_at,
        decided_why=row.decided_why,
        done=row.done,
        total=row.total,
        why_not=row.why_not,
        rows=row.rows,
        expires_at=row.expires_at,
        fetches=row.fetches,
        is_mine=is_mine,
        may_decide=allows and not is_mine and row.state == State.ASKED,
        has_password=is_mine and bool(row.password) and not is_over,
    )
