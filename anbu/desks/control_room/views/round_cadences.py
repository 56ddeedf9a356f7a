"""안부 간격: how often a word is due by tier, who set it when, and what a change would mean."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.rounds.actions import cadences as deeds
from anbu.care.rounds.actions.paces import sets_cadence
from anbu.care.rounds.queries.paces import policy

from ..round_forms import CadenceForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader
from .rounds import done


@login_required
@require_GET
def cadences(request: HttpRequest) -> HttpResponse:
    """Show what holds, what will and what held."""
    return _page(request)


@login_required
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Say what a change would mean; nothing is changed yet."""
    form = CadenceForm(request.POST, auto_id=False)
    if not form.is_valid():
        return _page(request, form=form, faults=faults_of(form), status=WRONG)
    found: list[Any] = []
    faults, status = attempt(
        lambda: found.append(deeds.ask_meaning(by=reader(request), now=now(), **form.told()))
    )
    told = found[0] if found else None
    return _page(request, form=form, asked=told, faults=faults, status=status)


@login_required
@require_POST
def put(request: HttpRequest) -> HttpResponse:
    """Set what was looked at."""
    form = CadenceForm(request.POST, auto_id=False)
    if not form.is_valid():
        return _page(request, form=form, faults=faults_of(form), status=WRONG)
    why = form.cleaned_data["reason"]
    return done(
        request,
        lambda: deeds.set_own(reason=why, by=reader(request), now=now(), **form.told()),
        "rounds_cadences",
        lambda faults, status: _page(request, form=form, faults=faults, status=status),
    )


def _page(
    request: HttpRequest,
    *,
    form: CadenceForm | None = None,
    asked: Any = None,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    who, moment = reader(request), now()
    context = {
        "policy": policy(seen_by=who, today=localdate(moment)),
        "paces": deeds.open_paces(seen_by=who, now=moment),
        "form": form or CadenceForm(auto_id=False),
        "may_set": sets_cadence(who),
        "asked": asked,
        "faults": faults or [],
        "place": who.organisation.name if who.organisation else "",
    }
    return render(request, "control_room/rounds/cadences.html", context, status=status)
