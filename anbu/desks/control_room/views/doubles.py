"""겹치는 사람: two records side by side, why they are alike, and what a person decides."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.register import actions, queries
from anbu.care.staff.queries import actor_of

from ..forms import KeepForm
from .deeds import attempt
from .entry import reader


@login_required
@require_GET
def doubles(request: HttpRequest) -> HttpResponse:
    """List the pairs that wait for a decision, or those decided."""
    return _page(request)


@login_required
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Let the register be searched anew."""
    actions.ask_for_doubles(by=actor_of(reader(request)).name, now=now())
    return redirect("control_room:doubles")


@login_required
@require_POST
def join(request: HttpRequest, pair: int) -> HttpResponse:
    """Join two records into the one that is kept."""
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=[_("남길 쪽을 골라 주세요.")], status=422)
    return _act(request, pair, actions.join, keep=form.cleaned_data["keep"])


@login_required
@require_POST
def differ(request: HttpRequest, pair: int) -> HttpResponse:
    """Say that these are two people."""
    return _act(request, pair, actions.say_different)


@login_required
@require_POST
def part(request: HttpRequest, pair: int) -> HttpResponse:
    """Undo a joining."""
    return _act(request, pair, actions.part)


def _act(request: HttpRequest, pair: int, deed: Callable[..., None], **more: Any) -> HttpResponse:
    by = actor_of(reader(request))
    faults, status = attempt(lambda: deed(pair=pair, by=by, now=now(), **more))
    if faults:
        return _page(request, faults=faults, status=status)
    return redirect("control_room:doubles")


def _page(
    request: HttpRequest, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    decided = request.GET.get("view") == "decided"
    page = queries.doubles(seen_by=reader(request), decided=decided)
    context = {"page": page, "decided": decided, "faults": faults or []}
    return render(request, "control_room/register/doubles.html", context, status=status)
