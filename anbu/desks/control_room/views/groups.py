"""한 원인: many homes fell silent together. One row, one owner, one page with everybody it hit."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from .. import words
from ..forms import GroupCloseForm
from .deeds import WRONG, attempt
from .entry import reader


@login_required
@require_GET
def group(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Show one cause with its homes, those at the highest risk first."""
    return _page(request, signal_id)


@login_required
@require_POST
def claim(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Take it on, unless somebody was faster."""
    by, at = reader(request), now()
    faults, status = attempt(lambda: alarms.claim_group(signal_id=signal_id, by=by, now=at))
    if faults:
        return _page(request, signal_id, faults=faults, status=status)
    return redirect("control_room:group", signal_id=signal_id)


@login_required
@require_POST
def close(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Say that it is over, or that there was no common cause."""
    form = GroupCloseForm(request.POST)
    if not form.is_valid():
        return _page(request, signal_id, faults=[_("결과를 골라 주세요.")], status=WRONG)
    told = {"outcome": form.cleaned_data["outcome"], "by": reader(request), "now": now()}
    faults, status = attempt(lambda: alarms.close_group(signal_id=signal_id, **told))
    if faults:
        return _page(request, signal_id, faults=faults, status=status)
    return redirect("control_room:queue")


def _page(
    request: HttpRequest, signal_id: UUID, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    page = alarms.open_group(signal_id=signal_id, seen_by=reader(request), now=now())
    if page is None:
        raise Http404
    context = {
        "group": page.row,
        "members": page.members,
        "many": len(page.members),
        "reached": page.reached,
        "plans": words.PLANS.items(),
        "ends": words.DOUBT_ENDS.items(),
        "outcomes": words.GROUP_OUTCOMES.items(),
        "faults": faults or [],
    }
    return render(request, "control_room/group.html", context, status=status)
