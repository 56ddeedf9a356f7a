"""걸려 온 전화: taken while somebody speaks; what leads to no home stays a row with an owner."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.desks.asking import AskForm

from ..inbound_forms import (
    CallCloseForm,
    CallFindForm,
    CallHandForm,
    CallJointForm,
    CallNoteForm,
    CallTakenForm,
)
from ..inbound_words import ENDS
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Write down what is said; `찾기` searches the register and keeps what was typed."""
    form = CallTakenForm(request.POST or None)
    if request.method == "GET":
        return _form(request, form)
    if "find" in request.POST:
        form.is_valid()  # only the words to search by count by now
        words = "" if "q" in form.errors else form.cleaned_data.get("q", "")
        return _form(request, form, found=_found(request, words), asked=words)
    if not form.is_valid():
        return _form(request, form, faults=faults_of(form), status=WRONG)
    made: list[Any] = []
    told = {**form.told(), "by": reader(request), "now": now()}
    faults, status = attempt(lambda: made.append(alarms.take_call(**told)))
    return _to(made[0]) if made else _form(request, form, faults=faults, status=status)


@login_required
@require_GET
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Show one call that led to no home yet."""
    return _page(request, call_id)


@login_required
@require_POST
def claim(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Take it on, unless somebody was faster."""
    return _do(request, call_id, AskForm, alarms.claim_call)


@login_required
@require_POST
def note(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Add a line."""
    return _do(request, call_id, CallNoteForm, alarms.note_call)


@login_required
@require_POST
def hand(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Give it to the dong office whose area it is."""
    return _do(request, call_id, CallHandForm, alarms.hand_call)


@login_required
@require_POST
def joint(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Write down that 119 or 112 were told."""
    return _do(request, call_id, CallJointForm, alarms.call_119_about)


@login_required
@require_POST
def close(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Say how it ended."""
    return _do(request, call_id, CallCloseForm, alarms.close_call)


@login_required
@require_POST
def home(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Search the register once more, or say which home it is: then it goes on as its signal."""
    form = CallFindForm(request.POST)
    if not form.is_valid():
        return _page(request, call_id, faults=faults_of(form), status=WRONG)
    household = form.cleaned_data["household"]
    if "find" in request.POST or household is None:
        return _page(request, call_id, words=form.cleaned_data["q"])
    made: list[Any] = []
    told = {"call_id": call_id, "household": household, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: made.append(alarms.find_home_of_call(**told)))
    return _to(made[0]) if made else _page(request, call_id, faults=faults, status=status)


def _to(taken: Any) -> HttpResponse:
    if taken.alarm is not None:
        return redirect("control_room:incident", alarm_id=taken.alarm)
    return redirect("control_room:inbound_call", call_id=taken.call)


def _form(
    request: HttpRequest,
    form: CallTakenForm,
    *,
    found: Any = None,
    asked: str = "",
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = request.POST.get("household", "")
    if found is None and chosen and "q" not in form.errors:
        found = _found(request, form.cleaned_data.get("q", ""))  # who was chosen stays in sight
    context = {
        "form": form,
        "found": found,
        "asked": asked,
        "chosen": chosen,
        "said": request.POST.getlist("said"),
        "faults": faults or [],
    }
    return render(request, "control_room/inbound/take.html", context, status=status)


def _found(request: HttpRequest, words: str) -> Any:
    if not words.strip():
        return None
    return alarms.list_households(words=words, seen_by=reader(request), now=now())


def _do(
    request: HttpRequest, call_id: UUID, kind: type[AskForm], deed: Callable[..., object]
) -> HttpResponse:
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, call_id, faults=faults_of(form), status=WRONG)
    told = {**form.cleaned_data, "call_id": call_id, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: deed(**told))
    if faults:
        return _page(request, call_id, faults=faults, status=status)
    return redirect("control_room:inbound_call", call_id=call_id)


def _page(
    request: HttpRequest,
    call_id: UUID,
    *,
    words: str = "",
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = alarms.open_call(call_id=call_id, seen_by=reader(request), now=now())
    if page is None:
        raise Http404
    context = {
        "call": page.row,
        "steps": page.steps,
        "ends": ENDS.items(),
        "dongs": places.dongs() if page.row.closed_at is None else [],
        "found": _found(request, words),
        "words": words,
        "typed": request.POST if faults else {},
        "faults": faults or [],
    }
    return render(request, "control_room/inbound/call.html", context, status=status)
