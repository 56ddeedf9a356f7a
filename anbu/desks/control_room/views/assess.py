"""평가: answers written down, a tier decided, questions about it answered, and the work lists."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.assess import actions, queries
from anbu.care.assess.actions import Answered
from anbu.care.assess.rules import ACTS_NOW, READS
from anbu.care.foundation.queries import now

from ..assess_forms import AnswersForm, CrisisEndForm, ReplyForm, RequestForm, TierForm
from .deeds import WRONG, attempt
from .entry import reader
from .household import show_tab
from .openings import opened

TAB = "assess"
type Deed = Callable[[Any, datetime], Any]


@login_required
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits: what cannot wait, what was asked, whom to assess again."""
    if reader(request).role not in READS | ACTS_NOW:
        raise Http404
    found = actions.open_work(seen_by=reader(request), now=now())
    return render(request, "control_room/assessments.html", {"work": found})


@login_required
@require_POST
@opened
def answers(request: HttpRequest, household_id: UUID, code: str) -> HttpResponse:
    """Write down what somebody answered."""
    instrument = queries.instrument(code)
    if instrument is None:
        raise Http404
    form = AnswersForm(request.POST, instrument=instrument)
    return _act(
        request,
        household_id,
        {"form": form, "instrument": instrument},
        lambda by, at: actions.assess(
            household=household_id,
            told=Answered(instrument=code, **form.told),
            how=form.cleaned_data["how"],
            note=form.cleaned_data["note"],
            by=by,
            now=at,
        ),
    )


@login_required
@require_POST
@opened
def tier(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Decide the tier."""
    form = TierForm(request.POST)
    return _act(
        request,
        household_id,
        {"tier_form": form},
        lambda by, at: actions.decide_tier(
            household=household_id, by=by, now=at, **form.cleaned_data
        ),
    )


@login_required
@require_POST
@opened
def ask(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down that somebody asks why, or for a person to look again."""
    form = RequestForm(request.POST)
    return _act(
        request,
        household_id,
        {"request_form": form},
        lambda by, at: actions.ask(household=household_id, by=by, now=at, **form.cleaned_data),
    )


@login_required
@require_POST
@opened
def answer(request: HttpRequest, household_id: UUID, request_id: UUID) -> HttpResponse:
    """Answer it."""
    form = ReplyForm(request.POST)
    return _act(
        request,
        household_id,
        {"reply_form": form, "reply_to": request_id},
        lambda by, at: actions.answer(request_id=request_id, by=by, now=at, **form.cleaned_data),
    )


@login_required
@require_POST
@opened
def take(request: HttpRequest, household_id: UUID, crisis_id: UUID) -> HttpResponse:
    """Make what cannot wait one's own."""
    form = forms.Form(request.POST)
    return _act(
        request,
        household_id,
        {"crisis_form": CrisisEndForm()},
        lambda by, at: actions.take_crisis(crisis_id=crisis_id, by=by, now=at),
        form=form,
    )


@login_required
@require_POST
@opened
def end(request: HttpRequest, household_id: UUID, crisis_id: UUID) -> HttpResponse:
    """Say what was done about it."""
    form = CrisisEndForm(request.POST)
    return _act(
        request,
        household_id,
        {"crisis_form": form},
        lambda by, at: actions.end_crisis(crisis_id=crisis_id, by=by, now=at, **form.cleaned_data),
    )


def _act(
    request: HttpRequest,
    household_id: UUID,
    shown: dict[str, Any],
    deed: Deed,
    *,
    form: forms.Form | None = None,
) -> HttpResponse:
    """Do the deed and show the tab; or show it again with what was typed and what is wrong."""
    asked = form or next(each for each in shown.values() if isinstance(each, forms.Form))
    reads = reader(request).role in READS
    slug = TAB if reads else ""  # the centre acts on what cannot wait, and reads no answers
    if not asked.is_valid():
        named = [(asked[name].label, several) for name, several in asked.errors.items()]
        faults = [f"{label}: {fault}" for label, several in named for fault in several]
    else:
        faults, _status = attempt(lambda: deed(reader(request), now()))
    if faults:
        return show_tab(request, household_id, slug, more={**shown, "faults": faults}, status=WRONG)
    if reads:
        return redirect("control_room:household_tab", household_id=household_id, slug=TAB)
    return redirect("control_room:assessments")
