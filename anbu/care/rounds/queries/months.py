"""활동일지: a worker's month as the log tells it at present, and as it was signed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from anbu.care.foundation.actions import acting
from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Contact, MonthReport, Worker
from ..rules import Kind, Line, Month, Pay, Worked, after, digest_of, lines_of, month_of
from .minutes import BOOKS
from .offices import dongs_of

PAY = Pay()


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A month as the log makes it at this moment."""

    lines: tuple[Line, ...]
    sums: Month
    digest: str


@dataclass(frozen=True, kw_only=True)
class Signed:
    """One report or supplement as it stands."""

    id: UUID
    nth: int
    told_min: int
    paid_min: int
    allowance_krw: int
    before_krw: int
    over_days: tuple[date, ...]
    over_weeks: tuple[date, ...]
    digest: str
    confirmed_at: datetime
    confirmed_by: str
    signed_at: datetime | None
    signed_by: str
    lines: tuple[Line, ...] = ()

    @property
    def more_krw(self) -> int:
        """Return by how much this changes what was signed before; may be less than 0."""
        return self.allowance_krw - self.before_krw


@dataclass(frozen=True, kw_only=True)
class MonthRow:
    """One worker's month on the list of a dong."""

    worker: int
    name: str
    dong: str
    month_min: int
    counted: Counted
    reports: tuple[Signed, ...]

    @property
    def last(self) -> Signed | None:
        """Return the newest report."""
        return self.reports[-1] if self.reports else None

    @property
    def state(self) -> str:
        """Return "open", "confirmed", "signed", or "changed": the log is no longer what it was."""
        if self.last is None:
            return "open"
        if self.last.digest != self.counted.digest:
            return "changed"
        return "signed" if self.last.signed_at else "confirmed"


def held() -> Q:
    """Return the condition that a row of the log was not put right by the hand that wrote it."""
    later = Contact.objects.filter(replaces=OuterRef("pk"), by=OuterRef("by"))
    return ~Q(Exists(later.exclude(pk=F("replaces"))))


def counted(workers: Sequence[int], month: date) -> dict[int, Counted]:
    """Return what the log says at present of these workers' month. One query."""
    found = worked(workers=workers, since=month, until=after(month))
    return {worker: _counted(worker, month, some) for worker, some in found.items()}


def worked(*, workers: Sequence[int], since: date, until: date) -> dict[int, list[Worked]]:
    """Return the rows of the log that hold and are work of these, from a day until before another.

    Read for the books: also work at homes that another dong looks after meanwhile. One query.
    """
    begins, ends = (datetime.combine(day, time(), SEOUL) for day in (since, until))
    with acting(BOOKS):
        rows = list(
            Contact.objects.filter(
                held(),
                Q(worker__in=workers) | Q(partner__in=workers),
                at__gte=begins,
                at__lt=ends,
            ).values_list("id", "at", "household", "kind", "minutes", "worker", "partner")
        )
    found: dict[int, list[Worked]] = {worker: [] for worker in workers}
    for id, at, home, kind, minutes, worker, partner in rows:
        for whose in filter(None, (worker, partner)):
            if whose not in found:
                continue
            found[whose].append(
                Worked(
                    id=id,
                    day=at.astimezone(SEOUL).date(),
                    home=home,
                    kind=Kind(kind),
                    minutes=minutes,
                    is_own=whose == worker,
                )
            )
    return found


def _counted(worker: int, month: date, rows: Iterable[Worked]) -> Counted:
    lines = lines_of(rows)
    sums = month_of(((line.day, line.minutes) for line in lines), PAY)
    digest = digest_of(worker=worker, month=month, lines=lines, sums=sums, full=PAY.full_krw)
    return Counted(lines=lines, sums=sums, digest=digest)


def months(*, month: date, seen_by: Staff) -> tuple[MonthRow, ...]:
    """Return the month of every worker of this person's dongs; a worker sees the own."""
    return _months(_workers(seen_by), month)


def month_for(worker: Worker, *, month: date) -> MonthRow:
    """Return one worker's month. The caller has asked who may see it."""
    return _months([worker], month)[0]


def _workers(seen_by: Staff) -> list[Worker]:
    rows = Worker.objects.select_related("staff", "dong")
    if seen_by.is_active and seen_by.role == Staff.Role.CARE_CORPS:
        return list(rows.filter(staff=seen_by))
    found = rows.filter(dong__in=dongs_of(seen_by=seen_by))
    return list(found.order_by("dong__name", "staff__name", "pk"))


def _months(workers: Sequence[Worker], month: date) -> tuple[MonthRow, ...]:
    ids = [worker.pk for worker in workers]
    present = counted(ids, month)
    rows = MonthReport.objects.filter(worker__in=ids, month=month)
    rows = rows.select_related("confirmed_by", "signed_by").prefetch_related("lines")
    reports: dict[int, list[Signed]] = {}
    for row in rows.order_by("worker", "nth"):
        reports.setdefault(row.worker_id, []).append(_signed(row))
    return tuple(
        MonthRow(
            worker=worker.pk,
            name=worker.staff.name,
            dong=worker.dong.name,
            month_min=worker.month_min,
            counted=present[worker.pk],
            reports=tuple(reports.get(worker.pk, ())),
        )
        for worker in workers
        if worker.ended_at is None or present[worker.pk].lines or worker.pk in reports
    )


def _signed(row: MonthReport) -> Signed:
    lines = sorted(row.lines.all(), key=lambda line: line.day)
    return Signed(
        id=row.pk,
        nth=row.nth,
        told_min=row.told_min,
        paid_min=row.paid_min,
        allowance_krw=row.allowance_krw,
        before_krw=row.before_krw,
        over_days=tuple(row.over_days),
        over_weeks=tuple(row.over_weeks),
        digest=row.digest,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by.name,
        signed_at=row.signed_at,
        signed_by=row.signed_by.name if row.signed_by else "",
        lines=tuple(
            Line(
                day=line.day,
                minutes=line.minutes,
                calls=line.calls,
                visits=line.visits,
                others=line.others,
                contacts=tuple(line.contacts),
            )
            for line in lines
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Behind:
    """One row of the log behind a line; whose home it was stands there where one may know."""

    id: UUID
    at: datetime
    kind: str
    result: str
    minutes: int
    household: UUID | None
    name: str


def behind(*, contacts: Sequence[UUID], seen_by: Staff) -> dict[date, tuple[Behind, ...]]:
    """Return these rows by day. The caller has asked who may see the month."""
    with acting(BOOKS):
        rows = list(Contact.objects.filter(pk__in=contacts).order_by("at", "pk"))
    homes = people.homes(households={row.household_id for row in rows}, seen_by=seen_by)
    found: dict[date, list[Behind]] = {}
    for row in rows:
        home = homes.get(row.household_id)
        found.setdefault(row.at.astimezone(SEOUL).date(), []).append(
            Behind(
                id=row.pk,
                at=row.at,
                kind=row.kind,
                result=row.result,
                minutes=row.minutes,
                household=home.id if home else None,
                name=home.name if home else "",
            )
        )
    return {day: tuple(some) for day, some in found.items()}
