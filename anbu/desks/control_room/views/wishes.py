"""묻는 방법: how a machine may ask this person, and how long the home may be still."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from ..wish_forms import AskingForm, PatienceForm
from .deeds import WRONG, attempt
from .entry import reader
from .household import show_tab
from .openings import opened


@login_required
@require_POST
@opened
def asking(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down how this person wishes to be asked."""
    form = AskingForm(request.POST)
    return _act(request, household_id, "asking_form", form, alarms.set_asking)


@login_required
@require_POST
@opened
def patience(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Decide how long this home may be still."""
    form = PatienceForm(request.POST)
    return _act(request, household_id, "patience_form", form, alarms.set_patience)


def _act(
    request: HttpRequest, household_id: UUID, name: str, form: Any, deed: Callable[..., None]
) -> HttpResponse:
    """Do the deed, or show the tab again with what was typed and what is wrong with it."""
    faults = [_("적은 것을 고쳐 주세요.")]
    if form.is_valid():
        told = {"by": reader(request), "now": now(), **form.cleaned_data}
        faults, _status = attempt(lambda: deed(household=household_id, **told))
    if faults:
        more = {name: form, "faults": faults}
        return show_tab(request, household_id, "asking", more=more, status=WRONG)
    return redirect("control_room:household_tab", household_id=household_id, slug="asking")
