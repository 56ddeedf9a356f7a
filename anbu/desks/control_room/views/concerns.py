"""관심: homes whose rhythm slowly changes. A quiet list; nothing here rings or blinks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anbu.care.concerns import actions
from anbu.care.foundation.queries import now

from .. import concern_words
from ..forms import ConcernCloseForm, NoteForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader

type Deed = Callable[[UUID, Any, datetime], Any]


@login_required
@require_GET
def concerns(request: HttpRequest) -> HttpResponse:
    """Show the open concerns, or the closed ones."""
    return _page(request, closed=request.GET.get("closed") == "1")


@login_required
@require_POST
def acknowledge(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Say that somebody is looking into it."""
    return _act(
        request,
        concern_id,
        forms.Form(request.POST),
        lambda id, by, at: actions.acknowledge(concern_id=id, by=by, now=at),
    )


@login_required
@require_POST
def note(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Write a note beside it."""
    form = NoteForm(request.POST)
    return _act(
        request,
        concern_id,
        form,
        lambda id, by, at: actions.note(
            concern_id=id, text=form.cleaned_data["text"], by=by, now=at
        ),
    )


@login_required
@require_POST
def close(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """End it with what was found."""
    form = ConcernCloseForm(request.POST)
    return _act(
        request,
        concern_id,
        form,
        lambda id, by, at: actions.close(
            concern_id=id,
            outcome=form.cleaned_data["outcome"],
            text=form.cleaned_data["note"],
            by=by,
            now=at,
        ),
    )


def _act(request: HttpRequest, concern_id: UUID, form: forms.Form, deed: Deed) -> HttpResponse:
    if not form.is_valid():
        return _page(request, faults=faults_of(form), at=concern_id, status=WRONG)
    faults, status = attempt(lambda: deed(concern_id, reader(request), now()))
    if faults:
        return _page(request, faults=faults, at=concern_id, status=status)
    return redirect(f"{reverse('control_room:concerns')}#c-{concern_id}")


def _page(
    request: HttpRequest,
    *,
    closed: bool = False,
    faults: list[str] | None = None,
    at: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    found = actions.open_concerns(seen_by=reader(request), closed=closed, now=now())
    context = {
        "concerns": found,
        "is_closed": closed,
        "faults": faults or [],
        "fault_at": at,
        "kept": request.POST,
        "outcomes": concern_words.OUTCOMES.items(),
    }
    return render(request, "control_room/concerns.html", context, status=status)
