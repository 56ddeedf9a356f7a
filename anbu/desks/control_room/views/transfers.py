"""넘겨받기와 넘기기: homes on their way between dong offices, and the answer of this one."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.people.rules import BadInput
from anbu.care.register import actions, queries
from anbu.care.register.actions import NotPossible, UnknownTransfer
from anbu.care.staff.queries import actor_of

from .. import reasons
from ..forms import RefuseForm
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
        faults = [str(fault) for faults in form.errors.values() for fault in faults]
        return _page(request, faults=faults, status=422)
    return _act(request, transfer, actions.refuse, why=form.cleaned_data["why"])


@login_required
@require_POST
def withdraw(request: HttpRequest, transfer: int) -> HttpResponse:
    """Take back what was sent."""
    return _act(request, transfer, actions.withdraw)


def _act(
    request: HttpRequest, transfer: int, deed: Callable[..., None], **more: Any
) -> HttpResponse:
    try:
        deed(transfer=transfer, by=actor_of(reader(request)), now=now(), **more)
    except UnknownTransfer as gone:
        raise Http404 from gone
    except (NotPossible, BadInput) as refusal:
        return _page(request, faults=[reasons.refusal(refusal)], status=409)
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
