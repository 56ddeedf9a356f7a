"""The care corps of a dong: who goes round, with whom, until when they may."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import DayOff, Device, Worker
from ..rules import first_of, runs_out
from .offices import dongs_of
from .today import told_minutes, week_minutes


@dataclass(frozen=True, kw_only=True)
class WorkerCard:
    """One worker as the dong looks after them."""

    id: int
    login: str
    name: str
    dong: str
    month_hours: int
    told_min: int
    partner: int | None
    partner_name: str
    trained_until: date | None
    trained: str  # none, over, soon, valid
    screened_until: date | None
    screened: str
    has_pins: bool
    phone: str  # for the own office; a district sees none
    telephone_at: datetime | None  # when their telephone was last heard of
    cut_off_at: datetime | None  # when the office cut it off; None: it is in use, or there is none
    week_min: int
    neighbours: int
    off: tuple[tuple[date, str], ...]  # from today on

    @property
    def may_visit(self) -> bool:
        """Return whether both papers hold and somebody goes along."""
        holds = {"soon", "valid"}
        return self.partner is not None and self.trained in holds and self.screened in holds


def workers(*, seen_by: Staff, now: datetime) -> tuple[WorkerCard, ...]:
    """Return who goes round in this person's dongs. Five queries."""
    today = now.astimezone(SEOUL).date()
    rows = list(
        Worker.objects.filter(dong__in=dongs_of(seen_by=seen_by), ended_at=None)
        .select_related("staff", "dong", "partner__staff")
        .annotate(homes=Count("neighbours", filter=Q(neighbours__ended_at=None)))
        .order_by("dong__name", "staff__name", "pk")
    )
    ids = [row.pk for row in rows]
    told = told_minutes(ids, first_of(today))
    week = week_minutes(ids, today)
    phones = _telephones(ids)
    shows = seen_by.role != Staff.Role.OFFICER
    off: dict[int, list[tuple[date, str]]] = {}
    for day in DayOff.objects.filter(worker__in=ids, day__gte=today).order_by("day", "pk"):
        off.setdefault(day.worker_id, []).append((day.day, day.reason))
    return tuple(
        _card(
            row,
            today,
            told_min=told.get(row.pk, 0),
            week_min=week.get(row.pk, 0),
            off=tuple(off.get(row.pk, ())),
            phone=row.phone if shows else "",
            telephone=phones.get(row.pk),
        )
        for row in rows
    )


def _telephones(workers: list[int]) -> dict[int, Device]:
    """Return the telephone of each worker that was heard of last. One query."""
    rows = Device.objects.filter(worker__in=workers).order_by("worker", "-seen_at", "-id")
    return {row.worker_id: row for row in rows.distinct("worker")}


def _card(row: Worker, today: date, *, telephone: Device | None, **told: Any) -> WorkerCard:
    return WorkerCard(
        telephone_at=telephone.seen_at if telephone else None,
        cut_off_at=telephone.ended_at if telephone else None,
        **told,
        id=row.pk,
        login=row.staff.login,
        name=row.staff.name,
        dong=row.dong.name,
        month_hours=row.month_min // 60,
        partner=row.partner_id,
        partner_name=row.partner.staff.name if row.partner else "",
        trained_until=row.trained_until,
        trained=runs_out(row.trained_until, today),
        screened_until=row.screened_until,
        screened=runs_out(row.screened_until, today),
        has_pins=bool(row.own_pin and row.duress_pin),
        neighbours=row.homes,  # type: ignore[attr-defined]  # counted by the query
    )
