"""What one cause did to many homes: one row in the queue, and a page with everybody it hit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anbu.care.people import queries as people
from anbu.care.places.models import District, Dong
from anbu.care.places.rules import SEOUL
from anbu.care.readings.models import (
    Group,
    GroupIncident,
    GroupMember,
    HeldSilence,
    Provider,
    Watch,
)
from anbu.care.staff.models import Staff

from ..models import Alarm, GroupSignal
from .doubts import PlanB, plans

RISK = {"high": 0, "mid": 1, "low": 2}


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """One cause for many homes, as one row."""

    id: UUID
    kind: str  # region | provider | gateway | feeder | cell
    name: str
    cause: str  # silent | stopped | hushed
    since: datetime
    members: int
    hit: int
    held: int  # silences that ring later
    rang: int  # of the homes hit, those with an open alarm
    hold_until: datetime
    ended_at: datetime | None
    owner_name: str
    owner_post: str
    is_mine: bool
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class GroupHome:
    """A home that was hit, or whose silence is held: somebody to be reached in another way."""

    household: UUID
    name: str
    age: int
    sex: str
    tier: str
    place: str
    phone: str
    last_sign_at: datetime | None
    blind_since: datetime | None
    rings_at: datetime | None  # held; None: not silent, or no more
    alarm: UUID | None
    plan: PlanB


@dataclass(frozen=True, kw_only=True)
class GroupPage:
    row: GroupRow
    members: tuple[GroupHome, ...]

    @property
    def reached(self) -> int:
        """Return of how many a person knows how they are."""
        return sum(bool(home.plan.reached) for home in self.members)


@dataclass(frozen=True, kw_only=True)
class Held:
    """What kept a silence back before it rang."""

    kind: str  # region | provider | gateway | feeder | cell
    name: str
    since: datetime


def held_by(told: Mapping[str, str]) -> Held:
    """Return what an alarm's facts say of the cause that had held it, with the group's name."""
    group = Group(id=0, kind=told["kind"], name=told["name"])
    return Held(
        kind=group.kind,
        name=_names([group])[0],
        since=datetime.fromisoformat(told["held_at"]),
    )


def visible_groups(*, seen_by: Staff) -> QuerySet[GroupSignal]:
    """Return the signals of what hit the own dong, or what the centre owns or once owned."""
    people.seen(seen_by=seen_by)  # who may know of nobody may know of no group of them
    rows = GroupSignal.objects.all()
    if not seen_by.is_active:
        return rows.none()
    if seen_by.role == Staff.Role.PLANNER:
        here = GroupMember.objects.filter(household__dong=seen_by.dong_id)
        return rows.filter(Exists(here.filter(incident=OuterRef("incident"))))
    if seen_by.role in (Staff.Role.OPERATOR, Staff.Role.SUPERVISOR):
        return rows.filter(centre_owned=True)
    return rows.none()


def group_rows(*, seen_by: Staff) -> tuple[GroupRow, ...]:
    """Return one row for each common cause that is open, the oldest first: 1 question if none."""
    rows = visible_groups(seen_by=seen_by).filter(closed_at=None)
    found = list(rows.select_related("incident__group", "owner_staff", "owner_post"))
    return _rows(sorted(found, key=lambda row: (row.raised_at, row.id)), seen_by)


def hit_by_open_groups(*, seen_by: Staff) -> QuerySet[GroupMember, UUID]:
    """Return the homes that an open signal this person sees already tells of."""
    signals = visible_groups(seen_by=seen_by).filter(closed_at=None)
    told = GroupMember.objects.filter(incident__in=signals.values("incident"))
    return told.values_list("household", flat=True)


def group_page(*, signal_id: UUID, seen_by: Staff, now: datetime) -> GroupPage | None:
    """Return one cause with its homes, those at the highest risk first."""
    rows = visible_groups(seen_by=seen_by).filter(id=signal_id)
    signal = rows.select_related("incident__group", "owner_staff", "owner_post").first()
    if signal is None:
        return None
    held = {
        row.household_id: row.rings_at
        for row in HeldSilence.objects.filter(incident=signal.incident, ended_at=None)
    }
    hit = GroupMember.objects.filter(incident=signal.incident)
    homes = {*hit.values_list("household", flat=True), *held}
    members = _members(homes, held, seen_by, signal.incident.began_at, now)
    return GroupPage(row=_rows([signal], seen_by)[0], members=members)


def _members(
    homes: Collection[UUID],
    held: dict[UUID, datetime],
    seen_by: Staff,
    since: datetime,
    now: datetime,
) -> tuple[GroupHome, ...]:
    near = people.within_sight(seen_by=seen_by).filter(id__in=homes)
    ids = list(near.values_list("id", flat=True))
    watches = Watch.objects.in_bulk(ids)
    open_ = Alarm.objects.filter(household__in=ids, closed_at=None)
    alarms = dict(open_.values_list("household_id", "id"))
    year = now.astimezone(SEOUL).year
    found = []
    sight = people.seen(seen_by=seen_by)
    persons = list(sight.people.filter(household__in=ids).select_related("household__dong"))
    known = plans(persons=persons, since=since, now=now)
    for person in persons:
        home = person.household
        watch = watches.get(home.id)
        last = watch.last_sign if watch else None
        found.append(
            GroupHome(
                household=home.id,
                name=person.name,
                age=year - person.birth_year,
                sex=person.sex,
                tier=home.tier,
                place=" · ".join(part for part in (home.dong.name, home.unit) if part),
                phone=person.phone,
                last_sign_at=None if last is None else datetime.fromtimestamp(last, UTC),
                blind_since=watch.blind_since if watch else None,
                rings_at=held.get(home.id),
                alarm=alarms.get(home.id),
                plan=known[home.id],
            )
        )
    return tuple(
        sorted(
            found,
            key=lambda one: (RISK[one.tier], one.rings_at is None, -one.age, one.household),
        )
    )


def _rows(signals: Sequence[GroupSignal], seen_by: Staff) -> tuple[GroupRow, ...]:
    if not signals:
        return ()
    incidents = [signal.incident_id for signal in signals]
    counted = GroupIncident.objects.filter(id__in=incidents).annotate(
        were_hit=Count("hit", distinct=True),
        are_held=Count("held", filter=Q(held__ended_at=None), distinct=True),
    )
    counts = {row.pk: row for row in counted}
    open_ = Alarm.objects.filter(closed_at=None, household=OuterRef("household"))
    rang = dict(
        GroupMember.objects.filter(Exists(open_), incident__in=incidents)
        .values_list("incident")
        .annotate(rang=Count("id"))
    )
    names = _names({signal.incident.group for signal in signals})
    return tuple(
        GroupRow(
            id=signal.id,
            kind=signal.incident.group.kind,
            name=names[signal.incident.group_id],
            cause=GroupIncident.Cause(signal.incident.cause).name.lower(),
            since=signal.incident.began_at,
            members=signal.incident.members,
            hit=counts[signal.incident_id].were_hit,
            held=counts[signal.incident_id].are_held,
            rang=rang.get(signal.incident_id, 0),
            hold_until=signal.incident.hold_until,
            ended_at=signal.incident.ended_at,
            owner_name=signal.owner_staff.name if signal.owner_staff else "",
            owner_post=signal.owner_post.name if signal.owner_post else "",
            is_mine=signal.owner_staff_id == seen_by.pk,
            closed_at=signal.closed_at,
        )
        for signal in signals
    )


def _names(groups: Collection[Group]) -> dict[int, str]:
    codes = {group.name for group in groups if group.kind == Group.Kind.REGION}
    regions: dict[str, str] = dict(District.objects.values_list("code", "name")) if codes else {}
    if codes:
        regions |= dict(Dong.objects.filter(code__in=codes).values_list("code", "name"))
    providers = dict(Provider.objects.values_list("code", "name"))
    found = {}
    for group in groups:
        code, _, gateway = group.name.partition("/")
        if group.kind == Group.Kind.REGION:
            found[group.pk] = regions.get(code, code)
        elif group.kind in (Group.Kind.FEEDER, Group.Kind.CELL):
            found[group.pk] = group.name
        else:
            found[group.pk] = " ".join(filter(None, (providers.get(code, code), gateway)))
    return found
