"""시민의 요구: what people ask to be put right in their own record, and the answer."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.citizens import actions
from anbu.care.foundation.queries import now

from ..correction_forms import AnswerCorrectionForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def corrections(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer, the most urgent first."""
    return _page(request)


@login_required
@require_POST
def answer(request: HttpRequest, correction_id: UUID) -> HttpResponse:
    """Say what was put right, or why not."""
    form = AnswerCorrectionForm(request.POST)
    typed = (correction_id, form["words"])
    if not form.is_valid():
        return _page(request, faults=faults_of(form), status=WRONG, typed=typed)
    given = form.cleaned_data
    faults, status = attempt(
        lambda: actions.answer_correction(
            correction=correction_id,
            reply=given["reply"],
            words=given["words"],
            by=reader(request),
            now=now(),
        )
    )
    if faults:
        return _page(request, faults=faults, status=status, typed=typed)
    return redirect("control_room:corrections")


def _page(
    request: HttpRequest,
    *,
    faults: list[str] | None = None,
    status: int = 200,
    typed: tuple[UUID, BoundField] | None = None,
) -> HttpResponse:
    """Show the list; `typed`: the words that were refused, kept beside the request they answer."""
    context = {
        "rows": actions.open_work(seen_by=reader(request), now=now()),
        "faults": faults or [],
        "typed_at": typed[0] if typed else None,
        "typed": typed[1].value() if typed else "",
    }
    return render(request, "control_room/corrections.html", context, status=status)
