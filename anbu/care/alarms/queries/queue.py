"""The queue: seven views, their counts, and what cannot be seen."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from anbu.care.places.rules import SEOUL
from anbu.care.staff import queries as staffing
from anbu.care.staff.models import Shift, Staff

from ..models import Alarm
from ..rules import HELD, State
from .brakes import brake_rows
from .calls import call_rows
from .cards import VIEWS, Load, Mate, Queue, Row
from .causes import unseen
from .city import counted
from .groups import group_rows
from .rows import rows_of
from .sight import visible

AT_MOST = 200  # rows of one view
ALARMS_IN = tuple(view for view in VIEWS if view != "unseen")
OUT = [State.DISPATCHED, State.JOINT]
WHOLE = 20  # of them sent with their strips, two screens full; the others' follow when idle


class UnknownView(LookupError):
    """There is no such view."""


def queue(*, seen_by: Staff, view: str = "now", now: datetime) -> Queue:
    """Return one view: the gravest first, then what falls due first; the closed, newest first."""
    if view not in VIEWS:
        raise UnknownView(view)
    views = _views(seen_by, now)
    counts, levels = _counts(seen_by, view, views)
    found = _in_order(visible(seen_by=seen_by).filter(views[view]), view)[:AT_MOST]
    blind = unseen(seen_by=seen_by, now=now, with_homes=view == "unseen")
    counts["unseen"] = blind.total
    area = counted(seen_by=seen_by, now=now)
    return Queue(
        view=view,
        rows=rows_of(found=found, seen_by=seen_by, now=now, whole=WHOLE),
        total=counts[view],
        counts=counts,
        levels=levels,
        causes=blind.causes if view in ("now", "unseen") else (),
        brakes=brake_rows(seen_by=seen_by) if view == "now" else (),
        groups=group_rows(seen_by=seen_by) if view in ("now", "unseen") else (),
        calls=call_rows(seen_by=seen_by) if view == "now" else (),
        blind_homes=blind.homes[:AT_MOST],
        crew=crew(seen_by=seen_by),
        watched=area.watched,
        night_consents=area.nights,
    )


def rows_with_strips(
    *, alarm_ids: Collection[UUID], seen_by: Staff, now: datetime
) -> tuple[Row, ...]:
    """Return those of these alarms that exist for this person, whole."""
    found = visible(seen_by=seen_by).filter(id__in=alarm_ids).order_by("id")
    return rows_of(found=found, seen_by=seen_by, now=now)


def row(
    *, alarm_id: UUID, seen_by: Staff, view: str = "", now: datetime, whole: int = WHOLE
) -> Row | None:
    """Return one row; None where it does not exist for this person, or has left the view."""
    found = rows(alarm_ids=[alarm_id], seen_by=seen_by, view=view, now=now, whole=whole)
    return found[0] if found else None


def rows(
    *,
    alarm_ids: Collection[UUID],
    seen_by: Staff,
    view: str = "",
    now: datetime,
    whole: int = WHOLE,
) -> tuple[Row, ...]:
    """Return those of these alarms that this person may see and that are in the view.

    `whole`: how many of them come with their strips; 0 for a page that has them drawn already.
    """
    found = visible(seen_by=seen_by).filter(id__in=alarm_ids).order_by("id")
    if view:
        found = found.filter(_views(seen_by, now)[view])
    return rows_of(found=found, seen_by=seen_by, now=now, whole=whole)


def crew(*, seen_by: Staff) -> tuple[Mate, ...]:
    """Return who is on shift at this person's post, with how much each of them holds."""
    mates = staffing.on_shift_at(seen_by.post_id) if seen_by.post_id else []
    held = dict(
        Alarm.objects.filter(closed_at=None, owner_staff__in=[mate.id for mate in mates])
        .values_list("owner_staff")
        .annotate(held=Count("id"))
    )
    return tuple(
        Mate(id=m.id, name=m.name, open_alarms=held.get(m.id, 0), is_me=m.id == seen_by.pk)
        for m in mates
    )


def load_10min(*, staff: Staff, hands: int, now: datetime) -> Load:
    """Return what this person, and the post with so many hands, were given in ten minutes.

    One question, of two parts: each has an index of its own.
    """
    since = now - timedelta(minutes=10)
    own = Alarm.objects.filter(owner_staff=staff, owner_since__gt=since)
    lately = Alarm.objects.filter(Q(closed_at=None) | Q(closed_at__gt=since), raised_at__gt=since)
    here = Q(owner_post=staff.post_id) | Q(owner_staff__post=staff.post_id)
    arrived = lately.filter(here).exclude(waits_for__in=(HELD, "morning"))
    me = Staff.objects.filter(pk=staff.pk)
    found = me.values_list(_how_many(own), _how_many(arrived)).get()
    return Load(own=found[0], arrived=found[1], hands=hands)


def _how_many(alarms: QuerySet[Alarm]) -> Coalesce:
    one = alarms.order_by().annotate(all=Value(1)).values("all")
    return Coalesce(Subquery(one.annotate(n=Count("pk")).values("n")), 0)


def counts(*, seen_by: Staff, now: datetime) -> dict[str, int]:
    """Return how much is in each view."""
    found, _ = _counts(seen_by, "now", _views(seen_by, now))
    return found | {"unseen": unseen(seen_by=seen_by, now=now).total}


def _views(seen_by: Staff, now: datetime) -> dict[str, Q]:
    is_open = Q(closed_at=None)
    ours = is_open & (Q(owner_staff=seen_by.pk) | Q(owner_post=seen_by.post_id))
    # what a brake holds is one row together: queries.brakes; it is never critical
    here = ours & Q(shelved_until=None) & ~Q(state__in=OUT) & ~Q(waits_for=HELD)
    return {
        "now": here,
        "mine": is_open & Q(owner_staff=seen_by.pk),
        "waiting": here & Q(waits_for="answer"),
        "dispatched": is_open & Q(state__in=OUT),
        "shelved": is_open & Q(shelved_until__isnull=False),
        "unseen": Q(pk=None),
        "done": Q(closed_at__gte=_day_began(seen_by, now)),
    }


def _day_began(seen_by: Staff, now: datetime) -> datetime:
    shift = Shift.objects.filter(staff=seen_by, ended_at=None).first()
    midnight = now.astimezone(SEOUL).replace(hour=0, minute=0, second=0, microsecond=0)
    return shift.started_at if shift else midnight


def _counts(
    seen_by: Staff, view: str, views: dict[str, Q]
) -> tuple[dict[str, int], dict[int, int]]:
    """Return how many alarms each view shows, and how many of each level this one does."""
    within = {f"in_{name}": ExpressionWrapper(views[name], BooleanField()) for name in ALARMS_IN}
    near = visible(seen_by=seen_by).filter(Q(closed_at=None) | views["done"])
    rows = near.annotate(**within).values_list("level", *within).annotate(n=Count("id"))
    counts, levels = dict.fromkeys(VIEWS, 0), dict.fromkeys((3, 2, 1), 0)
    for level, *shown, n in rows.order_by():
        for name, is_shown in zip(ALARMS_IN, shown, strict=True):
            counts[name] += n if is_shown else 0
            levels[level] += n if is_shown and name == view else 0
    return counts, levels


def _in_order(alarms: QuerySet[Alarm], view: str) -> QuerySet[Alarm]:
    if view == "done":
        return alarms.order_by("-closed_at", "id")
    return alarms.order_by("-level", "rung_due_at", "raised_at", "id")
