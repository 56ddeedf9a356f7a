"""넘겨받기와 넘기기: homes on their way between dong offices, and the answer of this one."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.register import actions, queries
from anbu.care.staff.queries import actor_of

from ..forms import RefuseForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """Show what comes, what was sent, and what waits too long."""
    return _page(request)


@login_required
@require_POST
def accept(request: HttpRequest, transfer: int) -> HttpResponse:
    """Accept a home."""
    return _act(request, transfer, actions.accept)


@login_required
@require_POST
def refuse(request: HttpRequest, transfer: int) -> HttpResponse:
    """Refuse a home, and say why."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=faults_of(form), status=WRONG)
    return _act(request, transfer, actions.refuse, why=form.cleaned_data["why"])


@login_required
@require_POST
def withdraw(request: HttpRequest, transfer: int) -> HttpResponse:
    """Take back what was sent."""
    return _act(request, transfer, actions.withdraw)


def _act(
    request: HttpRequest, transfer: int, deed: Callable[..., None], **more: Any
) -> HttpResponse:
    by = actor_of(reader(request))
    faults, status = attempt(lambda: deed(transfer=transfer, by=by, now=now(), **more))
    if faults:
        return _page(request, faults=faults, status=status)
    return redirect("control_room:transfers")


def _page(
    request: HttpRequest, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    who = reader(request)
    context = {
        "incoming": queries.incoming(seen_by=who),
        "outgoing": queries.outgoing(seen_by=who),
        "faults": faults or [],
    }
    return render(request, "control_room/register/transfers.html", context, status=status)
