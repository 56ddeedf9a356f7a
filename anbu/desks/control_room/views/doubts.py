"""안부를 모르는 집: of whom nobody can say how they are, and what a person decides for each."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from .. import words
from ..forms import DoubtEndForm, DoubtPlanForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def doubts(request: HttpRequest) -> HttpResponse:
    """List whom nobody can vouch for, those first for whom nobody has decided."""
    return _page(request)


@login_required
@require_POST
def plan(request: HttpRequest, doubt: UUID) -> HttpResponse:
    """Confirm or change what is tried for somebody, and until when."""
    form = DoubtPlanForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=faults_of(form), status=WRONG)
    given, by, at = form.cleaned_data, reader(request), now()
    faults, status = attempt(lambda: alarms.decide_doubt(doubt=doubt, **given, by=by, now=at))
    return _page(request, faults=faults, status=status) if faults else _back(request)


@login_required
@require_POST
def end(request: HttpRequest, doubt: UUID) -> HttpResponse:
    """Write down that a person knows how somebody is."""
    form = DoubtEndForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=[_("어떻게 확인했는지 골라 주세요.")], status=WRONG)
    told = {"how": form.cleaned_data["how"], "by": reader(request), "now": now()}
    faults, status = attempt(lambda: alarms.end_doubt(doubt=doubt, **told))
    return _page(request, faults=faults, status=status) if faults else _back(request)


@login_required
@require_POST
def behind(request: HttpRequest, signal_id: UUID, household: UUID) -> HttpResponse:
    """Decide for somebody behind one cause, or write down that they were reached."""
    by, at = reader(request), now()
    found: list[UUID] = []
    told = {"signal_id": signal_id, "household": household, "by": by, "now": at}
    faults, status = attempt(lambda: found.append(alarms.doubt_of(**told)))
    if faults:
        return _page(request, faults=faults, status=status)
    return end(request, found[0]) if "how" in request.POST else plan(request, found[0])


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the page the deed was done on."""
    to = request.POST.get("to", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = reverse("control_room:doubts")
    return redirect(to)


def _page(
    request: HttpRequest, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    rows = alarms.open_doubts(seen_by=reader(request), now=now())
    context = {
        "rows": rows,
        "undecided": sum(row.plan.is_due for row in rows),
        "plans": words.PLANS.items(),
        "ends": words.DOUBT_ENDS.items(),
        "faults": faults or [],
    }
    return render(request, "control_room/doubts.html", context, status=status)
