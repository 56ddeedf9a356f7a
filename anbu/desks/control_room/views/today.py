"""오늘: what a planner has before them: hand-overs to answer, what is due, what is new."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.concerns import actions as concerns
from anbu.care.errands import actions as errands
from anbu.care.foundation.queries import now

from ...asking import AskForm
from .. import errand_words
from ..errand_forms import EndForm, PutOffForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Show the three lists."""
    return page(request)


@login_required
@require_POST
def take(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """Say that one does it oneself."""
    return _do(request, errand_id, AskForm, errands.take)


@login_required
@require_POST
def put_off(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """Promise another day, and say why."""
    return _do(request, errand_id, PutOffForm, errands.put_off)


@login_required
@require_POST
def close(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """Say what came of it."""
    return _do(request, errand_id, EndForm, errands.close)


def page(
    request: HttpRequest,
    *,
    faults: list[str] | None = None,
    at: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the three lists with what was wrong, if anything was; what was typed stays."""
    who, moment = reader(request), now()
    found = errands.open_errands(seen_by=who, now=moment)
    new = concerns.open_concerns(seen_by=who, closed=False, now=moment)
    context = {
        "handovers": alarms.open_waiting(seen_by=who, now=moment),
        "errands": found,
        "late": found.late,
        "concerns": [row for row in new.rows if row.state == "open"],
        "ends": errand_words.ENDS.items(),
        "faults": faults or [],
        "fault_at": at,
        "typed": request.POST if faults else {},
    }
    return render(request, "control_room/today/today.html", context, status=status)


def _do(
    request: HttpRequest, errand_id: UUID, kind: type[AskForm], deed: Callable[..., object]
) -> HttpResponse:
    form = kind(request.POST)
    if not form.is_valid():
        return page(request, faults=faults_of(form), at=errand_id, status=WRONG)
    told: dict[str, Any] = {**form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: deed(errand_id=errand_id, **told))
    if faults:
        return page(request, faults=faults, at=errand_id, status=status)
    return redirect("control_room:today")
