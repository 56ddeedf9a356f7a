"""부재: nobody is at home for a time. Registered, moved and ended on a household's page."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from ..forms import AbsenceEndForm, AbsenceForm
from .deeds import WRONG, attempt
from .entry import reader
from .household import show_tab
from .openings import opened


@login_required
@require_POST
@opened
def register(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Register an absence."""
    return _act(request, household_id, AbsenceForm(request.POST), alarms.register_absence)


@login_required
@require_POST
@opened
def change(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Move the end of an absence."""
    return _act(request, household_id, AbsenceEndForm(request.POST), alarms.change_absence)


@login_required
@require_POST
@opened
def end(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Say that the person is back."""
    return _act(request, household_id, None, alarms.end_absence)


def _act(request: HttpRequest, household_id: UUID, form: Any, deed: Any) -> HttpResponse:
    """Do the deed, or show the tab again with what was typed and what is wrong with it."""
    if form is not None and not form.is_valid():
        return _again(request, household_id, form, [], WRONG)
    at = now()
    told = dict(form.cleaned_data) if form is not None else {}
    if "begins_at" in told:
        told["begins_at"] = told["begins_at"] or at
    faults, status = attempt(
        lambda: deed(household=household_id, by=reader(request), now=at, **told)
    )
    if faults:
        return _again(request, household_id, form, faults, status)
    return redirect("control_room:household_tab", household_id=household_id, slug="absence")


def _again(
    request: HttpRequest, household_id: UUID, form: Any, faults: list[str], status: int
) -> HttpResponse:
    told = [_("적은 것을 고쳐 주세요.")] if form is not None and form.errors else []
    more = {"form": form, "faults": [*told, *faults]}
    return show_tab(request, household_id, "absence", more=more, status=status)
