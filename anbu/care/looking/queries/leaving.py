"""What left in a month: files and paper, by whom and why; the people in it are not named."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from anbu.care.alarms.models import Provision
from anbu.care.alarms.rules import code_of
from anbu.care.foundation.models import Trace
from anbu.care.staff.models import Staff

from ..rules import next_month
from ..rules.review import begins
from .remit import in_remit, office_of, places_of

SHOWN = 100  # rows of one list


@dataclass(frozen=True, kw_only=True)
class ExportLine:
    at: datetime
    staff: str
    verb: str
    homes: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PrintLine:
    at: datetime
    staff: str
    office: str
    verb: str
    sheet: str  # what the paper is called
    home: str
    reason: str
    with_door: bool


@dataclass(frozen=True, kw_only=True)
class ProvisionLine:
    """What was given to 119 or 112, without whom it was about."""

    at: datetime
    staff: str
    office: str
    code: str  # 2026-0001
    to: str
    recipient: str
    ground: str
    urgent: str
    home: str


def left(kind: str, month: date, seen_by: Staff) -> QuerySet[Trace]:
    names = [f"staff:{pk}" for pk in in_remit(seen_by=seen_by).values_list("pk", flat=True)]
    return Trace.objects.filter(
        by__in=names,
        kind=kind,
        at__gte=begins(month),
        at__lt=begins(next_month(month)),
    )


def exports_of(month: date, seen_by: Staff) -> tuple[ExportLine, ...]:
    rows = list(left(Trace.Kind.EXPORT, month, seen_by).order_by("-at", "-id")[:SHOWN])
    names = {f"staff:{one.pk}": one.name for one in in_remit(seen_by=seen_by)} if rows else {}
    return tuple(
        ExportLine(
            at=row.at,
            staff=names.get(row.by, row.by),
            verb=row.verb,
            homes=len(row.homes or ()) or int(row.household is not None),
            reason=row.reason,
        )
        for row in rows
    )


def prints_of(month: date, seen_by: Staff) -> tuple[PrintLine, ...]:
    rows = list(left(Trace.Kind.PRINT, month, seen_by).order_by("-at", "-id")[:SHOWN])
    if not rows:
        return ()
    remit = in_remit(seen_by=seen_by).select_related("organisation")
    people_ = {f"staff:{one.pk}": one for one in remit}
    places = places_of(row.household for row in rows if row.household)
    return tuple(
        PrintLine(
            at=row.at,
            staff=people_[row.by].name,
            office=office_of(people_[row.by]),
            verb=row.verb,
            sheet=row.detail.get("sheet", ""),
            home=places.get(row.household, "") if row.household else "",
            reason=row.reason,
            with_door=bool(row.detail.get("door")),
        )
        for row in rows
    )


def provisions_of(month: date, seen_by: Staff) -> tuple[ProvisionLine, ...]:
    """Return what was given to 119 and 112 in a month by a reviewer's own people, newest first."""
    remit = in_remit(seen_by=seen_by).select_related("organisation")
    since, until = begins(month), begins(next_month(month))
    told = Provision.objects.filter(given_by__in=remit, given_at__gte=since, given_at__lt=until)
    found = told.select_related("alarm", "given_by__organisation")
    rows = list(found.order_by("-given_at", "-year", "-nth")[:SHOWN])
    places = places_of(row.alarm.household_id for row in rows)
    return tuple(
        ProvisionLine(
            at=row.given_at,
            staff=row.given_by.name,
            office=office_of(row.given_by),
            code=code_of(row.year, row.nth),
            to=row.to,
            recipient=f"{row.office} {row.person}",
            ground=row.ground,
            urgent=row.urgent,
            home=places.get(row.alarm.household_id, ""),
        )
        for row in rows
    )
