"""단계표: what there is, what one would have made of the past, and putting it in force."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries
from anbu.care.alarms.queries import ProtocolPage
from anbu.care.alarms.rules import BadProtocol
from anbu.care.foundation.queries import now

from .. import protocol_words
from ..protocol_forms import DropForm, ProposeForm, SwitchOnForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader

DAYS = (7, 30)


@login_required
@require_http_methods(["GET", "POST"])
def protocols(request: HttpRequest) -> HttpResponse:
    """List every document, and take in one more as a proposal."""
    who, at = reader(request), now()
    form = ProposeForm(request.POST or None, request.FILES or None)
    faults: list[str] = []
    typed = ""
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["text"]
        try:
            made = alarms.propose_protocol(text=typed, by=who, now=at)
        except BadProtocol as bad:
            faults = [protocol_words.fault(each) for each in bad.faults]
        else:
            return redirect("control_room:protocol", protocol_id=made)
    faults += faults_of(form) if form.errors else []
    found = queries.protocols(seen_by=who, now=at)
    context = {"protocols": found, "faults": faults, "typed": typed or form.data.get("text", "")}
    context |= {"lines": protocol_words.numbered(typed) if faults else ()}
    status = WRONG if faults else 200
    return render(request, "control_room/protocol/list.html", context, status=status)


@login_required
@require_GET
def protocol(request: HttpRequest, protocol_id: UUID) -> HttpResponse:
    """Show one version, its ladders above the present ones, and the past reckoned on it."""
    return _page(request, protocol_id)


@login_required
@require_POST
def approve(request: HttpRequest, protocol_id: UUID) -> HttpResponse:
    """Put it in force from a moment on."""
    form = SwitchOnForm(request.POST)
    if not form.is_valid():
        return _page(request, protocol_id, faults=faults_of(form), status=WRONG)
    at = now()
    told = {"protocol": protocol_id, "by": reader(request), "now": at}
    told |= {"valid_from": form.cleaned_data["valid_from"] or at}
    return _done(request, protocol_id, alarms.approve_protocol, form, told)


@login_required
@require_POST
def drop(request: HttpRequest, protocol_id: UUID) -> HttpResponse:
    """Take a proposal away."""
    form = DropForm(request.POST)
    if not form.is_valid():
        return _page(request, protocol_id, faults=faults_of(form), status=WRONG)
    told = {"protocol": protocol_id, "by": reader(request), "now": now()}
    return _done(request, protocol_id, alarms.drop_protocol, form, told)


def _done(
    request: HttpRequest, protocol_id: UUID, deed: Any, form: Any, told: dict[str, Any]
) -> HttpResponse:
    told["reason"] = form.cleaned_data["reason"]
    wrong: list[str] = []

    def do() -> None:
        try:
            deed(**told)
        except BadProtocol as bad:
            wrong.extend(protocol_words.fault(each) for each in bad.faults)

    faults, status = attempt(do)
    faults, status = (wrong, WRONG) if wrong else (faults, status)
    if faults:
        return _page(request, protocol_id, faults=faults, status=status)
    return redirect("control_room:protocol", protocol_id=protocol_id)


def _page(
    request: HttpRequest, protocol_id: UUID, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    who, at = reader(request), now()
    days = request.GET.get("days", "7")
    found: ProtocolPage | None = queries.protocol(protocol=protocol_id, seen_by=who, now=at)
    if found is None or days not in {str(each) for each in DAYS}:
        raise Http404
    tried = None
    if found.card.phase == "proposed":
        tried = alarms.try_protocol(protocol=protocol_id, days=int(days), seen_by=who, now=at)
    context = {
        "page": found,
        "card": found.card,
        "trial": tried,
        "days": int(days),
        "choices": DAYS,
        "faults": faults or [],
        "typed": request.POST if faults else {},
    }
    return render(request, "control_room/protocol/page.html", context, status=status)
