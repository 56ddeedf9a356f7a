"""The queue: seven views, their counts, and what cannot be seen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anbu.care.people import queries as people
from anbu.care.people.models import Household
from anbu.care.places.rules import SEOUL
from anbu.care.readings.models import Provider, Watch
from anbu.care.staff import queries as staffing
from anbu.care.staff.models import Shift, Staff

from ..models import Alarm, Blindness
from ..rules import State
from .cards import VIEWS, CauseRow, Mate, Queue, Row
from .rows import rows_of
from .sight import visible

AT_MOST = 200  # rows of one view
OUT = [State.DISPATCHED, State.JOINT]
SAME_TIME = timedelta(minutes=15)  # blind since about the same time: probably one cause


class UnknownView(LookupError):
    """There is no such view."""


def queue(*, seen_by: Staff, view: str = "now", now: datetime) -> Queue:
    """Return one view: the gravest first, then what falls due first; the closed, newest first."""
    if view not in VIEWS:
        raise UnknownView(view)
    counts, levels = _counts(seen_by, view, now)
    found: Sequence[Alarm] = []
    if view != "unseen":
        found = list(_in_order(_alarms(seen_by).filter(_views(seen_by, now)[view]), view)[:AT_MOST])
    causes = cause_rows(seen_by=seen_by)
    counts["unseen"] = len(causes)
    return Queue(
        view=view,
        rows=rows_of(alarms=found, seen_by=seen_by, now=now),
        total=counts[view],
        counts=counts,
        levels=levels,
        causes=causes if view in ("now", "unseen") else (),
        crew=crew(seen_by=seen_by),
        watched=Watch.objects.filter(household__in=people.within_sight(seen_by=seen_by)).count(),
        night_consents=people.night_consents(seen_by=seen_by),
    )


def row(*, alarm_id: UUID, seen_by: Staff, view: str = "", now: datetime) -> Row | None:
    """Return one row; None where it does not exist for this person, or has left the view."""
    found = _alarms(seen_by).filter(id=alarm_id)
    if view:
        found = found.filter(_views(seen_by, now)[view])
    rows = rows_of(alarms=list(found), seen_by=seen_by, now=now)
    return rows[0] if rows else None


def cause_rows(*, seen_by: Staff) -> tuple[CauseRow, ...]:
    """Return what cannot be seen, one row for each cause, the longest blind first."""
    troubled = Alarm.objects.filter(household=OuterRef("household"), closed_at=None)
    rows = (
        _blindness(seen_by)
        .order_by("provider", "cause", "since", "id")
        .annotate(troubled=Exists(troubled))
        .values_list("provider", "cause", "since", "owner_post__name", "troubled")
    )
    groups: list[list[tuple[str, str, datetime, str, bool]]] = []
    for one in rows:
        last = groups[-1][-1] if groups else None
        if last and last[:2] == one[:2] and one[2] - last[2] <= SAME_TIME:
            groups[-1].append(one)
        else:
            groups.append([one])
    names = dict(Provider.objects.values_list("code", "name"))
    causes = (_cause(group, names) for group in groups)
    return tuple(sorted(causes, key=lambda cause: (cause.since, cause.key)))


def crew(*, seen_by: Staff) -> tuple[Mate, ...]:
    """Return who is on shift at this person's post, with how much each of them holds."""
    mates = staffing.on_shift_at(seen_by.post_id)
    held = dict(
        Alarm.objects.filter(closed_at=None, owner_staff__in=[mate.id for mate in mates])
        .values_list("owner_staff")
        .annotate(held=Count("id"))
    )
    return tuple(
        Mate(id=m.id, name=m.name, open_alarms=held.get(m.id, 0), is_me=m.id == seen_by.pk)
        for m in mates
    )


def load_10min(*, staff: Staff, now: datetime) -> int:
    """Return how many alarms this person took on in the last ten minutes."""
    since = now - timedelta(minutes=10)
    return Alarm.objects.filter(owner_staff=staff, owner_since__gt=since).count()


def counts(*, seen_by: Staff, now: datetime) -> dict[str, int]:
    """Return how much is in each view."""
    found, _ = _counts(seen_by, "now", now)
    return found | {"unseen": len(cause_rows(seen_by=seen_by))}


def _views(seen_by: Staff, now: datetime) -> dict[str, Q]:
    is_open = Q(closed_at=None)
    ours = is_open & (Q(owner_staff=seen_by.pk) | Q(owner_post=seen_by.post_id))
    here = ours & Q(shelved_until=None) & ~Q(state__in=OUT)
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


def _counts(seen_by: Staff, view: str, now: datetime) -> tuple[dict[str, int], dict[int, int]]:
    views = _views(seen_by, now)
    shown = {name: Count("id", filter=views[name]) for name in VIEWS}
    graded = {
        f"level_{level}": Count("id", filter=views[view] & Q(level=level)) for level in (3, 2, 1)
    }
    near = visible(seen_by=seen_by).filter(Q(closed_at=None) | views["done"])
    found = near.aggregate(**shown, **graded)
    return (
        {name: found[name] for name in VIEWS},
        {level: found[f"level_{level}"] for level in (3, 2, 1)},
    )


def _alarms(seen_by: Staff) -> QuerySet[Alarm]:
    return visible(seen_by=seen_by).select_related(
        "household__dong", "owner_staff", "owner_post", "closed_by"
    )


def _in_order(alarms: QuerySet[Alarm], view: str) -> QuerySet[Alarm]:
    if view == "done":
        return alarms.order_by("-closed_at", "id")
    return alarms.order_by("-level", "rung_due_at", "raised_at", "id")


def _blindness(seen_by: Staff) -> QuerySet[Blindness]:
    homes: QuerySet[Household] = people.within_sight(seen_by=seen_by)
    return Blindness.objects.filter(ended_at=None, household__in=homes)


def _cause(group: list[tuple[str, str, datetime, str, bool]], names: dict[str, str]) -> CauseRow:
    provider, cause, since, post, _ = group[0]
    return CauseRow(
        key=f"{cause}:{provider}:{int(since.timestamp())}",
        provider=provider,
        provider_name=names.get(provider, provider),
        cause=cause,
        since=since,
        homes=len(group),
        with_alarm=sum(troubled for *_, troubled in group),
        owner_post=post,
    )
