"""The mass brake: one row for everything it holds, and a page with everybody behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Alarm, Brake
from ..rules import CHOICE_NEXT, HELD
from .sight import visible

TIERS = ("high", "mid", "low")
PAGE = 50  # homes on one page
RANK = Case(
    *(When(household__tier=tier, then=Value(nth)) for nth, tier in enumerate(TIERS)),
    default=Value(len(TIERS)),
    output_field=IntegerField(),
)


@dataclass(frozen=True, kw_only=True)
class BrakeRow:
    """Everything that one brake holds, as one row."""

    id: UUID
    cause: str  # flood | clock_step
    began_at: datetime
    until: datetime  # then it goes on by itself
    all_gone_by: datetime
    counted: int  # in the window that closed it
    ordinary: int  # so many would have passed
    clock_s: float  # by so much our clocks parted [s]; + forward
    homes: int  # raised under it, as far as this person sees
    held: int  # of them, those whose clock and message stand still
    choice: str  # "" | go | by_risk | our_fault
    chosen_by: str  # "": by itself
    chosen_at: datetime | None
    reason: str
    may_choose: tuple[str, ...]
    owner_name: str
    owner_post: str
    is_mine: bool
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class BrakeHome:
    """A home whose alarm was raised under a brake."""

    alarm: UUID
    household: UUID
    level: int
    tier: str
    name: str
    age: int
    sex: str
    place: str
    due_at: datetime
    last_sign_at: datetime | None
    is_held: bool
    may_open: bool  # its own page; by day a dong's alarm is none of the centre's
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class BrakePage:
    row: BrakeRow
    homes: tuple[BrakeHome, ...]
    tiers: dict[str, int]  # of those it holds
    following: UUID | None  # the last alarm of this page, if more stand behind it


def by_risk(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    """Return alarms, the highest risk first: level, then tier, then what fell due first."""
    return alarms.annotate(rank=RANK).order_by("-level", "rank", "due_at", "id")


def visible_brakes(*, seen_by: Staff) -> QuerySet[Brake]:
    """Return all brakes for the centre, and for a dong those that hold a home of its own."""
    people.seen(seen_by=seen_by)  # who may know of nobody may know of nothing that holds them
    rows = Brake.objects.all()
    if not seen_by.is_active:
        return rows.none()
    if seen_by.role == Staff.Role.PLANNER:
        here = Alarm.objects.filter(brake=OuterRef("pk"), household__dong=seen_by.dong_id)
        return rows.filter(Exists(here))
    return rows if is_at_centre(seen_by) else rows.none()


def is_at_centre(staff: Staff) -> bool:
    """Say whether this person may choose for a whole city: the centre owns every brake."""
    return staff.is_active and staff.role in (Staff.Role.OPERATOR, Staff.Role.SUPERVISOR)


def brake_rows(*, seen_by: Staff) -> tuple[BrakeRow, ...]:
    """Return one row for each brake that is still closed, the oldest first: 1 question if none."""
    found = visible_brakes(seen_by=seen_by).filter(ended_at=None)
    return _rows(list(_with_names(found).order_by("began_at", "id")), seen_by)


def brake_page(*, brake_id: UUID, after: UUID | None = None, seen_by: Staff) -> BrakePage | None:
    """Return one brake with its homes, risk first, from behind the alarm `after`."""
    brake = _with_names(visible_brakes(seen_by=seen_by).filter(id=brake_id)).first()
    if brake is None:
        return None
    mine = _caught(seen_by).filter(brake=brake)
    held = mine.filter(waits_for=HELD, closed_at=None)
    shown = by_risk(held if held.exists() else mine)
    found = list(_behind(shown, after).select_related("household__dong")[: PAGE + 1])
    tiers = held.values_list("household__tier").annotate(n=Count("id")).order_by()
    counted = dict(tiers)
    return BrakePage(
        row=_rows([brake], seen_by)[0],
        homes=_homes(found[:PAGE], seen_by),
        tiers={tier: counted.get(tier, 0) for tier in TIERS},
        following=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def _caught(seen_by: Staff) -> QuerySet[Alarm]:
    """Return what this person may see, and at the centre also what waits for a dong office."""
    if is_at_centre(seen_by):
        return Alarm.objects.filter(household__in=people.within_sight(seen_by=seen_by))
    return visible(seen_by=seen_by)


def _behind(shown: QuerySet[Alarm], after: UUID | None) -> QuerySet[Alarm]:
    last = shown.filter(id=after).values_list("level", RANK, "due_at").first() if after else None
    if last is None:
        return shown
    level, rank, due_at = last
    same = Q(level=level)
    further = Q(level__lt=level) | same & Q(rank__gt=rank)
    same &= Q(rank=rank)
    further |= same & Q(due_at__gt=due_at)
    return shown.filter(further | same & Q(due_at=due_at, id__gt=after))


def _homes(alarms: Sequence[Alarm], seen_by: Staff) -> tuple[BrakeHome, ...]:
    sight = people.seen(seen_by=seen_by)
    homes = [alarm.household_id for alarm in alarms]
    persons = {one.household_id: one for one in sight.people.filter(household__in=homes)}
    return tuple(
        BrakeHome(
            alarm=alarm.id,
            household=alarm.household_id,
            level=alarm.level,
            tier=alarm.household.tier,
            name=persons[alarm.household_id].name,
            age=alarm.raised_at.astimezone(SEOUL).year - persons[alarm.household_id].birth_year,
            sex=persons[alarm.household_id].sex,
            place=" · ".join(
                part for part in (alarm.household.dong.name, alarm.household.unit) if part
            ),
            due_at=alarm.due_at,
            last_sign_at=alarm.last_sign_at,
            is_held=alarm.waits_for == HELD,
            may_open=alarm.centre_owned or not is_at_centre(seen_by),
            closed_at=alarm.closed_at,
        )
        for alarm in alarms
        if alarm.household_id in persons
    )


def _with_names(brakes: QuerySet[Brake]) -> QuerySet[Brake]:
    return brakes.select_related("owner_staff", "owner_post", "chosen_by")


def _rows(brakes: Sequence[Brake], seen_by: Staff) -> tuple[BrakeRow, ...]:
    if not brakes:
        return ()
    held = Count("id", filter=Q(waits_for=HELD, closed_at=None))
    near = _caught(seen_by).filter(brake__in=brakes).order_by()
    counts = {
        brake: (homes, many)
        for brake, homes, many in near.values("brake")
        .annotate(homes=Count("id"), held=held)
        .values_list("brake", "homes", "held")
    }
    return tuple(_row(brake, *counts.get(brake.id, (0, 0)), seen_by) for brake in brakes)


def _row(brake: Brake, homes: int, held: int, seen_by: Staff) -> BrakeRow:
    may = CHOICE_NEXT[brake.choice] if is_at_centre(seen_by) and not brake.ended_at else ()
    return BrakeRow(
        id=brake.id,
        cause=brake.cause,
        began_at=brake.began_at,
        until=brake.until,
        all_gone_by=brake.all_gone_by,
        counted=brake.counted,
        ordinary=brake.ordinary,
        clock_s=brake.clock_s,
        homes=homes,
        held=held,
        choice=brake.choice,
        chosen_by=brake.chosen_by.name if brake.chosen_by else "",
        chosen_at=brake.chosen_at,
        reason=brake.reason,
        may_choose=tuple(sorted(may)),
        owner_name=brake.owner_staff.name if brake.owner_staff else "",
        owner_post=brake.owner_post.name if brake.owner_post else "",
        is_mine=brake.owner_staff_id == seen_by.pk,
        ended_at=brake.ended_at,
    )
