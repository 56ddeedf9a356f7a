"""활동일지 of a month: the worker confirms it, the planner signs it, and then it stays."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import NotHere
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import MonthLine, MonthReport, Worker
from ..queries.months import PAY, MonthRow, counted, month_for
from ..queries.months import months as _months
from ..queries.offices import CHANGES, UnknownWorker, mine, worker_of
from ..rules import NotAllowed, check_signing, first_of


class UnknownMonth(NotHere):
    """There is no such report, or not for this person."""


@transaction.atomic
def confirm(*, worker: int, month: date, by: Staff, now: datetime) -> MonthReport:
    """Let a worker say that the month is right as the log tells it.

    Said again before it is signed, it is written anew from the log as it is then. Once signed, what
    has changed since becomes a supplement beside it.
    """
    person = Worker.objects.select_for_update().filter(pk=worker).first()
    if person is None or not by.is_active or person.staff_id != by.pk:
        raise UnknownWorker
    _check_over(month, now)
    found = counted([worker], month)[worker]
    last = MonthReport.objects.filter(worker=worker, month=month).order_by("nth").last()
    if last is not None and last.digest == found.digest:
        raise NotAllowed("이미 확인한 활동일지입니다.")
    if last is not None and last.signed_at is None:
        last.lines.all().delete()
        MonthReport.objects.filter(pk=last.pk).delete()
        last = MonthReport.objects.filter(worker=worker, month=month).order_by("nth").last()
        if last is not None and last.digest == found.digest:
            _trace("confirm_month", last, by, now)
            return last  # the log is again what was signed: nothing is left to add
    if last is None and not found.lines:
        raise NotAllowed("이 달에는 적은 기록이 없습니다.")
    report = MonthReport.objects.create(
        worker=person,
        month=month,
        nth=last.nth + 1 if last else 0,
        told_min=found.sums.told_min,
        paid_min=found.sums.paid_min,
        allowance_krw=found.sums.allowance_krw,
        before_krw=last.allowance_krw if last else 0,
        full_krw=PAY.full_krw,
        over_days=list(found.sums.over_days),
        over_weeks=list(found.sums.over_weeks),
        digest=found.digest,
        confirmed_at=now,
        confirmed_by=by,
    )
    MonthLine.objects.bulk_create(
        MonthLine(
            report=report,
            day=line.day,
            minutes=line.minutes,
            calls=line.calls,
            visits=line.visits,
            others=line.others,
            contacts=list(line.contacts),
        )
        for line in found.lines
    )
    _trace("confirm_month", report, by, now)
    return report


@transaction.atomic
def sign(*, report: UUID, by: Staff, now: datetime) -> None:
    """Let the planner of the dong sign a confirmed month, if the log is still what it was."""
    row = _report(report, by)
    if row.signed_at is not None:
        raise NotAllowed("이미 서명한 활동일지입니다.")
    if by.role not in CHANGES:
        raise NotAllowed("활동일지에는 동의 복지플래너가 서명합니다.")
    present = counted([row.worker_id], row.month)[row.worker_id]
    check_signing(
        confirmed=row.digest,
        present=present.digest,
        confirmed_by=row.confirmed_by_id,
        signs=by.pk,
    )
    row.signed_at, row.signed_by = now, by
    row.save(update_fields=["signed_at", "signed_by"])
    _trace("sign_month", row, by, now)


@transaction.atomic
def take_out(*, report: UUID, form: str, by: Staff, now: datetime) -> tuple[MonthRow, str]:
    """Return a signed month as it leaves in a file, with the file's name; that is a trace.

    Nobody of the homes stands in it: days, minutes, numbers, and the ids of the log's rows.
    """
    row = _report(report, by)
    if row.signed_at is None:
        raise NotAllowed("두 사람이 서명한 뒤에 내보낼 수 있습니다.")
    code = code_of(row.pk)
    _trace("export_month", row, by, now, form=form, code=code)
    return month_for(row.worker, month=row.month), code


@transaction.atomic
def open_months(*, month: date, seen_by: Staff, now: datetime) -> tuple[MonthRow, ...]:
    """Return the month of each worker whom this person may see; the look is a trace."""
    found = _months(month=month, seen_by=seen_by)
    if found:
        record(
            by=seen_by.actor,
            verb="list_months",
            at=now,
            month=month.isoformat(),
            workers=[row.worker for row in found],
        )
    return found


@transaction.atomic
def open_month(*, worker: int, month: date, seen_by: Staff, now: datetime) -> MonthRow:
    """Return one worker's month, line by line; the look is a trace."""
    person = worker_of(worker, seen_by=seen_by)
    record(by=seen_by.actor, verb="list_months", at=now, month=month.isoformat(), workers=[worker])
    return month_for(person, month=month)


def code_of(report: UUID) -> str:
    """Return what a report is called on the telephone and in its own file."""
    return f"M-{report.hex[-6:].upper()}"


def _report(report: UUID, by: Staff) -> MonthReport:
    rows = MonthReport.objects.select_for_update(of=("self",)).select_related(
        "worker__staff", "worker__dong"
    )
    row = rows.filter(mine(seen_by=by, at="worker__"), pk=report).first()
    if row is None or not by.is_active:
        raise UnknownMonth(str(report))
    return row


def _check_over(month: date, now: datetime) -> None:
    if month != first_of(month):
        raise NotAllowed("달을 골라 주세요.")
    if month > first_of(now.astimezone(SEOUL).date()):
        raise NotAllowed("아직 오지 않은 달입니다.")


def _trace(verb: str, row: MonthReport, by: Staff, now: datetime, **detail: Any) -> None:
    record(
        by=by.actor,
        verb=verb,
        at=now,
        report=str(row.pk),
        worker=row.worker_id,
        month=row.month.isoformat(),
        nth=row.nth,
        digest=row.digest,
        **detail,
    )
