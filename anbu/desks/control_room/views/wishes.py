"""묻는 방법: how a machine may ask this person, and how long the home may be still."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now
from anbu.care.people.actions import UnknownHome
from anbu.care.people.rules import BadInput
from anbu.care.readings.rules import NotAllowed

from .. import reasons
from ..wish_forms import AskingForm, PatienceForm
from .entry import reader
from .household import show_tab

REFUSED = 422


@login_required
@require_POST
def asking(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down how this person wishes to be asked."""
    form = AskingForm(request.POST)
    return _act(request, household_id, "asking_form", form, alarms.set_asking)


@login_required
@require_POST
def patience(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Decide how long this home may be still."""
    form = PatienceForm(request.POST)
    return _act(request, household_id, "patience_form", form, alarms.set_patience)


def _act(
    request: HttpRequest, household_id: UUID, name: str, form: Any, deed: Callable[..., None]
) -> HttpResponse:
    """Do the deed, or show the tab again with what was typed and what is wrong with it."""
    fault = _("적은 것을 고쳐 주세요.")
    if form.is_valid():
        try:
            deed(household=household_id, by=reader(request), now=now(), **form.cleaned_data)
            return redirect("control_room:household_tab", household_id=household_id, slug="asking")
        except UnknownHome as gone:
            raise Http404 from gone
        except BadInput as refusal:
            fault = reasons.refusal(refusal)
        except NotAllowed as refusal:
            fault = _(str(refusal))
    more = {name: form, "faults": [fault]}
    return show_tab(request, household_id, "asking", more=more, status=REFUSED)
