"""활동일지: the months of the corps, signed by two, and as they leave in a file; and figures."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import NotHere
from anbu.care.rounds.actions import months as deeds
from anbu.care.rounds.queries.figures import figures as _figures
from anbu.care.rounds.rules import after

from .. import round_files
from ..packet_pdf import NoPdf
from ..round_forms import ReportForm, month_of
from .deeds import WRONG, attempt, faults_of
from .entry import reader
from .rounds import done

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPANS = (1, 3, 12)  # months of figures


@login_required
@require_GET
def months(request: HttpRequest) -> HttpResponse:
    """Show the month of every worker of the dong, or the own."""
    return _months(request)


@login_required
@require_GET
def month(request: HttpRequest, worker: int) -> HttpResponse:
    """Show one worker's month, line by line."""
    return _month(request, worker)


@login_required
@require_POST
def confirm(request: HttpRequest, worker: int) -> HttpResponse:
    """Let a worker say that the own month is right."""
    moment = now()
    of = month_of(request.POST.get("month"), localdate(moment))
    return done(
        request,
        lambda: deeds.confirm(worker=worker, month=of, by=reader(request), now=moment),
        "rounds_month",
        lambda faults, status: _month(request, worker, faults=faults, status=status),
        worker,
        query=f"month={of:%Y-%m}",
    )


@login_required
@require_POST
def sign(request: HttpRequest, worker: int, report: UUID) -> HttpResponse:
    """Sign a confirmed month."""
    of = month_of(request.POST.get("month"), localdate(now()))
    return done(
        request,
        lambda: deeds.sign(report=report, by=reader(request), now=now()),
        "rounds_month",
        lambda faults, status: _month(request, worker, faults=faults, status=status),
        worker,
        query=f"month={of:%Y-%m}",
    )


@login_required
@require_POST
def file(request: HttpRequest, worker: int, report: UUID) -> HttpResponse:
    """Hand a signed month out as a file; that is a trace, and the file says whose it is."""
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _month(request, worker, faults=faults_of(form), status=WRONG)
    kind, who, moment = form.cleaned_data["form"], reader(request), now()
    taken: list[Any] = []
    faults, status = attempt(
        lambda: taken.append(deeds.take_out(report=report, form=kind, by=who, now=moment))
    )
    if faults:
        return _month(request, worker, faults=faults, status=status)
    row, code = taken[0]
    sheet = round_files.sheet_of(row, report=report, code=code, who=who, now=moment)
    try:
        body = round_files.pdf(sheet) if kind == "pdf" else round_files.xlsx(sheet)
    except NoPdf:
        words = ["이 서버에서는 PDF를 만들 수 없습니다. XLSX로 받아 주세요."]
        return _month(request, worker, faults=words, status=503)
    answer = HttpResponse(body, content_type="application/pdf" if kind == "pdf" else XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{code}.{kind}"'
    return answer


@login_required
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Show what was done in the last months, and how long nobody was reached."""
    moment = now()
    today = localdate(moment)
    asked = request.GET.get("months", "1")
    span = int(asked) if asked in {str(each) for each in SPANS} else 1
    since = _back(today.replace(day=1), span - 1)
    found = _figures(seen_by=reader(request), since=since, until=after(today), now=moment)
    context = {"found": found, "since": since, "until": today, "span": span, "spans": SPANS}
    return render(request, "control_room/rounds/figures.html", context)


def _back(month: date, by: int) -> date:
    """Return the first day of the month so many months before."""
    for _each in range(by):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


def steps_of(of: date) -> tuple[str, str]:
    """Return the months before and after one, as an address names them."""
    return f"{of - timedelta(days=1):%Y-%m}", f"{after(of):%Y-%m}"


def _months(request: HttpRequest) -> HttpResponse:
    moment = now()
    of = month_of(request.GET.get("month"), localdate(moment))
    rows = deeds.open_months(month=of, seen_by=reader(request), now=moment)
    context = {
        "rows": rows,
        "month": of,
        "steps": steps_of(of),
        "told_min": sum(row.counted.sums.told_min for row in rows),
        "krw": sum(row.counted.sums.allowance_krw for row in rows),
    }
    return render(request, "control_room/rounds/months.html", context)


def _month(
    request: HttpRequest, worker: int, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    moment, who = now(), reader(request)
    of = month_of(request.POST.get("month") or request.GET.get("month"), localdate(moment))
    try:
        row = deeds.open_month(worker=worker, month=of, seen_by=who, now=moment)
    except NotHere as gone:
        raise Http404 from gone
    context = {
        "row": row,
        "month": of,
        "steps": steps_of(of),
        "lines": round_files.traced(row, seen_by=who, now=moment),
        "faults": faults or [],
        "is_own": who.role == "care_corps",
        "may_sign": who.role == "planner",
    }
    return render(request, "control_room/rounds/month.html", context, status=status)
