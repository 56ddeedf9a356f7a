"""한 원인: many homes fell silent together. One row, one owner, one page with everybody it hit."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.rules import NotAllowed, TakenByAnother, UnknownAlarm
from anbu.care.foundation.queries import now

from .. import reasons, strip_words, words
from ..forms import GroupCloseForm
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
    try:
        alarms.claim_group(signal_id=signal_id, by=reader(request), now=now())
    except UnknownAlarm as gone:
        raise Http404 from gone
    except (NotAllowed, TakenByAnother) as refusal:
        return _page(request, signal_id, fault=_said(refusal), status=409)
    return redirect("control_room:group", signal_id=signal_id)


@login_required
@require_POST
def close(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Say that it is over, or that there was no common cause."""
    form = GroupCloseForm(request.POST)
    if not form.is_valid():
        return _page(request, signal_id, fault=_("결과를 골라 주세요."), status=422)
    try:
        alarms.close_group(
            signal_id=signal_id,
            outcome=form.cleaned_data["outcome"],
            by=reader(request),
            now=now(),
        )
    except UnknownAlarm as gone:
        raise Http404 from gone
    except (NotAllowed, TakenByAnother) as refusal:
        return _page(request, signal_id, fault=_said(refusal), status=409)
    return redirect("control_room:queue")


def _said(refusal: NotAllowed) -> str:
    if isinstance(refusal, TakenByAnother):
        at = strip_words.clock(refusal.at, beside=now())
        return _("%(name)s 님이 먼저 맡았습니다 (%(at)s).") % {"name": refusal.name, "at": at}
    return reasons.refusal(refusal)


def _page(
    request: HttpRequest, signal_id: UUID, *, fault: str = "", status: int = 200
) -> HttpResponse:
    page = alarms.open_group(signal_id=signal_id, seen_by=reader(request), now=now())
    if page is None:
        raise Http404
    context = {
        "group": page.row,
        "members": page.members,
        "many": len(page.members),
        "outcomes": words.GROUP_OUTCOMES.items(),
        "faults": [fault] if fault else [],
    }
    return render(request, "control_room/group.html", context, status=status)
