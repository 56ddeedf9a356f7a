"""A month of looking, for who reviews it: what is odd first, then what was broken, then numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from anbu.care.foundation.actions import acting
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import machine
from anbu.care.people import queries as people
from anbu.care.people.models import Opening
from anbu.care.staff.models import Staff

from ..models import Review, Suspicion, Tally
from ..rules import NotAllowed, next_month, sample_order
from ..rules.review import SAMPLE, begins
from .leaving import (
    SHOWN,
    ExportLine,
    PrintLine,
    ProvisionLine,
    exports_of,
    left,
    prints_of,
    provisions_of,
)
from .remit import district_of, in_remit, office_of, places_of

HOMES_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class SuspicionLine:
    """A pattern in somebody's looking, and what was made of it."""

    id: int
    staff: str
    office: str
    rule: str
    found_at: datetime
    last_at: datetime
    looks: int
    homes: tuple[str, ...]  # as a reviewer names them: dong and the end of the id, never who
    more: int
    verdict: str
    note: str
    reviewed_by: str


@dataclass(frozen=True, kw_only=True)
class OpeningLine:
    """A page opened for a typed reason, or through broken glass."""

    id: int
    staff: str
    office: str
    home: str
    reason: str
    opened_at: datetime
    until: datetime
    told: str  # the post that was told
    seen_at: datetime | None
    verdict: str
    note: str
    reviewed_by: str


@dataclass(frozen=True, kw_only=True)
class StaffLine:
    """How much one person looked in a month."""

    staff: str
    office: str
    role: str
    looks: int
    people: int
    without_task: int
    reasons: int
    glass: int
    suspicions: int


@dataclass(frozen=True, kw_only=True)
class BaitLine:
    household: UUID
    place: str
    name: str
    placed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    month: date
    is_over: bool
    suspicions: tuple[SuspicionLine, ...]
    glass: tuple[OpeningLine, ...]
    sample: tuple[OpeningLine, ...]  # of the typed reasons: those that must be judged
    reasons: tuple[OpeningLine, ...]  # all of them, the newest first
    reasons_total: int
    exports: tuple[ExportLine, ...]
    prints: tuple[PrintLine, ...]
    provisions: tuple[ProvisionLine, ...]  # to 119 and 112
    staff: tuple[StaffLine, ...]
    undecided: int
    baits: tuple[BaitLine, ...]
    closed: Review | None


def openings_of(*, month: date, seen_by: Staff) -> QuerySet[Opening]:
    """Return what was opened without a task in this month, within a reviewer's remit."""
    return people.openings_to_review(seen_by=seen_by).filter(
        staff__in=in_remit(seen_by=seen_by),
        opened_at__gte=begins(month),
        opened_at__lt=begins(next_month(month)),
    )


def suspicions_of(*, month: date, seen_by: Staff) -> QuerySet[Suspicion]:
    """Return what looked odd in this month, within a reviewer's remit."""
    return Suspicion.objects.filter(
        staff__in=in_remit(seen_by=seen_by),
        found_at__gte=begins(month),
        found_at__lt=begins(next_month(month)),
    )


def sample_of(*, month: date, seen_by: Staff) -> list[int]:
    """Return which openings for a typed reason were drawn to be judged."""
    rows = openings_of(month=month, seen_by=seen_by).filter(kind=Opening.Kind.REASON)
    ids = rows.values_list("id", flat=True)
    return sorted(ids, key=lambda id: sample_order(month, id))[:SAMPLE]


def undecided(*, month: date, seen_by: Staff) -> int:
    """Return how many things of this month wait for a reviewer's word. Three queries."""
    openings = openings_of(month=month, seen_by=seen_by).filter(reviewed_at=None)
    must = Q(kind=Opening.Kind.BREAK_GLASS) | Q(id__in=sample_of(month=month, seen_by=seen_by))
    odd = suspicions_of(month=month, seen_by=seen_by).filter(reviewed_at=None)
    return openings.filter(must).count() + odd.count()


def waiting(*, seen_by: Staff) -> tuple[SuspicionLine, ...]:
    """Return what looks odd and nobody has judged, of any month, the newest first."""
    rows = Suspicion.objects.filter(staff__in=in_remit(seen_by=seen_by), reviewed_at=None)
    return _suspicions(rows)


def glass_waiting(*, seen_by: Staff) -> tuple[OpeningLine, ...]:
    """Return whose glass was broken and nobody has judged, of any month, the newest first."""
    rows = people.openings_to_review(seen_by=seen_by).filter(
        staff__in=in_remit(seen_by=seen_by), kind=Opening.Kind.BREAK_GLASS, reviewed_at=None
    )
    return _openings(rows)


def page(*, month: date, seen_by: Staff, now: datetime) -> ReviewPage:
    """Return one month as a reviewer sees it. Fifteen queries, however much was looked at."""
    if seen_by.role != Staff.Role.PRIVACY_OFFICER:
        raise NotAllowed("이 일은 맡은 역할이 할 수 있는 일이 아닙니다.")
    rows = openings_of(month=month, seen_by=seen_by)
    drawn = sample_of(month=month, seen_by=seen_by)
    reasons = rows.filter(kind=Opening.Kind.REASON)
    found = reasons.filter(id__in=drawn)
    closed = Review.objects.filter(month=month, district=district_of(seen_by=seen_by))
    return ReviewPage(
        month=month,
        is_over=now >= begins(next_month(month)),
        suspicions=_suspicions(suspicions_of(month=month, seen_by=seen_by)),
        glass=_openings(rows.filter(kind=Opening.Kind.BREAK_GLASS)),
        sample=_openings(found),
        reasons=_openings(reasons),
        reasons_total=reasons.count(),
        exports=exports_of(month, seen_by),
        prints=prints_of(month, seen_by),
        provisions=provisions_of(month, seen_by),
        staff=_staff(month, seen_by),
        undecided=undecided(month=month, seen_by=seen_by),
        baits=_baits(seen_by),
        closed=closed.select_related("signed_by").first(),
    )


def summary_of(*, month: date, seen_by: Staff) -> dict[str, Any]:
    """Return what a reviewer signs for: counts and verdicts, nobody's name."""
    openings = openings_of(month=month, seen_by=seen_by)
    odd = suspicions_of(month=month, seen_by=seen_by)
    tally = Tally.objects.filter(month=month, staff__in=in_remit(seen_by=seen_by))
    looks = tally.aggregate(
        looks=Sum("looks"), without_task=Sum("without_task"), staff=Count("staff", distinct=True)
    )
    return {
        "month": f"{month:%Y-%m}",
        "looks": looks["looks"] or 0,
        "without_task": looks["without_task"] or 0,
        "staff": looks["staff"],
        "openings": _by_verdict(openings.filter(kind=Opening.Kind.REASON)),
        "broken_glass": _by_verdict(openings.filter(kind=Opening.Kind.BREAK_GLASS)),
        "suspicions": _by_verdict(odd),
        "exports": left(Trace.Kind.EXPORT, month, seen_by).count(),
        "prints": left(Trace.Kind.PRINT, month, seen_by).count(),
    }


def _by_verdict(rows: QuerySet[Any]) -> dict[str, int]:
    counted = rows.values_list("verdict").annotate(n=Count("id")).order_by("verdict")
    return {verdict or "not_judged": n for verdict, n in counted}


def _suspicions(rows: QuerySet[Suspicion]) -> tuple[SuspicionLine, ...]:
    found = list(
        rows.select_related("staff__organisation", "reviewed_by").order_by(
            "-reviewed_at", "-found_at", "-id"
        )[:SHOWN]
    )
    names = places_of(home for row in found for home in row.homes[:HOMES_SHOWN])
    return tuple(
        SuspicionLine(
            id=row.pk,
            staff=row.staff.name,
            office=office_of(row.staff),
            rule=row.rule,
            found_at=row.found_at,
            last_at=row.last_at,
            looks=len(row.traces),
            homes=tuple(names[home] for home in row.homes[:HOMES_SHOWN] if home in names),
            more=max(0, len(row.homes) - HOMES_SHOWN),
            verdict=row.verdict,
            note=row.note,
            reviewed_by=row.reviewed_by.name if row.reviewed_by else "",
        )
        for row in found
    )


def _openings(rows: QuerySet[Opening]) -> tuple[OpeningLine, ...]:
    told = ("staff__organisation", "reviewed_by", "told_post")
    found = list(rows.select_related(*told).order_by("-opened_at", "-id")[:SHOWN])
    names = places_of(row.household_id for row in found)
    return tuple(
        OpeningLine(
            id=row.pk,
            staff=row.staff.name,
            office=office_of(row.staff),
            home=names.get(row.household_id, ""),
            reason=row.reason,
            opened_at=row.opened_at,
            until=row.until,
            told=row.told_post.name if row.told_post else "",
            seen_at=row.seen_by_post_at,
            verdict=row.verdict,
            note=row.note,
            reviewed_by=row.reviewed_by.name if row.reviewed_by else "",
        )
        for row in found
    )


def _staff(month: date, seen_by: Staff) -> tuple[StaffLine, ...]:
    """Return who looked, those who did so without a task most often first."""
    remit = in_remit(seen_by=seen_by)
    sums = (
        Tally.objects.filter(month=month, staff__in=remit)
        .values("staff")
        .annotate(n=Sum("looks"), homes=Count("household"), free=Sum("without_task"))
        .order_by("-free", "-n", "staff")[:SHOWN]
    )
    counted = list(sums)
    ids = [row["staff"] for row in counted]
    people_ = {one.pk: one for one in remit.filter(pk__in=ids).select_related("organisation")}
    opened = dict.fromkeys(ids, (0, 0))
    for row in (
        openings_of(month=month, seen_by=seen_by)
        .filter(staff__in=ids)
        .values("staff")
        .annotate(
            why=Count("id", filter=Q(kind=Opening.Kind.REASON)),
            glass=Count("id", filter=Q(kind=Opening.Kind.BREAK_GLASS)),
        )
    ):
        opened[row["staff"]] = (row["why"], row["glass"])
    odd = suspicions_of(month=month, seen_by=seen_by).filter(staff__in=ids)
    flagged = dict(odd.values_list("staff").annotate(n=Count("id")).order_by("staff"))
    return tuple(
        StaffLine(
            staff=people_[row["staff"]].name,
            office=office_of(people_[row["staff"]]),
            role=people_[row["staff"]].get_role_display(),
            looks=row["n"],
            people=row["homes"],
            without_task=row["free"],
            reasons=opened[row["staff"]][0],
            glass=opened[row["staff"]][1],
            suspicions=flagged.get(row["staff"], 0),
        )
        for row in counted
    )


def _baits(seen_by: Staff) -> tuple[BaitLine, ...]:
    with acting(machine("review")):
        return tuple(
            BaitLine(
                household=row.household_id,
                place=f"{row.household.dong.district.name} {row.household.dong.name}",
                name=next((each.name for each in row.household.people.all()), ""),
                placed_at=row.placed_at,
            )
            for row in people.baits(seen_by=seen_by)
            .prefetch_related("household__people")
            .order_by("-placed_at", "-id")
        )
