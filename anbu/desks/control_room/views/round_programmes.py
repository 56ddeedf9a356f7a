"""모임: what the district does together, who comes along, who was there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import NotHere
from anbu.care.rounds.actions import programmes as deeds
from anbu.care.rounds.queries.programmes import programmes as listed

from ...asking import AskForm
from ..round_forms import CameForm, GuestForm, ProgrammeForm, SignUpForm, WhyForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def programmes(request: HttpRequest) -> HttpResponse:
    """Show what comes, and what was."""
    return _list(request)


@login_required
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make a programme."""
    form = ProgrammeForm(request.POST)
    if not form.is_valid():
        return _list(request, faults=faults_of(form), status=WRONG)
    made: list[Any] = []
    faults, status = attempt(
        lambda: made.append(deeds.make(by=reader(request), now=now(), **form.cleaned_data))
    )
    if faults:
        return _list(request, faults=faults, status=status)
    return redirect("control_room:programme", made[0].pk)


@login_required
@require_GET
def programme(request: HttpRequest, programme: UUID) -> HttpResponse:
    """Show one programme and its guests."""
    return _page(request, programme)


@login_required
@require_POST
def sign_up(request: HttpRequest, programme: UUID) -> HttpResponse:
    """Let somebody come along."""
    return _do(request, programme, SignUpForm, deeds.sign_up)


@login_required
@require_POST
def withdraw(request: HttpRequest, programme: UUID) -> HttpResponse:
    """Let somebody not come after all."""
    return _do(request, programme, GuestForm, deeds.withdraw)


@login_required
@require_POST
def attend(request: HttpRequest, programme: UUID) -> HttpResponse:
    """Write down whether somebody was there."""
    return _do(request, programme, CameForm, deeds.tell_attendance)


@login_required
@require_POST
def call_off(request: HttpRequest, programme: UUID) -> HttpResponse:
    """Call a programme off."""
    return _do(request, programme, WhyForm, deeds.call_off)


def _do(
    request: HttpRequest, programme: UUID, kind: type[AskForm], deed: Callable[..., object]
) -> HttpResponse:
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, programme, faults=faults_of(form), status=WRONG)
    told: dict[str, Any] = {**form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: deed(programme=programme, **told))
    if faults:
        return _page(request, programme, faults=faults, status=status)
    return redirect("control_room:programme", programme)


def _list(
    request: HttpRequest, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    who, moment = reader(request), now()
    context = {
        "rows": listed(seen_by=who, now=moment),
        "faults": faults or [],
        "typed": request.POST if faults else {},
        "may_make": who.role in deeds.MAKES,
        "today": localdate(moment),
    }
    return render(request, "control_room/rounds/programmes.html", context, status=status)


def _page(
    request: HttpRequest,
    programme: UUID,
    *,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    who, moment = reader(request), now()
    try:
        page = deeds.open_programme(programme=programme, seen_by=who, now=moment)
    except NotHere as gone:
        raise Http404 from gone
    context = {
        "page": page,
        "row": page.row,
        "faults": faults or [],
        "typed": request.POST if faults else {},
        "began": page.row.begins_at <= moment,
        "may_tell": who.role in ("planner", "nurse"),
        "may_make": who.role in deeds.MAKES,
    }
    return render(request, "control_room/rounds/programme.html", context, status=status)
