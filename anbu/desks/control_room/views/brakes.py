"""한꺼번에 울림: so much rang at once that somebody chooses before anybody is told."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from .. import words
from ..forms import BrakeChoiceForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def brake(request: HttpRequest, brake_id: UUID) -> HttpResponse:
    """Show what one brake holds, those at the highest risk first."""
    return _page(request, brake_id)


@login_required
@require_POST
def claim(request: HttpRequest, brake_id: UUID) -> HttpResponse:
    """Take it on, unless somebody was faster."""
    by, at = reader(request), now()
    faults, status = attempt(lambda: alarms.claim_brake(brake_id=brake_id, by=by, now=at))
    if faults:
        return _page(request, brake_id, faults=faults, status=status)
    return redirect("control_room:brake", brake_id=brake_id)


@login_required
@require_POST
def choose(request: HttpRequest, brake_id: UUID) -> HttpResponse:
    """Choose what becomes of everything it holds."""
    form = BrakeChoiceForm(request.POST)
    if not form.is_valid():
        return _page(request, brake_id, faults=faults_of(form), status=WRONG)
    told = {**form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: alarms.choose_brake(brake_id=brake_id, **told))
    if faults:
        return _page(request, brake_id, faults=faults, status=status)
    return redirect("control_room:brake", brake_id=brake_id)


def _page(
    request: HttpRequest, brake_id: UUID, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    try:
        after = UUID(request.GET["after"]) if "after" in request.GET else None
    except ValueError as strange:
        raise Http404 from strange
    page = alarms.open_brake(brake_id=brake_id, after=after, seen_by=reader(request), now=now())
    if page is None:
        raise Http404
    context = {
        "brake": page.row,
        "homes": page.homes,
        "tiers": page.tiers.items(),
        "following": page.following,
        "after": after,
        "choices": [(code, words.BRAKE_CHOICES[code]) for code in page.row.may_choose],
        "faults": faults or [],
    }
    return render(request, "control_room/brake.html", context, status=status)
