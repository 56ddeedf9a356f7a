"""열람 점검: what looks odd first, then broken glass, then reasons, exports and numbers."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import NotHere, Refused
from anbu.care.looking import actions, queries
from anbu.care.looking.rules import month_of

from .review_forms import BaitForm, CloseForm, VerdictForm

FIRST_YEAR = 2020


@login_required
@require_GET
def review(request: HttpRequest, year: int = 0, month: int = 0) -> HttpResponse:
    """Show a month: the present one, or the one asked for."""
    return _page(request, _month(year, month) if year else month_of(now()))


@login_required
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Return what waits to be judged, for a page that is open."""
    return render(request, "privacy/_waiting.html", _waiting(request))


def _waiting(request: HttpRequest) -> dict[str, Any]:
    who = _reader(request)
    return {
        "waiting": queries.waiting(seen_by=who),
        "glass_waiting": queries.glass_waiting(seen_by=who),
        "form": VerdictForm(),
    }


@login_required
@require_POST
def judge_suspicion(request: HttpRequest, suspicion: int) -> HttpResponse:
    """Say what an odd pattern was."""
    form = VerdictForm(request.POST)
    return _act(
        request,
        form,
        lambda by, at: actions.judge_suspicion(
            suspicion=suspicion, by=by, now=at, **form.cleaned_data
        ),
    )


@login_required
@require_POST
def judge_opening(request: HttpRequest, opening: int) -> HttpResponse:
    """Say whether a reason was one."""
    form = VerdictForm(request.POST)
    return _act(
        request,
        form,
        lambda by, at: actions.judge_opening(opening=opening, by=by, now=at, **form.cleaned_data),
    )


@login_required
@require_POST
def close(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Sign for a month."""
    form, which = CloseForm(request.POST), _month(year, month)
    return _act(
        request,
        form,
        lambda by, at: actions.close_month(month=which, by=by, now=at, **form.cleaned_data),
        month=which,
    )


@login_required
@require_POST
def place_bait(request: HttpRequest) -> HttpResponse:
    """Write down a made-up person."""
    form = BaitForm(request.POST)
    return _act(
        request,
        form,
        lambda by, at: actions.place_bait(by=by, now=at, **form.cleaned_data),
        more={"bait_form": form},
    )


@login_required
@require_POST
def remove_bait(request: HttpRequest, household: UUID) -> HttpResponse:
    """Take a made-up person out again."""
    return _act(
        request,
        forms.Form(request.POST),
        lambda by, at: actions.remove_bait(household=household, by=by, now=at),
    )


def _act(
    request: HttpRequest,
    form: forms.Form,
    deed: Callable[[Any, Any], Any],
    *,
    month: date | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Do the deed and show the month again, or say what is wrong."""
    which = month or _month_told(request)
    faults = [str(fault) for several in form.errors.values() for fault in several]
    if not faults:
        try:
            deed(_reader(request), now())
            return redirect("privacy:review_month", year=which.year, month=which.month)
        except NotHere as gone:
            raise Http404 from gone
        except Refused as refusal:
            values = {k: _(v) if isinstance(v, str) else v for k, v in refusal.values}
            faults = [_(refusal.sentence) % values if values else _(refusal.sentence)]
    return _page(request, which, faults=faults, more=more or {}, status=422)


def _page(
    request: HttpRequest,
    month: date,
    *,
    faults: list[str] | None = None,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = actions.open_review(month=month, seen_by=_reader(request), now=now())
    context = {
        "page": found,
        "close_form": CloseForm(),
        "bait_form": BaitForm(),
        "faults": faults or [],
        "before": (month.year - (month.month == 1), (month.month - 2) % 12 + 1),
        "after": (month.year + (month.month == 12), month.month % 12 + 1),
    } | _waiting(request)
    context |= more or {}
    return render(request, "privacy/review.html", context, status=status)


def _month(year: int, month: int) -> date:
    if not 1 <= month <= 12 or not FIRST_YEAR <= year <= now().year + 1:
        raise Http404
    return date(year, month, 1)


def _month_told(request: HttpRequest) -> date:
    """Return the month of the page a form was sent from, or the present one."""
    year, _dash, month = request.POST.get("month", "").partition("-")
    if year.isdecimal() and month.isdecimal() and len(year) == 4 and len(month) < 3:
        return _month(int(year), int(month))
    return month_of(now())


def _reader(request: HttpRequest) -> Any:
    return request.user
