"""동료 돌봄: whom of one's colleagues one is to ask how they are."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from ..forms import CareForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def care(request: HttpRequest) -> HttpResponse:
    """Show one's own list; nobody else's."""
    return _page(request)


@login_required
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Write down that they have talked, or that the colleague did not want to."""
    form = CareForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=faults_of(form), typed=form.data, status=WRONG)
    told = {**form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: alarms.settle_care(**told))
    if faults:
        return _page(request, faults=faults, typed=form.data, status=status)
    return redirect("control_room:care")


def _page(
    request: HttpRequest,
    *,
    faults: list[str] | None = None,
    typed: Any = None,
    status: int = 200,
) -> HttpResponse:
    rows = alarms.open_cares(seen_by=reader(request), now=now())
    context = {
        "rows": rows,
        "waiting": sum(row.settled_at is None for row in rows),
        "typed": typed or {},  # as the form has it: without numbers that must not be repeated
        "faults": faults or [],
    }
    return render(request, "control_room/care.html", context, status=status)
