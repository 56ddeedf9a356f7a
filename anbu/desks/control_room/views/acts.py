"""What an operator does to an alarm. Each view reads a form and acts once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.rules import UnknownAlarm
from anbu.care.foundation.queries import now

from ..field_forms import SendForm
from ..field_svg import qr
from ..forms import (
    CallForm,
    ClaimForm,
    CloseForm,
    DialForm,
    DispatchForm,
    MessageForm,
    NoteForm,
    ShelveForm,
    TransferForm,
)
from .deeds import WRONG, attempt, faults_of
from .entry import reader

type Deed = Callable[[UUID, Any, datetime], Any]


@login_required
@require_POST
def claim(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Take the alarm, unless somebody was faster."""
    form = ClaimForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.claim(
            alarm_id=id, version=form.cleaned_data["version"], by=by, now=at
        ),
    )


@login_required
@require_POST
def call(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Write down what came of a call."""
    form = CallForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.record_call(
            alarm_id=id,
            whom=_rung(form.cleaned_data["whom"]),
            result=form.cleaned_data["result"],
            note=form.cleaned_data["note"],
            by=by,
            now=at,
        ),
    )


@login_required
@require_POST
def dial(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Let the exchange ring this desk, then the number; where it cannot, say so beside the link."""
    form = DialForm(request.POST)
    if not form.is_valid():
        raise Http404
    whom, by, at = _rung(form.cleaned_data["whom"]), reader(request), now()
    rings: list[str] = []
    faults, status = attempt(
        lambda: rings.append(alarms.dial(alarm_id=alarm_id, whom=whom, by=by, now=at))
    )
    context = {"rings": rings, "faults": faults}
    return render(request, "control_room/_dialled.html", context, status=status)


@login_required
@require_POST
def message(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Send a message to the person or to a contact."""
    form = MessageForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.send_message(
            alarm_id=id, to=_whom(form.cleaned_data["to"]), by=by, now=at
        ),
    )


@login_required
@require_POST
def dispatch(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Send somebody to the door: by a link, where it was said who; else they are telephoned."""
    form = SendForm(request.POST)
    if form.is_valid() and form.says_who():
        told = {"alarm_id": alarm_id, **form.cleaned_data, "by": reader(request), "now": now()}
        return with_link(
            request, alarm_id, lambda link_of: alarms.send_agent(link_of=link_of, **told)
        )
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.dispatch(
            alarm_id=id, note=form.cleaned_data["note"], by=by, now=at
        ),
    )


@login_required
@require_POST
def call_119(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Write down that 119 and 112 were told."""
    form = DispatchForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.call_119(
            alarm_id=id, note=form.cleaned_data["note"], by=by, now=at
        ),
    )


@login_required
@require_POST
def shelve(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Put the alarm off until a moment, for a reason."""
    form = ShelveForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.shelve(
            alarm_id=id, until=form.until(at), reason=form.cleaned_data["reason"], by=by, now=at
        ),
    )


@login_required
@require_POST
def transfer(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Hand the alarm to another person on shift."""
    form = TransferForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.transfer(
            alarm_id=id,
            to_staff=form.cleaned_data["to_staff"],
            reason=form.cleaned_data["reason"],
            by=by,
            now=at,
        ),
    )


@login_required
@require_POST
def note(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Add a note to the timeline."""
    form = NoteForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.note(alarm_id=id, text=form.cleaned_data["text"], by=by, now=at),
    )


@login_required
@require_POST
def close(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """End the alarm with an outcome."""
    form = CloseForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.close(
            alarm_id=id,
            **form.cleaned_data,
            by=by,
            now=at,
        ),
    )


@login_required
@require_POST
def door(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Show how to get in; the look is written down."""
    try:
        text = alarms.see_door_note(alarm_id=alarm_id, by=reader(request), now=now())
    except UnknownAlarm as gone:
        raise Http404 from gone
    return render(request, "control_room/_door.html", {"door_note": text})


def with_link(
    request: HttpRequest, alarm_id: UUID, deed: Callable[[Callable[[str], str]], str]
) -> HttpResponse:
    """Do a deed that makes a link, and show it this once, whichever browser asked."""

    def link_of(token: str) -> str:
        return request.build_absolute_uri(reverse("go", args=[token]))

    made: list[str] = []
    faults, status = attempt(lambda: made.append(deed(link_of)))
    if faults:
        return _refused(request, alarm_id, faults, status=status)
    link = link_of(made[0])
    shown = {"link": link, "link_picture": qr(link), "link_phone": request.POST.get("phone", "")}
    return _panel(request, alarm_id, [], status=200, shown=shown)


def act(request: HttpRequest, alarm_id: UUID, form: forms.Form, deed: Deed) -> HttpResponse:
    """Do the deed and show what came of it; a refusal is told in words and keeps the input."""
    if not form.is_valid():
        return _refused(request, alarm_id, faults_of(form), status=WRONG)
    faults, status = attempt(lambda: deed(alarm_id, reader(request), now()))
    if faults:
        return _refused(request, alarm_id, faults, status=status)
    if request.headers.get("HX-Request") != "true":
        return redirect("control_room:incident", alarm_id=alarm_id)
    return _panel(request, alarm_id, [], status=200)


def _refused(
    request: HttpRequest, alarm_id: UUID, faults: list[str], *, status: int
) -> HttpResponse:
    """Tell why not. A dialog keeps what was typed: only its place for faults is filled."""
    if request.POST.get("in_dialog"):
        answer = render(request, "control_room/_faults.html", {"faults": faults}, status=status)
        answer["HX-Retarget"] = "dialog[open] .faults"
        answer["HX-Reswap"] = "innerHTML"
        return answer
    return _panel(request, alarm_id, faults, status=status)


def _panel(
    request: HttpRequest,
    alarm_id: UUID,
    faults: list[str],
    *,
    status: int,
    shown: dict[str, Any] | None = None,
) -> HttpResponse:
    who, moment = reader(request), now()
    inside = request.headers.get("HX-Request") == "true" or not shown
    if request.POST.get("page") == "incident" or not inside:
        whole = alarms.open_incident(alarm_id=alarm_id, seen_by=who, now=moment)
        if whole is None:
            raise Http404
        context = {"incident": whole, "row": whole.row, "faults": faults, **(shown or {})}
        page = "control_room/_incident.html" if inside else "control_room/incident.html"
        return render(request, page, context, status=status)
    found = alarms.open_preview(alarm_id=alarm_id, seen_by=who, now=moment)
    if found is None:
        raise Http404
    context = {"preview": found, "row": found.row, "faults": faults, **(shown or {})}
    return render(request, "control_room/_preview.html", context, status=status)


def _rung(text: str) -> Literal["person", "worker", "partner"] | int:
    if text == "worker" or text == "partner":
        return text
    return _whom(text)


def _whom(text: str) -> Literal["person"] | int:
    return "person" if text == "person" else int(text)
