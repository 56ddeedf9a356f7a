"""돌봄단: who goes round, their papers and days off; and the meeting of the month."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.rounds.actions import meetings
from anbu.care.rounds.actions import workers as deeds
from anbu.care.rounds.queries.workers import workers as cards

from ...asking import AskForm
from ..round_forms import (
    AddWorkerForm,
    CutOffForm,
    MeetingForm,
    OffForm,
    OnForm,
    PhoneForm,
    WorkerForm,
    month_of,
)
from .deeds import WRONG, faults_of
from .entry import reader
from .round_books import steps_of
from .rounds import done


@login_required
@require_GET
def workers(request: HttpRequest) -> HttpResponse:
    """Show the care corps of the dong."""
    return _page(request)


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Let an account of the care corps go round here."""
    return _do(request, 0, AddWorkerForm, deeds.add)


@login_required
@require_POST
def change(request: HttpRequest, worker: int) -> HttpResponse:
    """Write down hours, partner and papers."""
    return _do(request, worker, WorkerForm, deeds.change)


@login_required
@require_POST
def phone(request: HttpRequest, worker: int) -> HttpResponse:
    """Write down the number at which somebody is rung who is looked for."""
    return _do(request, worker, PhoneForm, deeds.write_phone)


@login_required
@require_POST
def cut_off(request: HttpRequest, worker: int) -> HttpResponse:
    """Cut a lost telephone off."""
    return _do(request, worker, CutOffForm, deeds.cut_off)


@login_required
@require_POST
def off(request: HttpRequest, worker: int) -> HttpResponse:
    """Write down a day off."""
    return _do(request, worker, OffForm, deeds.add_day_off)


@login_required
@require_POST
def on(request: HttpRequest, worker: int) -> HttpResponse:
    """Take a day off back."""
    return _do(request, worker, OnForm, deeds.drop_day_off)


@login_required
@require_POST
def end(request: HttpRequest, worker: int) -> HttpResponse:
    """Let somebody go round no more."""
    return _do(request, worker, AskForm, deeds.end)


@login_required
@require_GET
def meeting(request: HttpRequest) -> HttpResponse:
    """Show the list of the month's meeting."""
    return _meeting(request)


@login_required
@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Write down who came and what was agreed."""
    who, moment = reader(request), now()
    month = month_of(request.POST.get("month"), localdate(moment))
    page = meetings.open_meeting(month=month, seen_by=who, now=moment)
    form = MeetingForm(request.POST, workers=[seat.worker for seat in page.seats])
    if not form.is_valid():
        return _meeting(request, faults=faults_of(form), status=WRONG)
    told: dict[str, Any] = {**form.cleaned_data, "month": month, "by": who, "now": moment}
    return done(
        request,
        lambda: meetings.hold_meeting(**told),
        "rounds_meeting",
        lambda faults, status: _meeting(request, faults=faults, status=status),
        query=f"month={month:%Y-%m}",
    )


def _meeting(
    request: HttpRequest, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    who, moment = reader(request), now()
    asked = request.POST.get("month") or request.GET.get("month")
    month = month_of(asked, localdate(moment))
    context = {
        "page": meetings.open_meeting(month=month, seen_by=who, now=moment),
        "faults": faults or [],
        "typed": request.POST if faults else {},
        "today": localdate(moment),
        "steps": steps_of(month),
    }
    return render(request, "control_room/rounds/meeting.html", context, status=status)


def _page(
    request: HttpRequest,
    *,
    at: int | None = None,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "cards": cards(seen_by=reader(request), now=now()),
        "faults": faults or [],
        "fault_at": at,
        "typed": request.POST if faults else {},
    }
    return render(request, "control_room/rounds/workers.html", context, status=status)


def _do(
    request: HttpRequest, worker: int, kind: type[AskForm], deed: Callable[..., object]
) -> HttpResponse:
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, at=worker, faults=faults_of(form), status=WRONG)
    told: dict[str, Any] = {**form.cleaned_data, "by": reader(request), "now": now()}
    told |= {"worker": worker} if worker else {}
    return done(
        request,
        lambda: deed(**told),
        "rounds_workers",
        lambda faults, status: _page(request, at=worker, faults=faults, status=status),
    )
