"""동의: what a home agreed to, written down and taken back; and who is dark at night."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now
from anbu.care.places import queries as places

from ..consent_forms import ConsentForm, CoverageForm, WithdrawForm
from .deeds import WRONG, attempt
from .entry import reader
from .household import show_tab
from .openings import opened


@login_required
@require_POST
@opened
def give(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down a consent."""
    form = ConsentForm(request.POST, vendors=places.organisations("vendor"))
    return _act(request, household_id, form, alarms.give_consent, {"form": form})


@login_required
@require_POST
@opened
def withdraw(request: HttpRequest, household_id: UUID, consent_id: int) -> HttpResponse:
    """Write down that a consent was taken back."""
    form = WithdrawForm(request.POST)
    more = {"withdraw_form": form, "withdraw": consent_id}
    return _act(request, household_id, form, alarms.withdraw_consent, more, consent=consent_id)


def _act(
    request: HttpRequest,
    household_id: UUID,
    form: Any,
    deed: Any,
    more: dict[str, Any],
    **which: int,
) -> HttpResponse:
    """Do the deed, or show the tab again with what was typed and what is wrong with it."""
    faults = [_("적은 것을 고쳐 주세요.")]
    if form.is_valid():
        told = {"by": reader(request), "now": now(), **which, **form.cleaned_data}
        if "about" in told:
            told["data"] = told.pop("about")
        faults, _status = attempt(lambda: deed(household=household_id, **told))
    if faults:
        more = {"faults": faults, **more}
        return show_tab(request, household_id, "consents", more=more, status=WRONG)
    return redirect("control_room:household_tab", household_id=household_id, slug="consents")


@login_required
@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """Show who is dark at night and why, by dong and by name."""
    form = CoverageForm(request.GET)
    if not form.is_valid():
        raise Http404
    asked = form.cleaned_data
    after = asked["after"] or 0
    found = alarms.open_coverage(
        dong=asked["dong"], why=asked["why"], after=after, seen_by=reader(request), now=now()
    )
    context = {
        "found": found,
        "dong": asked["dong"],
        "why": asked["why"],
        "place": next((each for each in found.dongs if each.dong == asked["dong"]), None),
        "total": sum(found.dark.values()),
        "next": after + len(found.rows) if found.has_more else None,
    }
    return render(request, "control_room/coverage.html", context)
